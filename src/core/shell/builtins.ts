// Shell built-ins: what they change in the state of the run.
import { parse } from 'unbash';
import type { Value } from '../model/value.ts';
import { EMPTY, hole, join, known, prefix } from '../value.ts';
import { calculate } from './arithmetic.ts';
import { isFilled, judgeTest } from './condition.ts';
import { absolute, resolvePath } from './files.ts';
import { runMapfile, runRead } from './input.ts';
import { numbersOf } from './parameters.ts';
import { capped, print, type Scope, type Status } from './scope.ts';
import { binding, reached, type State } from './state.ts';
import type { Argument } from './trace.ts';
import { assign, asValue, lookUp, namedAfter } from './variables.ts';

/** Runs a built-in; its name is the first word. */
export type Builtin = (scope: Scope, state: State, words: readonly Argument[]) => Status;

const BUILTINS: Readonly<Record<string, Builtin>> = {
  ':': () => 'yes',
  true: () => 'yes',
  false: () => 'no',
  set: runSet,
  shift: runShift,
  export: runDeclare,
  readonly: runDeclare,
  declare: runDeclare,
  typeset: runDeclare,
  local: runDeclare,
  unset: runUnset,
  read: runRead,
  mapfile: runMapfile,
  readarray: runMapfile,
  getopts: runGetopts,
  cd: runChangeDirectory,
  pushd: runChangeDirectory,
  popd: (_, state) => {
    state.directory = hole('$PWD', 'it is where the script was before pushd');
    return 'yes';
  },
  pwd: (scope, state) => {
    print(scope, join([absolute(state.directory), '\n']));
    return 'yes';
  },
  exit: runExit,
  return: leave('returned'),
  break: leave('broken'),
  continue: leave('continued'),
  shopt: () => 'yes',
  umask: () => 'yes',
  wait: () => 'assumed',
  let: runLet,
};

export function builtinFor(name: string): Builtin | null {
  return Object.hasOwn(BUILTINS, name) ? (BUILTINS[name] ?? null) : null;
}

/** Commands asked for their answer rather than for what they do: their success is never taken for granted. */
const QUESTIONS = new Set([
  'test',
  '[',
  'grep',
  'egrep',
  'fgrep',
  'zgrep',
  'which',
  'type',
  'hash',
  'command',
  'diff',
  'cmp',
  'pgrep',
  'pidof',
  'getent',
  'expr',
  'let',
  'read',
  'mountpoint',
  'compgen',
  'declare',
]);
// Sub-commands of tools that only look.
const LOOKS =
  /^(docker|podman) (manifest |image |buildx imagetools )?inspect\b|^(skopeo|crane|regctl) (inspect|digest|manifest|ls|image (inspect|digest))\b|^git (diff|ls-remote|rev-parse|show-ref|merge-base|cat-file|ls-files|config --get)\b|^curl .*(--head|-[a-zA-Z]*I\b)|^gh (release|pr|api) view\b/;

const LOOKERS = new Set(['docker', 'podman', 'skopeo', 'crane', 'regctl', 'git', 'curl', 'gh']);

export function isQuestion(words: readonly Argument[]): boolean {
  const name = known(words[0]?.value ?? []);
  if (name === null) return false;
  const base = name.slice(name.lastIndexOf('/') + 1);
  if (QUESTIONS.has(base)) return true;
  if (!LOOKERS.has(base)) return false;
  return LOOKS.test(
    `${base} ${words
      .slice(1, 8)
      .map((word) => known(word.value) ?? '?')
      .join(' ')}`,
  );
}

export function runTest(words: readonly Argument[]): Status {
  const name = known(words[0]?.value ?? []);
  const inner = words.slice(1).map((word) => word.value);
  if (name !== '[') return judgeTest(inner);
  return known(inner.at(-1) ?? []) === ']' ? judgeTest(inner.slice(0, -1)) : 'no';
}

function runSet(_: Scope, state: State, words: readonly Argument[]): Status {
  for (let index = 1; index < words.length; index += 1) {
    const word = known(words[index]?.value ?? []);
    if (word === '--') {
      state.positional = words.slice(index + 1).map((one) => one.value);
      return 'yes';
    }
    if (word !== null && /^[-+]o$/.test(word)) {
      setOption(state, words[index + 1], word.startsWith('-'));
      index += 1;
    } else if (word !== null && /^[-+][a-zA-Z]+$/.test(word)) {
      if (word.includes('e')) state.exitOnError = word.startsWith('-');
      if (word.endsWith('o')) {
        setOption(state, words[index + 1], word.startsWith('-'));
        index += 1;
      }
    } else {
      state.positional = words.slice(index).map((one) => one.value);
      return 'yes';
    }
  }
  return 'yes';
}

function setOption(state: State, name: Argument | undefined, isOn: boolean): void {
  const option = known(name?.value ?? []);
  if (option === 'errexit') state.exitOnError = isOn;
  if (option === 'pipefail') state.pipesFail = isOn;
}

