// What a fetched file is checked by, on the ladder signature > pinned checksum > fetched checksum > none.
import type { Verification } from '../../model/import.ts';
import { format, known, prefix } from '../../value.ts';
import type { Check } from './checks.ts';
import { baseName, downstream, type Fetch, outputNames } from './fetch.ts';
import { importsKey, keyOrigins, strengthOfSignature } from './signing-keys.ts';
import type { StageCommand, StageRun } from './stage-commands.ts';
import { mentions, strengthOfSum } from './sums.ts';

const LADDER: readonly Verification['method'][] = [
  'signature',
  'pinned-checksum',
  'fetched-checksum',
  'unknown',
  'none',
];

/** Checks after a fetch that are looked at: the file is checked soon or by nobody. */
const WINDOW = 128;

/** Everything of a stage that says what is checked, put in order once. */
export type CheckBook = {
  /** By their position in the stage. */
  readonly checks: readonly Check[];
  readonly strength: ReadonlyMap<Check, Verification['method']>;
  /** Of lists that aren't in sight: the fetched files they are asked about by name. */
  readonly picked: ReadonlyMap<Check, readonly string[]>;
  readonly renames: readonly {
    readonly order: number;
    readonly from: readonly string[];
    readonly to: string;
  }[];
  readonly keyImports: readonly StageCommand[];
  /** Files that are run or installed, by base name, and where. */
  readonly runs: readonly { readonly order: number; readonly name: string }[];
  /** Names of files that are run as programs. */
  readonly executed: ReadonlySet<string>;
  readonly fetches: readonly Fetch[];
  readonly run: StageRun;
};

export function openCheckBook(fetches: readonly Fetch[], given: readonly Check[], run: StageRun): CheckBook {
  const checks = [...given].sort((left, right) => left.order - right.order);
  const files = new Set(fetches.flatMap((one) => outputNames(one)));
  const signed = new Map<string, number>();
  for (const check of checks) {
    if (check.method !== 'signature' || !check.stops) continue;
    for (const name of check.subject.split(' ')) if (!signed.has(name)) signed.set(name, check.order);
  }
  const origins = keyOrigins(fetches, checks, run);
  let runs: CheckBook['runs'] | null = null;
  const executed = new Set<string>();
  for (const { invocation, name } of run.commands) {
    const words = RUNNERS.test(name) ? invocation.argv : invocation.argv.slice(0, 1);
    for (const word of words) executed.add(baseName(word.value));
  }
  return {
    checks,
    strength: new Map(
      checks.map((check) => [
        check,
        check.method === 'signature' ? strengthOfSignature(check, origins) : strengthOf(check, files, signed),
      ]),
    ),
    picked: new Map(
      checks
        .filter((check) => check.sum === null && check.method === 'checksum')
        .map((check) => [check, namedIn(check, files)]),
    ),
    renames: run.commands.flatMap(renameOf),
    keyImports: run.commands.filter(importsKey),
    // Few stages check anything.
    get runs() {
      runs ??= run.commands.flatMap((command) =>
        filesRun(command).map((name) => ({ order: command.order, name })),
      );
      return runs;
    },
    executed,
    fetches,
    run,
  };
}

function namedIn(check: Check, files: ReadonlySet<string>): readonly string[] {
  const some = [...files].slice(0, 2 * WINDOW);
  return some.filter((name) => !check.material.includes(name) && mentions(check.subject, name));
}

const RUNNERS = /^(sh|bash|dash|ash|zsh|python[\d.]*|perl|ruby|node|php[\d.]*|source|\.|chmod)$/;

