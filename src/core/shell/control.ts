// Compound commands run abstractly: what is decided is followed, what isn't is followed on every branch.
import type {
  AndOr,
  ArithmeticCommand,
  Case,
  CaseItem,
  CompoundList,
  If,
  Pipeline,
  PipelineNode,
  Redirected,
  Statement,
  TestCommand,
} from 'unbash';
import type { Value } from '../model/value.ts';
import { join, not, text } from '../value.ts';
import { calculate } from './arithmetic.ts';
import { runCommand } from './command.ts';
import { judgeExpression, matches } from './condition.ts';
import { expandJoined, expandPattern } from './expand.ts';
import { runFor, runForever, runWhile } from './loops.ts';
import { numbersOf } from './parameters.ts';
import { redirect } from './redirects.ts';
import { aside, emit, printEither, type Scope, type Sink, type Status, step } from './scope.ts';
import { span, written } from './source.ts';
import { binding, branch, fork, type Routine, reached, rejoin, type State } from './state.ts';

type Node = PipelineNode | AndOr | CompoundList;

export function runStatements(scope: Scope, state: State, statements: readonly Statement[]): Status {
  let status: Status = 'yes';
  for (const statement of statements) {
    if (reached(state) === 'no') return status;
    status = runNode(scope, state, statement.command);
    if (status === 'no' && state.exitOnError && statement.command.type !== 'AndOr') state.exited = 'yes';
  }
  return status;
}

export function runNode(scope: Scope, state: State, node: Node): Status {
  if (!step(scope, node.pos, node.end)) return 'unknown';
  scope.run.depth += 1;
  const status = runOne(scope, state, node);
  scope.run.depth -= 1;
  return status;
}

function runOne(scope: Scope, state: State, node: Node): Status {
  switch (node.type) {
    case 'Command':
      return runCommand(scope, state, node);
    case 'CompoundList':
      return runStatements(scope, state, node.commands);
    case 'BraceGroup':
      return runStatements(scope, state, node.body.commands);
    case 'AndOr':
      return runAndOr(scope, state, node);
    case 'Pipeline':
      return runPipeline(scope, state, node);
    case 'If':
      return runIf(scope, state, node);
    case 'Case':
      return runCase(scope, state, node);
    case 'For':
      return runFor(scope, state, node);
    case 'While':
      return runWhile(scope, state, node);
    case 'ArithmeticFor':
      return runForever(scope, state, node, node.body);
    case 'Select':
      return runForever(scope, state, node, node.body);
    case 'Subshell': {
      const inner = fork(state);
      const status = runStatements(scope, inner, node.body.commands);
      return inner.exited === 'no' ? status : 'assumed';
    }
    case 'Function': {
      const routine: Routine = { node, source: scope.source };
      state.functions = new Map(state.functions).set(node.name.text, routine);
      return 'yes';
    }
    case 'Redirected':
      return runRedirected(scope, state, node);
    case 'TestCommand':
      return runTestCommand(scope, state, node);
    case 'ArithmeticCommand':
      return runArithmetic(scope, state, node);
    case 'Coproc':
      runNode({ ...scope, out: null }, fork(state), node.body);
      return 'yes';
  }
}

function runRedirected(scope: Scope, state: State, node: Redirected): Status {
  const redirected = redirect(scope, state, node.redirects, node.pos, node.end);
  const status = runNode(redirected.scope, state, node.command);
  redirected.finish();
  return status;
}

function runArithmetic(scope: Scope, state: State, node: ArithmeticCommand): Status {
  const result = calculate(node.expression, numbersOf(scope, state));
  return result === null ? 'unknown' : result !== 0 ? 'yes' : 'no';
}

function runTestCommand(scope: Scope, state: State, node: TestCommand): Status {
  // The trace shows comparisons as commands: a checksum may be compared in one.
  const expression = node.expression;
  const values: Value[] = [];
  if (expression.type === 'TestBinary') {
    const from = scope.run.invocations.length;
    values.push(
      expandJoined(scope, state, expression.left),
      text(expression.operator),
      expandJoined(scope, state, expression.right),
    );
    const substitutions = Array.from(
      { length: scope.run.invocations.length - from },
      (_, index) => from + index,
    );
    const [start, end] = span(scope.source, node.pos, node.end);
    const words = [text('[['), ...values, text(']]')].map((value) => ({ value, start, end, substitutions }));
    emit(scope, state, {
      arguments: words,
      wrappers: [],
      assignments: new Map(),
      redirects: [],
      start: node.pos,
      end: node.end,
    });
  }
  const seen = new Map(
    expression.type === 'TestBinary'
      ? [
          [expression.left, values[0]],
          [expression.right, values[2]],
        ]
      : [],
  );
  return judgeExpression(expression, {
    value: (word) => seen.get(word) ?? expandJoined(scope, state, word),
    pattern: (word) => expandPattern(scope, state, word),
    isSet: (name) => {
      const found = binding(state, name);
      return found === undefined ? 'unknown' : found.kind === 'unset' ? 'no' : 'yes';
    },
  });
}

