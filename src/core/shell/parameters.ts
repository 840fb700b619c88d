// `$NAME` and `${NAME…}` turned into pieces of a word.
import type { ParameterExpansionPart, Word } from 'unbash';
import type { Value } from '../model/value.ts';
import { EMPTY, hole, join, known, presumed, text } from '../value.ts';
import type { Numbers } from './arithmetic.ts';
import { expandJoined, expandPattern, piecesOf } from './expand.ts';
import { changeCase, lengthOf, pick, remove, replace, slice } from './parameter.ts';
import type { Piece } from './pieces.ts';
import type { Scope } from './scope.ts';
import { written } from './source.ts';
import { binding, type State } from './state.ts';
import { substitute } from './substitution.ts';
import { assign, asValue, choice, overChoices, unknownVariable } from './variables.ts';

/** What a name stands for: one value, several, or known not to be set. Missing: nothing is known of it. */
type Content =
  | { readonly kind: 'one'; readonly value: Value }
  | { readonly kind: 'many'; readonly items: readonly Value[] }
  | { readonly kind: 'unset' }
  | { readonly kind: 'missing' };

export function simplePieces(state: State, written: string, quoted: boolean): readonly Piece[] {
  const name = written.slice(1);
  return contentPieces(contentOf(state, name, name === '@' ? '@' : null), written, quoted, name === '@');
}

function contentPieces(
  content: Content,
  expression: string,
  quoted: boolean,
  separate: boolean,
): readonly Piece[] {
  switch (content.kind) {
    case 'one':
      return [{ kind: 'text', value: content.value, quoted, split: !quoted }];
    case 'many':
      if (separate || !quoted) return [{ kind: 'list', items: content.items, quoted, split: !quoted }];
      return [{ kind: 'text', value: spaced(content.items), quoted, split: false }];
    case 'unset':
      return [{ kind: 'text', value: EMPTY, quoted, split: !quoted }];
    case 'missing':
      return [{ kind: 'text', value: missing(expression), quoted, split: !quoted }];
  }
}

function spaced(items: readonly Value[]): Value {
  return join(items.flatMap((item, index): (Value | string)[] => (index === 0 ? [item] : [' ', item])));
}

function missing(expression: string): Value {
  return [{ ...unknownVariable(''), expression }];
}

/** `index`: what stands in the brackets, expanded; null when there are none. */
function contentOf(state: State, name: string, index: string | null): Content {
  const special = specialContent(state, name);
  if (special !== null) return special;
  const found = binding(state, name);
  if (found === undefined) return { kind: 'missing' };
  if (found.kind === 'unset') return { kind: 'unset' };
  if (found.kind === 'text') {
    return index === null || index === '0' || index === '@' || index === '*'
      ? { kind: 'one', value: found.value }
      : { kind: 'missing' };
  }
  if (index === '@' || index === '*') return { kind: 'many', items: [...found.items.values()] };
  // `${A[-1]}` counts from the end.
  const back = index === null || !/^-\d{1,6}$/.test(index) ? null : Number(index);
  const item = back === null ? found.items.get(index ?? '0') : [...found.items.values()].at(back);
  return item === undefined ? { kind: 'unset' } : { kind: 'one', value: item };
}

function specialContent(state: State, name: string): Content | null {
  const { positional, handed } = state;
  if (name === '@' || name === '*') {
    if (positional !== null) return { kind: 'many', items: positional };
    return handed === null ? { kind: 'missing' } : { kind: 'many', items: [handed] };
  }
  if (name === '#')
    return positional === null
      ? { kind: 'missing' }
      : { kind: 'one', value: text(String(positional.length)) };
  if (/^[1-9]\d{0,4}$/.test(name)) {
    if (positional === null) return { kind: 'missing' };
    const value = positional[Number(name) - 1];
    return value === undefined ? { kind: 'unset' } : { kind: 'one', value };
  }
  return /^[?$!_-]$/.test(name) ? { kind: 'missing' } : null;
}

