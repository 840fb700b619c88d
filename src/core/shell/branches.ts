// `&&`, `||`, `if` and `case` run abstractly: a decided branch is followed, undecided ones all are.
import type { AndOr, Case, CaseItem, CompoundList, If, PipelineNode } from 'unbash';
import type { Value } from '../model/value.ts';
import { matches } from './condition.ts';
import { ofList, ofQuestion } from './consequences.ts';
import { runNode, runTest } from './control.ts';
import { expandJoined, expandPattern } from './expand.ts';
import { aside, printEither, type Scope, type Status } from './scope.ts';
import { written } from './source.ts';
import { branch, fork, reached, rejoin, type State } from './state.ts';

function negated(guard: string): string {
  return /&&|\|\||;/.test(guard) ? `! { ${guard}; }` : guard.startsWith('! ') ? guard.slice(2) : `! ${guard}`;
}

export function runAndOr(scope: Scope, state: State, node: AndOr): Status {
  const [first, ...rest] = node.commands;
  if (first === undefined) return 'yes';
  const around = state.consequences;
  const each = ofList(around, node, state);
  let status =
    rest.length === 0 ? runNode(scope, state, first) : runTest(scope, state, first, each[0] ?? around);
  rest.forEach((command, index) => {
    if (reached(state) === 'no') return;
    state.consequences = each[index + 1] ?? around;
    // Only an undecided left side is ever shown, and long lists would be written out over and over.
    const left = () => written(scope.source, first.pos, node.commands[index]?.end ?? first.end);
    status =
      node.operators[index] === '&&'
        ? runAnd(scope, state, command, status, left)
        : runOr(scope, state, command, status, left);
  });
  state.consequences = around;
  return status;
}

function runAnd(
  scope: Scope,
  state: State,
  command: PipelineNode,
  left: Status,
  writtenGuard: () => string,
): Status {
  if (left === 'no') return 'no';
  if (left === 'yes') return runNode(scope, state, command);
  if (left === 'assumed') {
    const before = {
      exited: state.exited,
      returned: state.returned,
      broken: state.broken,
      continued: state.continued,
    };
    const status = runNode(scope, state, command);
    // The left side may fail after all: leaving after it is not certain.
    for (const how of ['exited', 'returned', 'broken', 'continued'] as const) {
      if (before[how] === 'no' && state[how] === 'yes') state[how] = 'unknown';
    }
    return status === 'yes' ? 'assumed' : status;
  }
  const guard = writtenGuard();
  const taken = branch(state, guard);
  const other = fork(state);
  const scopes = [aside(scope), aside(scope)] as const;
  const status = runNode(scopes[0], taken, command);
  settle(scope, state, [taken, other], scopes, guard, negated(guard));
  return status === 'no' ? 'no' : 'unknown';
}

function runOr(
  scope: Scope,
  state: State,
  command: PipelineNode,
  left: Status,
  writtenGuard: () => string,
): Status {
  if (left === 'yes') return 'yes';
  if (left === 'no') return runNode(scope, state, command);
  const guard = writtenGuard();
  const taken = branch(state, negated(guard));
  const other = fork(state);
  const scopes = [aside(scope), aside(scope)] as const;
  const status = runNode(scopes[0], taken, command);
  const leaves = reached({ ...taken, entry: 'yes' }) === 'no';
  // `build || exit 1`: going on means that the build went well, as everywhere.
  if (left === 'assumed' && leaves) return 'assumed';
  settle(scope, state, [taken, other], scopes, negated(guard), guard);
  if (left === 'assumed') return 'assumed';
  return leaves || status === 'yes' ? 'yes' : 'unknown';
}

function settle(
  scope: Scope,
  state: State,
  [taken, other]: readonly [State, State],
  scopes: readonly Scope[],
  _guard: string,
  otherwise: string,
): void {
  if (reached({ ...taken, entry: 'yes' }) === 'no' && otherwise !== '')
    other.guards = [...other.guards, otherwise];
  rejoin(state, [taken, other]);
  printEither(scope, scopes, '$(…)');
}

