// Commands that only run another command: what they run, with what added.
import type { Value } from '../model/value.ts';
import { hole, join, known, prefix, split } from '../value.ts';
import { type OptionSpec, readOptions } from './options.ts';
import type { Argument } from './trace.ts';

export type Unwrapped = {
  readonly arguments: readonly Argument[];
  readonly wrappers: readonly string[];
  readonly assignments: ReadonlyMap<string, Value>;
  /** `exec cmd`: nothing after it runs. */
  readonly replaces: boolean;
};

type Wrapper = {
  readonly options: OptionSpec;
  /** Operands in front of the command: a number, or `NAME=value` pairs. */
  readonly operands?: number | 'assignments';
  /** Adds arguments that only exist at run time. */
  readonly appends?: string;
};

const NONE: OptionSpec = { valued: [], flags: [] };

// Options that take a value matter: their value must not be taken for the command.
const WRAPPERS: Readonly<Record<string, Wrapper>> = {
  sudo: {
    options: {
      valued: ['-u', '--user', '-g', '--group', '-C', '-h', '-p', '-D', '-R', '-T', '-U', '-r', '-t'],
      flags: [],
    },
    operands: 'assignments',
  },
  doas: { options: { valued: ['-u', '-C'], flags: [] } },
  env: {
    options: { valued: ['-u', '--unset', '-C', '--chdir', '-S', '--split-string'], flags: [] },
    operands: 'assignments',
  },
  time: { options: { valued: ['-f', '-o', '--format', '--output'], flags: [] } },
  nohup: { options: NONE },
  exec: { options: { valued: ['-a'], flags: [] } },
  command: { options: NONE },
  builtin: { options: NONE },
  nice: { options: { valued: ['-n', '--adjustment'], flags: [] } },
  ionice: { options: { valued: ['-c', '--class', '-n', '--classdata', '-p', '-P', '-u', '-t'], flags: [] } },
  stdbuf: { options: { valued: ['-i', '-o', '-e', '--input', '--output', '--error'], flags: [] } },
  unbuffer: { options: NONE },
  setsid: { options: NONE },
  eatmydata: { options: NONE },
  timeout: { options: { valued: ['-s', '--signal', '-k', '--kill-after'], flags: [] }, operands: 1 },
  gosu: { options: NONE, operands: 1 },
  'su-exec': { options: NONE, operands: 1 },
  setpriv: { options: NONE },
  busybox: { options: NONE },
  chronic: { options: NONE },
  linux32: { options: NONE },
  linux64: { options: NONE },
  fakeroot: { options: { valued: ['-l', '-s', '-i', '-b'], flags: [] } },
  'dbus-run-session': { options: NONE },
  'xvfb-run': {
    options: { valued: ['-e', '-f', '-n', '-p', '-s', '--server-args', '--server-num'], flags: [] },
  },
  retry: {
    options: {
      valued: ['-t', '--times', '-d', '--delay', '-s', '--sleep', '-m', '--max', '-r', '--retries'],
      flags: [],
    },
  },
  travis_retry: { options: NONE },
  travis_wait: { options: NONE },
  xargs: {
    options: {
      valued: [
        '-I',
        '-i',
        '-n',
        '-P',
        '-L',
        '-l',
        '-d',
        '-a',
        '-E',
        '-s',
        '--max-args',
        '--max-procs',
        '--delimiter',
        '--arg-file',
        '--replace',
        '--max-lines',
        '--max-chars',
      ],
      flags: [],
    },
    appends: 'xargs',
  },
};

const MAX_WRAPPERS = 16;

const NO_WRAPPERS: readonly string[] = [];
const NO_ASSIGNMENTS: ReadonlyMap<string, Value> = new Map();

/** Takes wrappers off the front of a command. Without any, the command comes back as it is. */
export function unwrap(given: readonly Argument[]): Unwrapped {
  const first = wrapperName(given);
  if (first === null || !Object.hasOwn(WRAPPERS, first))
    return { arguments: given, wrappers: NO_WRAPPERS, assignments: NO_ASSIGNMENTS, replaces: false };
  let rest = given;
  const wrappers: string[] = [];
  const assignments = new Map<string, Value>();
  let replaces = false;
  while (wrappers.length < MAX_WRAPPERS) {
    const name = wrapperName(rest);
    const wrapper = name === null || !Object.hasOwn(WRAPPERS, name) ? undefined : WRAPPERS[name];
    if (name === null || wrapper === undefined) break;
    if (name === 'command' && rest.slice(1, 2).some((argument) => /^-[vV]/.test(known(argument.value) ?? '')))
      break;
    const inner = wrapped(wrapper, rest, assignments);
    if (inner.length === 0) break;
    replaces ||= name === 'exec';
    wrappers.push(name);
    rest = wrapper.appends === undefined ? inner : withStdinArguments(rest, inner);
  }
  return { arguments: rest, wrappers, assignments, replaces };
}

function wrapperName(words: readonly Argument[]): string | null {
  const first = words[0];
  const content = first === undefined ? null : known(first.value);
  return content === null ? null : content.slice(content.lastIndexOf('/') + 1);
}

