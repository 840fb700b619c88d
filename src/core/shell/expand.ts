// Words of the syntax tree turned into the fields a command gets: quotes, expansions and splitting done.
import type { BraceExpansionPart, ProcessSubstitutionPart, Word, WordPart } from 'unbash';
import { parse } from 'unbash';
import type { Value } from '../model/value.ts';
import { EMPTY, hole, join, known, text } from '../value.ts';
import { calculate } from './arithmetic.ts';
import { quotePattern } from './glob.ts';
import { numbersOf, parameterPieces, simplePieces } from './parameters.ts';
import { fieldsOf, type Piece } from './pieces.ts';
import { MAX_TEXT, type Scope, sizeOf, step } from './scope.ts';
import { innerSource, restore, reveal, span, written } from './source.ts';
import { binding, type State } from './state.ts';
import { substitute, tooDeep } from './substitution.ts';
import type { Argument } from './trace.ts';

/** The fields of one word; none when it expands to nothing. */
export function expandWord(scope: Scope, state: State, word: Word): readonly Argument[] {
  if (word.parts === undefined && scope.source.expressions.size === 0) return plainField(scope, word);
  const from = scope.run.invocations.length;
  const pieces = piecesOf(scope, state, word, false);
  const [only] = pieces;
  // Most words are one text that nothing splits.
  if (pieces.length === 1 && only?.kind === 'text' && !only.split) {
    if (only.value.length === 0 && !only.quoted) return [];
    const [start, end] = span(scope.source, word.pos, word.end);
    return [{ value: only.value, start, end, substitutions: indexes(from, scope.run.invocations.length) }];
  }
  const fields = fieldsOf(pieces, separators(state));
  scope.run.steps += fields.length >> 4;
  const substitutions = indexes(from, scope.run.invocations.length);
  const [start, end] = span(scope.source, word.pos, word.end);
  return fields.map((value) => ({ value, start, end, substitutions }));
}

/** A word that nothing is expanded in. */
function plainField(scope: Scope, word: Word): readonly Argument[] {
  const value = step(scope, word.pos, word.end) ? text(word.value) : tooDeep(word.text);
  if (value.length === 0) return [];
  const [start, end] = span(scope.source, word.pos, word.end);
  return [{ value, start, end, substitutions: NO_INDEXES }];
}

const NO_INDEXES: readonly number[] = [];

function indexes(from: number, to: number): readonly number[] {
  if (from === to) return NO_INDEXES;
  return Array.from({ length: to - from }, (_, index) => from + index);
}

/** The one value of a word where the shell does not split: assignments, redirects, `case` and `[[ ]]`. */
export function expandJoined(scope: Scope, state: State, word: Word): Value {
  return joinPieces(piecesOf(scope, state, word, false));
}

function joinPieces(pieces: readonly Piece[]): Value {
  const [only] = pieces;
  if (pieces.length === 1 && only?.kind === 'text' && sizeOf(only.value) <= MAX_TEXT) return only.value;
  const values = pieces.flatMap((piece): (Value | string)[] =>
    piece.kind === 'text'
      ? [piece.value]
      : piece.items.flatMap((item, index) => (index === 0 ? [item] : [' ', item])),
  );
  const size = values.reduce((sum, value) => sum + (typeof value === 'string' ? 1 : sizeOf(value)), 0);
  return size > MAX_TEXT ? hole('…', `it is longer than ${MAX_TEXT} characters`) : join(values);
}

/** A word as a pattern: quoted parts mean themselves. Null when part of it is not known. */
export function expandPattern(scope: Scope, state: State, word: Word): string | null {
  let pattern = '';
  for (const piece of piecesOf(scope, state, word, true)) {
    const content = known(joinPieces([piece]));
    if (content === null) return null;
    pattern += piece.kind === 'text' && !piece.quoted ? content : quotePattern(content);
  }
  return pattern;
}

/** A heredoc body or another list of parts in which quotes mean nothing. */
export function expandParts(scope: Scope, state: State, parts: readonly WordPart[]): Value {
  return joinPieces(parts.flatMap((part) => partPieces(scope, state, part, true, false)));
}

function separators(state: State): string | null {
  const own = binding(state, 'IFS');
  if (own === undefined) return ' \t\n';
  return own.kind === 'text' ? known(own.value) : ' \t\n';
}

