// A simple command run abstractly: words expanded, wrappers taken off, then a function, a built-in or a program.
import type { Assignment, Command } from 'unbash';
import type { Value } from '../model/value.ts';
import { hole, join, known, prefix } from '../value.ts';
import { assignTo } from './assignment.ts';
import { builtinFor, hide, setText } from './builtins.ts';
import { callFunction, runText } from './calls.ts';
import { UNHEARD } from './consequences.ts';
import { expandJoined, expandWord } from './expand.ts';
import { runProgram } from './program.ts';
import { redirect } from './redirects.ts';
import { emit, print, type Scope, type Status, step } from './scope.ts';
import { runScriptFile, takesScript } from './script-files.ts';
import { located } from './search-path.ts';
import { span, written } from './source.ts';
import { binding, branch, fork, type State } from './state.ts';
import type { Argument } from './trace.ts';
import { assign } from './variables.ts';
import { findCommands, inputBatches, unwrap } from './wrappers.ts';

/** What is left of a command once its words are expanded. */
export type Prepared = {
  readonly words: readonly Argument[];
  readonly wrappers: readonly string[];
  readonly assignments: ReadonlyMap<string, Value>;
  readonly start: number;
  readonly end: number;
};

export function runCommand(scope: Scope, state: State, node: Command): Status {
  if (!step(scope, node.pos, node.end)) return 'unknown';
  const before = scope.run.invocations.length;
  const redirected = redirect(scope, state, node.redirects, node.pos, node.end);
  const prefixes = node.prefix.filter((part) => part.type === 'Assignment');
  if (node.name === undefined) {
    state.isAssigning = true;
    for (const one of prefixes) assignTo(scope, state, one);
    state.isAssigning = false;
    if (prefixes.length === 0 && redirected.scope.stdin !== null) print(scope, redirected.scope.stdin);
    redirected.finish();
    return scope.run.invocations.length > before ? 'assumed' : 'yes';
  }
  const assignments = new Map<string, Value>();
  for (const one of prefixes) {
    if (one.value.type === 'Word') assignments.set(one.name, expandJoined(scope, state, one.value));
  }
  const words = expandCommand(scope, state, node);
  const unwrapped = unwrap(words);
  for (const [name, value] of unwrapped.assignments) assignments.set(name, value);
  const prepared: Prepared = {
    words: unwrapped.arguments,
    wrappers: unwrapped.wrappers,
    assignments,
    start: node.pos,
    end: node.end,
  };
  declareArrays(scope, state, node);
  const status = prepared.wrappers.includes('xargs')
    ? runForInput(redirected.scope, state, prepared, words, redirected.files)
    : dispatch(redirected.scope, state, prepared, redirected.files);
  redirected.finish();
  if (unwrapped.replaces && !unwrapped.wrappers.includes('xargs')) state.exited = 'yes';
  return status;
}

/** `xargs` over input whose text is known: the commands it makes of the lines or words, one after the other. */
function runForInput(
  scope: Scope,
  state: State,
  command: Prepared,
  whole: readonly Argument[],
  files: Files,
): Status {
  const batches = inputBatches(whole, command.words, scope.stdin);
  if (batches === null) return dispatch(scope, state, command, files);
  let status: Status = 'yes';
  for (const words of batches)
    status = dispatch({ ...scope, stdin: null }, state, { ...command, words }, files);
  return status;
}

function expandCommand(scope: Scope, state: State, node: Command): readonly Argument[] {
  const words: Argument[] = [];
  if (node.name !== undefined) words.push(...expandWord(scope, state, node.name));
  for (const part of node.args) {
    if (part.type === 'Word') words.push(...expandWord(scope, state, part));
    else words.push(...expandAssignment(scope, state, part));
  }
  return words;
}

function expandAssignment(scope: Scope, state: State, part: Assignment): readonly Argument[] {
  if (part.value.type !== 'Word') return [];
  const from = scope.run.invocations.length;
  const operator = part.append === true ? '+=' : '=';
  const value = join([part.name, operator, expandJoined(scope, state, part.value)]);
  const [start, end] = span(scope.source, part.pos, part.end);
  const substitutions = Array.from(
    { length: scope.run.invocations.length - from },
    (_, index) => from + index,
  );
  return [{ value, start, end, substitutions }];
}

// `declare -a X=(…)`: the built-in itself only sees words.
function declareArrays(scope: Scope, state: State, node: Command): void {
  for (const part of node.args) {
    if (part.type !== 'Assignment' || part.value.type !== 'ArrayValue') continue;
    if (node.name?.text !== 'export' && node.name?.text !== 'readonly') hide(state, part.name);
    assignTo(scope, state, part);
  }
}

type Files = Parameters<typeof emit>[2]['redirects'];

