// Loops run abstractly: unrolled while their course is known, otherwise one pass stands for all of them.
import type { CompoundList, For, SyntaxNode, While } from 'unbash';
import { forEachChild } from 'unbash';
import type { Value } from '../model/value.ts';
import { hole, isKnown, join, known, not, split, text } from '../value.ts';
import { type Consequences, isEndless, ofCondition, ofPass } from './consequences.ts';
import { runNode, runTest } from './control.ts';
import { expandWord } from './expand.ts';
import { report, type Scope, type Status, step } from './scope.ts';
import { written } from './source.ts';
import { binding, branch, fork, reached, rejoin, type State } from './state.ts';
import type { Argument } from './trace.ts';
import { pathsLike } from './tree.ts';
import { assign, asValue, choice, namedAfter, unknownVariable } from './variables.ts';

/** Passes of one loop that are gone through one by one. */
const MAX_PASSES = 64;

export function runFor(scope: Scope, state: State, node: For): Status {
  const name = node.name.text;
  const head = `for ${name} in ${node.wordlist === undefined ? '"$@"' : node.wordlist.map((word) => written(scope.source, word.pos, word.end)).join(' ')}`;
  const items =
    node.wordlist === undefined
      ? positional(state, node)
      : node.wordlist
          .flatMap((word) => expandWord(scope, state, word))
          .flatMap((item) => namedBy(scope, state, item));
  if (items.length > MAX_PASSES) {
    report(
      scope,
      'limit',
      `a loop goes through more than ${MAX_PASSES} words`,
      'shorten the list',
      node.pos,
      node.end,
    );
  }
  const { guards, consequences } = state;
  const passes = items.slice(0, MAX_PASSES);
  for (const item of passes) {
    if (reached(state) === 'no') break;
    state.consequences = ofPass(consequences, item === passes.at(-1) && isKnown(item.value));
    const open = !isKnown(item.value) && item.value.length === 1;
    if (open) {
      const other = fork(state);
      const taken = branch(state, head);
      const forgotten = forget(taken, node.body);
      pass(scope, taken, name, item, node.body);
      remember(taken, other, forgotten);
      rejoin(state, [taken, other]);
    } else pass(scope, state, name, item, node.body);
  }
  state.consequences = consequences;
  state.broken = 'no';
  if (state.exited === 'no' && state.returned === 'no') state.guards = guards;
  return 'assumed';
}

