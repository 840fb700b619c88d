// Where the word lexer stands in its text, what it has gathered, and the steps it moves by.
import type { Value } from '../model/value.ts';
import type { Budget } from './pattern.ts';
import { isSpace } from './whitespace.ts';

/** What a variable is: its value, or null when it is surely not set. */
export type LookUp = (name: string) => Value | null;

export type LexerOptions = {
  readonly escapeToken: string;
  readonly lookUp: LookUp;
  /** Quotes stay in the result. */
  readonly rawQuotes?: boolean;
  /** Escape characters stay in the result. */
  readonly rawEscapes?: boolean;
  /** Variables that are not set stay as they are written. */
  readonly keepUnset?: boolean;
};

export type Lexed =
  /** `words`, split at unquoted space, are only complete with `keepUnset`. */
  | { readonly kind: 'done'; readonly value: Value; readonly words: readonly string[] }
  /** BuildKit refuses the text. */
  | { readonly kind: 'invalid'; readonly reason: string }
  /** A cap was reached; the reason names it. */
  | { readonly kind: 'limit'; readonly reason: string };

/** A value that grows past this many characters is not followed further. */
export const VALUE_LIMIT = 16_384;
/** `${a:-${b:-…}}` deeper than this is not followed. */
export const NESTING_LIMIT = 100;

export type LexerState = {
  readonly source: string;
  readonly options: LexerOptions;
  readonly budget: Budget;
  at: number;
  rawEscapes: boolean;
  depth: number;
  words: string[];
  word: string;
  inWord: boolean;
  failure: Extract<Lexed, { kind: 'invalid' | 'limit' }> | null;
};

const NAME_CHARACTER = /[\p{L}\p{Nd}_]/u;
const DIGIT = /\p{Nd}/u;
const SPECIAL = '@*#?-$!0';

export function fail(state: LexerState, reason: string, kind: 'invalid' | 'limit' = 'invalid'): null {
  state.failure ??= { kind, reason };
  return null;
}

export function next(state: LexerState): string {
  const point = state.source.codePointAt(state.at);
  if (point === undefined) return '';
  const character = String.fromCodePoint(point);
  state.at += character.length;
  return character;
}

export function peek(state: LexerState): string {
  const point = state.source.codePointAt(state.at);
  return point === undefined ? '' : String.fromCodePoint(point);
}

export function addToWord(state: LexerState, character: string): void {
  if (!isSpace(character)) {
    addRaw(state, character);
  } else if (state.inWord && state.word !== '') {
    state.words.push(state.word);
    state.word = '';
    state.inWord = false;
  }
}

export function addRaw(state: LexerState, content: string): void {
  state.word += content;
  state.inWord = true;
}

export function readName(state: LexerState): string {
  const first = peek(state);
  const start = state.at;
  if (first !== '' && DIGIT.test(first)) {
    while (state.at < state.source.length && DIGIT.test(peek(state))) next(state);
  } else if (first !== '' && SPECIAL.includes(first)) {
    next(state);
  } else {
    while (state.at < state.source.length && NAME_CHARACTER.test(peek(state))) next(state);
  }
  return state.source.slice(start, state.at);
}
