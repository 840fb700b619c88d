// What a terminal needs to know of text: how wide it is shown, where it wraps, what must not reach it as it is.

/** What a piece of text is, for whoever gives it a colour. */
export type Style =
  | 'error'
  | 'warning'
  | 'note'
  | 'question'
  | 'good'
  | 'heading'
  | 'path'
  | 'dim'
  | 'added'
  | 'removed';

/** Colours a piece of text, or leaves it alone. */
export type Paint = (style: Style, text: string) => string;

export const PLAIN: Paint = (_style, text) => text;

/** How wide a tab stop is. */
const TAB = 4;

/** East Asian Wide and Fullwidth (Unicode Standard Annex 11) and what terminals show as two columns of emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{17000}-\u{18cff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

const COMBINING = /\p{Mn}|\p{Me}/u;

/** Controls, format characters that hide or reorder text, half surrogates, and line breaks of Unicode's own. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** One character as it is shown. `start` is its offset in UTF-16 code units; `width` in columns. */
export type Cell = { readonly text: string; readonly start: number; readonly width: number };

/** The characters of a line from offset `from` up to `to`: tabs to their stops, unsafe ones written as `<U+202E>`. */
export function cellsOf(line: string, from: number, to: number): readonly Cell[] {
  const cells: Cell[] = [];
  let column = 0;
  let start = from;
  for (const character of line.slice(from, to)) {
    const text = shown(character, column);
    const width = columnsOf(character, text);
    cells.push({ text, start, width });
    column += width;
    start += character.length;
  }
  return cells;
}

function shown(character: string, column: number): string {
  if (character === '\t') return ' '.repeat(TAB - (column % TAB));
  if (!UNSAFE.test(character)) return character;
  const point = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `<U+${point}>`;
}

function columnsOf(character: string, text: string): number {
  if (text !== character) return text.length;
  const point = character.codePointAt(0) ?? 0;
  if (point < 0x300) return 1;
  if (COMBINING.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** Columns a text without tabs and unsafe characters takes. */
function displayWidth(text: string): number {
  return cellsOf(text, 0, text.length).reduce((sum, { width }) => sum + width, 0);
}

/** A line of somebody else's text, safe to show, cut to `width` columns with an ellipsis where something is missing. */
export function shortLine(line: string, width: number): string {
  // Combining marks take no column, but four units per column are more than enough for any text that is one.
  const reach = width * 4;
  const cells = cellsOf(line, 0, Math.min(line.length, reach));
  const total = cells.reduce((sum, cell) => sum + cell.width, 0);
  if (line.length <= reach && total <= width) return cells.map((cell) => cell.text).join('');
  let used = 0;
  let text = '';
  for (const cell of cells) {
    if (used + cell.width > width - 1) break;
    text += cell.text;
    used += cell.width;
  }
  return `${text}…`;
}

/** Breaks prose at spaces into lines of at most `width` columns; a longer word has a line of its own. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line: string[] = [];
  let used = 0;
  for (const word of text.split(/\s+/).filter((each) => each !== '')) {
    const size = displayWidth(word);
    if (line.length > 0 && used + 1 + size > width) {
      lines.push(line.join(' '));
      line = [];
    }
    used = line.length === 0 ? size : used + 1 + size;
    line.push(word);
  }
  if (line.length > 0) lines.push(line.join(' '));
  return lines;
}

/** Wrapped prose behind a label, the following lines indented below its first word. */
export function labelled(
  label: string,
  text: string,
  width: number,
  paint: (label: string) => string,
): string[] {
  const [first = '', ...rest] = wrap(text, Math.max(width - label.length, 20));
  return [`${paint(label)}${first}`, ...rest.map((line) => `${' '.repeat(label.length)}${line}`)];
}
