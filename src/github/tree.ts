// A commit on GitHub → all its files, and the head's files as the base's with the changes applied.
import type { EntryKind, Gap, Oid, TreeEntry } from '../core/model/evidence.ts';
import type { PullRequestRef } from '../ports.ts';
import { type Api, unreachable } from './api.ts';
import type { ChangedFile } from './comparison.ts';

const KINDS: Readonly<Record<string, EntryKind>> = {
  '100644': 'file',
  '100664': 'file',
  '100755': 'executable',
  '120000': 'symlink',
  '160000': 'submodule',
};

/** GitHub cuts a recursive listing at 100,000 entries or 7 MB; below that many folders we list each by itself. */
const MOST_FOLDERS = 200;

/** Every file of the commit, sorted by path; a gap when GitHub does not list them all. */
export async function readTree(
  api: Api,
  { owner, repository: repo }: PullRequestRef,
  commit: Oid,
): Promise<readonly TreeEntry[] | Gap> {
  try {
    const whole = await api.rest.git.getTree({ owner, repo, tree_sha: commit, recursive: '1' });
    if (!whole.data.truncated) return entriesOf(whole.data.tree, '').sort(byPath);
    return await readFolderByFolder(api, owner, repo, commit);
  } catch (error) {
    return unreachable(`the files of commit ${commit}`, error);
  }
}

async function readFolderByFolder(
  api: Api,
  owner: string,
  repo: string,
  commit: Oid,
): Promise<readonly TreeEntry[] | Gap> {
  const entries: TreeEntry[] = [];
  const folders: { sha: string; prefix: string; recursive: boolean }[] = [
    { sha: commit, prefix: '', recursive: false },
  ];
  for (let read = 0; folders.length > 0; read += 1) {
    const folder = folders.pop();
    if (folder === undefined) break;
    if (read >= MOST_FOLDERS)
      return {
        kind: 'truncated',
        cause: 'content',
        subject: `the files of commit ${commit}`,
        location: null,
        reason: `GitHub lists the repository only in parts, and it has more than ${MOST_FOLDERS} of them.`,
        remedy: 'Ask the operators of the app to raise the limit for this repository.',
      };
    const { data } = await api.rest.git.getTree({
      owner,
      repo,
      tree_sha: folder.sha,
      ...(folder.recursive ? { recursive: '1' } : {}),
    });
    if (data.truncated) folders.push({ ...folder, recursive: false });
    else {
      entries.push(...entriesOf(data.tree, folder.prefix));
      if (!folder.recursive)
        for (const { type, path, sha } of data.tree)
          if (type === 'tree')
            folders.push({ sha: sha ?? '', prefix: `${folder.prefix}${path}/`, recursive: true });
    }
  }
  return entries.sort(byPath);
}

function entriesOf(
  tree: readonly { path?: string; mode?: string; sha?: string | null }[],
  prefix: string,
): TreeEntry[] {
  return tree.flatMap(({ path, mode, sha }) => {
    const kind = KINDS[mode ?? ''];
    return path === undefined || kind === undefined || !sha ? [] : [{ path: prefix + path, kind, oid: sha }];
  });
}

/** What `mode` (decimal, as GraphQL gives it) says about an entry; null for a folder. */
export function kindOfMode(mode: number): EntryKind | null {
  return KINDS[mode.toString(8)] ?? null;
}

/**
 * The head's files. GitHub's listing of changes gives no modes: an added file counts as an ordinary one until its content
 * is read, which tells (see `contents.ts`).
 */
export function applyChanges(
  base: readonly TreeEntry[],
  changes: readonly ChangedFile[],
): readonly TreeEntry[] {
  const before = new Map(base.map((entry) => [entry.path, entry]));
  const files = new Map(before);
  for (const { path, previousPath, status } of changes) {
    if (status === 'removed') files.delete(path);
    if (status === 'renamed' && previousPath !== null) files.delete(previousPath);
  }
  for (const { path, status, previousPath, oid } of changes)
    if (status !== 'removed') {
      const kind = (before.get(path) ?? before.get(previousPath ?? path))?.kind ?? 'file';
      files.set(path, { path, kind, oid: oid ?? '' });
    }
  return [...files.values()].sort(byPath);
}

function byPath(a: TreeEntry, b: TreeEntry): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
