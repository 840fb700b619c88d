// A file's text with an index of its lines: offsets become the positions people read.
import type { Location, Position } from '../model/position.ts';

export type SourceText = {
  readonly path: string;
  readonly text: string;
  /** Offset of the first character of each line, ascending. */
  readonly lineStarts: readonly number[];
};

export function sourceText(path: string, text: string): SourceText {
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  return { path, text, lineStarts };
}

/** Index of the last element that is not greater than `wanted`, in an ascending list that starts at or below it. */
export function lastAtOrBelow(ascending: readonly number[], wanted: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((ascending[middle] ?? 0) <= wanted) low = middle;
    else high = middle - 1;
  }
  return low;
}

function positionAt(source: SourceText, offset: number): Position {
  const inside = Math.max(0, Math.min(offset, source.text.length));
  const line = lastAtOrBelow(source.lineStarts, inside);
  return { line: line + 1, column: inside - (source.lineStarts[line] ?? 0) + 1 };
}

export function locate(source: SourceText, start: number, end: number): Location {
  return {
    path: source.path,
    range: { start: positionAt(source, start), end: positionAt(source, Math.max(start, end)) },
  };
}
