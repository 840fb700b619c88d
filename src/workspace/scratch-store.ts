// The working tree as a git tree, written into a store of our own: the checkout itself is never written to.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Oid } from '../core/model/evidence.ts';
import { type GitPlace, requireGit } from './git.ts';
import { storeBlob } from './hashing.ts';
import { modeOfKind } from './listings.ts';
import type { WorkingEntry } from './working-tree.ts';

export type ScratchStore = {
  /** The checkout with our store in front of its own. */
  readonly place: GitPlace;
  readonly keep: (oid: Oid, content: Buffer) => Promise<void>;
  /** Writes the entries as a tree and returns its id. */
  readonly writeTree: (entries: readonly WorkingEntry[]) => Promise<Oid>;
  readonly remove: () => Promise<void>;
};

export async function openScratchStore(place: GitPlace): Promise<ScratchStore> {
  const answer = await requireGit(place, ['rev-parse', '--git-path', 'objects']);
  const theirs = resolve(place.folder, answer.toString('utf8').trimEnd());
  const folder = await mkdtemp(join(tmpdir(), 'clear-to-ship-'));
  const objects = join(folder, 'objects');
  await mkdir(join(objects, 'info'), { recursive: true });
  // A file, not GIT_ALTERNATE_OBJECT_DIRECTORIES, because a folder's name may hold the separator of that list.
  await writeFile(join(objects, 'info', 'alternates'), `${theirs}\n`);
  const ours: GitPlace = {
    ...place,
    variables: {
      ...place.variables,
      GIT_OBJECT_DIRECTORY: objects,
      GIT_INDEX_FILE: join(folder, 'index'),
    },
  };
  return {
    place: ours,
    keep: (oid, content) => storeBlob(objects, oid, content),
    writeTree: async (entries) => {
      const lines = entries.map((entry) =>
        Buffer.concat([Buffer.from(`${modeOfKind(entry.kind)} ${entry.oid}\t`), entry.bytes, Buffer.of(0)]),
      );
      await requireGit(ours, ['update-index', '-z', '--index-info'], Buffer.concat(lines));
      const tree = await requireGit(ours, ['write-tree', '--missing-ok']);
      return tree.toString('latin1').trim();
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
