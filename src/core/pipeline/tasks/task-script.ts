// Commands of a task with templates in them → scripts for the shell, whose marks stand for what the template leaves open.
import type { Location } from '../../model/position.ts';
import type { Value } from '../../model/value.ts';
import { join } from '../../value.ts';
import { markedScript } from '../make/recipe-text.ts';

/** A variable of whoever runs the script; null when it is not set. */
export type Caller = (name: string) => Value | null;

/** A script that a task runner, npm or another program of the project runs, with its place. */
export type TaskScript = {
  readonly name: string;
  readonly text: string;
  readonly locate: (start: number, end: number) => Location;
  /** What a `${{ }}` of the text stands for, given the variables of the caller. Absent: there are none. */
  readonly expression?: (mark: string, caller: Caller) => Value | null;
  /** Variables added to the caller's. */
  readonly environment?: ReadonlyMap<string, Value>;
  /** Relative to the root of the repository; absent: where the caller is. */
  readonly folder?: Value;
  readonly shell?: string;
  readonly positional?: readonly Value[];
  /** Conditions as written that nobody can settle: it may run. */
  readonly guards?: readonly string[];
};

/** Where a template names a variable that only the caller's environment can hold. */
const ENVIRONMENT_MARK = 'environment ';

export function fromEnvironment(name: string, written: string): Value {
  return [{ expression: written, why: `${ENVIRONMENT_MARK}${name}` }];
}

/** A text with holes as a script: holes that the caller's environment fills are filled when it runs. */
export function taskText(value: Value): Pick<TaskScript, 'text' | 'expression'> {
  const marks = markedScript(value, () => []);
  return {
    text: marks.source,
    expression: (mark, caller) => {
      const found = marks.expression(mark);
      return found.length === 0 ? null : filled(found, caller);
    },
  };
}

export function filled(value: Value, caller: Caller): Value {
  return join(
    value.map((part): Value => {
      if (typeof part === 'string' || !part.why.startsWith(ENVIRONMENT_MARK)) return [part];
      const name = part.why.slice(ENVIRONMENT_MARK.length);
      return caller(name) ?? part.fallback ?? [{ ...part, why: 'nothing in sight sets it' }];
    }),
  );
}
