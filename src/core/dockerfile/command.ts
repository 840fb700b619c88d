// A logical line split as BuildKit splits it: keyword, flags, and the span of the rest.
// Source of the rules: BuildKit's frontend/dockerfile/parser/split_command.go.
import { isSpace, isWordBreak, skipSpace, trimSpace } from './whitespace.ts';

/** A piece of the joined text; `content` has quotes and escapes resolved where the kind of piece asks for it. */
export type Span = { readonly start: number; readonly end: number; readonly content: string };

export type RawFlag = Span & {
  readonly name: string;
  /** Null when no `=` is written. */
  readonly value: Span | null;
};

export type Command = {
  readonly keyword: Span;
  readonly flags: readonly RawFlag[];
  /** What follows keyword and flags, without space around it. */
  readonly rest: Span;
};

/** Splits `text` from index `from` up to `to`; null when there is nothing but space. */
export function splitCommand(text: string, from: number, to: number, escapeToken: string): Command | null {
  const start = skipSpace(text, from, to);
  const stop = trimSpace(text, start, to);
  if (start === stop) return null;
  let keywordEnd = start;
  while (keywordEnd < stop && !isWordBreak(text[keywordEnd] ?? '')) keywordEnd += 1;
  const keyword = { start, end: keywordEnd, content: text.slice(start, keywordEnd) };
  const { flags, next } = readFlags(text, keywordEnd, stop, escapeToken);
  const restStart = skipSpace(text, next, stop);
  return { keyword, flags, rest: { start: restStart, end: stop, content: text.slice(restStart, stop) } };
}

function readFlags(
  text: string,
  from: number,
  to: number,
  escapeToken: string,
): { flags: readonly RawFlag[]; next: number } {
  const flags: RawFlag[] = [];
  let at = from;
  for (;;) {
    at = skipSpace(text, at, to);
    if (!text.startsWith('--', at) || at + 1 >= to) return { flags, next: at };
    const word = readFlag(text, at, to, escapeToken);
    at = word.end;
    if (word.content === '--') return { flags, next: at };
    flags.push(toFlag(word));
  }
}

/** One flag up to the next space outside quotes; `equals` is where its first `=` stands. */
function readFlag(
  text: string,
  from: number,
  to: number,
  escapeToken: string,
): Span & { equals: number; nameLength: number } {
  let content = '';
  let quote = '';
  let equals = -1;
  let nameLength = 0;
  let at = from;
  for (; at < to; at += 1) {
    let character = text[at] ?? '';
    if (quote === '' && isSpace(character)) break;
    if (quote === '' ? character === "'" || character === '"' : character === quote) {
      quote = quote === '' ? character : '';
      continue;
    }
    if (character === escapeToken) {
      at += 1;
      if (at >= to) break;
      character = text[at] ?? '';
    }
    if (character === '=' && equals === -1) {
      equals = at;
      nameLength = content.length;
    }
    content += character;
  }
  return { start: from, end: Math.min(at, to), content, equals, nameLength };
}

function toFlag(word: Span & { equals: number; nameLength: number }): RawFlag {
  const { start, end, content, equals, nameLength } = word;
  if (equals === -1) return { start, end, content, name: content.slice(2), value: null };
  return {
    start,
    end,
    content,
    name: content.slice(2, nameLength),
    value: { start: equals + 1, end, content: content.slice(nameLength + 1) },
  };
}
