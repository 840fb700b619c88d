// What a fetched file is checked by, on the ladder signature > pinned checksum > fetched checksum > none.
import type { Verification } from '../../model/import.ts';
import type { Value } from '../../model/value.ts';
import { format, known, prefix } from '../../value.ts';
import type { Check } from './checks.ts';
import { baseName, downstream, type Fetch } from './fetch.ts';
import type { StageCommand, StageRun } from './stage-commands.ts';

const LADDER: readonly Verification['method'][] = [
  'signature',
  'pinned-checksum',
  'fetched-checksum',
  'unknown',
  'none',
];

export function verify(
  fetch: Fetch,
  all: readonly Fetch[],
  checks: readonly Check[],
  run: StageRun,
): Verification {
  if (fetch.verification !== null) return fetch.verification;
  if (fetch.output.kind !== 'file') return { method: 'none', location: null };
  const names = namesOf(fetch, run);
  const own = checks.filter(
    (check) => check.order > fetch.order && names.some((name) => mentions(check.subject, name)),
  );
  const found = own.length > 0 ? own : unnamed(fetch, all, checks, run);
  const rated = found.map(
    (check): Verification => ({ method: strength(check, all, checks), location: check.location }),
  );
  return (
    rated.sort((left, right) => LADDER.indexOf(left.method) - LADDER.indexOf(right.method))[0] ?? {
      method: 'none',
      location: null,
    }
  );
}

/** The names a file has in the course of the stage: `mv` and `cp` give it others. */
function namesOf(fetch: Fetch, run: StageRun): readonly string[] {
  if (fetch.output.kind !== 'file') return [];
  const names = [baseName(fetch.output.name)].filter((name) => name !== '');
  for (const command of run.commands) {
    if (command.order <= fetch.order || !/^(mv|cp|move-item|rename-item|ln|gpg2?)$/.test(command.name))
      continue;
    const operands = command.invocation.argv.slice(1).filter((word) => !prefix(word.value).startsWith('-'));
    const [from, to] = operands.map((word) => baseName(word.value));
    const decrypted = command.name.startsWith('gpg') ? outputOf(command) : null;
    if (decrypted !== null && operands.some((word) => names.includes(baseName(word.value))))
      names.push(decrypted);
    if (operands.length === 2 && from !== undefined && to !== undefined && names.includes(from))
      names.push(to);
  }
  return names;
}

function outputOf(command: StageCommand): string | null {
  const words = command.invocation.argv;
  const index = words.findIndex((word) => /^(-o|--output)$/.test(known(word.value) ?? ''));
  const value = index < 0 ? undefined : words[index + 1]?.value;
  return value === undefined ? null : baseName(value);
}

/** Whether a file's name stands in a text as a word of its own. */
export function mentions(subject: string, name: string): boolean {
  for (let at = subject.indexOf(name); at >= 0; at = subject.indexOf(name, at + 1)) {
    const before = subject.charAt(at - 1);
    const after = subject.charAt(at + name.length);
    if (
      !/[\w.-]/.test(before) &&
      !/[\w]/.test(after) &&
      !/^[.-]\w/.test(subject.slice(at + name.length, at + name.length + 2))
    )
      return true;
  }
  return false;
}

/** A list whose lines aren't in sight checks whatever was fetched before it in the same instruction. */
function unnamed(
  fetch: Fetch,
  all: readonly Fetch[],
  checks: readonly Check[],
  run: StageRun,
): readonly Check[] {
  const instruction = run.commands[fetch.order]?.instruction;
  return checks.filter((check) => {
    if (
      check.order <= fetch.order ||
      check.command.instruction !== instruction ||
      check.method !== 'checksum'
    )
      return false;
    // Only lists read whole: a line picked out for another file says nothing of this one.
    return (
      check.sum === null &&
      check.material.length > 0 &&
      !all.some(
        (other) =>
          other !== fetch &&
          other.output.kind === 'file' &&
          !check.material.includes(baseName(other.output.name)) &&
          mentions(check.subject, baseName(other.output.name)),
      )
    );
  });
}

