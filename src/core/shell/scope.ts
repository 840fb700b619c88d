// What an abstract run carries along: the trace under construction, the text it is in, and where output goes.
import type { Function as FunctionNode, Script, Statement } from 'unbash';
import type { Truth, Value } from '../model/value.ts';
import { format, hole, join, literalLength } from '../value.ts';
import { type Source, span } from './source.ts';
import { reached, type State } from './state.ts';
import type { Argument, Call, FileRedirect, FileWrite, Invocation, TraceContext, TraceGap } from './trace.ts';
import { choice, snapshot, type Variables, valueNamed } from './variables.ts';

/** How a command ends: `assumed` is an ordinary command that its author expects to succeed. */
export type Status = Truth | 'assumed';

/** Collects what commands print; null parts never occur, unknown output is a hole. */
export type Sink = { readonly parts: Value[] };

type Recorded = Omit<Invocation, 'pipeFrom' | 'pipeTo' | 'entered'> & {
  readonly pipeFrom: number[];
  readonly pipeTo: number[];
  entered: boolean;
};

export type Run = {
  readonly context: TraceContext;
  /** Brace expansion and its like are bash's; a plain `sh` leaves them alone. */
  readonly bash: boolean;
  readonly invocations: Recorded[];
  readonly outputs: FileWrite[];
  readonly gaps: TraceGap[];
  readonly wanted: Set<string>;
  readonly execute: (scope: Scope, state: State, statements: readonly Statement[]) => Status;
  /** Functions that were entered. */
  readonly called: Set<FunctionNode>;
  /** Inside a function that is called because any may be. */
  isGuessing: boolean;
  steps: number;
  depth: number;
};

export type Scope = {
  readonly run: Run;
  readonly source: Source;
  readonly calls: readonly Call[];
  readonly substitution: boolean;
  readonly stdin: Value | null;
  /** Where the text of `stdin` is written word for word in the file, as a heredoc is. */
  readonly stdinAt: number | null;
  readonly out: Sink | null;
};

/** Commands one trace may go through; loops and calls count each time. */
const MAX_STEPS = 60_000;
/** UTF-16 length of a text the script builds; doubling it in a loop would otherwise fill the memory. */
export const MAX_TEXT = 65_536;
/** Nesting of commands, expansions and calls together. */
const MAX_DEPTH = 400;

/** Room a value takes; holes count too, since they multiply as texts do. */
export function sizeOf(value: Value): number {
  return literalLength(value) + 64 * value.length;
}

/** What stands for a text that has grown out of all bounds. */
export const TOO_LONG = '…';

/** The value, or a hole in its place when it has grown out of all bounds. */
export function capped(value: Value): Value {
  return sizeOf(value) > MAX_TEXT ? hole(TOO_LONG, `it is longer than ${MAX_TEXT} characters`) : value;
}

/** Counts a step; false once a cap is reached, which is told once. */
export function step(scope: Scope, start: number, end: number): boolean {
  const { run } = scope;
  run.steps += 1;
  if (run.steps > MAX_STEPS) {
    if (run.steps === MAX_STEPS + 1) {
      report(
        scope,
        'limit',
        `the script runs through more than ${MAX_STEPS} commands`,
        'shorten its loops',
        start,
        end,
      );
    }
    return false;
  }
  if (run.depth < MAX_DEPTH) return true;
  report(scope, 'limit', `commands are nested more than ${MAX_DEPTH} deep`, 'nest them less', start, end);
  return false;
}

export function report(
  scope: Scope,
  kind: TraceGap['kind'],
  reason: string,
  remedy: string,
  start: number,
  end: number,
): void {
  const [from, to] = span(scope.source, start, end);
  const path = scope.source.path;
  if (scope.run.gaps.some((gap) => gap.reason === reason && gap.path === path && gap.start === from)) return;
  if (scope.run.gaps.length >= 100) return;
  scope.run.gaps.push({ kind, reason, remedy, path, start: from, end: to });
}

/** Tells of the syntax errors the parser met in a text; the tree it gives is then only partly right. */
export function reportErrors(
  scope: Scope,
  script: Script & {
    readonly errors?: readonly { readonly message: string; readonly pos: number }[] | undefined;
  },
): void {
  const [first] = script.errors ?? [];
  if (first === undefined) return;
  const reason = `the shell script can't be parsed: ${first.message}`;
  report(scope, 'syntax', reason, 'fix the syntax error', first.pos, first.pos);
}

export type Details = {
  readonly arguments: readonly Argument[];
  readonly wrappers: readonly string[];
  readonly assignments: ReadonlyMap<string, Value>;
  readonly redirects: readonly FileRedirect[];
  readonly start: number;
  readonly end: number;
};

/** Adds a command to the trace and returns its index; -1 when control never gets there. */
export function emit(scope: Scope, state: State, details: Details): number {
  const happens = reached(state);
  if (happens === 'no' || details.arguments.length === 0) return -1;
  const [start, end] = span(scope.source, details.start, details.end);
  const variables = settle(state.variables);
  let environment: ReadonlyMap<string, Value> | null = null;
  scope.run.invocations.push({
    argv: details.arguments,
    path: scope.source.path,
    start,
    end,
    happens,
    guards: state.guards,
    wrappers: details.wrappers,
    assignments: details.assignments,
    // Few readers ask for it and it can be long: it is put together at the first look.
    get environment() {
      environment ??= snapshot(variables);
      return environment;
    },
    variable: (name) => valueNamed(variables, name),
    redirects: details.redirects,
    stdin: scope.stdin,
    pipeFrom: [],
    pipeTo: [],
    workingDirectory: state.directory,
    callPath: scope.calls,
    failureIgnored: !(state.consequences.failure || state.consequences.abort),
    successIgnored: !state.consequences.success,
    substitution: scope.substitution,
    entered: false,
  });
  return scope.run.invocations.length - 1;
}

function settle(variables: Variables): Variables {
  variables.sealed = true;
  return variables;
}

export function print(scope: Scope, value: Value): void {
  scope.out?.parts.push(value);
}

/** A scope whose output is kept apart, for a branch. */
export function aside(scope: Scope): Scope {
  return scope.out === null ? scope : { ...scope, out: { parts: [] } };
}

/** Prints what one of several branches printed. */
export function printEither(scope: Scope, branches: readonly Scope[], expression: string): void {
  if (scope.out === null) return;
  const printed = branches.map((one) => join(one.out?.parts ?? []));
  const [first] = printed;
  if (first === undefined) return;
  if (printed.every((other) => format(other) === format(first))) print(scope, first);
  else print(scope, [choice(expression, printed)]);
}
