// Matrices of variables → one environment per row.
import type { Value } from '../../model/value.ts';
import { hole, text } from '../../value.ts';
import { itemsOf, textOf, type YamlNode } from '../yaml.ts';
import type { Environment } from './run.ts';

/** Rows that are run one by one; above it the values that differ stay unknown. */
const ROW_LIMIT = 24;

/** `[{A: [1, 2], B: x}, …]` (a list of products) or one such map: the outer environment alone when there is none. */
export function matrixRows(node: YamlNode | null, outer: Environment): readonly Environment[] {
  const blocks = node?.kind === 'map' ? [node] : node?.kind === 'list' ? node.items : [];
  const rows = blocks.flatMap((block): readonly ReadonlyMap<string, Value>[] => {
    if (block.kind !== 'map') return [];
    const columns = block.entries.map(
      ({ key, value }) => [key.text, itemsOf(value).map((item) => textOf(item) ?? '')] as const,
    );
    const count = columns.reduce((product, [, values]) => product * Math.max(1, values.length), 1);
    if (count > ROW_LIMIT)
      return [new Map(columns.map(([name, values]) => [name, openColumn(name, values)] as const))];
    return columns.reduce<readonly ReadonlyMap<string, Value>[]>(
      (done, [name, values]) =>
        done.flatMap((row) =>
          values.length === 0
            ? [row]
            : values.map((value) => new Map([...row, [name, text(value)] as const])),
        ),
      [new Map()],
    );
  });
  if (rows.length === 0) return [outer];
  if (rows.length <= ROW_LIMIT) return rows.map((row) => new Map([...outer, ...row]));
  const names = new Set(rows.flatMap((row) => [...row.keys()]));
  return [new Map([...outer, ...[...names].map((name) => [name, openColumn(name, [])] as const)])];
}

function openColumn(name: string, values: readonly string[]): Value {
  const [only, ...others] = values;
  if (only !== undefined && others.length === 0) return text(only);
  return hole(`$${name}`, `the matrix has more than ${ROW_LIMIT} rows`);
}