/** `raw`: keep backslashes in unquoted text, as patterns need them. */
export function piecesOf(scope: Scope, state: State, word: Word, raw: boolean): readonly Piece[] {
  if (!step(scope, word.pos, word.end))
    return [{ kind: 'text', value: tooDeep(word.text), quoted: true, split: false }];
  const parts = word.parts;
  if (parts === undefined) return literal(scope, raw ? word.text : word.value, false);
  scope.run.depth += 1;
  const [only] = parts;
  const pieces =
    parts.length === 1 && only !== undefined
      ? partPieces(scope, state, only, false, raw)
      : parts.flatMap((part) => partPieces(scope, state, part, false, raw));
  scope.run.depth -= 1;
  return pieces;
}

function literal(scope: Scope, content: string, quoted: boolean): readonly Piece[] {
  const value = reveal(scope.source, content, scope.run.context.expression);
  // A resolved `${{ }}` is part of the script's text, so outside quotes the shell splits it.
  const split = !quoted && scope.source.expressions.size > 0 && restore(scope.source, content) !== content;
  return [{ kind: 'text', value, quoted, split }];
}

function partPieces(
  scope: Scope,
  state: State,
  part: WordPart,
  quoted: boolean,
  raw: boolean,
): readonly Piece[] {
  switch (part.type) {
    case 'Literal':
      return literal(scope, raw && !quoted ? part.text : part.value, quoted);
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return literal(scope, part.value, true);
    case 'DoubleQuoted':
    case 'LocaleString': {
      const [only] = part.parts;
      const inner =
        part.parts.length === 1 && only !== undefined
          ? partPieces(scope, state, only, true, raw)
          : part.parts.flatMap((child) => partPieces(scope, state, child, true, raw));
      return inner.length === 0 ? [{ kind: 'text', value: EMPTY, quoted: true, split: false }] : inner;
    }
    case 'Glob':
    case 'ExtendedGlob':
      return literal(scope, part.text, quoted);
    case 'SimpleExpansion':
      return simplePieces(state, part.text, quoted);
    case 'ParameterExpansion':
      return parameterPieces(scope, state, part, quoted);
    case 'CommandExpansion':
      return [{ kind: 'text', value: substitute(scope, state, part), quoted, split: !quoted }];
    case 'ArithmeticExpansion': {
      const result = calculate(part.expression, numbersOf(scope, state));
      const value =
        result === null
          ? hole(written(scope.source, part.pos, part.end), 'its numbers are not known')
          : text(String(result));
      return [{ kind: 'text', value, quoted, split: false }];
    }
    case 'ProcessSubstitution':
      substitute(scope, state, part);
      return [{ kind: 'text', value: processHole(scope, part), quoted: true, split: false }];
    case 'BraceExpansion':
      return bracePieces(scope, state, part, quoted);
  }
}

function processHole(scope: Scope, part: ProcessSubstitutionPart): Value {
  return hole(written(scope.source, part.pos, part.end), 'it is a pipe to a command');
}

/** Fields one brace expansion may make. */
const MAX_BRACES = 64;

function bracePieces(
  scope: Scope,
  state: State,
  part: BraceExpansionPart,
  quoted: boolean,
): readonly Piece[] {
  if (!scope.run.bash) return literal(scope, part.text, quoted);
  const alternatives = braceAlternatives(part.text);
  if (alternatives === null) {
    return [
      {
        kind: 'text',
        value: hole(part.text, 'its braces are too many or too deep to expand'),
        quoted: true,
        split: false,
      },
    ];
  }
  const items = alternatives.map((alternative) => {
    if (!/[$`'"\\]/.test(alternative)) return reveal(scope.source, alternative, scope.run.context.expression);
    const [start, end] = span(scope.source, part.pos, part.end);
    const source = innerSource(scope.source, text(alternative), start, end, null);
    const command = parse(`: ${alternative}`).commands[0]?.command;
    const word = command?.type === 'Command' ? command.suffix[0] : undefined;
    return word?.type === 'Word' ? expandJoined({ ...scope, source }, state, word) : text(alternative);
  });
  return [{ kind: 'braces', items, quoted }];
}

function braceAlternatives(written: string): readonly string[] | null {
  const body = written.slice(1, -1);
  const range = /^(-?\d{1,6})\.\.(-?\d{1,6})$/.exec(body);
  if (range) {
    const [first, last] = [Number(range[1]), Number(range[2])];
    const size = Math.abs(last - first) + 1;
    if (size > MAX_BRACES) return null;
    return Array.from({ length: size }, (_, index) => String(first <= last ? first + index : first - index));
  }
  if (/[{}]/.test(body.replace(/\$\{[^{}]*\}/g, '')) || !body.includes(',')) return null;
  const alternatives = body.split(',');
  return alternatives.length > MAX_BRACES ? null : alternatives;
}
