// A git checkout → both snapshots, what changed between them, and a way to read their blobs.
import { basename, resolve } from 'node:path';
import { blobOf, tooLarge } from '../core/blob.ts';
import type { Blob, FileChange, Oid, Snapshot } from '../core/model/evidence.ts';
import { readChanges } from './changes.ts';
import { rereadDisk } from './files-on-disk.ts';
import { requireGit } from './git.ts';
import { byPath, parseTree } from './listings.ts';
import { everythingAdded, type Material, type Progress } from './material.ts';
import { openObjects } from './objects.ts';
import { isProblem, type Problem } from './problem.ts';
import { headCommit, mergeBase, remoteSlug } from './repository.ts';
import { openScratchStore } from './scratch-store.ts';
import { type Checkout, readWorkingTree, type WorkingEntry } from './working-tree.ts';

/** `folder` is what the person named; `ref` the branch to compare with, null to count everything as new. */
export async function gitMaterial(
  checkout: Checkout,
  folder: string,
  ref: string | null,
  onProgress: Progress,
): Promise<Material | Problem> {
  const base = ref === null ? null : await mergeBase(checkout, ref);
  if (base !== null && typeof base !== 'string') return base;
  const commit = await headCommit(checkout);
  const compared = await compare(checkout, base, onProgress);
  if (isProblem(compared)) return compared;
  const { entries, changes } = compared;
  const head: Snapshot = { commit, entries: entries.map(({ path, kind, oid }) => ({ path, kind, oid })) };
  const objects = openObjects(checkout.place);
  const onDisk = new Map(
    entries.filter(({ origin }) => origin === 'disk').map((entry) => [entry.oid, entry]),
  );
  return {
    name: basename(checkout.root),
    slug: await remoteSlug(checkout),
    head,
    base: base === null ? null : await snapshotOf(checkout, base),
    changes: changes ?? everythingAdded(head),
    read: (oid) => {
      const entry = onDisk.get(oid);
      return entry === undefined ? objects.read(oid) : readEntry(checkout, entry);
    },
    notes:
      resolve(folder) === checkout.root
        ? []
        : [`Checking the whole repository ${checkout.root}, not only ${folder}.`],
    close: objects.close,
  };
}

async function snapshotOf({ place }: Checkout, commit: Oid): Promise<Snapshot> {
  const listed = parseTree(await requireGit(place, ['ls-tree', '-r', '-z', '--full-tree', commit, '--']));
  return { commit, entries: listed.map(({ path, kind, oid }) => ({ path, kind, oid })).sort(byPath) };
}

type Compared = { readonly entries: readonly WorkingEntry[]; readonly changes: readonly FileChange[] | null };

async function compare(
  checkout: Checkout,
  base: Oid | null,
  onProgress: Progress,
): Promise<Compared | Problem> {
  const report = (done: number, total: number): void => onProgress('looking at files', done, total);
  if (base === null)
    return { entries: await readWorkingTree(checkout, { keep: null, onProgress: report }), changes: null };
  const scratch = await openScratchStore(checkout.place);
  try {
    const entries = await readWorkingTree(checkout, { keep: scratch.keep, onProgress: report });
    onProgress('comparing with the base', 0, 0);
    const small = entries.filter((entry) => !isUnstored(entry));
    const changes = await readChanges(scratch.place, base, await scratch.writeTree(small));
    if (isProblem(changes)) return changes;
    return { entries, changes: withUnstored(changes, entries.filter(isUnstored)) };
  } finally {
    await scratch.remove();
  }
}

/** Files over the limit and nested repositories have no blob in any store, so git can't compare them. */
function isUnstored(entry: WorkingEntry): boolean {
  return entry.large || entry.origin === 'none';
}

/** To git an unstored file looks deleted (when the base has it) or absent: both are set right here. */
function withUnstored(
  changes: readonly FileChange[],
  unstored: readonly WorkingEntry[],
): readonly FileChange[] {
  if (unstored.length === 0) return changes;
  const paths = new Set(unstored.map(({ path }) => path));
  const removed = new Set(changes.filter(({ status }) => status === 'removed').map(({ path }) => path));
  const own = unstored.map(
    ({ path }): FileChange => ({
      path,
      status: removed.has(path) ? 'modified' : 'added',
      previousPath: null,
      shownLines: null,
    }),
  );
  return [...changes.filter(({ path }) => !paths.has(path)), ...own].sort(byPath);
}

/** A file that changed on disk since it was listed is not what the evidence says: it can't be had any more. */
async function readEntry(checkout: Checkout, entry: WorkingEntry): Promise<Blob | null> {
  const place = { root: checkout.root, bytes: entry.bytes };
  const content = await rereadDisk(place, entry.oid, checkout.format);
  if (content === null) return null;
  return 'tooLarge' in content ? tooLarge(content.tooLarge) : blobOf(content);
}