export function verify(fetch: Fetch, book: CheckBook): Verification {
  if (fetch.verification !== null) return fetch.verification;
  if (fetch.output.kind !== 'file') return { method: 'none', location: null };
  const names = namesOf(fetch, book);
  const later = following(book.checks, fetch.order);
  const own = later.filter((check) =>
    names.some(({ name, since }) => since < check.order && mentions(check.subject, name)),
  );
  const found = own.length > 0 ? own : unnamed(fetch, later, book);
  if (found.length === 0) return { method: 'none', location: null };
  const firstRun = following(book.runs, fetch.order).find((one) =>
    names.some(({ name, since }) => since < one.order && name === one.name),
  );
  const rated = found.map(
    (check): Verification => ({
      method:
        check.stops && check.order < (firstRun?.order ?? Number.POSITIVE_INFINITY)
          ? isOfItself(check, names, book) || mayBeLeftOut(check, fetch, book)
            ? 'unknown'
            : (book.strength.get(check) ?? 'none')
          : 'none',
      location: check.location,
    }),
  );
  return (
    rated.sort((left, right) => LADDER.indexOf(left.method) - LADDER.indexOf(right.method))[0] ?? {
      method: 'none',
      location: null,
    }
  );
}

/** The next entries after a position of the stage; `sorted` is by position. */
function following<T extends { readonly order: number }>(sorted: readonly T[], order: number): readonly T[] {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.order ?? 0) <= order) low = middle + 1;
    else high = middle;
  }
  return sorted.slice(low, low + WINDOW);
}

