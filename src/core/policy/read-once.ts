// The same policy files over and over → the policy they were read as before: many pull requests are judged by one policy.
import type { PolicySource } from '../model/evidence.ts';
import type { ReadPolicy } from './read.ts';

/** How long the texts of all policies at hand may be, and that of one to be kept (UTF-16 code units). */
const TEXTS = 1_000_000;
const LONGEST_TEXT = 100_000;

/** As `read`, for one set of rules. Nothing of what is answered can be changed by whoever gets it. */
export function readOnce(
  read: (sources: readonly PolicySource[], owners: readonly string[]) => ReadPolicy,
): typeof read {
  const known = new Map<string, ReadPolicy>();
  let length = 0;
  return (sources, owners) => {
    const key = JSON.stringify([owners, sources]);
    const found = known.get(key) ?? frozen(read(sources, owners));
    if (key.length > LONGEST_TEXT) return found;
    // At the end of the line again: what is asked for least goes first.
    if (!known.delete(key)) length += key.length;
    known.set(key, found);
    for (const [oldest] of known) {
      if (length <= TEXTS) break;
      known.delete(oldest);
      length -= oldest.length;
    }
    return found;
  };
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const member of Object.values(value)) frozen(member);
  return value;
}
