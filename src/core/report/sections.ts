// Sections of a page → one Markdown text within a limit in bytes; what does not fit is counted, never dropped silently.
import { byteLength } from './markdown.ts';

/** Whole, or a head with rows of which as many are shown as fit. Every row is one line, or block, complete in itself. */
export type Section = {
  readonly head: string;
  readonly rows: readonly string[];
  /** What the rows are, in the plural, for the line that says how many are missing. */
  readonly of: string;
  /** Closes what the head opens, however many rows there are; absent where nothing is open. */
  readonly tail?: string;
  /** Bytes that are kept for it while what stands before it is cut. Default: 500. */
  readonly least?: number;
};

export function section(head: string, rows: readonly string[] = [], of = 'entries'): Section {
  return { head, rows, of };
}

/** A bulleted list under a heading; none when there is nothing to list. */
export function list(heading: string, rows: readonly string[], of: string): readonly Section[] {
  return rows.length === 0 ? [] : [section(`${heading}\n`, rows, of)];
}

const GAP = '\n\n';

/**
 * Joins sections in order. When they do not all fit into `limit` bytes, lists are cut with a line that counts the rest,
 * and `omitted` says how many sections are missing altogether.
 */
export function fitted(
  sections: readonly Section[],
  limit: number,
  omitted: (count: number) => string,
): string {
  const whole = sections.map(textOf).join(GAP);
  // No code unit takes more than three bytes.
  if (whole.length * 3 <= limit || byteLength(whole) <= limit) return whole;
  const kept: string[] = [];
  let missing = 0;
  let room = limit - byteLength(omitted(sections.length));
  const texts = sections.map(textOf);
  const least = sections.map((each, index) => leastOf(each, texts[index] ?? ''));
  let wanted = least.reduce((sum, bytes) => sum + bytes, 0);
  for (const [index, each] of sections.entries()) {
    const text = texts[index] ?? '';
    wanted -= least[index] ?? 0;
    const mine = room - Math.min(wanted, room / 2) - GAP.length;
    const shown = byteLength(text) <= mine ? text : cut(each, mine);
    if (shown === null) {
      missing += 1;
      continue;
    }
    kept.push(shown);
    room -= byteLength(shown) + GAP.length;
  }
  return [...kept, ...(missing > 0 ? [omitted(missing)] : [])].join(GAP);
}

/** What is kept for later sections, so that one long list does not push out everything behind it; in bytes. */
const LEAST = 500;

function leastOf({ least = LEAST }: Section, text: string): number {
  return Math.min(byteLength(text), least) + GAP.length;
}

function textOf({ head, rows, tail = '' }: Section): string {
  return [head, ...rows, tail].filter((part, at) => part !== '' || (at > 0 && at <= rows.length)).join('\n');
}

/** As many rows as fit into `room` bytes, and how many there are more; null when not even one does. */
function cut(whole: Section, room: number): string | null {
  const { head, rows, of, tail = '' } = whole;
  const more = (count: number): string => `\n_${count} more ${of} did not fit._`;
  let left = room - byteLength(head) - byteLength(tail) - byteLength(more(rows.length)) - 2;
  const shown: string[] = [];
  for (const row of rows) {
    left -= byteLength(row) + 1;
    if (left < 0) break;
    shown.push(row);
  }
  if (shown.length === 0) return null;
  return `${textOf({ ...whole, rows: shown })}\n${more(rows.length - shown.length)}`;
}
