// A file's text with the starts of its lines: turns offsets into the positions that facts carry.
import type { Location, Position } from '../model/position.ts';

export type SourceText = {
  readonly path: string;
  readonly text: string;
  /** Offset of the first character of each line; a line ends with `\n` only, as BuildKit reads them. */
  readonly lineStarts: readonly number[];
};

export function sourceText(path: string, text: string): SourceText {
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  if (lineStarts.length > 1 && lineStarts.at(-1) === text.length) lineStarts.pop();
  return { path, text, lineStarts };
}

/** Where line `index` (0-based) starts; the text's length past the last line. A byte order mark is no part of it. */
export function lineStart(source: SourceText, index: number): number {
  const start = source.lineStarts[index] ?? source.text.length;
  return index === 0 && source.text.startsWith('\uFEFF') ? 1 : start;
}

/** Where the content of line `index` ends: its trailing carriage returns and line feed are no part of it. */
export function lineEnd(source: SourceText, index: number): number {
  const start = lineStart(source, index);
  let end = source.lineStarts[index + 1] ?? source.text.length;
  while (end > start && (source.text[end - 1] === '\n' || source.text[end - 1] === '\r')) end -= 1;
  return end;
}

function positionAt(source: SourceText, offset: number): Position {
  let low = 0;
  let high = source.lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((source.lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (source.lineStarts[low] ?? 0) + 1 };
}

/** The location from `start` up to, not including, `end` (offsets). */
export function locate(source: SourceText, start: number, end: number): Location {
  return {
    path: source.path,
    range: { start: positionAt(source, start), end: positionAt(source, Math.max(start, end)) },
  };
}
