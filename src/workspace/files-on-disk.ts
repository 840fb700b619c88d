// One path on disk → what git would make of it: kind, object id, content. Never follows a symbolic link.
import type { BigIntStats } from 'node:fs';
import { lstat, readFile, readlink } from 'node:fs/promises';
import { CONTENT_LIMIT } from '../core/blob.ts';
import type { EntryKind, Oid } from '../core/model/evidence.ts';
import { blobId, hashFile, type ObjectFormat } from './hashing.ts';

/** Where a file lies: below `root`, at `bytes` (the path as the file system spells it). */
export type DiskPath = { readonly root: string; readonly bytes: Buffer };

export type DiskFile = {
  readonly kind: Exclude<EntryKind, 'submodule'>;
  readonly oid: Oid;
  /** Null over the content limit. */
  readonly content: Buffer | null;
};

export function absolute(place: DiskPath): Buffer {
  return Buffer.concat([Buffer.from(`${place.root}/`), place.bytes]);
}

/** The status of the entry itself; null when nothing is there. */
export async function status(place: DiskPath): Promise<BigIntStats | null> {
  try {
    return await lstat(absolute(place), { bigint: true });
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Reads the file with the given status; null for what git does not keep (folders, sockets, devices, pipes). */
export async function readDisk(
  place: DiskPath,
  found: BigIntStats,
  format: ObjectFormat,
): Promise<DiskFile | null> {
  const file = absolute(place);
  if (found.isSymbolicLink()) {
    const content = await readlink(file, { encoding: 'buffer' });
    return { kind: 'symlink', oid: blobId(content, format), content };
  }
  if (!found.isFile()) return null;
  const hashed = await hashFile(file, Number(found.size), format);
  return { kind: (found.mode & 0o100n) === 0n ? 'file' : 'executable', ...hashed };
}

/** Content of a file listed before; null when it is gone or not what `oid` says any more. Sizes in bytes. */
export async function rereadDisk(
  place: DiskPath,
  oid: Oid,
  format: ObjectFormat,
): Promise<Buffer | { readonly tooLarge: number } | null> {
  const found = await status(place);
  if (found === null) return null;
  if (found.isFile() && found.size > CONTENT_LIMIT) return { tooLarge: Number(found.size) };
  const content = found.isSymbolicLink()
    ? await readlink(absolute(place), { encoding: 'buffer' })
    : await readFile(absolute(place));
  return blobId(content, format) === oid ? content : null;
}

/**
 * Whether all folders on the way to a path are folders and no links: what lies behind a linked folder is not part
 * of the repository, wherever it leads. Remembers what it saw.
 */
export function folderWatch(root: string): (bytes: Buffer) => Promise<boolean> {
  const seen = new Map<string, Promise<boolean>>([['', Promise.resolve(true)]]);
  const look = async (folder: string): Promise<boolean> => {
    if (!(await isReal(parentOf(folder)))) return false;
    const found = await status({ root, bytes: Buffer.from(folder, 'latin1') });
    return found?.isDirectory() ?? false;
  };
  const isReal = (folder: string): Promise<boolean> => {
    const known = seen.get(folder) ?? look(folder);
    seen.set(folder, known);
    return known;
  };
  return (bytes) => isReal(parentOf(bytes.toString('latin1')));
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
