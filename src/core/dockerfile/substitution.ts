// What `${name<operator>…}` stands for once its parts are read: on values of which parts may be unknown.
import type { Value } from '../model/value.ts';
import { hole, known, text } from '../value.ts';
import { type Budget, parsePattern, replace, trim } from './pattern.ts';

/** The reason of a hole for a build argument nobody has given a value: what the file says for that case then counts. */
export const NOT_PASSED = 'no default is given, so the value has to come from the build’s arguments';

/** The end of a hole's reason when its value, whatever it is, is never empty: a platform always has a name. */
export const ALWAYS_GIVEN = 'and is never empty';

export const OUT_OF_STEPS = 'the substitutions of this file take too many steps';

export type Substituted =
  | { readonly value: Value }
  | { readonly failed: string; readonly kind: 'invalid' | 'limit' };

export function isNotPassed(value: Value): boolean {
  const [only] = value;
  return value.length === 1 && typeof only === 'object' && only.why === NOT_PASSED;
}

/** Whether the variable counts as set; `strict` (`:`) takes the empty string for unset. */
export function isSet(value: Value | null, strict: boolean): 'yes' | 'no' | 'unknown' {
  if (value === null) return 'no';
  // The file itself says what happens when nothing is passed, so that case is the one it stands for.
  if (isNotPassed(value)) return 'no';
  if (known(value) !== null) return strict && value.length === 0 ? 'no' : 'yes';
  return value.some((part) => typeof part === 'string' || part.why.endsWith(ALWAYS_GIVEN))
    ? 'yes'
    : 'unknown';
}

export function either(
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

/** `${name#pattern}` and its like; `pattern` still has the second `#` or `%` that asks for the longest match. */
export function trimmed(
  value: Value,
  pattern: Value,
  operator: '#' | '%',
  source: string,
  budget: Budget,
): Substituted {
  const [content, wanted] = [known(value), known(pattern)];
  if (content === null || wanted === null) {
    return { value: hole(source, reasonOf(content === null ? value : pattern)) };
  }
  const longest = wanted.startsWith(operator);
  const tokens = parsePattern(longest ? wanted.slice(1) : wanted);
  if (tokens === null) return badPattern(wanted);
  return spent(trim(content, tokens, operator === '#' ? 'start' : 'end', longest, budget), budget);
}

/** `${name/pattern/text}`, every match with `//`. */
export function replaced(
  value: Value,
  pattern: Value,
  replacement: Value,
  every: boolean,
  source: string,
  budget: Budget,
): Substituted {
  const [content, from, to] = [known(value), known(pattern), known(replacement)];
  if (content === null || from === null || to === null) {
    const unknown = [value, pattern, replacement].find((one) => known(one) === null);
    return { value: hole(source, reasonOf(unknown ?? [])) };
  }
  const tokens = parsePattern(from);
  if (tokens === null) return badPattern(from);
  return spent(replace(content, tokens, to, every, budget), budget);
}

function badPattern(pattern: string): Substituted {
  return { failed: `the pattern ${pattern} escapes what can’t be escaped`, kind: 'invalid' };
}

function spent(result: string, budget: Budget): Substituted {
  return budget.steps < 0 ? { failed: OUT_OF_STEPS, kind: 'limit' } : { value: text(result) };
}
