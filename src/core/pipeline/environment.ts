// Environment variables of workflow, job and step, as expressions and as the shell see them.
import type { Value } from '../model/value.ts';
import { isKnown, join, known } from '../value.ts';
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

/** Lines a step appended to `$GITHUB_OUTPUT` or `$GITHUB_ENV`: `name=value` and `name<<MARK … MARK`. */
export function readAssignments(content: Value): ReadonlyMap<string, Value> {
  const assigned = new Map<string, Value>();
  const lines = splitLines(content);
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? [];
    const [first] = line;
    if (typeof first !== 'string') continue;
    const heredoc = /^\s*([\w.-]+)<<(.+)$/.exec(known(line) ?? '');
    if (heredoc?.[1] !== undefined) {
      const marker = heredoc[2]?.trim();
      const body: Value[] = [];
      for (at += 1; at < lines.length && known(lines[at] ?? [])?.trim() !== marker; at += 1)
        body.push(lines[at] ?? []);
      assigned.set(heredoc[1], join(body.flatMap((part, index) => (index === 0 ? [part] : ['\n', part]))));
      continue;
    }
    const match = /^\s*([\w.-]+)=/.exec(first);
    if (match?.[1] === undefined) continue;
    const rest = first.slice(match[0].length);
    assigned.set(match[1], [...(rest === '' ? [] : [rest]), ...line.slice(1)]);
  }
  return assigned;
}

function splitLines(content: Value): readonly Value[] {
  const lines: Value[] = [[]];
  for (const part of content) {
    if (typeof part !== 'string') {
      lines.push([...(lines.pop() ?? []), part]);
      continue;
    }
    part.split('\n').forEach((piece, index) => {
      if (index > 0) lines.push([]);
      if (piece !== '') lines.push([...(lines.pop() ?? []), piece]);
    });
  }
  return lines;
}
