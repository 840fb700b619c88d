// Text from a pull request → Markdown that shows it and can't do anything: no mentions, links, HTML, fake marks or tables.

/** Control characters, and format characters (Unicode Cf) that hide or reorder text: bidi controls, zero-width, tags. */
const UNSEEN = /(?!\t)[\p{Cc}\p{Cf}]/gu;

/** Makes invisible and reordering characters visible as `U+202E`; line breaks become spaces. */
export function visible(text: string): string {
  return text.replace(/\r\n?|\n|\u2028|\u2029/g, ' ').replace(UNSEEN, codePoint);
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Plain text for running Markdown: everything that Markdown or GitHub gives a meaning is escaped. */
export function plain(text: string): string {
  return (
    visible(text)
      .replace(/[\\`*_{}[\]()#+!|<>~$^=-]/g, '\\$&')
      // An entity keeps GitHub from seeing a mention, an issue number or a commit where there is only text.
      .replace(/@/g, '&#64;')
      .replace(/&(?!#64;)/g, '&amp;')
      .replace(/:(?=\w+:)/g, '&#58;')
      .replace(/(https?|ftp)&#58;|(https?|ftp):/gi, (scheme) => scheme.replace(':', '&#58;'))
      .replace(/\bwww\./gi, 'www&#46;')
  );
}

/** A code span that shows `text` exactly, whatever back-ticks it holds; safe in table cells. */
export function code(text: string): string {
  const shown = visible(text);
  if (shown.trim() === '') return '` `';
  const longest = Math.max(0, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = shown.startsWith('`') || shown.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${shown.replaceAll('|', '\\|')}${pad}${fence}`;
}

/** A fenced block whose fence is longer than any run of back-ticks in `text`. Line breaks are kept. */
export function fenced(language: string, text: string): string {
  const shown = text
    .split('\n')
    .map((line) => visible(line))
    .join('\n');
  const longest = Math.max(2, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${shown}\n${fence}`;
}

/** UTF-8 size of a text in bytes: GitHub counts its limits so. */
export function byteLength(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** `text` cut to at most `limit` characters, with an ellipsis when something is missing. */
export function shortened(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/**
 * Joins sections in order as long as they fit into `limit` bytes. What does not fit is summarised by `omitted`, which
 * is told how many sections are missing: nothing is dropped silently.
 */
export function fitted(
  sections: readonly string[],
  limit: number,
  omitted: (count: number) => string,
): string {
  const whole = sections.join('\n\n');
  if (byteLength(whole) <= limit) return whole;
  const kept: string[] = [];
  let size = byteLength(omitted(sections.length)) + 2;
  for (const section of sections) {
    size += byteLength(section) + 2;
    if (size > limit) break;
    kept.push(section);
  }
  return [...kept, omitted(sections.length - kept.length)].join('\n\n');
}