function runShift(_: Scope, state: State, words: readonly Argument[]): Status {
  const count = words.length > 1 ? known(words[1]?.value ?? []) : '1';
  if (state.positional === null || count === null || !/^\d{1,5}$/.test(count)) {
    state.positional = null;
    state.handed = null;
  }
  if (state.positional === null || count === null) return 'unknown';
  if (Number(count) > state.positional.length) return 'no';
  state.positional = state.positional.slice(Number(count));
  return 'yes';
}

/** Cuts `NAME=value` in two; the value is null when there is no `=`. */
export function assignmentIn(
  value: Value,
): { readonly name: string; readonly value: Value | null; readonly append: boolean } | null {
  const start = prefix(value);
  const match = /^([A-Za-z_]\w*)(\+?=)?/.exec(start);
  if (match?.[1] === undefined) return null;
  if (match[2] === undefined)
    return match[0] === start && value.length <= 1 ? { name: match[1], value: null, append: false } : null;
  return {
    name: match[1],
    value: join([start.slice(match[0].length), value.slice(1)]),
    append: match[2] === '+=',
  };
}

function runDeclare(_: Scope, state: State, words: readonly Argument[]): Status {
  const command = known(words[0]?.value ?? []);
  let isArray = false;
  for (const word of words.slice(1)) {
    const flag = known(word.value);
    if (flag !== null && /^[-+][a-zA-Z]+$/.test(flag)) {
      if (/[aA]/.test(flag)) isArray = true;
      continue;
    }
    const given = assignmentIn(word.value);
    if (given === null) continue;
    const inFunction = command !== 'export' && command !== 'readonly' && state.hidden !== null;
    if (inFunction) hide(state, given.name);
    if (given.value !== null) setText(state, given.name, given.value, given.append);
    else if (isArray)
      state.variables = assign(state.variables, given.name, { kind: 'array', items: new Map() });
    else if (inFunction) state.variables = assign(state.variables, given.name, { kind: 'unset' });
  }
  return 'yes';
}

/** Remembers what `local` hides, once per name and call. */
export function hide(state: State, name: string): void {
  if (state.hidden === null || state.hidden.has(name)) return;
  state.hidden = new Map(state.hidden).set(name, lookUp(state.variables, name) ?? null);
}

export function setText(state: State, name: string, value: Value, append: boolean): void {
  const before = append ? binding(state, name) : undefined;
  const old: Value = append
    ? before === undefined
      ? hole(`$${name}`, 'nothing in sight sets it')
      : asValue(before)
    : EMPTY;
  const whole = capped(join([old, value]));
  state.variables = assign(state.variables, name, { kind: 'text', value: namedAfter(name, whole) });
}

function runUnset(_: Scope, state: State, words: readonly Argument[]): Status {
  for (const word of words.slice(1)) {
    const name = known(word.value);
    if (name !== null && /^[A-Za-z_]\w*$/.test(name))
      state.variables = assign(state.variables, name, { kind: 'unset' });
  }
  return 'yes';
}

function runLet(scope: Scope, state: State, words: readonly Argument[]): Status {
  let result: number | null = 0;
  for (const word of words.slice(1)) {
    const content = known(word.value);
    const command = content === null ? undefined : parse(`((${content}))`).commands[0]?.command;
    const expression = command?.type === 'ArithmeticCommand' ? command.expression : undefined;
    result = calculate(expression, numbersOf(scope, state));
    // What can't be read may still have set the variable.
    const name = /^([A-Za-z_]\w*)\s*[-+*/%]?=/.exec(prefix(word.value))?.[1];
    if (result === null && name !== undefined) {
      setText(state, name, hole(`$${name}`, 'its number is not known'), false);
    }
  }
  if (result === null) return 'unknown';
  return result !== 0 ? 'yes' : 'no';
}

function runGetopts(_: Scope, state: State, words: readonly Argument[]): Status {
  const name = known(words[2]?.value ?? []);
  for (const changed of [name, 'OPTARG', 'OPTIND']) {
    if (changed === null || !/^[A-Za-z_]\w*$/.test(changed)) continue;
    const value = hole(`$${changed}`, 'it depends on the options given to the script');
    state.variables = assign(state.variables, changed, { kind: 'text', value });
  }
  return 'unknown';
}

function runChangeDirectory(_: Scope, state: State, words: readonly Argument[]): Status {
  const target = words.slice(1).find((word) => !/^-[LPe@]+$|^--$/.test(known(word.value) ?? ''))?.value;
  if (target === undefined) state.directory = hole('$HOME', 'the home folder of the user who runs it');
  else if (known(target) === '-') state.directory = hole('$OLDPWD', 'it is where the script was before');
  else if (isFilled(target) !== 'no') state.directory = resolvePath(state.directory, target);
  return 'assumed';
}

function runExit(scope: Scope, state: State, words: readonly Argument[]): Status {
  const code = known(words[1]?.value ?? []);
  if (reached(state) === 'yes' || state.entry === 'unknown')
    state.failed = code !== null && /^[1-9]\d{0,2}$/.test(code);
  return leave('exited')(scope, state, words);
}

function leave(how: 'exited' | 'returned' | 'broken' | 'continued'): Builtin {
  return (_, state) => {
    if (reached(state) !== 'no') state[how] = 'yes';
    return 'yes';
  };
}
