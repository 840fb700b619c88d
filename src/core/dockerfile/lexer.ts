// BuildKit's word lexer over values: quotes, escapes and every form of `${}`, with parts that may be unknown.
// Source of the rules: BuildKit's frontend/dockerfile/shell/lex.go.
import type { Value } from '../model/value.ts';
import { format, join, text } from '../value.ts';
import {
  addRaw,
  addToWord,
  fail,
  type Lexed,
  type LexerOptions,
  NESTING_LIMIT,
  next,
  peek,
  readName,
  type LexerState as State,
  VALUE_LIMIT,
} from './lexer-state.ts';
import type { Budget } from './pattern.ts';
import {
  either,
  isNotPassed,
  isSet,
  OUT_OF_STEPS,
  replaced,
  type Substituted,
  trimmed,
} from './substitution.ts';

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
    const run = plainRun(state, stop);
    if (run !== '') {
      parts.push(run);
      continue;
    }
    const special = processSpecial(state, character);
    if (special === null) return null;
    if (special !== undefined) {
      parts.push(special);
      size += length(special);
      state.budget.steps -= length(special);
      if (state.budget.steps < 0) return fail(state, OUT_OF_STEPS, 'limit');
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

/**
 * The characters ahead that mean nothing special, taken at once; none where words are gathered, which goes by
 * character.
 */
function plainRun(state: State, stop: string): string {
  const { escapeToken, keepUnset } = state.options;
  if (keepUnset) return '';
  const { source, at } = state;
  let end = at;
  for (; end < source.length; end += 1) {
    const letter = source.charAt(end);
    if (letter === stop || letter === escapeToken || '$<\'"'.includes(letter)) break;
  }
  if (end === at) return '';
  state.at = end;
  return source.slice(at, end);
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
        `${name}: ${format(word) || (value === null ? 'is not allowed to be unset' : 'is not allowed to be empty')}`,
      );
    }
    case '#':
    case '%':
      return settle(state, trimmed(value ?? [], word, operator, source, state.budget));
    default:
      return fail(state, `\${${name}:${operator}…} is no substitution`);
  }
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
  return settle(state, replaced(value ?? [], pattern, replacement, every, source, state.budget));
}

function settle(state: State, result: Substituted): Value | null {
  return 'failed' in result ? fail(state, result.failed, result.kind) : result.value;
}
