// `${NAME#…}` and its like: one operation of the shell applied to a value that may have holes.
import type { Value } from '../model/value.ts';
import { EMPTY, format, hole, inCase, join, known, prefix, suffix, text } from '../value.ts';
import { isLiteralPattern, matchEnd, matchGlob, matchStart, quotePattern } from './glob.ts';

/** UTF-16 length above which a pattern with wildcards is not tried: matching every end of it is quadratic. */
const MAX_PATTERN_SUBJECT = 2_048;

/** `# ## % %%`. `pattern` is a shell pattern; null when it is not known. */
export function remove(value: Value, operator: string, pattern: string | null, written: string): Value {
  if (pattern === null) return unclear(written);
  return operator.startsWith('#')
    ? removeStart(value, pattern, operator === '##', written)
    : removeEnd(value, pattern, operator === '%%', written);
}

function removeStart(value: Value, pattern: string, longest: boolean, written: string): Value {
  const content = known(value);
  if (content !== null) {
    const length = matchLength(matchStart, pattern, content, longest);
    return length === 'unknown' ? unclear(written) : text(content.slice(length));
  }
  const start = prefix(value);
  const literal = literalText(pattern);
  if (literal !== null && start.length >= literal.length) {
    return start.startsWith(literal) ? join([start.slice(literal.length), value.slice(1)]) : value;
  }
  // `*/` from the left, longest: everything up to the last slash goes, whatever the holes before it hold.
  const end = suffix(value);
  const separator = wildcardThen(pattern);
  if (longest && separator !== null && end.includes(separator)) {
    return text(end.slice(end.lastIndexOf(separator) + separator.length));
  }
  if (!longest && separator !== null && start.includes(separator)) {
    return join([start.slice(start.indexOf(separator) + separator.length), value.slice(1)]);
  }
  return unclear(written);
}

function removeEnd(value: Value, pattern: string, longest: boolean, written: string): Value {
  const content = known(value);
  if (content !== null) {
    const length = matchLength(matchEnd, pattern, content, longest);
    return length === 'unknown' ? unclear(written) : text(content.slice(0, content.length - length));
  }
  const end = suffix(value);
  const literal = literalText(pattern);
  if (literal !== null && end.length >= literal.length) {
    return end.endsWith(literal)
      ? join([value.slice(0, -1), end.slice(0, end.length - literal.length)])
      : value;
  }
  const separator = thenWildcard(pattern);
  if (!longest && separator !== null && end.includes(separator)) {
    return join([value.slice(0, -1), end.slice(0, end.lastIndexOf(separator))]);
  }
  const start = prefix(value);
  if (longest && separator !== null && start.includes(separator))
    return text(start.slice(0, start.indexOf(separator)));
  return unclear(written);
}

type Matcher = (pattern: string, content: string, longest: boolean) => number | null;

function matchLength(match: Matcher, pattern: string, content: string, longest: boolean): number | 'unknown' {
  const literal = literalText(pattern);
  if (literal !== null) {
    const hit = match === matchStart ? content.startsWith(literal) : content.endsWith(literal);
    return hit ? literal.length : 0;
  }
  return content.length > MAX_PATTERN_SUBJECT ? 'unknown' : (match(pattern, content, longest) ?? 0);
}

function literalText(pattern: string): string | null {
  const unescaped = pattern.replace(/\\(.)/g, '$1');
  return isLiteralPattern(pattern) || quotePattern(unescaped) === pattern ? unescaped : null;
}

function wildcardThen(pattern: string): string | null {
  const rest = pattern.slice(1);
  return pattern.startsWith('*') && rest !== '' ? literalText(rest) : null;
}

function thenWildcard(pattern: string): string | null {
  const rest = pattern.slice(0, -1);
  return pattern.endsWith('*') && rest !== '' ? literalText(rest) : null;
}

/** `/ // /# /%`. */
export function replace(
  value: Value,
  operator: string,
  pattern: string | null,
  replacement: Value,
  written: string,
): Value {
  const content = known(value);
  if (pattern === null) return unclear(written);
  const literal = literalText(pattern);
  if (content === null) {
    // A single character can't be half in a hole: replacing it in the known parts is right only if holes lack it.
    return unclear(written);
  }
  if (literal === '') return value;
  if (literal !== null) return replaceLiteral(content, operator, literal, replacement);
  if (content.length > MAX_PATTERN_SUBJECT) return unclear(written);
  return replacePattern(content, operator, pattern, replacement);
}

