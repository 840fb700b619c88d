// Commands that compare a checksum or verify a signature, and what they are about.
import type { Location } from '../../model/position.ts';
import type { Value } from '../../model/value.ts';
import { format, known, prefix } from '../../value.ts';
import { whole } from './download.ts';
import { baseName, downstream, upstream } from './fetch.ts';
import { shadowedChecks } from './shadowed-checks.ts';
import type { StageCommand, StageRun } from './stage-commands.ts';

export type Check = {
  readonly method: 'signature' | 'checksum';
  readonly order: number;
  readonly command: StageCommand;
  readonly location: Location;
  /** Everything the check reads as words: file names are looked for in here. */
  readonly subject: string;
  /** What the checksum is compared with, as far as it is written out; null for signatures and lists in files. */
  readonly sum: Value | null;
  /** Files that hold checksums or signatures, by base name. */
  readonly material: readonly string[];
  /** Whether the build stops when it fails; otherwise it only looks like a check. */
  readonly stops: boolean;
  /** It compares a hash that can be forged, and so shows no more than that the transfer was whole. */
  readonly weak: boolean;
};

const SUM_TOOL = /^(g?sha(1|224|256|384|512)(sum)?|md5(sum)?|shasum|b2sum|b3sum|xxh\w*sum|sum|rhash)$/;
const SUM_CHECK = /^(-[a-zA-Z]*c[a-zA-Z]*|--check|--status-c)$/;

export function checksIn(run: StageRun): readonly Check[] {
  const shadowed = shadowedChecks(run);
  return run.commands.flatMap((command) => {
    const check = checkOf(command, run);
    if (check === null) return [];
    const { computed, ...found } = check;
    const isReal = (shadowed.get(command.name) ?? command.order) >= command.order;
    const stops = isReal && stopsBuild(check.command, run);
    return [{ ...found, stops, weak: isForgeable(computed ?? command) }];
  });
}

/** MD5 and the check sums of file systems and transfers; others may choose a file to match them. */
function isForgeable({ name, invocation }: StageCommand): boolean {
  if (/^(g?md5(sum)?|sum|cksum|xxh\w*)$/.test(name)) return true;
  if (name !== 'openssl' && name !== 'get-filehash' && name !== 'certutil' && name !== 'rhash') return false;
  return invocation.argv.slice(1).some((word) => /^-{0,2}(md5|md4|crc32)$/i.test(known(word.value) ?? ''));
}

const MATCHERS = /^(e|f|z)?grep$|^(findstr|select-string)$/;

/** Whether the build stops, or leaves out what comes of the file, when what is checked isn't what it should be. */
function stopsBuild(command: StageCommand, run: StageRun): boolean {
  if (!command.invocation.failureIgnored && !asksForDifference(command)) return true;
  if (asksForDifference(command)) return !command.invocation.successIgnored;
  // `sha256sum -c list | grep OK`: what the filter finds decides.
  const matcher = downstream(command, run.commands).find((one) => MATCHERS.test(one.name));
  return matcher !== undefined && !matcher.invocation.failureIgnored;
}

