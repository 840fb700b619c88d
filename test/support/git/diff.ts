// Two sets of files → the changed files as GitHub lists them: status, rename, blob id, counts and patch.
import type { Hunk } from './lines.ts';
import { diffLines, hunksOf, patchOf } from './lines.ts';
import type { Files, GitObjects, TreeFile } from './objects.ts';
import { isBinary } from './objects.ts';

export type ChangedFile = {
  readonly path: string;
  readonly previousPath: string | null;
  readonly status: 'added' | 'removed' | 'modified' | 'renamed' | 'changed';
  /** The blob at the head; the base's for a removed file. */
  readonly oid: string;
  readonly additions: number;
  readonly deletions: number;
  /** Null for binary files, pure renames, mode changes and what is too large to show. */
  readonly patch: string | null;
  readonly hunks: readonly Hunk[];
};

/** GitHub shows no diff of a file beyond 500 KB or 20,000 lines (repository limits). */
const MAX_BLOB_BYTES = 500 * 1024;
const MAX_DIFF_LINES = 20_000;

const textOf = (objects: GitObjects, file: TreeFile | undefined): string | null => {
  if (file === undefined) return '';
  if (file.mode === '160000') return `Subproject commit ${file.oid}\n`;
  const content = objects.blobs.get(file.oid) ?? Buffer.alloc(0);
  if (isBinary(content) || content.length > MAX_BLOB_BYTES) return null;
  return content.toString('utf8');
};

const typeOf = (file: TreeFile): string => (file.mode === '100755' ? '100644' : file.mode);

const change = (
  objects: GitObjects,
  entry: Pick<ChangedFile, 'path' | 'previousPath' | 'status'>,
  before: TreeFile | undefined,
  after: TreeFile | undefined,
): ChangedFile => {
  const oid = after?.oid ?? before?.oid ?? '';
  const [from, to] = [textOf(objects, before), textOf(objects, after)];
  const none = { ...entry, oid, additions: 0, deletions: 0, patch: null, hunks: [] };
  if (from === null || to === null || from === to) return none;
  const lines = diffLines(from, to);
  const additions = lines.filter((line) => line.kind === '+').length;
  const deletions = lines.filter((line) => line.kind === '-').length;
  const hunks = hunksOf(lines);
  if (lines.length > MAX_DIFF_LINES) return { ...none, additions, deletions };
  return { ...entry, oid, additions, deletions, patch: patchOf(hunks), hunks };
};

/** Changes from `before` to `after`, sorted by path. Renames are found by equal content, as `git diff -M100%` does. */
export const diffFiles = (objects: GitObjects, before: Files, after: Files): readonly ChangedFile[] => {
  const removed = new Map([...before].filter(([path]) => !after.has(path)));
  const changes: ChangedFile[] = [];
  for (const [path, file] of [...after].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const old = before.get(path);
    if (old !== undefined) {
      if (old.oid === file.oid && old.mode === file.mode) continue;
      const status = typeOf(old) === typeOf(file) ? 'modified' : 'changed';
      changes.push(change(objects, { path, previousPath: null, status }, old, file));
      continue;
    }
    const source =
      (objects.blobs.get(file.oid)?.length ?? 0) > 0
        ? [...removed].find(([, gone]) => gone.oid === file.oid && typeOf(gone) === typeOf(file))
        : undefined;
    if (source === undefined) {
      changes.push(change(objects, { path, previousPath: null, status: 'added' }, undefined, file));
    } else {
      removed.delete(source[0]);
      changes.push(change(objects, { path, previousPath: source[0], status: 'renamed' }, source[1], file));
    }
  }
  for (const [path, file] of removed)
    changes.push(change(objects, { path, previousPath: null, status: 'removed' }, file, undefined));
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
};
