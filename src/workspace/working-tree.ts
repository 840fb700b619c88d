// A git working tree as it is now → the entries a commit of everything in it would have.
import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { EntryKind, Oid } from '../core/model/evidence.ts';
import { folderWatch, readDisk, status } from './files-on-disk.ts';
import { type GitPlace, requireGit, runGit } from './git.ts';
import { normalizedId, type ObjectFormat } from './hashing.ts';
import { inParallel } from './in-parallel.ts';
import {
  byPath,
  type IndexEntry,
  type IndexStat,
  type ListedPath,
  listedPath,
  parseIndex,
  parsePaths,
} from './listings.ts';

export type WorkingEntry = ListedPath & {
  readonly kind: EntryKind;
  readonly oid: Oid;
  /** Where the content is: git's store (unchanged since the index), the disk, or nowhere (a nested repository). */
  readonly origin: 'objects' | 'disk' | 'none';
  /** Over the content limit, and therefore only measured. Never set for unchanged files. */
  readonly large: boolean;
};

export type Checkout = {
  readonly place: GitPlace;
  /** Top folder of the working tree. */
  readonly root: string;
  readonly format: ObjectFormat;
};

export type ReadingOptions = {
  /** Called with every content that git's store does not hold; null to keep none. */
  readonly keep: ((oid: Oid, content: Buffer) => Promise<void>) | null;
  readonly onProgress: (done: number, total: number) => void;
};

/** How many files are looked at at once. */
const WIDTH = 16;

export async function readWorkingTree(
  checkout: Checkout,
  options: ReadingOptions,
): Promise<readonly WorkingEntry[]> {
  const { place, root } = checkout;
  const tracked = parseIndex(await requireGit(place, ['ls-files', '-s', '-t', '-z', '--debug']));
  const untracked = parsePaths(await requireGit(place, ['ls-files', '-o', '--exclude-standard', '-z']));
  const traits: Traits = {
    ...checkout,
    fileMode: await setting(place, 'core.fileMode'),
    symlinks: await setting(place, 'core.symlinks'),
    indexTime: await indexTime(place),
    isInside: folderWatch(root),
    keep: options.keep,
  };
  const total = tracked.length + untracked.length;
  let done = 0;
  const count = <Result>(result: Result): Result => {
    done += 1;
    options.onProgress(done, total);
    return result;
  };
  const entries = [
    ...(await inParallel(tracked, WIDTH, async (entry) => count(await trackedEntry(entry, traits)))),
    ...(await inParallel(untracked, WIDTH, async (path) => count(await untrackedEntry(path, traits)))),
  ];
  const present = entries.filter((entry) => entry !== null);
  return [...new Map(present.map((entry) => [entry.path, entry])).values()].sort(byPath);
}

type Traits = Checkout & {
  readonly fileMode: boolean;
  readonly symlinks: boolean;
  readonly indexTime: bigint;
  readonly isInside: (bytes: Buffer) => Promise<boolean>;
  readonly keep: ReadingOptions['keep'];
};

async function trackedEntry(entry: IndexEntry, traits: Traits): Promise<WorkingEntry | null> {
  const { path, bytes, kind, oid } = entry;
  const unchanged: WorkingEntry = { path, bytes, kind, oid, origin: 'objects', large: false };
  if (entry.absent || kind === 'submodule') return unchanged;
  if (!(await traits.isInside(bytes))) return null;
  const found = await status({ root: traits.root, bytes });
  if (found === null) return null;
  const mode = kindOf(found, kind, traits);
  if (mode === null) return null;
  const same: WorkingEntry = { ...unchanged, kind: mode };
  if (entry.stat !== null && mode === kind && isUntouched(found, entry.stat, traits.indexTime)) return same;
  const file = await readDisk({ root: traits.root, bytes }, found, traits.format);
  if (file === null) return null;
  if (!entry.unmerged && (file.oid === oid || storedWithLineFeeds(file.content, oid, traits))) return same;
  if (file.content !== null) await traits.keep?.(file.oid, file.content);
  return { path, bytes, kind: mode, oid: file.oid, origin: 'disk', large: file.content === null };
}

async function untrackedEntry(listed: ListedPath, traits: Traits): Promise<WorkingEntry | null> {
  if (listed.bytes.at(-1) === 0x2f) return nestedRepository(listed, traits.format);
  const { path, bytes } = listed;
  const found = await status({ root: traits.root, bytes });
  if (found === null) return null;
  const file = await readDisk({ root: traits.root, bytes }, found, traits.format);
  if (file === null) return null;
  if (file.content !== null) await traits.keep?.(file.oid, file.content);
  const kind = traits.fileMode || file.kind === 'symlink' ? file.kind : 'file';
  return { path, bytes, kind, oid: file.oid, origin: 'disk', large: file.content === null };
}

/** git lists an untracked repository inside this one as a folder, and adds it as a submodule. */
function nestedRepository(listed: ListedPath, format: ObjectFormat): WorkingEntry {
  const named = listedPath(listed.bytes.subarray(0, -1));
  return { ...named, kind: 'submodule', oid: nullId(format), origin: 'none', large: false };
}

export function nullId(format: ObjectFormat): Oid {
  return '0'.repeat(format === 'sha1' ? 40 : 64);
}

/** What the file is now; the index decides what this file system can't express. Null when it is no file any more. */
function kindOf(found: BigIntStats, indexed: EntryKind, traits: Traits): EntryKind | null {
  if (found.isSymbolicLink()) return 'symlink';
  if (!found.isFile()) return null;
  if (indexed === 'symlink') return traits.symlinks ? plainKind(found) : 'symlink';
  return traits.fileMode ? plainKind(found) : indexed;
}

function plainKind(found: BigIntStats): EntryKind {
  return (found.mode & 0o100n) === 0n ? 'file' : 'executable';
}

const SECOND = 1_000_000_000n;

/**
 * git's own test: same size and time as when the index was written, and not so young that a later change could
 * carry the same time. A git built without nanoseconds writes whole seconds.
 */
function isUntouched(found: BigIntStats, indexed: IndexStat, indexTime: bigint): boolean {
  const whole = indexed.mtime % SECOND === 0n;
  const mtime = whole ? (found.mtimeNs / SECOND) * SECOND : found.mtimeNs;
  const written = whole ? (indexTime / SECOND) * SECOND : indexTime;
  return mtime === indexed.mtime && Number(found.size) % 2 ** 32 === indexed.size && indexed.mtime < written;
}

function storedWithLineFeeds(content: Buffer | null, oid: Oid, traits: Traits): boolean {
  return content !== null && normalizedId(content, traits.format) === oid;
}

async function setting(place: GitPlace, name: string): Promise<boolean> {
  const result = await runGit(place, ['config', '--type=bool', '--get', name]);
  return result?.stdout.toString('utf8').trim() !== 'false';
}

/** When the index was written, in nanoseconds; 0 when there is none, so that nothing counts as untouched. */
async function indexTime(place: GitPlace): Promise<bigint> {
  const path = (await requireGit(place, ['rev-parse', '--git-path', 'index'])).toString('utf8').trimEnd();
  try {
    return (await stat(resolve(place.folder, path), { bigint: true })).mtimeNs;
  } catch {
    return 0n;
  }
}
