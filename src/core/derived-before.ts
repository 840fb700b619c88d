// A commit's files that were derived from before → the facts they led to: a push leaves most of what matters as it was.
import type { Blob, Oid, Snapshot, TreeEntry } from './model/evidence.ts';
import type { RepositoryFacts } from './model/facts.ts';

/** What was read of one file, by its place among the entries; `undefined` where evidence did not hold it. */
export type ReadFile = { readonly index: number; readonly blob: Blob | undefined };

type Derived = {
  readonly entries: readonly TreeEntry[];
  readonly read: readonly ReadFile[];
  readonly facts: RepositoryFacts;
};

export type DerivedBefore = {
  /**
   * The facts that were kept under `key` for the same paths and kinds of files, of which those that were read then are the
   * same. Null when there are none.
   */
  readonly find: (
    key: string,
    snapshot: Snapshot,
    blobs: Readonly<Record<Oid, Blob>>,
  ) => RepositoryFacts | null;
  /** `key`: everything beside the files that the facts depend on. */
  readonly keep: (key: string, derived: Derived) => void;
};

/** Of one key at once: pull requests of a repository that are open side by side, each with the base and the head. */
const MOST_ALIKE = 32;

/** Keeps about `most` bytes in all, and forgets what was used longest ago; what alone takes more than an eighth is not kept. */
export function createDerivedBefore(most: number): DerivedBefore {
  const byKey = new Map<string, Derived[]>();
  // A Map keeps the order of insertion: what is used is put at its end.
  const line = new Map<Derived, { readonly key: string; readonly bytes: number }>();
  let total = 0;
  const drop = (derived: Derived): void => {
    const { key, bytes } = line.get(derived) ?? { key: '', bytes: 0 };
    line.delete(derived);
    total -= bytes;
    const left = (byKey.get(key) ?? []).filter((each) => each !== derived);
    if (left.length === 0) byKey.delete(key);
    else byKey.set(key, left);
  };
  return {
    find(key, snapshot, blobs) {
      const found = byKey.get(key)?.find((derived) => isTheSame(derived, snapshot.entries, blobs));
      const place = found === undefined ? undefined : line.get(found);
      if (found === undefined || place === undefined) return null;
      line.delete(found);
      line.set(found, place);
      return found.facts;
    },
    keep(key, derived) {
      const bytes = key.length + bytesOf(derived, most / 8);
      if (bytes > most / 8) return;
      byKey.set(key, [derived, ...(byKey.get(key) ?? [])]);
      line.set(derived, { key, bytes });
      total += bytes;
      for (const alike of byKey.get(key)?.slice(MOST_ALIKE) ?? []) drop(alike);
      for (const [oldest] of line) {
        if (total <= most) break;
        drop(oldest);
      }
    },
  };
}

function isTheSame(
  { entries, read }: Derived,
  now: readonly TreeEntry[],
  blobs: Readonly<Record<Oid, Blob>>,
): boolean {
  if (entries.length !== now.length) return false;
  for (const { index, blob } of read) {
    const [before, after] = [entries[index], now[index]];
    if (before === undefined || after === undefined || before.oid !== after.oid) return false;
    if (!isSameBlob(blob, blobs[after.oid])) return false;
  }
  return (
    entries === now ||
    entries.every((before, index) => {
      const after = now[index];
      // Both trees are mostly made of the very same objects.
      return before === after || (before.path === after?.path && before.kind === after.kind);
    })
  );
}

/** Whoever gives evidence gives the ids too, so that what a file holds is not taken from its id. */
function isSameBlob(one: Blob | undefined, other: Blob | undefined): boolean {
  if (one === other) return true;
  if (one === undefined || other === undefined) return false;
  if (one.kind === 'text' || other.kind === 'text')
    return one.kind === 'text' && other.kind === 'text' && one.text === other.text;
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Bytes of an object, and of a member, about as V8 takes them; text takes one or two each, and is mostly ASCII. */
const [OBJECT, MEMBER] = [24, 8];

/** About what it takes in memory. Counting ends above `most`. */
function bytesOf({ entries, read, facts }: Derived, most: number): number {
  let bytes = 0;
  for (const { path } of entries) bytes += path.length + OBJECT + 3 * MEMBER;
  for (const { blob } of read) bytes += OBJECT + (blob?.kind === 'text' ? blob.text.length : 0);
  const open: unknown[] = [facts];
  while (open.length > 0 && bytes <= most) {
    const one = open.pop() as object;
    const members: readonly unknown[] = Array.isArray(one) ? one : Object.values(one);
    bytes += OBJECT + members.length * MEMBER;
    for (const member of members) {
      if (typeof member === 'string') bytes += member.length;
      else if (typeof member === 'object' && member !== null) open.push(member);
    }
  }
  return bytes;
}
