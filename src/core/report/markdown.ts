// Text from a pull request → Markdown that shows it and can't do anything: no mentions, links, HTML, fake marks or tables.

/**
 * Control characters, format characters (Unicode Cf) that hide or reorder text (bidi controls, zero-width, tags), and
 * letters and marks that show nothing: Hangul fillers, the blank Braille pattern, joiners, variation selectors.
 */
const UNSEEN =
  /(?!\t)(?:[\p{Cc}\p{Cf}\u115f\u1160\u2800\u3164\uffa0]|\u034f|[\ufe00-\ufe0f]|[\u{e0100}-\u{e01ef}])/gu;

const HARMLESS = /^[\x20-\x7e]*$/;

/** Makes invisible and reordering characters visible as `U+202E`; line breaks become spaces. */
export function visible(text: string): string {
  if (HARMLESS.test(text)) return text;
  return text
    .toWellFormed()
    .replace(/\r\n?|\n|\u2028|\u2029/g, ' ')
    .replace(UNSEEN, codePoint);
}

/** Check marks, crosses, traffic lights and other pictures that could pass for ours; not ©, ® and ™. */
const MARKS = /(?![©®™\d#*])[\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\p{Extended_Pictographic}]/gu;

function unmarked(text: string): string {
  if (HARMLESS.test(text)) return text;
  return visible(text).replace(MARKS, codePoint);
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** GitHub looks for these in the finished text, where escapes are gone: only a character in between keeps it from them. */
export const BREAK = '&#8203;';

/**
 * Plain text for running Markdown: everything that Markdown or GitHub gives a meaning is escaped. Mentions, issue
 * numbers, emoji codes and bare addresses are broken by a zero-width space, as the dependency bots do.
 */
export function plain(text: string): string {
  return unmarked(text)
    .trim()
    .replace(/&|[\\`*_[\]<>|~]|\$|@|#|:(?=[\w+-])|\/(?=\/)|www(?=\.)|GH-(?=\d)/gi, (found): string => {
      switch (found) {
        case '&':
          return '&amp;';
        case '$':
          // Two of them would enclose a formula.
          return '&#36;';
        case '`':
          // A code span ends at the next raw back-tick, escaped or not.
          return '&#96;';
        case '#':
          return `\\#${BREAK}`;
        case '@':
        case ':':
        case '/':
          return `${found}${BREAK}`;
        default:
          return found.length > 1 ? `${found}${BREAK}` : `\\${found}`;
      }
    })
    .replace(/^[-+=]/, '\\$&')
    .replace(/^(\d+)([.)])/, '$1\\$2');
}

/** Harmless, without back-ticks, and without a blank at either end. */
const PLAIN_CODE = /^[\x21-\x5f\x61-\x7e](?:[\x20-\x5f\x61-\x7e]*[\x21-\x5f\x61-\x7e])?$/;

/** A code span that shows `text` exactly, whatever back-ticks it holds. */
export function code(text: string): string {
  if (PLAIN_CODE.test(text)) return `\`${text}\``;
  const shown = unmarked(text);
  if (shown.trim() === '') return '` `';
  const fence = '`'.repeat(longestRun(shown) + 1);
  const pad = /^`|`$|^ .* $/.test(shown) ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** Markdown as a cell of a table, whose columns even a code span can't hold together. */
export function cell(markdown: string): string {
  return markdown.replaceAll('|', '\\|');
}

/** As `visible`, line by line. */
export function visibleLines(text: string): string {
  return text
    .split(/\r\n?|\n/)
    .map((line) => visible(line))
    .join('\n');
}

/** A fenced block whose fence is longer than any run of back-ticks in `text`. Line breaks are kept. */
export function fenced(language: string, text: string): string {
  const shown = visibleLines(text);
  const fence = '`'.repeat(Math.max(2, longestRun(shown)) + 1);
  return `${fence}${language}\n${shown}\n${fence}`;
}

/** How a part that is folded up begins and ends; `summary` is Markdown of our own making. */
export function folded(summary: string): { readonly open: string; readonly close: string } {
  return { open: `<details>\n<summary>${summary}</summary>\n`, close: '\n</details>' };
}

/** The length of the longest run of back-ticks. */
export function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
}

/** UTF-8 size of a text in bytes: GitHub counts its limits so. */
export function byteLength(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    // Half of a pair counts two: together they are four. One that stands alone is written as U+FFFD, which is three.
    if (unit >= 0x800) bytes += unit >= 0xd800 && unit < 0xe000 && isPaired(text, index, unit) ? 1 : 2;
    else if (unit >= 0x80) bytes += 1;
  }
  return bytes;
}

function isPaired(text: string, index: number, unit: number): boolean {
  const other = text.charCodeAt(unit < 0xdc00 ? index + 1 : index - 1);
  return unit < 0xdc00 ? other >= 0xdc00 && other < 0xe000 : other >= 0xd800 && other < 0xdc00;
}

/** `text` cut to at most `limit` UTF-16 code units, with an ellipsis when something is missing. */
export function shortened(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
