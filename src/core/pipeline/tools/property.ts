// `-Dname=value` among the words of a build tool.
import type { Value } from '../../model/value.ts';
import { join, prefix } from '../../value.ts';

export function property(words: readonly Value[], ...names: readonly string[]): Value | null {
  for (const word of words) {
    const start = prefix(word);
    for (const name of names) {
      if (start.startsWith(`${name}=`)) return join([start.slice(name.length + 1), word.slice(1)]);
    }
  }
  return null;
}