function strength(check: Check, all: readonly Fetch[], checks: readonly Check[]): Verification['method'] {
  if (check.method === 'signature') return 'signature';
  // A signed list of checksums is as good as a signature on the file.
  const isSigned = check.material.some((name) =>
    checks.some(
      (other) => other.method === 'signature' && other.order < check.order && mentions(other.subject, name),
    ),
  );
  if (isSigned) return 'signature';
  const fetched = all.some(
    (one) => one.output.kind === 'file' && check.material.includes(baseName(one.output.name)),
  );
  if (fetched) return 'fetched-checksum';
  if (check.sum === null) return check.material.length > 0 ? 'pinned-checksum' : 'unknown';
  return strengthOf(check.sum);
}

const FETCHES = /\b(curl|wget|iwr|Invoke-WebRequest)\b/;

function strengthOf(sum: Value): Verification['method'] {
  const first: (string | Value[number])[] = [];
  for (const part of sum) {
    first.push(part);
    if (typeof part === 'string' && /\s/.test(part)) break;
  }
  if (/[0-9a-f]{32}/i.test(known(sum) ?? format(first as Value))) return 'pinned-checksum';
  const open = sum.find((part) => typeof part !== 'string');
  if (typeof open !== 'object') return 'unknown';
  if (open.choices !== undefined && arePinned(open.choices)) return 'pinned-checksum';
  return FETCHES.test(open.expression) ? 'fetched-checksum' : 'unknown';
}

/** One checksum per platform; where none is set the comparison fails, which is as safe. */
function arePinned(choices: readonly Value[]): boolean {
  const isSum = (one: Value) => /^(sha\d+[:-])?[0-9a-f]{32,}$/i.test(known(one) ?? '');
  return choices.some(isSum) && choices.every((one) => isSum(one) || known(one) === '' || isBareName(one));
}

function isBareName(value: Value): boolean {
  const [only] = value;
  return value.length === 1 && typeof only === 'object' && /^\$\w+$/.test(only.expression);
}

const MATERIAL =
  /\.sha\d+[-\w]*$|\.(asc|sig|sign|minisig|sha\d*|sha\d+sum|md5|md5sum|sum|digest|sigstore|intoto\.jsonl|DIGESTS)(\.txt)?$|sha\d*sums?|checksums?|^keys$/i;

/** Whether a download only serves to check another: a signature, a list of checksums, keys for `gpg --import`. */
export function isMaterial(
  fetch: Fetch,
  all: readonly Fetch[],
  checks: readonly Check[],
  run: StageRun,
): boolean {
  if (fetch.kind !== 'download') return false;
  const signatures = checks.some((check) => check.method === 'signature');
  const command = run.commands[fetch.order];
  if (fetch.output.kind === 'stream' && command !== undefined) {
    return signatures && downstream(command, run.commands).some(importsKey);
  }
  if (fetch.output.kind !== 'file') return false;
  const name = baseName(fetch.output.name);
  if (name === '') return false;
  const later = checks.filter((check) => check.order > fetch.order);
  if (
    later.some(
      (check) =>
        check.material.includes(name) &&
        (MATERIAL.test(name) || checks.some((other) => other !== check) || all.length > 1),
    ) &&
    isList(name, later)
  )
    return true;
  const imported = run.commands.some(
    (command) =>
      command.order > fetch.order &&
      /^gpg2?$/.test(command.name) &&
      command.text.includes('--import') &&
      mentions(command.text, name),
  );
  return imported && signatures;
}

function importsKey(command: StageCommand): boolean {
  return /^gpg2?$/.test(command.name) && command.text.includes('--import');
}

// `grep file LIST | sha256sum -c` mentions both; the list is the one that isn't the file.
function isList(name: string, checks: readonly Check[]): boolean {
  return (
    MATERIAL.test(name) ||
    checks.some(
      (check) =>
        check.material.includes(name) &&
        check.command.invocation.argv.slice(1).some((word) => baseName(word.value) === name),
    )
  );
}
