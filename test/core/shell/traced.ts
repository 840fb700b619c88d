// Shorthand for tests: a script in, its commands out as people would write them.

import type { Value } from '../../../src/core/model/value.ts';
import type { Trace, TraceContext } from '../../../src/core/shell/trace.ts';
import { traceScript } from '../../../src/core/shell/trace-script.ts';
import { format, text } from '../../../src/core/value.ts';

export function environment(variables: Readonly<Record<string, string>>): ReadonlyMap<string, Value> {
  return new Map(Object.entries(variables).map(([name, value]) => [name, text(value)]));
}

export function trace(
  script: string,
  variables: Readonly<Record<string, string>> = {},
  context: Partial<TraceContext> = {},
): Trace {
  return traceScript(script, { environment: environment(variables), ...context });
}

/** Commands of interest, one line each; a `?` in front when it is not certain that they run. */
export function commands(traced: Trace, name = 'run'): readonly string[] {
  return traced.invocations
    .filter((one) => format(one.argv[0]?.value ?? []) === name)
    .map((one) => {
      const words = one.argv.slice(1).map((word) => format(word.value));
      return `${one.happens === 'yes' ? '' : '?'}${words.join('|')}`;
    });
}
