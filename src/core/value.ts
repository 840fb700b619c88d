// Functions on Value: building, joining, comparing and printing texts whose parts may be unknown.
import type { Hole, Truth, Value } from './model/value.ts';

/** The empty string. */
export const EMPTY: Value = [];

/** A value that is known in full. */
export function text(content: string): Value {
  return content === '' ? EMPTY : [content];
}

/** A value of which nothing is known. `expression` is what the author wrote; `why` one clause in lower case. */
export function hole(expression: string, why: string): Value {
  return [{ expression, why }];
}

/** Joins values end to end in normal form: neighbouring strings joined, empty ones left out. */
export function join(values: readonly (Value | string)[]): Value {
  const parts: (string | Hole)[] = [];
  let pending = '';
  for (const value of values) {
    for (const part of typeof value === 'string' ? [value] : value) {
      if (typeof part === 'string') {
        pending += part;
        continue;
      }
      if (pending !== '') parts.push(pending);
      pending = '';
      parts.push(part);
    }
  }
  if (pending !== '') parts.push(pending);
  return parts;
}

/** The text of a value without holes; null as soon as any part is unknown. */
export function known(value: Value): string | null {
  let content = '';
  for (const part of value) {
    if (typeof part !== 'string') return null;
    content += part;
  }
  return content;
}

export function isKnown(value: Value): boolean {
  return value.every((part) => typeof part === 'string');
}

/** The holes of a value in order, each expression once. */
export function holes(value: Value): readonly Hole[] {
  const seen = new Map<string, Hole>();
  for (const part of value) {
    if (typeof part !== 'string' && !seen.has(part.expression)) seen.set(part.expression, part);
  }
  return [...seen.values()];
}

/** Whether both values are written the same: same texts, same hole expressions. Says nothing about run time. */
export function same(left: Value, right: Value): boolean {
  if (left.length !== right.length) return false;
  return left.every((part, index) => {
    const other = right[index];
    if (typeof part === 'string' || other === undefined) return part === other;
    return typeof other !== 'string' && part.expression === other.expression;
  });
}

/** The text a value surely starts with: everything before its first hole. */
export function prefix(value: Value): string {
  const first = value[0];
  return typeof first === 'string' ? first : '';
}

/** The text a value surely ends with: everything after its last hole. */
export function suffix(value: Value): string {
  const last = value.at(-1);
  return typeof last === 'string' ? last : '';
}

/**
 * Whether two values are equal at run time. Unequal fixed ends decide `no` even with holes between; values
 * written the same are equal only when they have no holes, since one expression may be read at two moments.
 */
export function equal(left: Value, right: Value): Truth {
  const leftText = known(left);
  const rightText = known(right);
  if (leftText !== null && rightText !== null) return leftText === rightText ? 'yes' : 'no';
  if (isSurelyNot(left, rightText) || isSurelyNot(right, leftText)) return 'no';
  return endsDiffer(left, leftText, right, rightText) ? 'no' : 'unknown';
}

function isSurelyNot(value: Value, content: string | null): boolean {
  const [only] = value;
  return (
    content !== null && value.length === 1 && typeof only === 'object' && only.not?.includes(content) === true
  );
}

function endsDiffer(left: Value, leftText: string | null, right: Value, rightText: string | null): boolean {
  const leftStart = prefix(left);
  const rightStart = prefix(right);
  const start = Math.min(leftStart.length, rightStart.length);
  if (leftStart.slice(0, start) !== rightStart.slice(0, start)) return true;
  const leftEnd = suffix(left);
  const rightEnd = suffix(right);
  const end = Math.min(leftEnd.length, rightEnd.length);
  if (end > 0 && leftEnd.slice(-end) !== rightEnd.slice(-end)) return true;
  if (leftText !== null) return leftText.length < literalLength(right);
  return rightText !== null && rightText.length < literalLength(left);
}

/** UTF-16 length of the known parts: a lower bound of the length at run time. */
export function literalLength(value: Value): number {
  return value.reduce((sum, part) => sum + (typeof part === 'string' ? part.length : 0), 0);
}

/** The value as its author would write it: holes show their expression. For people, never for comparing. */
export function format(value: Value): string {
  return value.map((part) => (typeof part === 'string' ? part : part.expression)).join('');
}

/** The value as people call it: like `format`, but what a command prints goes by the variable that keeps it. */
export function called(value: Value): string {
  return value.map((part) => (typeof part === 'string' ? part : (part.variable ?? part.expression))).join('');
}

/**
 * Cuts a value at every `separator`; holes stay where they are and are taken not to contain it, so a caller
 * that can't rely on that has to check `isKnown` on the pieces.
 */
export function split(value: Value, separator: string): readonly Value[] {
  const pieces: Value[][] = [[]];
  for (const part of value) {
    if (typeof part !== 'string') {
      pieces.at(-1)?.push([part]);
      continue;
    }
    part.split(separator).forEach((piece, index) => {
      if (index > 0) pieces.push([]);
      pieces.at(-1)?.push(text(piece));
    });
  }
  return pieces.map((piece) => join(piece));
}

/** Applies `change` to the text of a known value; null when the value is not fully known. */
export function mapKnown(value: Value, change: (content: string) => string): Value | null {
  const content = known(value);
  return content === null ? null : text(change(content));
}

/**
 * Changes the case of a text throughout. Holes stay: a case change adds no doubt to where a name points; what they
 * may be changes with them, and of what they surely are not only the empty text still holds.
 */
export function inCase(value: Value, change: (content: string) => string): Value {
  return join(
    value.map((part): Value => {
      if (typeof part === 'string') return [change(part)];
      const { choices, fallback, not: excluded, ...rest } = part;
      return [
        {
          ...rest,
          ...(fallback === undefined ? {} : { fallback: inCase(fallback, change) }),
          ...(choices === undefined ? {} : { choices: choices.map((one) => inCase(one, change)) }),
          ...(excluded?.includes('') === true ? { not: [''] } : {}),
        },
      ];
    }),
  );
}

const FALLBACK_DEPTH = 8;

/** The value if nothing out of sight sets anything: holes with a fallback are that. The same value when none has one. */
export function presumed(value: Value, depth = 0): Value {
  if (depth > FALLBACK_DEPTH || !value.some(hasFallback)) return value;
  return join(value.map((part): Value => (hasFallback(part) ? presumed(part.fallback, depth + 1) : [part])));
}

function hasFallback(part: string | Hole): part is Hole & { readonly fallback: Value } {
  return typeof part === 'object' && part.fallback !== undefined;
}

export function not(truth: Truth): Truth {
  if (truth === 'unknown') return 'unknown';
  return truth === 'yes' ? 'no' : 'yes';
}

/** Three-valued and: one `no` decides. */
export function both(left: Truth, right: Truth): Truth {
  if (left === 'no' || right === 'no') return 'no';
  return left === 'yes' && right === 'yes' ? 'yes' : 'unknown';
}

/** Three-valued or: one `yes` decides. */
export function either(left: Truth, right: Truth): Truth {
  return not(both(not(left), not(right)));
}
