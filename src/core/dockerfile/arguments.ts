// The argument text of an instruction cut into words, quoted words, key-value pairs or JSON strings, with their spans.
// Source of the rules: BuildKit's frontend/dockerfile/parser/line_parsers.go.
import type { Span } from './command.ts';
import { isSpace, isWordBreak } from './whitespace.ts';

/** Words at white space, nothing unquoted (FROM, COPY, ADD, EXPOSE, VOLUME). */
export function plainWords(text: string, rest: Span): readonly Span[] {
  const words: Span[] = [];
  let start = -1;
  for (let at = rest.start; at <= rest.end; at += 1) {
    const inside = at < rest.end && !isWordBreak(text[at] ?? '');
    if (inside && start === -1) start = at;
    if (!inside && start !== -1) {
      words.push({ start, end: at, content: text.slice(start, at) });
      start = -1;
    }
  }
  return words;
}

/** Words that quotes and escapes hold together; both stay in the content (ENV, LABEL, ARG). */
export function quotedWords(text: string, rest: Span, escapeToken: string): readonly Span[] {
  const words: Span[] = [];
  let start = -1;
  let content = '';
  let quote = '';
  for (let at = rest.start; at < rest.end; at += 1) {
    const character = text[at] ?? '';
    if (start === -1) {
      if (isSpace(character)) continue;
      start = at;
    }
    if (quote === '' && isSpace(character)) {
      words.push({ start, end: at, content });
      start = -1;
      content = '';
      continue;
    }
    if (quote === '' && (character === "'" || character === '"')) quote = character;
    else if (character === quote) quote = '';
    if (character === escapeToken && quote !== "'") {
      if (at + 1 === rest.end) continue;
      content += character;
      at += 1;
    }
    content += text[at] ?? '';
  }
  if (start !== -1) words.push({ start, end: rest.end, content });
  return words.filter((word) => word.content !== '');
}

export type Pair = {
  readonly key: Span;
  readonly value: Span;
  /** The pair as one span. */
  readonly whole: Span;
  /** Written without `=`, in the form that takes one name and the rest of the line. */
  readonly old: boolean;
};

/** `key=value …`, or the old form `key value with spaces`; a sentence saying what is wrong otherwise. */
export function pairs(text: string, rest: Span, escapeToken: string): readonly Pair[] | string {
  const words = quotedWords(text, rest, escapeToken);
  const [first] = words;
  if (!first) return 'at least one argument is needed';
  if (!first.content.includes('=')) return oldPair(text, rest);
  const found: Pair[] = [];
  for (const word of words) {
    const pair = splitPair(text, word);
    if (pair === null) return `${word.content} has no =; the form is name=value`;
    if (pair.key.content === '') return 'a name is blank';
    found.push(pair);
  }
  return found;
}

function oldPair(text: string, rest: Span): readonly Pair[] | string {
  let end = rest.start;
  while (end < rest.end && !isWordBreak(text[end] ?? '')) end += 1;
  let start = end;
  while (start < rest.end && isWordBreak(text[start] ?? '')) start += 1;
  if (start === rest.end) return 'a name needs a value';
  const key = { start: rest.start, end, content: text.slice(rest.start, end) };
  const value = { start, end: rest.end, content: text.slice(start, rest.end) };
  return [{ key, value, whole: rest, old: true }];
}

/** Splits a word at its first `=`; null when it has none. */
export function splitPair(text: string, word: Span): Pair | null {
  const equals = word.content.indexOf('=');
  if (equals === -1) return null;
  const at = text.indexOf('=', word.start);
  return {
    key: { start: word.start, end: at, content: word.content.slice(0, equals) },
    value: { start: at + 1, end: word.end, content: word.content.slice(equals + 1) },
    whole: word,
    old: false,
  };
}

/** The strings of the JSON form; `not-json` for shell form, `not-strings` for an array BuildKit refuses. */
export function jsonStrings(text: string, rest: Span): readonly Span[] | 'not-json' | 'not-strings' {
  if (text[rest.start] !== '[' || rest.start === rest.end) return 'not-json';
  let values: unknown;
  try {
    values = JSON.parse(rest.content);
  } catch {
    return 'not-json';
  }
  if (!Array.isArray(values) || !values.every((value) => typeof value === 'string')) return 'not-strings';
  const spans: Span[] = [];
  let at = rest.start + 1;
  for (const content of values) {
    const start = text.indexOf('"', at) + 1;
    let end = start;
    while (end < rest.end && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
    spans.push({ start, end, content });
    at = end + 1;
  }
  return spans;
}
