// The words after a command's name sorted into options with their values and operands, after a small description.
import type { Value } from '../model/value.ts';
import { join, known, prefix } from '../value.ts';
import type { Argument } from './trace.ts';

export type OptionSpec = {
  /** Options that take a value, as written: `-f`, `--file`, and single-dash long ones such as `-chdir`. */
  readonly valued: readonly string[];
  /** Options that take none. What is in neither list is reported as unknown and taken to have no value. */
  readonly flags: readonly string[];
  /** Names that mean the same, e.g. `{ '-t': '--tag' }`; results are listed under the latter. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Everything from the first operand on is operands, as for `docker`, `env` or `sudo`. */
  readonly stopAtOperand?: boolean;
  /** `-chdir x` and `-chdir=x`: one dash starts a whole name, never a bundle (terraform, Go programs, find). */
  readonly singleDash?: boolean;
};

export type Options = {
  /** By canonical name; in the order given. A flag with a value (`--push=false`) is here too. */
  readonly values: ReadonlyMap<string, readonly Argument[]>;
  /** Flags given without a value, by canonical name, with the word they stand in. */
  readonly flags: ReadonlyMap<string, Argument>;
  readonly operands: readonly Argument[];
  /** Options that are in no list, as written without their value. */
  readonly unknown: readonly { readonly name: string; readonly argument: Argument }[];
  /** A word that may hold options or operands, such as `$EXTRA_ARGS` outside quotes. */
  readonly unclear: readonly Argument[];
};

type Draft = {
  readonly values: Map<string, Argument[]>;
  readonly flags: Map<string, Argument>;
  readonly operands: Argument[];
  readonly unknown: { name: string; argument: Argument }[];
  readonly unclear: Argument[];
};

/** The name of a command without its folder and `.exe`; null when it is not known. */
export function commandName(argv: readonly Argument[]): string | null {
  const content = argv[0] === undefined ? null : known(argv[0].value);
  if (content === null) return null;
  const name = content.slice(Math.max(content.lastIndexOf('/'), content.lastIndexOf('\\')) + 1);
  return name.toLowerCase().endsWith('.exe') ? name.slice(0, -4) : name;
}

/** Reads the words after the command's name. Linear; never fails: what it does not understand it lists. */
export function readOptions(words: readonly Argument[], spec: OptionSpec): Options {
  const draft: Draft = { values: new Map(), flags: new Map(), operands: [], unknown: [], unclear: [] };
  const valued = setOf(spec.valued);
  const flags = setOf(spec.flags);
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    if (word === undefined) break;
    const start = prefix(word.value);
    if (known(word.value) === '--') {
      draft.operands.push(...words.slice(index + 1));
      break;
    }
    if (start === '' && word.value.length > 0) draft.unclear.push(word);
    if (!start.startsWith('-') || start === '-') {
      if (spec.stopAtOperand === true) {
        draft.operands.push(...words.slice(index));
        break;
      }
      draft.operands.push(word);
      continue;
    }
    const next = words[index + 1];
    const taken =
      start.startsWith('--') || spec.singleDash === true || isName(start, valued, flags)
        ? readLong(draft, word, next, spec, valued, flags)
        : readBundle(draft, word, next, spec, valued, flags);
    if (taken) index += 1;
  }
  return draft;
}

/** The same few descriptions are read by for every command. */
const SETS = new WeakMap<readonly string[], ReadonlySet<string>>();

function setOf(names: readonly string[]): ReadonlySet<string> {
  const known = SETS.get(names) ?? new Set(names);
  SETS.set(names, known);
  return known;
}

function isName(start: string, valued: ReadonlySet<string>, flags: ReadonlySet<string>): boolean {
  const name = start.split('=', 1)[0] ?? start;
  return valued.has(name) || flags.has(name);
}

/** Returns whether the next word was taken as the value. */
function readLong(
  draft: Draft,
  word: Argument,
  next: Argument | undefined,
  spec: OptionSpec,
  valued: ReadonlySet<string>,
  flags: ReadonlySet<string>,
): boolean {
  const start = prefix(word.value);
  const cut = start.indexOf('=');
  const name = cut < 0 ? start : start.slice(0, cut);
  const isValued = valued.has(name);
  if (!isValued && !flags.has(name)) draft.unknown.push({ name, argument: word });
  if (cut >= 0) {
    addValue(draft, spec, name, { ...word, value: join([start.slice(cut + 1), word.value.slice(1)]) });
    return false;
  }
  // `--tag${X}`: the name itself is not known in full.
  if (word.value.length > 1) draft.unclear.push(word);
  if (!isValued) {
    addFlag(draft, spec, name, word);
    return false;
  }
  if (next !== undefined) addValue(draft, spec, name, next);
  else addFlag(draft, spec, name, word);
  return next !== undefined;
}

function readBundle(
  draft: Draft,
  word: Argument,
  next: Argument | undefined,
  spec: OptionSpec,
  valued: ReadonlySet<string>,
  flags: ReadonlySet<string>,
): boolean {
  const letters = prefix(word.value);
  const rest = word.value.slice(1);
  for (let index = 1; index < letters.length; index += 1) {
    const name = `-${letters.charAt(index)}`;
    if (!valued.has(name)) {
      if (!flags.has(name)) draft.unknown.push({ name, argument: word });
      addFlag(draft, spec, name, word);
      continue;
    }
    const attached: Value = join([letters.slice(index + 1).replace(/^=/, ''), rest]);
    if (attached.length > 0) {
      addValue(draft, spec, name, { ...word, value: attached });
      return false;
    }
    if (next !== undefined) addValue(draft, spec, name, next);
    else addFlag(draft, spec, name, word);
    return next !== undefined;
  }
  if (rest.length > 0) draft.unclear.push(word);
  return false;
}

function canonical(spec: OptionSpec, name: string): string {
  return spec.aliases !== undefined && Object.hasOwn(spec.aliases, name)
    ? (spec.aliases[name] ?? name)
    : name;
}

function addValue(draft: Draft, spec: OptionSpec, name: string, argument: Argument): void {
  const key = canonical(spec, name);
  const list = draft.values.get(key);
  if (list === undefined) draft.values.set(key, [argument]);
  else list.push(argument);
}

function addFlag(draft: Draft, spec: OptionSpec, name: string, argument: Argument): void {
  const key = canonical(spec, name);
  if (!draft.flags.has(key)) draft.flags.set(key, argument);
}

/** The last value of an option, the one that counts where it may be given once; null when it is not given. */
export function lastValue(options: Options, name: string): Value | null {
  return options.values.get(name)?.at(-1)?.value ?? null;
}
