// Environment variables of workflow, job and step, as expressions and as the shell see them.
import type { Value } from '../model/value.ts';
import { isKnown } from '../value.ts';
import { type Datum, printedValue, propertyOf, recordDatum, textDatum } from './datum.ts';
import { evaluateTemplate, type Scope } from './expressions.ts';
import type { YamlMap } from './yaml.ts';

export type Environment = ReadonlyMap<string, Value>;

/** One more layer; a layer's values see the layers below it, and never each other. */
export function withLayer(
  environment: Environment,
  layer: YamlMap | null,
  scope: (environment: Environment) => Scope,
): Environment {
  if (layer === null) return environment;
  const outer = scope(environment);
  const values = new Map(environment);
  for (const { key, value } of layer.entries) {
    values.set(key.text, value.kind === 'scalar' ? printedValue(evaluateTemplate(value.text, outer)) : []);
  }
  return values;
}

/** The `env` context. Steps may add variables the reader does not see, so other names stay open. */
export function environmentDatum(environment: Environment): Datum {
  return recordDatum(
    [...environment].map(([name, value]) => [name, textDatum(value)] as const),
    'nothing in sight sets this variable',
  );
}

/** Variables the runner sets whose value the event settles; the others stay names, as the author wrote them. */
export function runnerVariables(github: Datum): Environment {
  const values = new Map<string, Value>([
    ['CI', ['true']],
    ['GITHUB_ACTIONS', ['true']],
  ]);
  for (const name of ['event_name', 'ref', 'ref_name', 'ref_type', 'base_ref', 'head_ref']) {
    const value = printedValue(propertyOf(github, textDatum(name), `github.${name}`));
    if (isKnown(value) || value.some((part) => typeof part === 'string'))
      values.set(`GITHUB_${name.toUpperCase()}`, value);
  }
  return values;
}
