// Deliveries of a matrix, named as the file writes them: the corpus has one line for a step, not one for each row.
import { isMap, isPair, isScalar, parseDocument, visit } from 'yaml';
import type { Delivery } from '../../src/core/model/delivery.ts';
import { called, format } from '../../src/core/value.ts';

/** The workflow with every matrix given from outside, all lines where they were: rows can't be known any more. */
export function withoutRows(content: string): string {
  const spans: (readonly [start: number, end: number])[] = [];
  visit(parseDocument(content), {
    Pair(_, pair) {
      if (!isScalar(pair.key) || pair.key.value !== 'strategy' || !isMap(pair.value)) return undefined;
      const matrix = pair.value.items.find(
        (item) => isPair(item) && isScalar(item.key) && item.key.value === 'matrix',
      );
      const from = isScalar(matrix?.key) ? matrix.key.range?.[1] : undefined;
      const to = isMap(matrix?.value) ? matrix.value.range?.[1] : undefined;
      if (from !== undefined && to !== undefined) spans.push([from, to]);
      return visit.SKIP;
    },
  });
  let left = content;
  for (const [start, end] of spans.toSorted((one, other) => other[0] - one[0])) {
    const lines = left.slice(start, end).split('\n').length - 1;
    left = `${left.slice(0, start)}: \${{ fromJSON(vars.ROWS) }}${'\n'.repeat(lines)}${left.slice(end)}`;
  }
  return left;
}

/**
 * The repository of a delivery for the corpus. Where rows of a matrix make several of one line, it is the name that
 * stands for all of them: the row's own expression where the segment is what the row says, the variable that keeps
 * it where a command makes it of the row.
 */
export function namedAsWritten(
  content: string,
  deliveries: readonly Delivery[],
  asWritten: readonly Delivery[],
): (delivery: Delivery) => string {
  const own = Map.groupBy(deliveries, lineOf);
  const written = Map.groupBy(asWritten, lineOf);
  const words = new Set(content.split(/[\s"',[\]{}]+/));
  return (delivery) => {
    const name = called(delivery.destination.repository);
    const line = lineOf(delivery);
    const rows = [...new Set(own.get(line)?.map(({ destination }) => called(destination.repository)))].map(
      (row) => row.split('/'),
    );
    const common = [...new Set(written.get(line)?.map(({ destination }) => called(destination.repository)))];
    const [first] = common;
    const segments = name.split('/');
    if (rows.length < 2 || rows.some((row) => row.length !== segments.length)) return name;
    const varying = segments.map((segment, at) => rows.some((row) => row[at] !== segment));
    const isComputed = rows.some((row) =>
      row.some((segment, at) => varying[at] === true && !words.has(segment)),
    );
    const variables = isComputed
      ? variablesAbove(content, delivery.location.range.end.line, segments, varying)
      : null;
    if (variables !== null) return variables.join('/');
    return common.length === 1 && first !== undefined ? first : name;
  };
}

/** A variable that can differ from row to row: GitHub's own contexts don't. */
const VARIABLE = /^\$(\w+|\{\w+\}|\{\{(?!github\.|secrets\.|vars\.|inputs\.)[^{}]+\}\})$/;

/** The name with its varying segments as the nearest image name above writes them, each one variable. */
function variablesAbove(
  content: string,
  line: number,
  segments: readonly string[],
  varying: readonly boolean[],
): readonly string[] | null {
  for (const text of content.split('\n').slice(0, line).reverse()) {
    for (const word of text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, '$${{$1}}').split(/[\s"',=]+/)) {
      const image = word.replace(/^docker:\/\//, '').replace(/[:@][^/]*$/, '');
      if (!image.includes('/')) continue;
      const tail = image.split('/').slice(-segments.length);
      const offset = segments.length - tail.length;
      const fits = varying.every(
        (varies, at) => !varies || (at >= offset && VARIABLE.test(tail[at - offset] ?? '')),
      );
      if (fits)
        return segments.map((segment, at) => (varying[at] === true ? (tail[at - offset] ?? '') : segment));
    }
  }
  return null;
}

function lineOf({ kind, location, destination }: Delivery): string {
  return `${kind} ${location.range.start.line} ${format(destination.registry)}`;
}