function negated(guard: string): string {
  return /&&|\|\||;/.test(guard) ? `! { ${guard}; }` : guard.startsWith('! ') ? guard.slice(2) : `! ${guard}`;
}

function runAndOr(scope: Scope, state: State, node: AndOr): Status {
  const [first, ...rest] = node.commands;
  if (first === undefined) return 'yes';
  let status = runNode(scope, state, first);
  rest.forEach((command, index) => {
    if (reached(state) === 'no') return;
    const left = written(scope.source, first.pos, node.commands[index]?.end ?? first.end);
    status =
      node.operators[index] === '&&'
        ? runAnd(scope, state, command, status, left)
        : runOr(scope, state, command, status, left);
  });
  return status;
}

function runAnd(scope: Scope, state: State, command: PipelineNode, left: Status, guard: string): Status {
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
  const taken = branch(state, guard);
  const other = fork(state);
  const scopes = [aside(scope), aside(scope)] as const;
  const status = runNode(scopes[0], taken, command);
  settle(scope, state, [taken, other], scopes, guard, negated(guard));
  return status === 'no' ? 'no' : 'unknown';
}

function runOr(scope: Scope, state: State, command: PipelineNode, left: Status, guard: string): Status {
  if (left === 'yes') return 'yes';
  if (left === 'no') return runNode(scope, state, command);
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

function runPipeline(scope: Scope, state: State, node: Pipeline): Status {
  const negations = node.prefixes.filter((prefix) => prefix.type === 'Negation').length;
  const status =
    node.commands.length === 1 && node.commands[0] !== undefined
      ? runNode(scope, state, node.commands[0])
      : runPipes(scope, state, node);
  if (negations % 2 === 0) return status;
  return status === 'assumed' ? 'unknown' : not(status);
}

function runPipes(scope: Scope, state: State, node: Pipeline): Status {
  let status: Status = 'yes';
  let stdin = scope.stdin;
  let stdinAt = scope.stdinAt;
  let before: readonly number[] = [];
  const { run } = scope;
  node.commands.forEach((command, index) => {
    const isLast = index === node.commands.length - 1;
    const sink: Sink = { parts: [] };
    const from = run.invocations.length;
    status = runNode({ ...scope, stdin, stdinAt, out: isLast ? scope.out : sink }, fork(state), command);
    const printed = join(sink.parts);
    // Text with nothing known in it is no text to go on with.
    stdin = printed.some((part) => typeof part === 'string') || printed.length === 0 ? printed : null;
    stdinAt = null;
    const own: number[] = [];
    for (let at = from; at < run.invocations.length; at += 1) {
      if ((run.invocations[at]?.substitution ?? false) === scope.substitution) own.push(at);
    }
    for (const left of before) run.invocations[left]?.pipeTo.push(...own);
    for (const right of own) run.invocations[right]?.pipeFrom.push(...before);
    before = own.slice(0, MAX_NEIGHBOURS);
  });
  return status;
}

/** Commands on one side of a pipe that are tied to those on the other. */
const MAX_NEIGHBOURS = 64;

function runIf(scope: Scope, state: State, node: If): Status {
  const arms: { readonly clause: CompoundList | null; readonly body: CompoundList }[] = [
    { clause: node.clause, body: node.then },
    ...node.elif.map((one) => ({ clause: one.clause, body: one.then })),
  ];
  if (node.else !== undefined) arms.push({ clause: null, body: node.else });
  const branches: State[] = [];
  const guards: string[] = [];
  const scopes: Scope[] = [];
  let current = state;
  let status: Status = 'yes';
  let decided = false;
  for (const arm of arms) {
    const answer: Status =
      arm.clause === null ? 'yes' : runNode({ ...scope, out: null }, current, arm.clause);
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

function runCase(scope: Scope, state: State, node: Case): Status {
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
    return taken !== undefined && reached({ ...taken, entry: 'yes' }) === 'no';
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
    const one = matches(value, expandPattern(scope, state, pattern));
    if (one === 'yes') return 'yes';
    if (one === 'unknown') answer = 'unknown';
  }
  return answer;
}
