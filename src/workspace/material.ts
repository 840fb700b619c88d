// What a workspace offers to fill evidence from, whether it is a git checkout or a plain folder.
import type { Blob, FileChange, Oid, Snapshot } from '../core/model/evidence.ts';

export type Material = {
  /** Name shown to people: the last segment of the folder. */
  readonly name: string;
  readonly slug: string | null;
  readonly head: Snapshot;
  readonly base: Snapshot | null;
  readonly changes: readonly FileChange[];
  /** Content of a blob of either snapshot; null when it can't be had. */
  readonly read: (oid: Oid) => Promise<Blob | null>;
  /** Things worth telling the person at the keyboard, one sentence each. */
  readonly notes: readonly string[];
  readonly close: () => Promise<void>;
};

/** What is being done, and how far it is; `total` is 0 while it is not known. */
export type Progress = (stage: string, done: number, total: number) => void;

/** Without a base everything is new. No lines: there is no diff that could show them. */
export function everythingAdded(head: Snapshot): readonly FileChange[] {
  return head.entries.map(({ path }) => ({ path, status: 'added', previousPath: null, shownLines: null }));
}
