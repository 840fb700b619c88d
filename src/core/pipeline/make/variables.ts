// Variables of a Makefile: what assignments and open conditions leave them → what they expand to.
import type { Value } from '../../model/value.ts';
import { choice } from '../../shell/variables.ts';
import { hole, join, text } from '../../value.ts';
import { isRunnersOwn } from '../closed-environment.ts';
import { type Environment, type Expansion, expand } from './expand.ts';
import type { Setting } from './makefile.ts';
import type { Assignment } from './statements.ts';

const ALTERNATIVES = 12;

/** A recursive variable keeps its text, a simple one what it was expanded to; null: it may be unset. */
type Definition = { readonly text: string } | { readonly value: Value } | null;

export type Variable = { readonly definitions: readonly Definition[]; readonly isOverride: boolean };

type Made = {
  readonly value: Value;
  readonly asked: ReadonlySet<string>;
  readonly variables: Map<string, Variable>;
  readonly environment: Environment;
  readonly assigned: number;
};

/** The variables that are set so far, and what was made of them. */
export type VariableStore = {
  readonly setting: Setting;
  variables: Map<string, Variable>;
  readonly expanding: Set<string>;
  /** What variables expanded to, with the names they asked for: valid until something is assigned. */
  readonly made: Map<string, Made>;
  readonly asked: Set<string>[];
  assigned: number;
};

export function merged(ends: readonly Map<string, Variable>[]): Map<string, Variable> {
  const result = new Map<string, Variable>();
  for (const name of new Set(ends.flatMap((end) => [...end.keys()]))) {
    const all = ends.map((end) => end.get(name));
    const [first] = all;
    if (first !== undefined && all.every((one) => one === first)) {
      result.set(name, first);
      continue;
    }
    const distinct = new Map<string, Definition>();
    for (const one of all)
      for (const definition of one?.definitions ?? [null])
        distinct.set(JSON.stringify(definition), definition);
    result.set(name, {
      definitions: [...distinct.values()].slice(0, ALTERNATIVES),
      isOverride: all.some((one) => one?.isOverride === true),
    });
  }
  return result;
}

export function assign(reading: VariableStore, scope: Expansion, name: string, assignment: Assignment): void {
  const { operator, value, isOverride } = assignment;
  const before = reading.variables.get(name);
  const outer = scope.environment(name);
  const set = (definitions: readonly Definition[]): void => {
    reading.assigned += 1;
    reading.variables.set(name, { definitions, isOverride: isOverride || before?.isOverride === true });
  };
  if (operator === '?=') {
    if (before === undefined) {
      if (outer === null) set([{ text: value }]);
    } else set(before.definitions.map((one) => one ?? { text: value }));
  } else if (operator === '+=') {
    const start = before?.definitions ?? [outer === null ? null : { value: outer }];
    set(
      start.map((one): Definition => {
        if (one === null) return { text: value };
        if ('text' in one) return { text: `${one.text} ${value}` };
        return { value: join([one.value, one.value.length === 0 ? '' : ' ', expand(value, scope)]) };
      }),
    );
  } else if (operator === ':=') set([{ value: expand(value, scope) }]);
  else if (operator === '!=') set([{ text: `$(shell ${value})` }]);
  else set([{ text: value }]);
}

export function variable(name: string, scope: Expansion, reading: VariableStore): Value {
  for (const names of reading.asked) names.add(name);
  const local = scope.locals.get(name);
  if (local !== undefined) return local;
  const own = reading.variables.get(name);
  const fixed = reading.setting.given.get(name);
  if (fixed !== undefined && own?.isOverride !== true) return fixed;
  if (own === undefined) {
    if (name === 'MAKE') return text('make');
    if (name === 'PWD' && reading.setting.folder !== null) return text('.');
    return scope.environment(name) ?? unset(name, reading.setting);
  }
  if (reading.expanding.has(name)) return hole(`$(${name})`, 'it refers to itself');
  const { environment } = scope;
  const made = reading.made.get(name);
  if (
    made !== undefined &&
    made.variables === reading.variables &&
    made.environment === environment &&
    made.assigned === reading.assigned
  ) {
    if (![...scope.locals.keys()].some((one) => made.asked.has(one))) {
      for (const names of reading.asked) for (const one of made.asked) names.add(one);
      return made.value;
    }
  }
  const asked = new Set<string>();
  reading.asked.push(asked);
  const value = expandedVariable(name, own, scope, reading);
  reading.asked.pop();
  for (const names of reading.asked) for (const one of asked) names.add(one);
  if (![...scope.locals.keys()].some((one) => asked.has(one)))
    reading.made.set(name, {
      value,
      asked,
      variables: reading.variables,
      environment,
      assigned: reading.assigned,
    });
  return value;
}

function expandedVariable(name: string, own: Variable, scope: Expansion, reading: VariableStore): Value {
  reading.expanding.add(name);
  const values = own.definitions.map((definition): Value => {
    if (definition === null) return scope.environment(name) ?? unset(name, reading.setting);
    return 'value' in definition ? definition.value : expand(definition.text, scope);
  });
  reading.expanding.delete(name);
  const [only = []] = values;
  return values.length === 1 ? only : [choice(`$(${name})`, values)];
}

/**
 * A variable nobody sets is the empty text. Conditions are decided by that; in a text it keeps its name, so that
 * people read what is missing. Where variables may be set out of sight, nothing is known of it.
 */
function unset(name: string, { isClosed }: Setting): Value {
  const expression = `$(${name})`;
  if (!isClosed || isRunnersOwn(name)) return hole(expression, 'the environment of make sets it');
  return [{ expression, why: 'nothing in sight sets it', choices: [[]] }];
}