function wrapped(
  wrapper: Wrapper,
  words: readonly Argument[],
  assignments: Map<string, Value>,
): readonly Argument[] {
  const read = readOptions(words.slice(1), { ...wrapper.options, stopAtOperand: true });
  const whole = read.values.get('-S') ?? read.values.get('--split-string');
  let rest = [...(whole ?? []).flatMap(splitWords), ...read.operands];
  const operands = wrapper.operands;
  if (typeof operands === 'number') rest = rest.slice(operands);
  // `retry 3 cmd`: programs of this name differ; a bare number in front is never the command.
  while (/^\d+[smh]?$/.test(known(rest[0]?.value ?? []) ?? '')) rest = rest.slice(1);
  if (operands === 'assignments') {
    for (;;) {
      const word = rest[0];
      const match = word === undefined ? null : /^([A-Za-z_]\w*)=/.exec(prefix(word.value));
      if (word === undefined || match === null) break;
      const [head = '', ...others] = word.value;
      const first = typeof head === 'string' ? head.slice(match[0].length) : '';
      assignments.set(match[1] ?? '', join([first, others]));
      rest = rest.slice(1);
    }
  }
  return rest[0] !== undefined && known(rest[0].value) === '--' ? rest.slice(1) : rest;
}

/** `env -S "cmd args"`: one word that holds several (coreutils manual, "env -S"). */
function splitWords(word: Argument): readonly Argument[] {
  return split(word.value, ' ')
    .filter((value) => value.length > 0)
    .map((value) => ({ ...word, value }));
}

// xargs puts what it reads at the end, or wherever the text given with -I stands.
function withStdinArguments(whole: readonly Argument[], inner: readonly Argument[]): readonly Argument[] {
  const options = readOptions(whole.slice(1), { ...(WRAPPERS.xargs?.options ?? NONE), stopAtOperand: true });
  const marker = options.values.get('-I')?.[0] ?? options.values.get('--replace')?.[0] ?? null;
  const token = marker === null ? null : known(marker.value);
  const item = hole(ITEM, 'xargs reads it from another command');
  const last = inner.at(-1);
  if (token === null || token === '') {
    return last === undefined
      ? inner
      : [...inner, { value: item, start: last.start, end: last.end, substitutions: [] }];
  }
  return inner.map((argument) => ({
    ...argument,
    value: join(
      argument.value.flatMap((part): (Value | string)[] =>
        typeof part !== 'string'
          ? [[part]]
          : part
              .split(token)
              .flatMap((piece, index): (Value | string)[] => (index === 0 ? [piece] : [item, piece])),
      ),
    ),
  }));
}

/** Commands that `xargs` makes of one input. */
const MAX_BATCHES = 64;

/** The words of each command that xargs makes of what it reads; null when the input is not known. */
export function inputBatches(
  whole: readonly Argument[],
  inner: readonly Argument[],
  stdin: Value | null,
): readonly (readonly Argument[])[] | null {
  const at = whole.findIndex((word) => known(word.value) === 'xargs');
  if (stdin === null || at === -1 || !stdin.some((part) => typeof part === 'string')) return null;
  const options = readOptions(whole.slice(at + 1), {
    ...(WRAPPERS.xargs?.options ?? NONE),
    stopAtOperand: true,
  }).values;
  if (['-a', '--arg-file', '-d', '--delimiter', '-E', '-0', '--null'].some((name) => options.has(name)))
    return null;
  const replaces = ['-I', '-i', '--replace'].some((name) => options.has(name));
  const items = split(stdin, '\n')
    .flatMap((line) => (replaces ? [line] : split(line, ' ')))
    .filter((item) => item.length > 0);
  if (items.length > MAX_BATCHES) return null;
  const isSingle = replaces || ['-n', '-L', '--max-args', '--max-lines'].some((name) => options.has(name));
  if (isSingle) return items.map((item) => inner.map((word) => withItem(word, item)));
  return [inner.flatMap((word) => (isItem(word) ? items.map((value) => ({ ...word, value })) : [word]))];
}

const ITEM = '<stdin>';

function isItem({ value: [only, ...others] }: Argument): boolean {
  return typeof only === 'object' && only.expression === ITEM && others.length === 0;
}

function withItem(word: Argument, item: Value): Argument {
  if (!word.value.some((part) => typeof part === 'object' && part.expression === ITEM)) return word;
  const parts = word.value.map(
    (part): Value => (typeof part === 'object' && part.expression === ITEM ? item : [part]),
  );
  return { ...word, value: join(parts) };
}

/** The commands in `find … -exec cmd {} ;`, `-execdir` and `-ok`. */
export function findCommands(words: readonly Argument[]): readonly (readonly Argument[])[] {
  if (wrapperName(words) !== 'find') return [];
  const commands: Argument[][] = [];
  for (let index = 1; index < words.length; index += 1) {
    if (!/^-(exec|execdir|ok|okdir)$/.test(known(words[index]?.value ?? []) ?? '')) continue;
    const command: Argument[] = [];
    for (index += 1; index < words.length; index += 1) {
      const word = words[index];
      const content = word === undefined ? null : known(word.value);
      if (word === undefined || content === ';' || content === '+') break;
      command.push(
        content === '{}' ? { ...word, value: hole('{}', 'find fills in the file it found') } : word,
      );
    }
    if (command.length > 0) commands.push(command);
  }
  return commands;
}