function dispatch(scope: Scope, state: State, given: Prepared, files: Files): Status {
  const [first] = given.words;
  if (first === undefined) return 'yes';
  const name = known(first.value);
  const routine = name === null ? undefined : state.functions.get(name);
  // `command docker …` and what other programs run is never a function of that name.
  const isProgram = given.wrappers.some((wrapper) => wrapper === 'command' || OUTSIDE.has(wrapper));
  if (routine !== undefined && !isProgram) return callFunction(scope, state, given, routine);
  const builtin = name === null ? null : builtinFor(name);
  if (builtin !== null && !given.wrappers.some((wrapper) => OUTSIDE.has(wrapper))) {
    return runWith(scope, state, given, () => builtin(scope, state, given.words));
  }
  if (name === 'eval') return runEval(scope, state, given);
  if (name === 'trap') return runTrap(scope, state, given);
  const command = located(scope, state, given);
  const index = emit(scope, state, { ...command, arguments: command.words, redirects: files });
  if (name === null || name === 'parallel') callNamed(scope, state, command, name);
  for (const inner of findCommands(command.words)) {
    const unwrapped = unwrap(inner);
    dispatch(
      scope,
      // find itself goes well whatever `-exec … ;` does.
      fork(state, { entry: 'unknown', consequences: UNHEARD }),
      {
        ...command,
        words: unwrapped.arguments,
        wrappers: [...command.wrappers, 'find', ...unwrapped.wrappers],
      },
      [],
    );
  }
  if (name === 'source' || name === '.') return runScriptFile(scope, state, command, index, 'source');
  if (takesScript(command.words)) return runScriptFile(scope, state, command, index, 'script');
  return runProgram(scope, state, command, name);
}

/**
 * A function by a name that is only given at run time (`"$@"` at the end of a script, `parallel NAME ::: …`): any that was
 * not entered so far may be it.
 */
function callNamed(scope: Scope, state: State, command: Prepared, program: string | null): void {
  // Functions that guess in turn would find the same ones, over and over.
  if (scope.run.isGuessing) return;
  scope.run.isGuessing = true;
  const given = new Set(command.words.map((word) => known(word.value)));
  for (const [name, routine] of state.functions) {
    if (scope.run.called.has(routine.node) || (program !== null && !given.has(name))) continue;
    const [first] = command.words;
    if (first === undefined) break;
    const guard = written(scope.source, command.start, command.end);
    const rest =
      program === null
        ? command.words.slice(1)
        : [{ ...first, value: hole('{}', `${program} takes it from a list`) }];
    const words = [{ ...first, value: [name] }, ...rest];
    callFunction({ ...scope, out: null }, branch(state, guard), { ...command, words }, routine);
  }
  scope.run.isGuessing = false;
}

// Wrappers that are programs of their own can't run a shell's built-ins.
const OUTSIDE = new Set(['sudo', 'env', 'xargs', 'nohup', 'timeout', 'doas', 'nice']);

/** Assignments in front of a built-in or function hold while it runs. */
function runWith(scope: Scope, state: State, command: Prepared, body: () => Status): Status {
  if (command.assignments.size === 0) return body();
  const before = [...command.assignments.keys()].map((name) => [name, binding(state, name)] as const);
  for (const [name, value] of command.assignments) setText(state, name, value, false);
  const status = body();
  for (const [name, old] of before) {
    state.variables = assign(
      state.variables,
      name,
      old ?? { kind: 'text', value: hole(`$${name}`, 'nothing in sight sets it') },
    );
  }
  step(scope, command.start, command.end);
  return status;
}

function runEval(scope: Scope, state: State, command: Prepared): Status {
  const rest = command.words.slice(1);
  const content = join(
    rest.flatMap((word, index): (Value | string)[] => (index === 0 ? [word.value] : [' ', word.value])),
  );
  const [only] = rest;
  if (content.length === 0) return 'yes';
  // `eval "$(cmd)"`: what would run is somebody's output. The command itself says so in the trace.
  if (prefix(content) === '' && known(content) === null) {
    emit(scope, state, { ...command, arguments: command.words, redirects: [] });
    return 'assumed';
  }
  return runText(
    scope,
    state,
    content,
    command,
    rest.length === 1 && only !== undefined ? only : null,
    'eval',
    null,
  );
}

function runTrap(scope: Scope, state: State, command: Prepared): Status {
  const action = command.words[1];
  const content = action === undefined ? null : known(action.value);
  if (
    action === undefined ||
    content === null ||
    content === '' ||
    content.startsWith('-') ||
    command.words.length < 3
  )
    return 'yes';
  const guard = written(scope.source, command.start, command.end);
  const later = fork(state, {
    entry: 'unknown',
    guards: [...state.guards, guard],
    consequences: UNHEARD,
  });
  runText({ ...scope, out: null }, later, action.value, command, action, 'trap', null);
  return 'yes';
}