function replaceLiteral(content: string, operator: string, literal: string, replacement: Value): Value {
  if (operator === '/#') {
    return content.startsWith(literal) ? join([replacement, content.slice(literal.length)]) : text(content);
  }
  if (operator === '/%') {
    return content.endsWith(literal)
      ? join([content.slice(0, content.length - literal.length), replacement])
      : text(content);
  }
  const pieces = content.split(literal);
  const kept = operator === '//' ? pieces : [pieces[0] ?? '', pieces.slice(1).join(literal)];
  if (pieces.length === 1) return text(content);
  return join(
    kept.flatMap((piece, index): (Value | string)[] => (index === 0 ? [piece] : [replacement, piece])),
  );
}

function replacePattern(content: string, operator: string, pattern: string, replacement: Value): Value {
  if (operator === '/#') {
    const length = matchStart(pattern, content, true);
    return length === null ? text(content) : join([replacement, content.slice(length)]);
  }
  if (operator === '/%') {
    const length = matchEnd(pattern, content, true);
    return length === null ? text(content) : join([content.slice(0, content.length - length), replacement]);
  }
  // A pattern without `*` matches single characters; one with it swallows as much as it can from the first hit.
  const parts: (Value | string)[] = [];
  let index = 0;
  while (index < content.length) {
    const length = hitLength(pattern, content, index);
    if (length === 0) {
      parts.push(content.charAt(index));
      index += 1;
      continue;
    }
    parts.push(replacement);
    index += length;
    if (operator !== '//') break;
  }
  parts.push(content.slice(index));
  return join(parts);
}

function hitLength(pattern: string, content: string, index: number): number {
  if (!pattern.includes('*')) {
    const width = pattern.replace(/\[[^\]]{0,256}\]|\\./g, 'x').length;
    return matchGlob(pattern, content.slice(index, index + width)) === true ? width : 0;
  }
  for (let end = content.length; end > index; end -= 1) {
    if (matchGlob(pattern, content.slice(index, end)) === true) return end - index;
  }
  return 0;
}

/** `${X:offset:length}`; null for a number that is not known. */
export function slice(
  value: Value,
  offset: number | null,
  length: number | null | undefined,
  written: string,
): Value {
  if (offset === null || length === null) return unclear(written);
  const content = known(value);
  if (content === null) {
    const start = prefix(value);
    if (offset >= 0 && length !== undefined && length >= 0 && start.length >= offset + length) {
      return text(start.slice(offset, offset + length));
    }
    return unclear(written);
  }
  const from = offset < 0 ? Math.max(0, content.length + offset) : offset;
  if (length === undefined) return text(content.slice(from));
  return text(content.slice(from, length < 0 ? content.length + length : from + length));
}

/** `^ ^^ , ,,` without a pattern. */
export function changeCase(value: Value, operator: string, written: string): Value {
  const change = operator.startsWith('^') ? upper : lower;
  if (operator.length === 2) return inCase(value, change);
  const [first] = value;
  if (first === undefined) return value;
  if (typeof first !== 'string') return unclear(written);
  return join([change(first.charAt(0)) + first.slice(1), value.slice(1)]);
}

function upper(content: string): string {
  return content.toUpperCase();
}

function lower(content: string): string {
  return content.toLowerCase();
}

function unclear(written: string): Value {
  return hole(written, 'part of the text it is cut from is only known at run time');
}

/** The outcome of `${X-d}`, `${X:+d}` and their like: which side applies, or that it can't be told. */
export function pick(
  value: Value | null,
  isSet: boolean,
  operator: string,
): 'value' | 'operand' | 'empty' | 'unknown' {
  const nullCounts = operator.startsWith(':');
  const present = isSet ? presence(value ?? EMPTY, nullCounts) : 'no';
  if (operator.endsWith('+')) return present === 'yes' ? 'operand' : present === 'no' ? 'empty' : 'unknown';
  if (operator.endsWith('?')) return 'value';
  return present === 'yes' ? 'value' : present === 'no' ? 'operand' : 'unknown';
}

function presence(value: Value, nullCounts: boolean): 'yes' | 'no' | 'unknown' {
  if (!nullCounts) return 'yes';
  if (value.length === 0) return 'no';
  return value.some((part) => typeof part === 'string') ? 'yes' : 'unknown';
}

/** Number of UTF-16 units of a known value, as `${#X}` prints it. */
export function lengthOf(value: Value, written: string): Value {
  const content = known(value);
  return content === null
    ? hole(written, `the length of ${format(value)} is not known`)
    : text(String(content.length));
}
