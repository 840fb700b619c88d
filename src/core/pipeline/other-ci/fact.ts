// What is known of a variable under one event: its text with holes, whether it is empty, and what it surely is not.
import type { Truth, Value } from '../../model/value.ts';
import { EMPTY, equal, format, hole, known, not, prefix, text } from '../../value.ts';

export type Fact = {
  readonly value: Value;
  /** Whether it is absent, null or the empty text; the systems read here do not tell these apart. */
  readonly empty: Truth;
  /** Texts that it is known to differ from: "any other branch than those that are named". */
  readonly not: readonly string[];
};

export const ABSENT: Fact = { value: EMPTY, empty: 'yes', not: [] };

export function factOf(value: Value): Fact {
  const content = known(value);
  if (content !== null) return { value, empty: content === '' ? 'yes' : 'no', not: [] };
  const [only] = value;
  const not = value.length === 1 && typeof only === 'object' ? (only.not ?? []) : [];
  const isFilled = not.includes('') || value.some((part) => typeof part === 'string');
  return { value, empty: isFilled ? 'no' : 'unknown', not };
}

export function textFact(content: string): Fact {
  return factOf(text(content));
}

/** A text that nobody knows before the run. `empty` says whether it may be absent. */
export function openFact(
  expression: string,
  why: string,
  empty: Truth = 'unknown',
  not: readonly string[] = [],
): Fact {
  return { value: hole(expression, why), empty, not };
}

/** A fact as scripts see it under a name; null when nothing is known that a script could ask for. */
export function variableOf(name: string, fact: Fact): Value | null {
  if (fact.empty === 'yes') return EMPTY;
  if (fact.value.some((part) => typeof part === 'string')) return fact.value;
  const not = fact.empty === 'no' ? [...fact.not, ''] : fact.not;
  const [only] = fact.value;
  const why = typeof only === 'object' ? only.why : 'the event decides it';
  return not.length === 0 ? null : [{ expression: `$${name}`, why, not }];
}

/** Whether two facts are the same text at run time. One expression has one value within a run. */
export function sameFact(left: Fact, right: Fact, ignoreCase = false): Truth {
  if (left.empty === 'yes' || right.empty === 'yes') {
    const other = left.empty === 'yes' ? right : left;
    return other.empty;
  }
  const [a, b] = [known(left.value), known(right.value)];
  if (a !== null && b !== null)
    return (ignoreCase ? a.toLowerCase() === b.toLowerCase() : a === b) ? 'yes' : 'no';
  if ((a !== null && right.not.includes(a)) || (b !== null && left.not.includes(b))) return 'no';
  const [shownLeft, shownRight] = [format(left.value), format(right.value)];
  if (left.not.includes(shownRight) || right.not.includes(shownLeft)) return 'no';
  if (shownLeft === shownRight) return 'yes';
  return ignoreCase ? equal(lowered(left.value), lowered(right.value)) : equal(left.value, right.value);
}

function lowered(value: Value): Value {
  return value.map((part) => (typeof part === 'string' ? part.toLowerCase() : part));
}

/** Longest pattern and subject that are matched: longer ones stay undecided. */
const MATCH_LIMIT = 256;

/**
 * Whether a regular expression finds its text. Patterns come from the repository, so those that could take
 * exponential time (a repeated group, a back reference) stay undecided.
 */
export function matches(fact: Fact, pattern: string, flags = ''): Truth {
  const content = fact.empty === 'yes' ? '' : known(fact.value);
  if (pattern.length > MATCH_LIMIT) return 'unknown';
  if (content === null) return openMatch(fact, pattern);
  if (content.length > MATCH_LIMIT || /\)[*+{?]|\\[1-9]|\(\?[^:]|([*+}?].*){4}/.test(pattern))
    return 'unknown';
  try {
    return new RegExp(pattern, flags.includes('i') ? 'i' : '').test(content) ? 'yes' : 'no';
  } catch {
    return 'unknown';
  }
}

function openMatch(fact: Fact, pattern: string): Truth {
  if (/^\^?\.\*\$?$/.test(pattern)) return 'yes';
  if (/^\^?\.\+\$?$/.test(pattern)) return not(fact.empty);
  const literals = /^\^\(?([\w./|\\-]+)\)?\$$/.exec(pattern)?.[1]?.replaceAll('\\', '').split('|');
  if (literals?.every((literal) => fact.not.includes(literal)) && !/\.(?!\w)/.test(pattern)) return 'no';
  const fixed = /^\^([\w/-]+)(?![*?{])/.exec(pattern)?.[1] ?? '';
  const start = prefix(fact.value);
  const shared = Math.min(start.length, fixed.length);
  return start.slice(0, shared) === fixed.slice(0, shared) ? 'unknown' : 'no';
}

/** Whether a shell-like pattern (`*`, `**`, `?`, `{a,b}`) takes the whole text. */
export function globMatches(fact: Fact, pattern: string): Truth {
  if (pattern === '*' || pattern === '**') return not(fact.empty) === 'no' ? 'no' : 'yes';
  const source = pattern
    .replace(/[.+^$()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.')
    .replace(/\{([^{}]*)\}/g, (_, list: string) => list.split(',').join('|'));
  return matches(
    fact,
    source.includes('|') ? `^${source.replace(/^/, '(').replace(/$/, ')')}$` : `^${source}$`,
  );
}
