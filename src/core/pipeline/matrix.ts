// `strategy.matrix` → the rows a job runs with, reduced to the keys it uses.
import type { Datum } from './datum.ts';
import {
  choiceDatum,
  equals,
  NULL,
  recordDatum,
  signature,
  textDatum,
  unknownDatum,
  wrapped,
} from './datum.ts';
import { evaluateTemplate, type Scope } from './expressions.ts';
import type { YamlNode } from './yaml.ts';

/** Rows kept apart; beyond it one row stands for all, with each key a choice. */
const ROW_LIMIT = 40;
/** Rows GitHub itself allows; nothing beyond is ever expanded. */
const GITHUB_LIMIT = 256;

type Row = ReadonlyMap<string, Datum>;

/** At least one row; a job without matrix has one empty row. `uses` tells whether the job reads a key. */
export function matrixRows(
  matrix: YamlNode | null,
  scope: Scope,
  uses: (key: string) => boolean,
): readonly Datum[] {
  if (matrix === null) return [recordDatum([])];
  const why = 'the matrix is computed at run time';
  if (matrix.kind !== 'map') {
    const computed = matrix.kind === 'scalar' ? evaluateTemplate(matrix.text, scope) : NULL;
    if (computed.kind !== 'record' || computed.others !== null) return [recordDatum([], why)];
    return reduced(expand([...computed.entries], []), uses) ?? [recordDatum([], why)];
  }
  const dimensions: (readonly [string, Datum])[] = [];
  let include: Datum = { kind: 'list', items: [] };
  let exclude: Datum = { kind: 'list', items: [] };
  for (const { key, value } of matrix.entries) {
    const datum = nodeDatum(value, scope);
    if (key.text === 'include') include = datum;
    else if (key.text === 'exclude') exclude = datum;
    else dimensions.push([key.text, datum]);
  }
  const rows = expand(dimensions, exclude.kind === 'list' ? exclude.items : []);
  const open = dimensions.some(([, values]) => values.kind !== 'list') || include.kind !== 'list';
  if (open) return [openRow(dimensions, include, why)];
  return (
    reduced(withIncludes(rows, include.kind === 'list' ? include.items : []), uses) ?? [
      openRow(dimensions, include, why),
    ]
  );
}

/** Any YAML node as data, with its `${{ }}` resolved. */
export function nodeDatum(node: YamlNode, scope: Scope): Datum {
  if (node.kind === 'list') return { kind: 'list', items: node.items.map((item) => nodeDatum(item, scope)) };
  if (node.kind === 'map')
    return recordDatum(node.entries.map(({ key, value }) => [key.text, nodeDatum(value, scope)] as const));
  if (typeof node.value === 'string') return evaluateTemplate(node.value, scope);
  if (typeof node.value === 'number') return { kind: 'number', value: node.value };
  if (typeof node.value === 'boolean')
    return { kind: 'boolean', truth: node.value ? 'yes' : 'no', hole: null };
  return NULL;
}

function expand(
  dimensions: readonly (readonly [string, Datum])[],
  exclude: readonly Datum[],
): readonly Row[] {
  let rows: readonly Row[] = [new Map()];
  for (const [key, values] of dimensions) {
    if (values.kind !== 'list') continue;
    rows = rows
      .flatMap((row) => values.items.map((item) => new Map([...row, [key.toLowerCase(), item]])))
      .slice(0, GITHUB_LIMIT + 1);
  }
  if (dimensions.length === 0) return [];
  return rows.filter((row) => !exclude.some((pattern) => matches(row, pattern)));
}

function matches(row: Row, pattern: Datum): boolean {
  if (pattern.kind !== 'record') return false;
  return [...pattern.entries].every(([key, value]) => {
    const own = row.get(key);
    return own !== undefined && (equals(own, value) === 'yes' || signature(own) === signature(value));
  });
}

/** GitHub's rule: an include joins every row it does not contradict; one that joins none is a row of its own. */
function withIncludes(rows: readonly Row[], includes: readonly Datum[]): readonly Row[] {
  const original = new Set(rows.flatMap((row) => [...row.keys()]));
  let result: Row[] = [...rows];
  const added: Row[] = [];
  for (const include of includes) {
    if (include.kind !== 'record') continue;
    let joined = false;
    result = result.map((row) => {
      const fits = [...include.entries].every(([key, value]) => {
        const own = row.get(key);
        return !original.has(key) || own === undefined || signature(own) === signature(value);
      });
      if (!fits) return row;
      joined = true;
      return new Map([...row, ...include.entries]);
    });
    if (!joined) added.push(include.entries);
  }
  return [...result, ...added];
}

/** Rows that differ in a key the job reads; null when there are too many. */
function reduced(rows: readonly Row[], uses: (key: string) => boolean): readonly Datum[] | null {
  const distinct = new Map<string, Datum>();
  for (const row of rows) {
    const kept = recordDatum([...row].filter(([key]) => uses(key)));
    distinct.set(signature(kept), kept);
    if (distinct.size > ROW_LIMIT) return null;
  }
  return distinct.size === 0 ? [recordDatum([])] : [...distinct.values()];
}

/** One row for all: each key is one of its values, or open. */
function openRow(dimensions: readonly (readonly [string, Datum])[], include: Datum, why: string): Datum {
  const named = include.kind === 'list' ? include.items : [];
  const extra = new Set(named.flatMap((item) => (item.kind === 'record' ? [...item.entries.keys()] : [])));
  const entries = dimensions.map(([key, values]): readonly [string, Datum] => {
    const hole = { expression: wrapped(`matrix.${key}`), why };
    if (values.kind !== 'list' || extra.has(key.toLowerCase())) return [key, { kind: 'unknown', hole }];
    return [key, choiceDatum(values.items.length === 0 ? [textDatum('')] : values.items, hole)];
  });
  const others = [...extra].filter((key) => !dimensions.some(([name]) => name.toLowerCase() === key));
  return recordDatum(
    [...entries, ...others.map((key) => [key, unknownDatum(wrapped(`matrix.${key}`), why)] as const)],
    include.kind === 'list' ? null : why,
  );
}
