// Make's words in texts with holes: lists are cut at blanks, and a hole is taken to hold none.
import type { Truth, Value } from '../../model/value.ts';
import { equal, join, known, literalLength, prefix, suffix, text } from '../../value.ts';

export function wordsOf(value: Value): readonly Value[] {
  const words: Value[][] = [[]];
  for (const part of value) {
    if (typeof part !== 'string') {
      words.at(-1)?.push([part]);
      continue;
    }
    part.split(/\s+/).forEach((piece, index) => {
      if (index > 0) words.push([]);
      if (piece !== '') words.at(-1)?.push([piece]);
    });
  }
  return words.map((parts) => join(parts)).filter((word) => word.length > 0);
}

export function listOf(words: readonly Value[]): Value {
  return join(words.flatMap((word, index): (Value | string)[] => (index === 0 ? [word] : [' ', word])));
}

/** Whether it is filled once blanks are taken off. */
export function isFilled(value: Value): Truth {
  const content = known(value);
  if (content !== null) return content.trim() === '' ? 'no' : 'yes';
  const [only] = value;
  if (value.length === 1 && typeof only === 'object' && only.choices !== undefined) {
    const answers = only.choices.map(isFilled);
    return answers.every((answer) => answer === answers[0]) ? (answers[0] ?? 'unknown') : 'unknown';
  }
  return value.some((part) =>
    typeof part === 'string' ? part.trim() !== '' : part.not?.includes('') === true,
  )
    ? 'yes'
    : 'unknown';
}

/** What `%` stands for when a word matches a pattern; `no`, or `unknown` when a hole decides. */
export function stemIn(pattern: string, word: Value): Value | 'no' | 'unknown' {
  const percent = pattern.indexOf('%');
  if (percent === -1) {
    const same = equal(word, text(pattern));
    return same === 'yes' ? [] : same;
  }
  const [before, after] = [pattern.slice(0, percent), pattern.slice(percent + 1)];
  const content = known(word);
  if (content !== null) {
    const fits =
      content.startsWith(before) && content.endsWith(after) && content.length >= before.length + after.length;
    return fits ? text(content.slice(before.length, content.length - after.length)) : 'no';
  }
  const [start, end] = [prefix(word), suffix(word)];
  if (start.startsWith(before) && end.endsWith(after)) {
    return join([
      start.slice(before.length),
      word.slice(start === '' ? 0 : 1, end === '' ? undefined : -1),
      end.slice(0, end.length - after.length),
    ]);
  }
  const differs =
    !overlaps(start, before, (one, other) => one.startsWith(other)) ||
    !overlaps(end, after, (one, other) => one.endsWith(other));
  return differs ? 'no' : 'unknown';
}

function overlaps(one: string, other: string, test: (one: string, other: string) => boolean): boolean {
  return test(one, other) || test(other, one);
}

/** `pattern` with the stem in the place of its first `%`. */
export function withStem(pattern: Value, stem: Value): Value {
  let isDone = false;
  return join(
    pattern.map((part): Value => {
      if (typeof part !== 'string' || isDone || !part.includes('%')) return [part];
      isDone = true;
      const at = part.indexOf('%');
      return join([part.slice(0, at), stem, part.slice(at + 1)]);
    }),
  );
}

/** Whether a text has a name of its own next to its holes. */
export function hasLiteral(value: Value): boolean {
  return literalLength(value) > 0;
}
