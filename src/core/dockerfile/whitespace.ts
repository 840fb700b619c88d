// What counts as white space where BuildKit asks: Go's unicode.IsSpace, and the narrower set it splits words on.

const WIDE_SPACE = /[\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
const WORD_BREAK = new Set(['\t', '\v', '\f', '\r', ' ']);

export function isSpace(character: string): boolean {
  const code = character.charCodeAt(0);
  if (code < 0x80) return code === 0x20 || (code >= 0x09 && code <= 0x0d);
  return WIDE_SPACE.test(character);
}

/** Whether BuildKit splits the words of FROM, COPY and the like here. */
export function isWordBreak(character: string): boolean {
  return WORD_BREAK.has(character);
}

/** First index from `start` that holds no space; `end` when there is none. */
export function skipSpace(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && isSpace(text[at] ?? '')) at += 1;
  return at;
}

/** Index after the last character before `end` that is no space; `start` when there is none. */
export function trimSpace(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && isSpace(text[at - 1] ?? '')) at -= 1;
  return at;
}
