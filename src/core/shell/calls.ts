// Going into what a command runs: functions, sourced files, scripts of the repository, and text given to a shell.
import type { Value } from '../model/value.ts';
import { known } from '../value.ts';
import type { Prepared } from './command.ts';
import { ofCall, ofChild } from './consequences.ts';
import { runNode } from './control.ts';
import { report, reportErrors, type Scope, type Status } from './scope.ts';
import { innerSource, MAX_SCRIPT_LENGTH, type Source, span } from './source.ts';
import { fork, type Routine, type State } from './state.ts';
import { treeOf } from './syntax-trees.ts';
import type { Argument, Call } from './trace.ts';
import { assign, unknownVariable } from './variables.ts';

/** Calls within calls; a function that calls itself ends here. */
const MAX_CALLS = 24;

export function enter(scope: Scope, kind: Call['kind'], name: string, command: Prepared): Scope | null {
  const [start, end] = span(scope.source, command.start, command.end);
  const recursive = scope.calls.filter(
    (call) => call.kind === kind && call.name === name && call.start === start,
  );
  if (scope.calls.length >= MAX_CALLS || recursive.length >= 2) {
    report(
      scope,
      'limit',
      `calls are nested too deep to follow at ${name}`,
      'call it less deep',
      command.start,
      command.end,
    );
    return null;
  }
  return { ...scope, calls: [...scope.calls, { kind, name, path: scope.source.path, start, end }] };
}

export function callFunction(scope: Scope, state: State, command: Prepared, routine: Routine): Status {
  const name = known(command.words[0]?.value ?? []) ?? '';
  const inner = enter(scope, 'function', name, command);
  if (inner === null) return 'unknown';
  inner.run.called.add(routine.node);
  const { positional, handed, hidden, returned, broken, continued, guards, consequences } = state;
  state.consequences = ofCall(consequences);
  state.positional = command.words.slice(1).map((word) => word.value);
  state.handed = null;
  state.hidden = new Map();
  for (const [variable, value] of command.assignments) {
    state.variables = assign(state.variables, variable, { kind: 'text', value });
  }
  inner.run.depth += 1;
  const status = runNode({ ...inner, source: routine.source }, state, routine.node.body);
  inner.run.depth -= 1;
  for (const [variable, old] of state.hidden ?? []) {
    const value = old ?? { kind: 'text' as const, value: [unknownVariable(variable)] };
    state.variables = assign(state.variables, variable, value);
  }
  const status2 = state.returned === 'no' ? status : 'assumed';
  Object.assign(state, { positional, handed, hidden, returned, broken, continued, consequences });
  if (state.exited === 'no') state.guards = guards;
  return status2;
}

/** Runs text as a script in the same shell (`eval`) or, with `positional`, in one of its own. */
export function runText(
  scope: Scope,
  state: State,
  content: Value,
  command: Prepared,
  carrier: Argument | null,
  name: string,
  positional: readonly Value[] | null,
): Status {
  const inner = enter(scope, 'inline', name, command);
  if (inner === null) return 'unknown';
  const source = innerSource(
    scope.source,
    content,
    ...span(scope.source, command.start, command.end),
    verbatimAt(scope.source, content, carrier),
  );
  return runSource(inner, source, state, positional);
}

/** Where the text of a quoted word stands in the file when the quotes hold exactly that text. */
function verbatimAt(source: Source, content: Value, carrier: Argument | null): number | null {
  const plain = known(content);
  if (carrier === null || plain === null || source.anchor !== null) return null;
  const from = carrier.start - source.shift;
  const body = source.text.slice(from, carrier.end - source.shift);
  if (body === plain) return carrier.start;
  return body.slice(1, -1) === plain ? carrier.start + 1 : null;
}

export function runSource(
  scope: Scope,
  source: Source,
  state: State,
  positional: readonly Value[] | null,
): Status {
  const inside = { ...scope, source };
  if (source.text.length > MAX_SCRIPT_LENGTH) {
    report(
      inside,
      'limit',
      `the script is longer than ${MAX_SCRIPT_LENGTH} characters`,
      'split the script',
      0,
      0,
    );
    return 'unknown';
  }
  const tree = treeOf(source.text, scope.run.context.trees);
  reportErrors(inside, tree);
  inside.run.depth += 1;
  const target =
    positional === null
      ? state
      : fork(state, {
          positional,
          exited: 'no',
          failed: false,
          returned: 'no',
          hidden: null,
          consequences: ofChild(state.consequences),
        });
  const status = inside.run.execute(inside, target, tree.commands);
  inside.run.depth -= 1;
  return status === 'yes' ? 'assumed' : status;
}