export function parameterPieces(
  scope: Scope,
  state: State,
  part: ParameterExpansionPart,
  quoted: boolean,
): readonly Piece[] {
  const expression = written(scope.source, part.pos, part.end);
  const indexText = part.index === undefined ? null : readIndex(scope, state, part.index);
  if (part.index !== undefined && indexText === null)
    return one(hole(expression, 'which element it is is not known'), quoted);
  const all = indexText === '@' || part.parameter === '@';
  if (part.prefix === '#') return one(countOrLength(state, part, indexText, expression), quoted);
  if (part.prefix === '!') {
    if (indexText === '@' || indexText === '*') return keyPieces(state, part.parameter, expression, quoted);
    if (part.operation?.type === 'Names')
      return one(hole(expression, 'it depends on all variables in force'), quoted);
    const target = contentOf(state, part.parameter, indexText);
    const name = target.kind === 'one' ? known(target.value) : null;
    if (name === null || !/^[A-Za-z_]\w*$/.test(name))
      return one(hole(expression, 'which variable it names is not known'), quoted);
    return operate(
      scope,
      state,
      { ...part, parameter: name },
      contentOf(state, name, null),
      expression,
      quoted,
      all,
    );
  }
  return operate(scope, state, part, contentOf(state, part.parameter, indexText), expression, quoted, all);
}

function one(value: Value, quoted: boolean): readonly Piece[] {
  return [{ kind: 'text', value, quoted, split: !quoted }];
}

/** An array index as its key; null when it is not known. */
export function readIndex(scope: Scope, state: State, index: Word): string | null {
  if (index.text === '@' || index.text === '*') return index.text;
  const content = known(expandJoined(scope, state, index));
  if (content === null) return null;
  if (!/^[A-Za-z_]\w*$/.test(content)) return content;
  // In an indexed array a bare name is arithmetic.
  const bound = binding(state, content);
  const number = bound === undefined ? null : known(asValue(bound));
  return number !== null && /^\d+$/.test(number) ? number : content;
}

function countOrLength(
  state: State,
  part: ParameterExpansionPart,
  index: string | null,
  expression: string,
): Value {
  const content = contentOf(state, part.parameter, index);
  if (content.kind === 'many') return text(String(content.items.length));
  if (content.kind === 'unset') return text('0');
  if (content.kind === 'missing') return hole(expression, 'nothing in sight sets it');
  return index === '@' || index === '*' ? text('1') : lengthOf(content.value, expression);
}

function keyPieces(state: State, name: string, expression: string, quoted: boolean): readonly Piece[] {
  const found = binding(state, name);
  if (found?.kind !== 'array') return one(hole(expression, 'nothing in sight sets it'), quoted);
  return [{ kind: 'list', items: [...found.items.keys()].map((key) => text(key)), quoted, split: false }];
}

function operate(
  scope: Scope,
  state: State,
  part: ParameterExpansionPart,
  content: Content,
  expression: string,
  quoted: boolean,
  separate: boolean,
): readonly Piece[] {
  const operation = part.operation;
  if (operation === undefined) {
    const shown = content.kind === 'missing' && part.prefix === undefined ? `$${part.parameter}` : expression;
    return contentPieces(
      content,
      /^\w+$/.test(part.parameter) && part.index === undefined ? shown : expression,
      quoted,
      separate,
    );
  }
  if (operation.type === 'Default')
    return defaultPieces(scope, state, part, content, expression, quoted, separate);
  if (operation.type === 'Slice' && content.kind === 'many') {
    const offset = integer(expandJoined(scope, state, operation.offset));
    const length =
      operation.length === undefined ? undefined : integer(expandJoined(scope, state, operation.length));
    if (offset === null || length === null)
      return one(hole(expression, 'which elements it takes is not known'), quoted);
    // `${@:1}` counts from the first argument, arrays from zero.
    const from = part.parameter === '@' ? Math.max(0, offset - 1) : offset;
    const items = content.items.slice(from, length === undefined ? undefined : from + length);
    return contentPieces({ kind: 'many', items }, expression, quoted, separate);
  }
  const apply = transformation(scope, state, operation, expression);
  const change = (value: Value) =>
    withFallback(value, overChoices(value, expression, apply) ?? apply(value), apply);
  switch (content.kind) {
    case 'missing':
      return one(hole(expression, 'nothing in sight sets it'), quoted);
    case 'unset':
      return one(EMPTY, quoted);
    case 'one':
      return one(change(content.value), quoted);
    case 'many':
      return contentPieces({ kind: 'many', items: content.items.map(change) }, expression, quoted, separate);
  }
}

