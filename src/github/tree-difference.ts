// Two commits' files → what changed between them, where GitHub lists the changes of a comparison only in part.
import type { Gap, Oid } from '../core/model/evidence.ts';
import type { PullRequestRef } from '../ports.ts';
import type { Api } from './api.ts';
import type { ChangedFile } from './comparison.ts';
import { readTree } from './tree.ts';

/** Every changed file, sorted by path; a moved one is one that went and one that came. A gap when a tree can't be had. */
export async function differenceOfTrees(
  api: Api,
  pull: PullRequestRef,
  from: Oid,
  to: Oid,
): Promise<readonly ChangedFile[] | Gap> {
  const before = await readTree(api, pull, from);
  if ('reason' in before) return before;
  const after = await readTree(api, pull, to);
  if ('reason' in after) return after;
  const old = new Map(before.map((entry) => [entry.path, entry]));
  const there = new Set(after.map(({ path }) => path));
  const file = (path: string, status: ChangedFile['status'], oid: Oid): ChangedFile => ({
    path,
    status,
    previousPath: null,
    shownLines: null,
    oid,
  });
  return [
    ...before.filter(({ path }) => !there.has(path)).map(({ path, oid }) => file(path, 'removed', oid)),
    ...after.flatMap(({ path, oid, kind }) => {
      const was = old.get(path);
      if (was === undefined) return [file(path, 'added', oid)];
      return was.oid === oid && was.kind === kind ? [] : [file(path, 'modified', oid)];
    }),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
}
