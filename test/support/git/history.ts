// Commits and their parents → ancestors, merge base, what one side has that the other lacks, and a three-way merge.
import type { Commit, Files, GitObjects, TreeFile } from './objects.ts';
import { commitOf } from './objects.ts';

const ancestors = (objects: GitObjects, tip: string): Set<string> => {
  const seen = new Set<string>();
  const open = [tip];
  for (let oid = open.pop(); oid !== undefined; oid = open.pop()) {
    if (seen.has(oid)) continue;
    seen.add(oid);
    open.push(...commitOf(objects, oid).parents);
  }
  return seen;
};

/** The best common ancestor (the newest, when a criss-cross merge leaves several), or null for unrelated histories. */
export const mergeBase = (objects: GitObjects, one: string, other: string): string | null => {
  const mine = ancestors(objects, one);
  const common = [...ancestors(objects, other)].filter((oid) => mine.has(oid));
  const covered = new Set<string>();
  for (const oid of common)
    for (const parent of commitOf(objects, oid).parents)
      for (const below of ancestors(objects, parent)) covered.add(below);
  const best = common
    .filter((oid) => !covered.has(oid))
    .sort(
      (a, b) => commitOf(objects, b).committer.time - commitOf(objects, a).committer.time || (a < b ? -1 : 1),
    );
  return best[0] ?? null;
};

/** The commits `tip` has and `without` lacks, parents before children. */
export const commitsBetween = (objects: GitObjects, without: string, tip: string): readonly Commit[] => {
  const known = ancestors(objects, without);
  const ordered: Commit[] = [];
  const visit = (oid: string): void => {
    if (known.has(oid)) return;
    known.add(oid);
    const commit = commitOf(objects, oid);
    for (const parent of commit.parents) visit(parent);
    ordered.push(commit);
  };
  visit(tip);
  return ordered;
};

/** Whether `ancestor` is `tip` or lies below it. */
export const reaches = (objects: GitObjects, tip: string, ancestor: string): boolean =>
  ancestors(objects, tip).has(ancestor);

const same = (a: TreeFile | undefined, b: TreeFile | undefined): boolean =>
  a?.oid === b?.oid && a?.mode === b?.mode;

/** Merges whole files: a file both sides changed differently is a conflict, and the result is null. */
export const mergeFiles = (base: Files, ours: Files, theirs: Files): Files | null => {
  const merged = new Map(ours);
  for (const path of new Set([...base.keys(), ...theirs.keys()])) {
    const [before, mine, other] = [base.get(path), ours.get(path), theirs.get(path)];
    if (same(before, other) || same(mine, other)) continue;
    if (!same(before, mine)) return null;
    if (other === undefined) merged.delete(path);
    else merged.set(path, other);
  }
  return merged;
};
