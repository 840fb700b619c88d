// A place in a file → its source lines with carets under the exact range, as a terminal shows them.
import type { Edit } from '../model/finding.ts';
import type { Range } from '../model/position.ts';
import { type Cell, cellsOf, type Paint, type Style, shortLine } from './terminal.ts';

/** Lines of a range that are shown before the rest is only counted. */
const RANGE_LINES = 4;

/** Lines of an edit that are shown on each side before the rest is only counted. */
const EDIT_LINES = 12;

/** Columns left of the caret that stay in sight when a line is too long. */
const LEFT_CONTEXT = 24;

/** Narrower than this nothing can be recognised. */
const NARROWEST = 20;

export type ExcerptOptions = {
  /** Columns of the whole output line, the gutter included. */
  readonly width: number;
  readonly style: Style;
  readonly paint: Paint;
};

export function linesOf(text: string): readonly string[] {
  return text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
}

/** Empty when the range lies outside of the text. */
export function excerpt(lines: readonly string[], range: Range, options: ExcerptOptions): readonly string[] {
  const spans = spansOf(lines, range);
  const last = spans.at(-1);
  if (last === undefined) return [];
  const digits = String(last.line).length;
  const gutter = (label: string): string => options.paint('dim', `${label.padStart(digits)} | `);
  const room = Math.max(options.width - digits - 3, NARROWEST);
  const shown = spans.slice(0, RANGE_LINES).flatMap((span) => {
    const { source, marks } = drawn(lines[span.line - 1] ?? '', span, room);
    return [`${gutter(String(span.line))}${source}`, `${gutter('')}${options.paint(options.style, marks)}`];
  });
  const hidden = spans.length - RANGE_LINES;
  return hidden > 0
    ? [...shown, `${gutter('')}${options.paint('dim', `… and ${counted(hidden, 'more line')}`)}`]
    : shown;
}

/** Offsets of a range in one line, in UTF-16 code units from 0. */
type Span = { readonly line: number; readonly from: number; readonly to: number };

function spansOf(lines: readonly string[], { start, end }: Range): readonly Span[] {
  // A range that ends before the first character of a line ends with the line before.
  const lastLine = Math.min(end.column <= 1 && end.line > start.line ? end.line - 1 : end.line, lines.length);
  const spans: Span[] = [];
  for (let line = start.line; line <= Math.max(lastLine, start.line); line += 1) {
    const text = lines[line - 1];
    if (text === undefined) break;
    const from = line === start.line ? start.column - 1 : text.length - text.trimStart().length;
    const to = line === end.line ? end.column - 1 : text.trimEnd().length;
    if (line === start.line || to > from) spans.push({ line, from, to: Math.max(to, from + 1) });
  }
  return spans;
}

type Drawn = { readonly source: string; readonly marks: string };

function drawn(line: string, { from, to }: Span, room: number): Drawn {
  // Only what can be seen is looked at, so that a line of megabytes costs no more than a short one.
  const first = characterStart(line, Math.max(0, from - room * 2));
  const cells = cellsOf(line, first, Math.min(line.length, from + room * 2));
  const whole = first === 0 && line.length <= from + room * 2;
  const columns = columnsOf(cells);
  const caret = cells.findIndex(({ start }) => start >= from);
  const caretColumn = caret < 0 ? (columns.at(-1) ?? 0) : (columns[caret] ?? 0);
  const total = columns.at(-1) ?? 0;
  if (whole && total <= room) return { source: text(cells), marks: marksOf(cells, columns, from, to) };
  const offset = total <= room && first === 0 ? 0 : Math.max(0, caretColumn - LEFT_CONTEXT);
  const inside = cells.filter((_, index) => {
    const column = columns[index] ?? 0;
    return column >= offset && (columns[index + 1] ?? 0) <= offset + room - 2;
  });
  const cutLeft = first > 0 || inside[0] !== cells[0];
  const cutRight = !whole || inside.at(-1) !== cells.at(-1);
  const marks = marksOf(inside, columnsOf(inside), from, to);
  return {
    source: `${cutLeft ? '…' : ''}${text(inside)}${cutRight ? '…' : ''}`,
    marks: `${cutLeft ? ' ' : ''}${marks}`,
  };
}

/** `offset`, or one before where it would cut a surrogate pair in two. */
function characterStart(line: string, offset: number): number {
  const unit = line.charCodeAt(offset);
  return offset > 0 && unit >= 0xdc00 && unit <= 0xdfff ? offset - 1 : offset;
}

/** Column of each cell, and at the end the column after the last. */
function columnsOf(cells: readonly Cell[]): readonly number[] {
  const columns = [0];
  for (const { width } of cells) columns.push((columns.at(-1) ?? 0) + width);
  return columns;
}

function text(cells: readonly Cell[]): string {
  return cells.map((cell) => cell.text).join('');
}

function marksOf(cells: readonly Cell[], columns: readonly number[], from: number, to: number): string {
  const marked = cells.map(({ start }) => start >= from && start < to);
  const first = marked.indexOf(true);
  // Past the end of the line, as for something that is missing there.
  if (first < 0) return `${' '.repeat(columns.at(-1) ?? 0)}^`;
  const last = marked.lastIndexOf(true);
  const width = (columns[last + 1] ?? 0) - (columns[first] ?? 0);
  return `${' '.repeat(columns[first] ?? 0)}${'^'.repeat(Math.max(width, 1))}`;
}

/** The lines an edit takes away and puts there, without those that stay; nothing when it changes nothing. */
export function editDiff(
  lines: readonly string[],
  edit: Edit,
  options: { readonly width: number; readonly paint: Paint },
): readonly string[] {
  const before = lines.slice(edit.first - 1, edit.last);
  const after = edit.text === '' && before.length > 0 ? [] : linesOf(edit.text);
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1;
  let tail = 0;
  while (
    tail < before.length - head &&
    tail < after.length - head &&
    before.at(-1 - tail) === after.at(-1 - tail)
  )
    tail += 1;
  const first = edit.first + head;
  const removed = before.slice(head, before.length - tail);
  const added = after.slice(head, after.length - tail);
  const digits = String(first + Math.max(removed.length, added.length)).length;
  const side = (changed: readonly string[], sign: '-' | '+'): readonly string[] => {
    const style: Style = sign === '-' ? 'removed' : 'added';
    const room = Math.max(options.width - digits - 3, NARROWEST);
    const shown = changed.slice(0, EDIT_LINES).map((line, index) => {
      const number = options.paint('dim', String(first + index).padStart(digits));
      return `${number} ${options.paint(style, `${sign} ${shortLine(line, room)}`.trimEnd())}`;
    });
    const hidden = changed.length - EDIT_LINES;
    return hidden > 0
      ? [...shown, `${' '.repeat(digits)} ${options.paint('dim', `… and ${counted(hidden, 'more line')}`)}`]
      : shown;
  };
  return [...side(removed, '-'), ...side(added, '+')];
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