const QUESTION = /^!?\s*(?:\[|test\s|case\s)/;
/** `[ "$CHECK" = "true" ]`: a switch of the file's own. */
const SWITCH = /^\[\[? "?\$\{?(\w+)\}?"? ={1,2} "?([\w.-]+)"? \]\]?$/;

/**
 * Whether the check waits for a condition that the fetch does not wait for. Conditions are tests: other commands in
 * front of a check are ordinary steps, which are taken to succeed.
 */
function mayBeLeftOut({ command }: Check, { order }: Fetch, { run }: CheckBook): boolean {
  const shared = new Set(run.commands[order]?.invocation.guards);
  return command.invocation.guards.some((guard) => {
    if (!QUESTION.test(guard) || shared.has(guard)) return false;
    const [, name, value] = SWITCH.exec(guard) ?? [];
    return name === undefined || known(command.invocation.environment.get(name) ?? []) !== value;
  });
}

const COMPUTED = /\b(?:sha\d+sum|shasum|md5sum|b2sum|openssl)\b/;

/** `echo "$(sha256sum a)" | sha256sum -c`: what it is compared with was computed from the file. */
function isOfItself(check: Check, names: readonly Named[], book: CheckBook): boolean {
  if (check.method !== 'checksum' || check.weak || book.strength.get(check) !== 'fetched-checksum')
    return false;
  if (!(check.sum ?? []).some((part) => typeof part !== 'string' && COMPUTED.test(part.expression)))
    return false;
  const fetched = check.material.filter((name) =>
    book.fetches.some((one) => outputNames(one).includes(name)),
  );
  return fetched.length > 0 && fetched.every((name) => names.some((one) => one.name === name));
}

type Named = { readonly name: string; readonly since: number };

/** The names a file has in the course of the stage: `mv` and `cp` give it others. */
function namesOf(fetch: Fetch, book: CheckBook): readonly Named[] {
  const names = outputNames(fetch).map((name): Named => ({ name, since: fetch.order }));
  const has = (name: string) => names.some((one) => one.name === name);
  for (const { order, from, to } of following(book.renames, fetch.order)) {
    if (from.some(has) && !has(to)) names.push({ name: to, since: order });
  }
  return names;
}

const INSTALLERS = /^(dpkg|rpm|apt|apt-get|yum|dnf|zypper|apk|pip[\d.]*|gem|msiexec|start-process)$/;
const INTERPRETERS = /^(sh|bash|dash|ash|zsh|python[\d.]*|perl|ruby|node|php[\d.]*|source|\.)$/;

/** Files whose content a command runs, by base name; looking into them (`sh -n`) is none. */
function filesRun({ name, invocation: { argv } }: StageCommand): readonly string[] {
  const [first, ...words] = argv;
  const own = first !== undefined && /[/\\]/.test(format(first.value)) ? [baseName(first.value)] : [];
  if (!INSTALLERS.test(name) && !INTERPRETERS.test(name)) return own;
  const plain = words.map((word) => known(word.value) ?? '');
  if (plain.some((word) => /^-[nV]$|^--(checksig|version|info|contents)$|^-K$/.test(word))) return own;
  const operands = words.filter((word) => !prefix(word.value).startsWith('-'));
  return [
    ...own,
    ...(INTERPRETERS.test(name) ? operands.slice(0, 1) : operands).map(({ value }) => baseName(value)),
  ];
}

function renameOf(command: StageCommand): CheckBook['renames'] {
  if (!/^(mv|cp|move-item|rename-item|ln|gpg2?)$/.test(command.name)) return [];
  const operands = command.invocation.argv.slice(1).filter((word) => !prefix(word.value).startsWith('-'));
  const names = operands.map((word) => baseName(word.value));
  const { order } = command;
  const output = command.name.startsWith('gpg') ? outputOf(command) : null;
  if (output !== null) return [{ order, from: names, to: output }];
  const [from, to] = names;
  return names.length === 2 && from !== undefined && to !== undefined ? [{ order, from: [from], to }] : [];
}

function outputOf(command: StageCommand): string | null {
  const words = command.invocation.argv;
  const index = words.findIndex((word) => /^(-o|--output)$/.test(known(word.value) ?? ''));
  const value = index < 0 ? undefined : words[index + 1]?.value;
  return value === undefined ? null : baseName(value);
}

/** A list whose lines aren't in sight checks whatever was fetched before it in the same instruction. */
function unnamed(fetch: Fetch, later: readonly Check[], book: CheckBook): readonly Check[] {
  const instruction = book.run.commands[fetch.order]?.instruction;
  return later.filter((check) => {
    if (check.command.instruction !== instruction || check.method !== 'checksum') return false;
    // Only lists read whole: a line picked out for one file says nothing of another.
    return check.sum === null && check.material.length > 0 && !namesAnother(check, fetch, book);
  });
}

function namesAnother(check: Check, fetch: Fetch, book: CheckBook): boolean {
  const own = fetch.output.kind === 'file' ? baseName(fetch.output.name) : '';
  return (book.picked.get(check) ?? []).some((name) => name !== own);
}

function strengthOf(
  check: Check,
  files: ReadonlySet<string>,
  signed: ReadonlyMap<string, number>,
): Verification['method'] {
  // A signed list of checksums is as good as a signature on the file.
  if (check.material.some((name) => (signed.get(name) ?? check.order) < check.order)) return 'signature';
  if (check.material.some((name) => files.has(name))) return 'fetched-checksum';
  const strength =
    check.sum !== null ? strengthOfSum(check.sum) : check.material.length > 0 ? 'pinned-checksum' : 'unknown';
  return strength === 'pinned-checksum' && check.weak ? 'fetched-checksum' : strength;
}

const MATERIAL =
  /\.sha\d+[-\w]*$|\.(asc|sig|sign|minisig|sha\d*|sha\d+sum|md5|md5sum|sum|digest|sigstore|intoto\.jsonl|DIGESTS)(\.txt)?$|sha\d*sums?|checksums?|^keys$/i;

/**
 * Whether a download only serves to check another: a signature, a list of checksums, keys for `gpg --import`. What
 * is also run as a program never is.
 */
export function isMaterial(fetch: Fetch, book: CheckBook): boolean {
  if (fetch.kind !== 'download' || fetch.pipedToShell) return false;
  const signatures = book.checks.some((check) => check.method === 'signature');
  const command = book.run.commands[fetch.order];
  if (fetch.output.kind === 'stream' && command !== undefined) {
    return signatures && downstream(command, book.run.commands).some(importsKey);
  }
  if (fetch.output.kind !== 'file') return false;
  const name = baseName(fetch.output.name);
  if (name === '' || book.executed.has(name)) return false;
  const uses = following(book.checks, fetch.order).filter((check) => check.material.includes(name));
  if (uses.length > 0 && book.fetches.length > 1 && isList(name, uses)) return true;
  return signatures && following(book.keyImports, fetch.order).some((one) => mentions(one.text, name));
}

// `grep file LIST | sha256sum -c` mentions both; the list is the one that isn't the file.
function isList(name: string, uses: readonly Check[]): boolean {
  if (MATERIAL.test(name)) return true;
  return uses.some((check) =>
    check.command.invocation.argv.slice(1).some((word) => baseName(word.value) === name),
  );
}