/** A part of a text that has a fallback has one, too: the same part of that. */
function withFallback(value: Value, changed: Value, apply: (value: Value) => Value): Value {
  const [only] = changed;
  if (typeof only !== 'object' || changed.length > 1 || only.fallback !== undefined) return changed;
  const otherwise = presumed(value);
  return otherwise === value ? changed : [{ ...only, fallback: apply(otherwise) }];
}

function integer(value: Value): number | null {
  const content = known(value)
    ?.trim()
    .replace(/^\((.*)\)$/, '$1');
  return content !== undefined && /^-?\d{1,9}$/.test(content) ? Number(content) : null;
}

type Operation = NonNullable<ParameterExpansionPart['operation']>;

function transformation(
  scope: Scope,
  state: State,
  operation: Operation,
  expression: string,
): (value: Value) => Value {
  switch (operation.type) {
    case 'Remove': {
      const pattern = expandPattern(scope, state, operation.operand);
      return (value) => remove(value, operation.operator, pattern, expression);
    }
    case 'Replace': {
      const pattern = expandPattern(scope, state, operation.pattern);
      const replacement = expandJoined(scope, state, operation.replacement);
      return (value) => replace(value, operation.operator, pattern, replacement, expression);
    }
    case 'Slice': {
      const offset = integer(expandJoined(scope, state, operation.offset));
      const length =
        operation.length === undefined ? undefined : integer(expandJoined(scope, state, operation.length));
      return (value) => slice(value, offset, length, expression);
    }
    case 'CaseModification':
      if (operation.operand !== undefined && operation.operand.text !== '') break;
      return (value) => changeCase(value, operation.operator, expression);
    case 'Default':
    case 'Transform':
    case 'Names':
    case 'Unknown':
      break;
  }
  return () => hole(expression, 'this expansion is not followed');
}

function defaultPieces(
  scope: Scope,
  state: State,
  part: ParameterExpansionPart,
  content: Content,
  expression: string,
  quoted: boolean,
  separate: boolean,
): readonly Piece[] {
  const operation = part.operation;
  if (operation?.type !== 'Default') return one(hole(expression, 'this expansion is not followed'), quoted);
  const value =
    content.kind === 'one' ? content.value : content.kind === 'many' ? spaced(content.items) : null;
  const isSet = content.kind === 'one' || (content.kind === 'many' && content.items.length > 0);
  const decision = content.kind === 'missing' ? 'unknown' : pick(value, isSet, operation.operator);
  if (decision === 'value') return contentPieces(content, expression, quoted, separate);
  if (decision === 'empty') return one(EMPTY, quoted);
  const pieces = () => operandPieces(scope, state, operation.operand, quoted);
  if (decision === 'operand') {
    if (!operation.operator.endsWith('=')) return pieces();
    const given = expandJoined(scope, state, operation.operand);
    state.variables = assign(state.variables, part.parameter, { kind: 'text', value: given });
    return one(given, quoted);
  }
  if (operation.operator.endsWith('?')) return contentPieces(content, expression, quoted, separate);
  if (operation.operator.endsWith('+')) {
    return one([choice(expression, [EMPTY, expandJoined(scope, state, operation.operand)])], quoted);
  }
  const given: Value = [
    {
      expression,
      why: 'whether it is set, and to what, is not known',
      fallback: expandJoined(scope, state, operation.operand),
    },
  ];
  if (operation.operator.endsWith('='))
    state.variables = assign(state.variables, part.parameter, { kind: 'text', value: given });
  return one(given, quoted);
}

function operandPieces(scope: Scope, state: State, operand: Word, quoted: boolean): readonly Piece[] {
  const pieces = piecesOf(scope, state, operand, false);
  if (!quoted)
    return pieces.map((piece) =>
      piece.kind === 'text' && !piece.quoted ? { ...piece, split: true } : piece,
    );
  return pieces.map((piece) =>
    piece.kind === 'text' ? { ...piece, quoted, split: false } : { ...piece, quoted },
  );
}

/** Variables as arithmetic sees them. */
export function numbersOf(scope: Scope, state: State): Numbers {
  return {
    read: (name) => {
      const found = binding(state, name);
      if (found?.kind === 'unset') return 0;
      return found === undefined ? null : integer(asValue(found));
    },
    write: (name, number) => {
      const value = number === null ? hole(`$${name}`, 'its number is not known') : text(String(number));
      state.variables = assign(state.variables, name, { kind: 'text', value });
      scope.run.steps += 1;
    },
    run: (command) => integer(substitute(scope, state, command)),
  };
}