/** The files that a pattern names, where it names any. */
function namedBy(scope: Scope, state: State, item: Argument): readonly Argument[] {
  const pattern = known(item.value);
  if (pattern === null || !/[*?[]/.test(pattern)) return [item];
  const paths = pathsLike(scope, state, pattern);
  return paths === null ? [item] : paths.map((path) => ({ ...item, value: text(path) }));
}

function positional(state: State, node: For): readonly Argument[] {
  const place = { start: node.pos, end: node.end, substitutions: [] };
  if (state.positional !== null) return state.positional.map((value) => ({ value, ...place }));
  return [{ value: hole('$@', 'the arguments of the script are not known'), ...place }];
}

function pass(scope: Scope, state: State, name: string, item: Argument, body: CompoundList): void {
  const value = namedAfter(name, item.value);
  state.variables = assign(state.variables, name, { kind: 'text', value });
  runNode(scope, state, body);
  state.continued = 'no';
}

export function runWhile(scope: Scope, state: State, node: While): Status {
  const { guards, consequences } = state;
  const asked = ofCondition(consequences, node);
  state.consequences = { ...ofPass(consequences, false), endless: isEndless(node) };
  if (!throughInput(scope, state, node, asked) && !unroll(scope, state, node, asked))
    general(scope, state, node, asked);
  state.consequences = consequences;
  state.broken = 'no';
  state.continued = 'no';
  if (state.exited === 'no' && state.returned === 'no') state.guards = guards;
  return 'assumed';
}

/** `while read …; do …; done` over input whose lines are known: one pass for each. */
function throughInput(scope: Scope, state: State, node: While, asked: Consequences): boolean {
  const { stdin } = scope;
  if (node.kind !== 'while' || stdin === null || !startsWithRead(node.clause)) return false;
  const lines = split(stdin, '\n');
  const read = lines.at(-1)?.length === 0 ? lines.slice(0, -1) : lines;
  // A line that is one hole may be any number of lines.
  if (
    read.length > MAX_PASSES ||
    read.some((line) => !line.some((part) => typeof part === 'string') && line.length > 0)
  )
    return false;
  for (const line of read) {
    if (reached(state) === 'no') break;
    runTest({ ...scope, stdin: join([line, '\n']) }, state, node.clause, asked);
    runNode({ ...scope, stdin: null, stdinAt: null }, state, node.body);
    state.continued = 'no';
    if (!step(scope, node.pos, node.end)) break;
  }
  return true;
}

/** `read` first, perhaps with `IFS=` in front; `|| [ -n "$line" ]` behind it is for the last line. */
function startsWithRead(clause: CompoundList): boolean {
  const [first, ...others] = clause.commands;
  const command = first?.command;
  const asked =
    command?.type === 'AndOr' && command.operators.every((one) => one === '||')
      ? command.commands[0]
      : command;
  return others.length === 0 && asked?.type === 'Command' && asked.name?.text === 'read';
}

/** Goes through the passes as long as every condition is decided; otherwise undoes what it did and says no. */
function unroll(scope: Scope, state: State, node: While, asked: Consequences): boolean {
  const { run } = scope;
  const marks = [run.invocations.length, run.outputs.length, run.gaps.length] as const;
  const trial = fork(state);
  const out = scope.out === null ? null : { parts: [...scope.out.parts] };
  for (let count = 0; count <= MAX_PASSES; count += 1) {
    const answer = runTest({ ...scope, out }, trial, node.clause, asked);
    const goesOn = node.kind === 'while' ? answer : answer === 'assumed' ? 'unknown' : not(answer);
    if (goesOn === 'no') {
      Object.assign(state, trial);
      if (scope.out !== null && out !== null) scope.out.parts.splice(0, scope.out.parts.length, ...out.parts);
      return true;
    }
    if (goesOn !== 'yes' || count === MAX_PASSES) break;
    runNode({ ...scope, out }, trial, node.body);
    trial.continued = 'no';
    if (trial.broken === 'unknown' || trial.exited === 'unknown' || trial.returned === 'unknown') break;
    if (reached(trial) === 'no') {
      trial.broken = 'no';
      Object.assign(state, trial);
      if (scope.out !== null && out !== null) scope.out.parts.splice(0, scope.out.parts.length, ...out.parts);
      return true;
    }
    if (!step(scope, node.pos, node.end)) break;
  }
  run.invocations.length = marks[0];
  run.outputs.length = marks[1];
  run.gaps.length = marks[2];
  return false;
}

function general(scope: Scope, state: State, node: While, asked: Consequences): void {
  const guard = written(scope.source, node.pos, node.clause.end);
  const first = runTest(scope, state, node.clause, asked);
  const surely = node.kind === 'while' ? first === 'yes' : first === 'no';
  const other = fork(state);
  const taken = surely ? fork(state) : branch(state, guard);
  const forgotten = [...forget(taken, node.body), ...forget(taken, node.clause)];
  runNode(scope, taken, node.body);
  remember(taken, state, forgotten);
  taken.broken = 'no';
  taken.continued = 'no';
  rejoin(state, surely ? [taken] : [taken, other]);
}

/** `for ((…))` and `select`: how often the body runs is not told by words. */
export function runForever(
  scope: Scope,
  state: State,
  node: { readonly pos: number; readonly end: number },
  body: CompoundList,
): Status {
  const guard = written(scope.source, node.pos, body.pos).replace(/do$/, '').trimEnd().replace(/;$/, '');
  const other = fork(state);
  const taken = branch(state, guard);
  taken.consequences = ofPass(state.consequences, false);
  const forgotten = forget(taken, body);
  runNode(scope, taken, body);
  remember(taken, state, forgotten);
  taken.broken = 'no';
  taken.continued = 'no';
  rejoin(state, [taken, other]);
  return 'assumed';
}

/** Makes unknown what a loop body changes: in a later pass it has another value than in the first. */
function forget(state: State, body: CompoundList): readonly (readonly [string, Value])[] {
  const found = { names: new Set<string>(), shifts: false };
  collect(body, found, 0);
  const forgotten = [...found.names]
    .sort()
    .map((name) => [name, hole(`$${name}`, 'it changes from one pass of a loop to the next')] as const);
  for (const [name, value] of forgotten)
    state.variables = assign(state.variables, name, { kind: 'text', value });
  if (found.shifts) {
    state.positional = null;
    state.handed = null;
  }
  return forgotten;
}

/**
 * After a loop a variable is what it was before, or what some pass gave it: where a pass leaves it alone, the former takes
 * the place of what was unknown during the passes.
 */
function remember(after: State, before: State, forgotten: readonly (readonly [string, Value])[]): void {
  for (const [name, unknown] of forgotten) {
    const found = binding(after, name);
    if (found?.kind !== 'text') continue;
    const [only] = found.value;
    const isUntouched = (value: Value): boolean => value.length === 1 && value[0] === unknown[0];
    const old = binding(before, name);
    if (isUntouched(found.value)) {
      if (old !== undefined) after.variables = assign(after.variables, name, old);
    } else if (found.value.length === 1 && typeof only === 'object' && only.choices?.some(isUntouched)) {
      const was: Value = old === undefined ? [unknownVariable(name)] : asValue(old);
      const values = only.choices.map((value) => (isUntouched(value) ? was : value));
      after.variables = assign(after.variables, name, {
        kind: 'text',
        value: [choice(only.expression, values)],
      });
    }
  }
}

const READERS = new Set(['read', 'getopts', 'mapfile', 'readarray']);

function collect(node: SyntaxNode, found: { names: Set<string>; shifts: boolean }, depth: number): void {
  if (depth > 200) return;
  if (node.type === 'Assignment') found.names.add(node.name);
  if (node.type === 'ArithmeticCommand')
    for (const match of node.body.matchAll(/[A-Za-z_]\w*/g)) found.names.add(match[0]);
  if (node.type === 'For') found.names.add(node.name.text);
  if (node.type === 'Command') {
    const name = node.name?.text ?? '';
    if (name === 'shift' || name === 'set') found.shifts = true;
    if (READERS.has(name)) {
      for (const word of node.args)
        if (word.type === 'Word' && /^[A-Za-z_]\w*$/.test(word.text)) found.names.add(word.text);
    }
  }
  // A sub-shell or `$(…)` keeps its assignments to itself, but then forgetting them costs nothing.
  forEachChild(node, (child) => collect(child, found, depth + 1));
}
