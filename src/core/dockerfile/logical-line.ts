// Physical lines joined as BuildKit joins them (continuations, comments and blank lines in between left out), with
// the way back from each character to its place in the file.
import type { Location } from '../model/position.ts';
import { lineEnd, lineStart, locate, type SourceText } from './source-text.ts';
import { skipSpace } from './whitespace.ts';

/** Text from index `at` on stands in the file from `offset` on, up to the next piece. */
type Piece = { readonly at: number; readonly offset: number; readonly length: number };

export type LogicalLine = {
  readonly text: string;
  readonly pieces: readonly Piece[];
  /** First and last physical line, 0-based, inclusive. */
  readonly first: number;
  readonly last: number;
};

/** Reads the logical line that starts at physical line `first`; null when that line is blank or a comment. */
export function readLogicalLine(source: SourceText, first: number, escapeToken: string): LogicalLine | null {
  const pieces: Piece[] = [];
  const parts: string[] = [];
  let length = 0;
  let line = first;
  let last = first;
  for (let open = true; open && line < source.lineStarts.length; line += 1) {
    const end = lineEnd(source, line);
    const content = skipSpace(source.text, lineStart(source, line), end);
    if (content === end || source.text[content] === '#') {
      if (line === first) return null;
      last = line;
      continue;
    }
    const start = line === first ? content : lineStart(source, line);
    const stop = beforeContinuation(source.text, start, end, escapeToken);
    open = stop !== null;
    const upTo = stop ?? end;
    if (upTo > start) {
      pieces.push({ at: length, offset: start, length: upTo - start });
      parts.push(source.text.slice(start, upTo));
      length += upTo - start;
    }
    last = line;
  }
  return { text: parts.join(''), pieces, first, last };
}

/** Where the line's text ends when an unescaped escape character closes it; null when the line doesn't go on. */
function beforeContinuation(text: string, start: number, end: number, escapeToken: string): number | null {
  let at = end;
  while (at > start && (text[at - 1] === ' ' || text[at - 1] === '\t')) at -= 1;
  if (at === start || text[at - 1] !== escapeToken) return null;
  return at - 1 > start && text[at - 2] === escapeToken ? null : at - 1;
}

/** The file offset of the character at `index` of the joined text. */
export function offsetOf(line: LogicalLine, index: number): number {
  let low = 0;
  let high = line.pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((line.pieces[middle]?.at ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  const piece = line.pieces[low];
  return piece ? piece.offset + Math.min(index - piece.at, piece.length) : 0;
}

/** Where the characters from `start` up to `end` of the joined text stand in the file. */
export function locateIn(source: SourceText, line: LogicalLine, start: number, end: number): Location {
  const from = offsetOf(line, start);
  return locate(source, from, end > start ? offsetOf(line, end - 1) + 1 : from);
}
