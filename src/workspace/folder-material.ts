// A plain folder without git → one snapshot of every file in it.
import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { blobOf, tooLarge } from '../core/blob.ts';
import type { Blob, Oid, Snapshot, TreeEntry } from '../core/model/evidence.ts';
import { absolute, readDisk, rereadDisk, status } from './files-on-disk.ts';
import { inParallel } from './in-parallel.ts';
import { byPath, type ListedPath, listedPath } from './listings.ts';
import { everythingAdded, type Material, type Progress } from './material.ts';
import { type Problem, problem } from './problem.ts';
import { nullId } from './working-tree.ts';

/** Stores of version control systems hold no files of the project. */
const STORES = new Set(['.git', '.hg', '.svn', '.jj']);

/** More files than this are no project folder; GitHub's own listing of a tree ends there too. */
const FILE_LIMIT = 100_000;

export async function folderMaterial(folder: string, onProgress: Progress): Promise<Material | Problem> {
  const listed: ListedPath[] = [];
  for await (const path of walk(folder)) {
    if (listed.push(path) > FILE_LIMIT)
      return problem(
        `${folder} is no git checkout and holds more than ${FILE_LIMIT} files.`,
        'Give the folder of one project.',
      );
    onProgress('looking for files', listed.length, 0);
  }
  let done = 0;
  const entries = await inParallel(listed, 16, async (path) => {
    const entry = await read(folder, path);
    done += 1;
    onProgress('looking at files', done, listed.length);
    return entry;
  });
  const present = entries.filter((entry) => entry !== null).sort(byPath);
  const head: Snapshot = { commit: nullId('sha1'), entries: present };
  const places = new Map(listed.map((path) => [path.path, path]));
  const byOid = new Map(present.map((entry) => [entry.oid, places.get(entry.path)]));
  return {
    name: basename(folder),
    slug: null,
    head,
    base: null,
    changes: everythingAdded(head),
    read: async (oid) => {
      const path = byOid.get(oid);
      return path === undefined ? null : await readBlob(folder, path, oid);
    },
    notes: [`${folder} is no git checkout: every file in it counts, and counts as new.`],
    close: async () => {},
  };
}

async function* walk(root: string): AsyncGenerator<ListedPath> {
  const folders: Buffer[] = [Buffer.alloc(0)];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const found = await readdir(absolute({ root, bytes: folder }), {
      encoding: 'buffer',
      withFileTypes: true,
    });
    for (const child of found) {
      const bytes =
        folder.byteLength === 0 ? child.name : Buffer.concat([folder, Buffer.from('/'), child.name]);
      if (!child.isDirectory()) yield listedPath(bytes);
      else if (!STORES.has(child.name.toString('utf8'))) folders.push(bytes);
    }
  }
}

async function read(root: string, { path, bytes }: ListedPath): Promise<TreeEntry | null> {
  const found = await status({ root, bytes });
  const file = found === null ? null : await readDisk({ root, bytes }, found, 'sha1');
  return file === null ? null : { path, kind: file.kind, oid: file.oid };
}

async function readBlob(root: string, path: ListedPath, oid: Oid): Promise<Blob | null> {
  const content = await rereadDisk({ root, bytes: path.bytes }, oid, 'sha1');
  if (content === null) return null;
  return 'tooLarge' in content ? tooLarge(content.tooLarge) : blobOf(content);
}