/** `[ "$got" != "$sum" ]`, `-ne`: it goes well when something is wrong. */
function asksForDifference({ name, invocation }: StageCommand): boolean {
  if (/^-c?i?(ne|notmatch|notlike)$/.test(name)) return true;
  return (
    /^(\[|\[\[|test)$/.test(name) &&
    invocation.argv.some((word, index) => index > 1 && /^(!=|-ne)$/.test(known(word.value) ?? ''))
  );
}

type Found = Omit<Check, 'stops' | 'weak'> & { readonly computed?: StageCommand };

function checkOf(command: StageCommand, run: StageRun): Found | null {
  const words = command.invocation.argv.slice(1);
  // A word of which nothing is known may be anything.
  const plain = words.map(({ value }) =>
    value.some((part) => typeof part === 'string') ? format(value) : '',
  );
  if (SUM_TOOL.test(command.name) && plain.some((word) => SUM_CHECK.test(word)))
    return listCheck(command, run);
  if (isComputation(command)) return comparison(command, run);
  return signatureCheck(command, plain);
}

/** `sha256sum -c`: the list comes from stdin, a file, or `<(…)`. */
function listCheck(command: StageCommand, run: StageRun): Found {
  const operands = command.invocation.argv
    .slice(1)
    .filter(
      (word) => !prefix(word.value).startsWith('-') && !/^(1|224|256|384|512)$/.test(known(word.value) ?? ''),
    );
  const names = operands.map((word) => baseName(word.value));
  const lists = run.writes.filter(
    (write) => write.instruction === command.instruction && names.includes(baseName(write.target)),
  );
  const fed = upstream(command, run.commands);
  const inner = substituted(command, run);
  const content: Value = command.invocation.stdin ?? lists.at(-1)?.content ?? [];
  const shown = [format(content), ...[...fed, ...inner].map(line), ...names].join(' ');
  const behind = [...fed.flatMap((one) => substituted(one, run)), ...sourcesOf(content, command, run)];
  const listed = [...fed, ...inner, ...behind].flatMap(filesRead);
  return {
    method: 'checksum',
    order: command.order,
    command,
    location: whole(command),
    subject: unescaped(shown),
    sum: content.length > 0 ? content : (inner[0]?.invocation.argv[1]?.value ?? null),
    material: [...names, ...listed].filter((name) => name !== ''),
  };
}

function isComputation(command: StageCommand): boolean {
  if (SUM_TOOL.test(command.name) || command.name === 'get-filehash') return true;
  const first = known(command.invocation.argv[1]?.value ?? []) ?? '';
  if (command.name === 'certutil') return /^-hashfile$/i.test(first);
  return (
    command.name === 'openssl' &&
    /^(dgst|sha\d+|md5|sha3-\d+)$/.test(first) &&
    !command.text.includes('-verify')
  );
}

const COMPARERS = /^(\[|\[\[|test|grep|egrep|fgrep|findstr|diff|cmp|-c?i?(eq|ne|match|notmatch|like))$/;

/** A computed checksum counts when it is compared with something in the same instruction. */
function comparison(command: StageCommand, run: StageRun): Found | null {
  const fed = upstream(command, run.commands);
  const written = command.text.slice(0, 60);
  const comparer = nearby(command, run).find((one) => {
    if (!COMPARERS.test(one.name)) return false;
    if (one.name.startsWith('-')) return one.order > command.order;
    if (
      one.before.some(
        (index) => index === command.order || run.commands[index]?.before.includes(command.order),
      )
    )
      return true;
    return (
      one.order > command.order &&
      one.invocation.argv.some(
        (word) =>
          runsIn(word, one, run).includes(command) ||
          word.value.some((part) => typeof part !== 'string' && part.expression.includes(written)),
      )
    );
  });
  if (comparer === undefined) return null;
  const other = comparer.invocation.argv
    .slice(1)
    .find(
      (word) =>
        !runsIn(word, comparer, run).includes(command) &&
        !format(word.value).includes(written) &&
        /[0-9a-f]{32}|\$/i.test(format(word.value)),
    );
  return {
    method: 'checksum',
    computed: command,
    order: comparer.order,
    command: comparer,
    location: whole(comparer),
    subject: unescaped([command, ...fed].map(line).join(' ')),
    sum: other?.value ?? null,
    material: [
      ...(other === undefined
        ? []
        : [...substituted(comparer, run), ...sourcesOf(other.value, comparer, run)]
      )
        .filter((one) => one !== command)
        .flatMap(filesRead),
      ...contentsRead(command, run),
    ].filter((name) => name !== '' && !mentionsName(command, fed, name)),
  };
}

/** PowerShell reads a list of checksums with `Get-Content` before it compares. */
function contentsRead(command: StageCommand, run: StageRun): readonly string[] {
  return nearby(command, run)
    .filter((one) => /^(get-content|gc)$/.test(one.name))
    .flatMap((one) => one.invocation.argv.slice(1, 3).map((word) => baseName(word.value)));
}

function mentionsName(command: StageCommand, fed: readonly StageCommand[], name: string): boolean {
  return [command, ...fed].some((one) => one.invocation.argv.some((word) => baseName(word.value) === name));
}

function signatureCheck(command: StageCommand, words: readonly string[]): Found | null {
  if (!verifiesSignature(command.name, words)) return null;
  const names = command.invocation.argv.slice(1).map((word) => baseName(word.value));
  const bare = names.map((name) => name.replace(/\.(asc|sig|sign|gpg|minisig|sigstore|pem|p7s)$/i, ''));
  return {
    method: 'signature',
    order: command.order,
    command,
    location: whole(command),
    subject: [...names, ...bare].join(' '),
    sum: null,
    // What is decrypted is the content itself; what is verified is only a signature.
    material: names.filter(
      (name, index) => name !== bare[index] && (!decrypts(words) || /\.(asc|sig)$/i.test(name)),
    ),
  };
}

function decrypts(words: readonly string[]): boolean {
  return words.some((word) => word === '--decrypt' || word === '-d');
}

function verifiesSignature(name: string, words: readonly string[]): boolean {
  switch (name) {
    case 'gpg':
    case 'gpg2':
    case 'gpg1':
      return words.some((word) => /^(--verify|--decrypt|-d|--verify-files)$/.test(word));
    case 'gpgv':
    case 'gpgv2':
    case 'sqv':
    case 'jarsigner':
      return true;
    case 'minisign':
    case 'signify':
    case 'signify-openbsd':
    case 'rsign':
      return words.some((word) => /^-[a-zA-Z]*V/.test(word) || word === 'verify');
    case 'cosign':
      return /^verify-blob(-attestation)?$/.test(words[0] ?? '') && !acceptsAnybody(words);
    case 'gh':
      return words[0] === 'attestation' && words[1] === 'verify';
    case 'slsa-verifier':
      return words[0] === 'verify-artifact';
    case 'sigstore':
    case 'sq':
      return words.includes('verify');
    case 'rpm':
    case 'rpmkeys':
      return words.some((word) => /^(-K|--checksig)$/.test(word));
    case 'openssl':
      return words.includes('-verify') || (words[0] === 'cms' && words.includes('-verify'));
    default:
      return false;
  }
}

/** cosign's `--certificate-identity-regexp` or `…-oidc-issuer-regexp` with a pattern that every name fits. */
function acceptsAnybody(words: readonly string[]): boolean {
  return words.some((word, index) => {
    const option = /^--certificate-(?:identity|oidc-issuer)-regexp(?:=(.*))?$/.exec(word);
    if (option === null) return false;
    const [, joined] = option;
    return /^\^?\(?\.?[*+]?\)?\$?$/.test(joined ?? words[index + 1] ?? '');
  });
}

function line(command: StageCommand): string {
  return command.invocation.argv.map((word) => format(word.value)).join(' ');
}

/** Patterns escape dots: `grep " node-v1\.tar\.xz$"`. */
function unescaped(shown: string): string {
  return shown.replace(/\\(.)/g, '$1');
}

/** Commands of a script on either side of another that are looked at for what belongs to it. */
const REACH = 256;

function nearby(command: StageCommand, run: StageRun): readonly StageCommand[] {
  const group = run.groups.get(command.base) ?? [];
  const at = command.order - command.base;
  return group.slice(Math.max(0, at - REACH), at + REACH);
}

/** What runs in the `$(…)` and `<(…)` of the words of a command. */
function substituted(command: StageCommand, run: StageRun): readonly StageCommand[] {
  return command.invocation.argv.flatMap((word) => runsIn(word, command, run));
}

function runsIn(
  { substitutions }: StageCommand['invocation']['argv'][number],
  command: StageCommand,
  run: StageRun,
): readonly StageCommand[] {
  return substitutions.flatMap((index) => run.commands[command.base + index] ?? []);
}

/** The commands whose output a value holds, `sum=$(cut -d' ' -f1 list)` some lines before, and theirs in turn. */
function sourcesOf(value: Value, command: StageCommand, run: StageRun): readonly StageCommand[] {
  const found: StageCommand[] = [];
  let expressions = expressionsIn(value);
  while (expressions.length > 0 && found.length < 16) {
    const current = expressions;
    const next = nearby(command, run).filter(
      (one) =>
        one.invocation.substitution &&
        one.text !== '' &&
        !found.includes(one) &&
        current.some((expression) => expression.includes(one.text)),
    );
    found.push(...next);
    expressions = next.flatMap((one) => one.invocation.argv.flatMap((word) => expressionsIn(word.value)));
  }
  return found;
}

function expressionsIn(value: Value): readonly string[] {
  return value.flatMap((part) => (typeof part === 'string' ? [] : [part.expression]));
}

/** Files a command reads, by base name; what `echo` prints is no file. */
function filesRead(command: StageCommand): readonly string[] {
  if (/^(echo|printf|curl|wget)$/.test(command.name)) return [];
  return command.invocation.argv.slice(1).map((word) => baseName(word.value));
}
