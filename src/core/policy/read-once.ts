// The same policy files over and over → the policy they were read as before: many pull requests are judged by one policy.
import type { PolicySource } from '../model/evidence.ts';
import type { ReadPolicy } from './read.ts';

/** Policies at hand, and how long the text of one may be (UTF-16 code units) to be kept. */
const MOST_POLICIES = 50;
const LONGEST_TEXT = 100_000;

/** As `read`, for one set of rules. Nothing of what is answered can be changed by whoever gets it. */
export function readOnce(
  read: (sources: readonly PolicySource[], owners: readonly string[]) => ReadPolicy,
): typeof read {
  const known = new Map<string, ReadPolicy>();
  return (sources, owners) => {
    const key = JSON.stringify([owners, sources]);
    const found = known.get(key) ?? frozen(read(sources, owners));
    if (key.length > LONGEST_TEXT) return found;
    // At the end of the line again: what is asked for least goes first.
    known.delete(key);
    known.set(key, found);
    for (const [oldest] of known) {
      if (known.size <= MOST_POLICIES) break;
      known.delete(oldest);
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
