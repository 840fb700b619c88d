// A value whose holes name their choices → every value it can be.
import type { Hole, Value } from '../model/value.ts';
import { EMPTY, format, join, literalLength, split } from '../value.ts';

/** More alternatives than this are not told apart: the value stays as it is. */
const ALTERNATIVE_LIMIT = 16;

/** At least one; the value itself when no hole names its choices, or too many do. The same hole is the same everywhere. */
export function alternatives(value: Value, matters: (hole: Hole) => boolean = always): readonly Value[] {
  return alternativesOfWords([value], matters)?.map(([only]) => only ?? []) ?? [value];
}

const always = (): boolean => true;

/** Every list of words these can be together; null when that are too many. Holes that do not matter stay. */
function alternativesOfWords(
  words: readonly Value[],
  matters: (hole: Hole) => boolean = always,
): readonly (readonly Value[])[] | null {
  let open: readonly (readonly Value[])[] = [words];
  for (let round = 0; round < ALTERNATIVE_LIMIT; round += 1) {
    let changed = false;
    const next: (readonly Value[])[] = [];
    for (const list of open) {
      const hole = firstChoice(list, matters);
      if (hole === null) {
        next.push(list);
        continue;
      }
      changed = true;
      for (const choice of hole.choices ?? []) next.push(list.map((word) => substituted(word, hole, choice)));
      if (next.length > ALTERNATIVE_LIMIT) return null;
    }
    open = next;
    if (!changed) return open;
  }
  return null;
}

function firstChoice(words: readonly Value[], matters: (hole: Hole) => boolean): Hole | null {
  for (const word of words) {
    for (const part of word) {
      if (typeof part !== 'string' && (part.choices?.length ?? 0) > 0 && matters(part)) return part;
    }
  }
  return null;
}

function substituted(word: Value, hole: Hole, choice: Value): Value {
  if (!word.some((part) => typeof part !== 'string' && isSame(part, hole))) return word;
  return join(word.map((part): Value => (typeof part !== 'string' && isSame(part, hole) ? choice : [part])));
}

function isSame(left: Hole, right: Hole): boolean {
  return (
    left === right || (left.expression === right.expression && left.choices?.length === right.choices?.length)
  );
}

/**
 * The words of a command when some of them are one variable each that holds none, one or several words. An array is
 * kept as its elements with one space between, so such a word is cut at spaces.
 */
export function alternativeCommands(words: readonly Value[]): readonly (readonly Value[])[] {
  const isWhole = words.map(
    (word) => word.length === 1 && typeof word[0] === 'object' && (word[0].choices?.length ?? 0) > 0,
  );
  if (!isWhole.includes(true)) return [words];
  const lists = alternativesOfWords(words) ?? [words];
  return lists.map((list) =>
    list.flatMap((word, at) => (isWhole[at] ? split(word, ' ').filter((piece) => piece.length > 0) : [word])),
  );
}

/** The text of what decides between alternatives, for people. */
export function decidingText(value: Value): string | null {
  const hole = firstChoice([value], always);
  return hole === null ? null : format([hole]);
}

const LONGEST_DEPTH = 24;

/** The value with the most that is written in it. */
export function longest(value: Value): Value {
  // Texts put together step by step hold the same holes many times over.
  const found = new Map<Hole, Value>();
  const longestOf = (one: Value, depth: number): Value =>
    join(
      one.map((part): Value => {
        if (typeof part === 'string' || part.choices === undefined || depth > LONGEST_DEPTH) return [part];
        const before = found.get(part);
        if (before !== undefined) return before;
        const all = part.choices.map((choice) => longestOf(choice, depth + 1));
        const best = all.reduce(
          (most, each) => (literalLength(each) > literalLength(most) ? each : most),
          EMPTY,
        );
        found.set(part, best);
        return best;
      }),
    );
  return longestOf(value, 0);
}
