// `$(…)` in a Makefile → its text as far as variables, functions and the repository settle it.
import type { Value } from '../../model/value.ts';
import { hole, join, known, literalLength, text } from '../../value.ts';
import { MAKE_FUNCTIONS } from './functions.ts';
import { references } from './references.ts';
import { topLevel } from './statements.ts';
import { listOf, stemIn, withStem, wordsOf } from './words.ts';

/** The value of a variable that make finds in its environment; null when it is not set. */
export type Environment = (name: string) => Value | null;

/** What expansion may ask; `locals` are parameters of `call`, variables of `foreach`, and automatic ones. */
export type Expansion = {
  readonly variable: (name: string, scope: Expansion) => Value;
  /** What a variable holds before it is expanded, for `value` and `call`; null when it is not a text. */
  readonly raw: (name: string) => string | null;
  readonly origin: (name: string, scope: Expansion) => string | null;
  /** Variables from outside the Makefile, of whoever calls make now. */
  readonly environment: Environment;
  readonly shell: (command: Value, environment: Environment) => Value | null;
  /** Files of the repository that match a pattern, as seen from where make runs; null when that can't be told. */
  readonly files: (pattern: string) => readonly string[] | null;
  /** Takes a text that `eval` reads as a Makefile. */
  readonly evaluate: (content: Value) => void;
  readonly locals: ReadonlyMap<string, Value>;
  /** Calls within calls. */
  readonly depth: number;
  /** Counts an expansion; false when there were too many. */
  readonly spend: () => boolean;
  /** Says that a cap was reached. */
  readonly limit: (name: string) => void;
};

/** Characters and holes of one expanded text: lists of lists of lists multiply. */
const LENGTH_LIMIT = 100_000;

const DEPTH_LIMIT = 40;
const COMPUTED = 'make computes it when it runs';

export function expand(content: string, scope: Expansion): Value {
  if (!content.includes('$')) return text(content);
  let length = 0;
  const parts: (Value | string)[] = [];
  for (const part of references(content)) {
    const one: Value | string =
      typeof part !== 'string' ? reference(part.name, part.written, scope) : part === '$$' ? '$' : part;
    length += typeof one === 'string' ? one.length : literalLength(one) + one.length;
    if (length > LENGTH_LIMIT) {
      scope.limit(`${LENGTH_LIMIT} characters in one text`);
      return hole(content.slice(0, 80), COMPUTED);
    }
    parts.push(one);
  }
  return join(parts);
}

function reference(name: string, written: string, outer: Expansion): Value {
  const scope = { ...outer, depth: outer.depth + 1 };
  if (scope.depth > DEPTH_LIMIT || !scope.spend()) return hole(written, COMPUTED);
  const call = /^\s*([a-z][a-z-]*)\s+([\s\S]*)$/.exec(name);
  const made = call?.[1] === undefined ? undefined : MAKE_FUNCTIONS.get(call[1]);
  if (made !== undefined) return made(topLevel(call?.[2] ?? '', ','), scope) ?? hole(written, COMPUTED);
  const substitution = /^([^:]+):([^=]*)=([\s\S]*)$/.exec(name);
  if (substitution !== null && !/^[\s\S]*\$[({]/.test(substitution[1] ?? '')) {
    const [, variable = '', from = '', to = ''] = substitution;
    return substituted(scope.variable(variable, scope), from, to, scope) ?? hole(written, COMPUTED);
  }
  const plain = name.includes('$') ? known(expand(name, scope)) : name;
  if (plain === null) return hole(written, COMPUTED);
  return plain.trim() === '' ? [] : scope.variable(plain.trim(), scope);
}

/** `$(X:.c=.o)` is `$(patsubst %.c,%.o,$(X))`. */
function substituted(value: Value, from: string, to: string, scope: Expansion): Value | null {
  const pattern = known(expand(from.includes('%') ? from : `%${from}`, scope));
  if (pattern === null) return null;
  return patternSubstituted(wordsOf(value), pattern, expand(from.includes('%') ? to : `%${to}`, scope));
}

export function patternSubstituted(words: readonly Value[], pattern: string, by: Value): Value | null {
  const changed = words.map((word): Value | null => {
    const stem = stemIn(pattern, word);
    if (stem === 'unknown') return null;
    return stem === 'no' ? word : withStem(by, stem);
  });
  return changed.some((word) => word === null) ? null : listOf(changed.map((word) => word ?? []));
}

const EXPANSION_LIMIT = 100_000;

/** Counts the expansions of one reading or of one run of make. */
export function newBudget(exceeded: (limit: string) => void): () => boolean {
  let spent = 0;
  return () => {
    spent += 1;
    if (spent === EXPANSION_LIMIT + 1) exceeded(`${EXPANSION_LIMIT} expansions`);
    return spent <= EXPANSION_LIMIT;
  };
}
