// BuildKit's word lexer over values: quotes, escapes and every form of `${}`, with parts that may be unknown.
// Source of the rules: BuildKit's frontend/dockerfile/shell/lex.go.
import type { Value } from '../model/value.ts';
import { format, hole, join, known, text } from '../value.ts';
import { type Budget, parsePattern, replace, trim } from './pattern.ts';
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

/** The reason of a hole for a build argument nobody has given a value: what the file says for that case then counts. */
export const NOT_PASSED = 'no default is given, so the value has to come from the build’s arguments';

type State = {
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

export function lex(source: string, options: LexerOptions, budget: Budget): Lexed {
  const state: State = {
    source,
    options,
    budget,
    at: 0,
    rawEscapes: options.rawEscapes ?? false,
    depth: 0,
    words: [],
    word: '',
    inWord: false,
    failure: null,
  };
  const value = processUntil(state, '', state.rawEscapes);
  if (value === null) return state.failure ?? { kind: 'invalid', reason: 'it can’t be read' };
  if (state.word !== '') state.words.push(state.word);
  return { kind: 'done', value, words: state.words };
}

function fail(state: State, reason: string, kind: 'invalid' | 'limit' = 'invalid'): null {
  state.failure ??= { kind, reason };
  return null;
}

function next(state: State): string {
  const point = state.source.codePointAt(state.at);
  if (point === undefined) return '';
  const character = String.fromCodePoint(point);
  state.at += character.length;
  return character;
}

function peek(state: State): string {
  const point = state.source.codePointAt(state.at);
  return point === undefined ? '' : String.fromCodePoint(point);
}

function addToWord(state: State, character: string): void {
  if (!isSpace(character)) {
    addRaw(state, character);
  } else if (state.inWord && state.word !== '') {
    state.words.push(state.word);
    state.word = '';
    state.inWord = false;
  }
}

function addRaw(state: State, content: string): void {
  state.word += content;
  state.inWord = true;
}

/** Only the search for heredocs asks for words, and there nothing is expanded. */
function addExpanded(state: State, value: Value): void {
  if (state.options.keepUnset) for (const one of format(value)) addToWord(state, one);
}

function processUntil(state: State, stop: string, rawEscapes: boolean): Value | null {
  const before = state.rawEscapes;
  state.rawEscapes = rawEscapes;
  const parts: (Value | string)[] = [];
  let size = 0;
  while (state.at < state.source.length) {
    const character = peek(state);
    if (stop !== '' && character === stop) {
      next(state);
      state.rawEscapes = before;
      return join(parts);
    }
    const special = processSpecial(state, character);
    if (special === null) return null;
    if (special !== undefined) {
      parts.push(special);
      size += length(special);
      state.budget.steps -= length(special);
      if (state.budget.steps < 0) return outOfSteps(state);
      if (size > VALUE_LIMIT) {
        return fail(state, `a value grows past ${VALUE_LIMIT} characters`, 'limit');
      }
      continue;
    }
    const plain = processPlain(state);
    if (plain === null) break;
    parts.push(plain);
  }
  state.rawEscapes = before;
  if (stop !== '') return fail(state, stop === '}' ? 'a closing } is missing' : `a ${stop} is missing`);
  return join(parts);
}

function length(value: Value): number {
  return value.reduce((sum, part) => sum + (typeof part === 'string' ? part.length : 1), 0);
}

/** Undefined for a character without special meaning, null for a failure. */
function processSpecial(state: State, character: string): Value | null | undefined {
  if (character === '$') {
    const value = processDollar(state);
    if (value !== null) addExpanded(state, value);
    return value;
  }
  let value: Value | null | undefined;
  if (character === '<') value = processHeredocMark(state);
  else if (character === "'") value = processSingleQuote(state);
  else if (character === '"') value = processDoubleQuote(state);
  if (value) addRaw(state, format(value));
  return value;
}

/** One plain or escaped character; null when an escape character ends the text. */
function processPlain(state: State): string | null {
  const character = next(state);
  if (character !== state.options.escapeToken) {
    addToWord(state, character);
    return character;
  }
  if (state.rawEscapes) addRaw(state, character);
  const escaped = next(state);
  if (escaped === '') return state.rawEscapes ? character : null;
  addRaw(state, escaped);
  return state.rawEscapes ? character + escaped : escaped;
}

function processSingleQuote(state: State): Value | null {
  const start = state.at;
  const end = state.source.indexOf("'", start + 1);
  if (end === -1) return fail(state, 'a single quote is not closed');
  state.at = end + 1;
  const raw = state.options.rawQuotes === true;
  return text(state.source.slice(raw ? start : start + 1, raw ? end + 1 : end));
}

function processDoubleQuote(state: State): Value | null {
  const { escapeToken, rawQuotes } = state.options;
  const parts: (Value | string)[] = [];
  next(state);
  if (rawQuotes) parts.push('"');
  for (;;) {
    const character = peek(state);
    if (character === '') return fail(state, 'a double quote is not closed');
    if (character === '$') {
      const value = processDollar(state);
      if (value === null) return null;
      parts.push(value);
      continue;
    }
    next(state);
    if (character === '"') {
      if (rawQuotes) parts.push('"');
      return join(parts);
    }
    if (character !== escapeToken) {
      parts.push(character);
      continue;
    }
    if (state.rawEscapes) parts.push(character);
    const after = peek(state);
    if (after === '') continue;
    parts.push(after === '"' || after === '$' || after === escapeToken ? next(state) : character);
  }
}

/** `<<` with the space behind it stays together, so that the word after it can be its heredoc's name. */
function processHeredocMark(state: State): Value {
  const start = state.at;
  state.at += 1;
  if (peek(state) === '<') {
    state.at += 1;
    while (peek(state) === ' ' || peek(state) === '\t' || peek(state) === '\r') state.at += 1;
  }
  return text(state.source.slice(start, state.at));
}

function readName(state: State): string {
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

function processDollar(state: State): Value | null {
  const start = state.at;
  state.at += 1;
  if (peek(state) !== '{') {
    const name = readName(state);
    if (name === '') return text('$');
    return state.options.lookUp(name) ?? text(state.options.keepUnset ? `$${name}` : '');
  }
  state.at += 1;
  const first = peek(state);
  if (first === '') return fail(state, 'a closing } is missing');
  if (first === '{' || first === '}' || first === ':') return fail(state, 'the substitution has no name');
  const name = readName(state);
  const value = state.options.lookUp(name);
  const operator = next(state);
  if (operator === '}')
    return value ? braced(value, name) : text(state.options.keepUnset ? `\${${name}}` : '');
  state.depth += 1;
  if (state.depth > NESTING_LIMIT) {
    return fail(state, `substitutions are nested deeper than ${NESTING_LIMIT}`, 'limit');
  }
  const result =
    operator === '/'
      ? processReplace(state, start, name, value)
      : processModifier(state, start, name, value, operator);
  state.depth -= 1;
  return result;
}

/** A hole shows the variable as it is written here. */
function braced(value: Value, name: string): Value {
  return value.map((part) =>
    typeof part === 'object' && part.expression === `$${name}`
      ? { ...part, expression: `\${${name}}` }
      : part,
  );
}

function nested(state: State, stop: string, rawEscapes: boolean): Value | null {
  // BuildKit shares one buffer for words between levels: what stood before the substitution is dropped from its word.
  state.word = '';
  const value = processUntil(state, stop, rawEscapes);
  state.word = '';
  return value;
}

function processModifier(
  state: State,
  start: number,
  name: string,
  value: Value | null,
  first: string,
): Value | null {
  const strict = first === ':';
  const operator = strict ? next(state) : first;
  if (!strict && !'+-?#%'.includes(operator)) return fail(state, `\${${name}${first}…} is no substitution`);
  const raw = operator === '#' || operator === '%';
  if (strict && raw) return fail(state, `\${${name}:${operator}…} is no substitution`);
  const word = nested(state, '}', raw);
  if (word === null) return null;
  if (value === null && state.options.keepUnset)
    return text(`\${${name}${strict ? ':' : ''}${operator}${format(word)}}`);
  const source = state.source.slice(start, state.at);
  switch (operator) {
    case '-':
      return either(isSet(value, strict), value ?? [], word, source, value);
    case '+':
      return either(isSet(value, strict), word, [], source, value);
    case '?': {
      if (isSet(value, strict) !== 'no' || (value !== null && isNotPassed(value))) return value;
      return fail(
        state,
        `${name} ${format(word) || (value === null ? 'is not allowed to be unset' : 'is not allowed to be empty')}`,
      );
    }
    case '#':
    case '%':
      return processTrim(state, value ?? [], word, operator, source);
    default:
      return fail(state, `\${${name}:${operator}…} is no substitution`);
  }
}

function isNotPassed(value: Value): boolean {
  const [only] = value;
  return value.length === 1 && typeof only === 'object' && only.why === NOT_PASSED;
}

/** Whether the variable counts as set; `strict` (`:`) takes the empty string for unset. */
function isSet(value: Value | null, strict: boolean): 'yes' | 'no' | 'unknown' {
  if (value === null) return 'no';
  // The file itself says what happens when nothing is passed, so that case is the one it stands for.
  if (isNotPassed(value)) return 'no';
  if (known(value) !== null) return strict && value.length === 0 ? 'no' : 'yes';
  return value.some((part) => typeof part === 'string') ? 'yes' : 'unknown';
}

function either(
  set: 'yes' | 'no' | 'unknown',
  yes: Value,
  no: Value,
  source: string,
  value: Value | null,
): Value {
  if (set === 'yes') return yes;
  if (set === 'no') return no;
  return hole(source, reasonOf(value ?? []));
}

function reasonOf(value: Value): string {
  for (const part of value) if (typeof part !== 'string') return part.why;
  return NOT_PASSED;
}

function processTrim(
  state: State,
  value: Value,
  word: Value,
  operator: '#' | '%',
  source: string,
): Value | null {
  const content = known(value);
  const pattern = known(word);
  if (content === null || pattern === null) return hole(source, reasonOf(content === null ? value : word));
  const longest = pattern.startsWith(operator);
  const tokens = parsePattern(longest ? pattern.slice(1) : pattern);
  if (tokens === null) return fail(state, `the pattern ${pattern} escapes what can’t be escaped`);
  const result = trim(content, tokens, operator === '#' ? 'start' : 'end', longest, state.budget);
  return state.budget.steps < 0 ? outOfSteps(state) : text(result);
}

function processReplace(state: State, start: number, name: string, value: Value | null): Value | null {
  const every = peek(state) === '/';
  if (every) next(state);
  const pattern = nested(state, '/', true);
  if (pattern === null) return null;
  const replacement = nested(state, '}', true);
  if (replacement === null) return null;
  if (value === null && state.options.keepUnset)
    return text(`\${${name}/${format(pattern)}/${format(replacement)}}`);
  const source = state.source.slice(start, state.at);
  const [content, from, to] = [value ?? [], pattern, replacement].map(known);
  if (typeof content !== 'string' || typeof from !== 'string' || typeof to !== 'string') {
    return hole(
      source,
      reasonOf([value ?? [], pattern, replacement].find((one) => known(one) === null) ?? []),
    );
  }
  const tokens = parsePattern(from);
  if (tokens === null) return fail(state, `the pattern ${from} escapes what can’t be escaped`);
  const result = replace(content, tokens, to, every, state.budget);
  return state.budget.steps < 0 ? outOfSteps(state) : text(result);
}

function outOfSteps(state: State): null {
  return fail(state, 'the substitutions of this file take too many steps', 'limit');
}
