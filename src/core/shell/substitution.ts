// `$(…)`, backticks and `<(…)`: their commands go into the trace, what they print becomes a value.
import type { ArithmeticCommandExpansion, CommandExpansionPart, ProcessSubstitutionPart } from 'unbash';
import type { Value } from '../model/value.ts';
import { hole, join, text } from '../value.ts';
import { ofChild, UNHEARD } from './consequences.ts';
import { reportErrors, type Scope, step } from './scope.ts';
import { innerSource, span, written } from './source.ts';
import { fork, type State } from './state.ts';
import { choice } from './variables.ts';

/** What `$(…)` prints, trailing newlines cut. Its commands go into the trace. */
export function substitute(
  scope: Scope,
  state: State,
  part: CommandExpansionPart | ProcessSubstitutionPart | ArithmeticCommandExpansion,
): Value {
  const script = part.script;
  const expression = written(scope.source, part.pos, part.end);
  if (script === undefined || !step(scope, part.pos, part.end)) return tooDeep(expression);
  const [start, end] = span(scope.source, part.pos, part.end);
  const source =
    script.source === undefined
      ? scope.source
      : innerSource(scope.source, text(script.source), start, end, null);
  const out = { parts: [] as Value[] };
  const inner: Scope = { ...scope, source, out, substitution: true, stdin: null, stdinAt: null };
  reportErrors(inner, script);
  scope.run.depth += 1;
  const consequences = state.isAssigning ? ofChild(state.consequences) : UNHEARD;
  scope.run.execute(inner, fork(state, { consequences, isAssigning: false }), script.commands);
  scope.run.depth -= 1;
  const printed = withoutNewlines(join(out.parts));
  const [only] = printed;
  // One unknown command is best named by what its author wrote.
  if (printed.length === 1 && typeof only === 'object' && only.choices === undefined) {
    return [only.expression.startsWith('$(') ? { ...only, expression } : only];
  }
  return printed;
}

function withoutNewlines(value: Value): Value {
  const last = value.at(-1);
  if (typeof last === 'object' && last.choices !== undefined) {
    return join([value.slice(0, -1), [choice(last.expression, last.choices.map(withoutNewlines))]]);
  }
  if (typeof last !== 'string') return value;
  let end = last.length;
  while (end > 0 && last[end - 1] === '\n') end -= 1;
  return join([value.slice(0, -1), last.slice(0, end)]);
}

/** What stands for a text that lies beyond the limits of following. */
export function tooDeep(expression: string): Value {
  return hole(expression.slice(0, 80), 'the script is too long or too deep to be followed there');
}