export function runIf(scope: Scope, state: State, node: If): Status {
  const arms: { readonly clause: CompoundList | null; readonly body: CompoundList }[] = [
    { clause: node.clause, body: node.then },
    ...node.elif.map((one) => ({ clause: one.clause, body: one.then })),
  ];
  if (node.else !== undefined) arms.push({ clause: null, body: node.else });
  const branches: State[] = [];
  const guards: string[] = [];
  const scopes: Scope[] = [];
  const asked = ofQuestion(state.consequences, node, state);
  let current = state;
  let status: Status = 'yes';
  let decided = false;
  for (const arm of arms) {
    const answer: Status =
      arm.clause === null ? 'yes' : runTest({ ...scope, out: null }, current, arm.clause, asked);
    if (answer === 'no') continue;
    const guard = arm.clause === null ? '' : written(scope.source, arm.clause.pos, arm.clause.end);
    if (answer === 'yes') {
      const own = branches.length === 0 ? scope : aside(scope);
      status = runNode(own, current, arm.body);
      scopes.push(own);
      decided = true;
      break;
    }
    const taken = branch(current, guard);
    const own = aside(scope);
    status = runNode(own, taken, arm.body);
    branches.push(taken);
    guards.push(guard);
    scopes.push(own);
    current = branch(current, negated(guard));
  }
  if (branches.length === 0) return status;
  if (!decided) scopes.push(aside(scope));
  const entry = state.entry;
  const left = departures(branches, guards);
  rejoin(state, [...branches, current]);
  state.entry = entry;
  note(state, left);
  printEither(scope, scopes, '$(…)');
  return 'assumed';
}

export function runCase(scope: Scope, state: State, node: Case): Status {
  const value = expandJoined(scope, state, node.word);
  const subject = written(scope.source, node.word.pos, node.word.end);
  const branches: State[] = [];
  const guards: string[] = [];
  const scopes: Scope[] = [];
  let current = state;
  let decided = false;
  for (const [index, item] of node.items.entries()) {
    const answer = matchItem(scope, current, item, value);
    if (answer === 'no') continue;
    const guard = `case ${subject} in ${item.pattern.map((pattern) => pattern.text).join('|')}`;
    const own = answer === 'yes' && branches.length === 0 ? scope : aside(scope);
    const taken = answer === 'yes' && branches.length === 0 ? current : branch(current, guard);
    runItem(own, taken, node.items, index);
    if (answer === 'yes' && branches.length === 0) return 'assumed';
    guards.push(guard);
    if (answer === 'yes') {
      branches.push(taken);
      scopes.push(own);
      decided = true;
      break;
    }
    branches.push(taken);
    scopes.push(own);
    current = fork(current);
  }
  if (branches.length === 0) return 'yes';
  if (!decided) {
    branches.push(current);
    scopes.push(aside(scope));
  }
  const left = departures(branches, guards);
  rejoin(state, branches);
  note(state, left);
  printEither(scope, scopes, '$(…)');
  return 'assumed';
}

/** Conditions under which the script ends early: what comes after needs the opposite. */
function departures(branches: readonly State[], guards: readonly string[]): readonly string[] {
  return guards.filter((_, index) => {
    const taken = branches[index];
    return taken !== undefined && !taken.failed && reached({ ...taken, entry: 'yes' }) === 'no';
  });
}

function note(state: State, departures: readonly string[]): void {
  const added = departures.map(negated).filter((guard) => !state.guards.includes(guard));
  if (added.length > 0) state.guards = [...state.guards, ...added];
}

function runItem(scope: Scope, state: State, items: readonly CaseItem[], from: number): void {
  for (let index = from; index < items.length; index += 1) {
    const item = items[index];
    if (item === undefined) return;
    runNode(scope, state, item.body);
    if (item.terminator !== ';&') return;
  }
}

function matchItem(scope: Scope, state: State, item: CaseItem, value: Value): 'yes' | 'no' | 'unknown' {
  let answer: 'yes' | 'no' | 'unknown' = 'no';
  for (const pattern of item.pattern) {
    const open = scope.run.context.openConditions === true && !/^\*+$/.test(pattern.text);
    const one = open ? 'unknown' : matches(value, expandPattern(scope, state, pattern));
    if (one === 'yes') return 'yes';
    if (one === 'unknown') answer = 'unknown';
  }
  return answer;
}
