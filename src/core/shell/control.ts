// Compound commands run abstractly: what is decided is followed, what isn't is followed on every branch.
import type {
  AndOr,
  ArithmeticCommand,
  CompoundList,
  Pipeline,
  PipelineNode,
  Redirected,
  Statement,
  TestCommand,
} from 'unbash';
import type { Value } from '../model/value.ts';
import { join, not, text } from '../value.ts';
import { calculate } from './arithmetic.ts';
import { ofAskedStatement } from './asked-status.ts';
import { runAndOr, runCase, runIf } from './branches.ts';
import { runCommand } from './command.ts';
import { judgeExpression } from './condition.ts';
import { type Consequences, negated, ofChild, UNHEARD } from './consequences.ts';
import { expandJoined, expandPattern } from './expand.ts';
import { runFor, runForever, runWhile } from './loops.ts';
import { numbersOf } from './parameters.ts';
import { redirect } from './redirects.ts';
import { emit, type Scope, type Sink, type Status, step } from './scope.ts';
import { span } from './source.ts';
import { binding, fork, type Routine, reached, type State } from './state.ts';

type Node = PipelineNode | AndOr | CompoundList;

export function runStatements(scope: Scope, state: State, statements: readonly Statement[]): Status {
  let status: Status = 'yes';
  const around = state.consequences;
  for (const [index, statement] of statements.entries()) {
    if (reached(state) === 'no') break;
    state.consequences = ofAskedStatement(around, statements, index, state);
    status = runNode(scope, state, statement.command);
    if (status === 'no' && state.exitOnError && failureCounts(statement.command)) state.exited = 'yes';
  }
  state.consequences = around;
  return status;
}

/** `set -e` looks away from lists with `&&` and `||` and from what `!` turns round (POSIX, section "set"). */
function failureCounts(node: Statement['command']): boolean {
  if (node.type === 'AndOr') return false;
  return node.type !== 'Pipeline' || !node.prefixes.some((prefix) => prefix.type === 'Negation');
}

/** Runs what is only asked, such as the test of an `if`: its failure does not end a script under `set -e`. */
export function runTest(scope: Scope, state: State, node: Node, asked: Consequences): Status {
  const { exitOnError, consequences } = state;
  state.exitOnError = false;
  state.consequences = asked;
  const status = runNode(scope, state, node);
  state.exitOnError = exitOnError;
  state.consequences = consequences;
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
      const inner = fork(state, { consequences: ofChild(state.consequences) });
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
      runNode({ ...scope, out: null }, fork(state, { consequences: UNHEARD }), node.body);
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
  if (scope.run.context.openConditions === true) return 'unknown';
  return judgeExpression(expression, {
    value: (word) => seen.get(word) ?? expandJoined(scope, state, word),
    pattern: (word) => expandPattern(scope, state, word),
    isSet: (name) => {
      const found = binding(state, name);
      return found === undefined ? 'unknown' : found.kind === 'unset' ? 'no' : 'yes';
    },
  });
}

function runPipeline(scope: Scope, state: State, node: Pipeline): Status {
  const negations = node.prefixes.filter((prefix) => prefix.type === 'Negation').length;
  const around = state.consequences;
  if (negations % 2 === 1) state.consequences = negated(around);
  const status =
    node.commands.length === 1 && node.commands[0] !== undefined
      ? runNode(scope, state, node.commands[0])
      : runPipes(scope, state, node);
  state.consequences = around;
  if (negations % 2 === 0) return status;
  return status === 'assumed' ? 'unknown' : not(status);
}

function runPipes(scope: Scope, state: State, node: Pipeline): Status {
  let status: Status = 'yes';
  let stdin = scope.stdin;
  let stdinAt = scope.stdinAt;
  let before: readonly number[] = [];
  const heard = ofChild(state.consequences);
  const unheard = { ...UNHEARD, shrugged: heard.shrugged };
  const { run } = scope;
  node.commands.forEach((command, index) => {
    const isLast = index === node.commands.length - 1;
    const sink: Sink = { parts: [] };
    const from = run.invocations.length;
    const inner = fork(state, { consequences: isLast || state.pipesFail ? heard : unheard });
    status = runNode({ ...scope, stdin, stdinAt, out: isLast ? scope.out : sink }, inner, command);
    const printed = join(sink.parts);
    // Text with nothing known in it is no text to go on with.
    stdin = printed.some(isTelling) || printed.length === 0 ? printed : null;
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

function isTelling(part: Value[number]): boolean {
  return typeof part === 'string' || part.choices !== undefined;
}

/** Commands on one side of a pipe that are tied to those on the other. */
const MAX_NEIGHBOURS = 64;
