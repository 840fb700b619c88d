// A repository's branches and pull requests → what they contain, how they differ, and whether they can be merged.
import type { ChangedFile } from '../git/diff.ts';
import { diffFiles } from '../git/diff.ts';
import { commitsBetween, mergeBase, mergeFiles } from '../git/history.ts';
import type { Commit, Files, GitObjects } from '../git/objects.ts';
import { commitOf, writeCommit } from '../git/objects.ts';
import type { CheckRun, PullRequest, Repository, RequiredCheck, World } from './state.ts';

const NO_FILES: Files = new Map();
const diffs = new WeakMap<GitObjects, Map<string, readonly ChangedFile[]>>();

/** The changes between two commits' files; null stands for no files at all. */
export const changesBetween = (
  objects: GitObjects,
  before: string | null,
  after: string,
): readonly ChangedFile[] => {
  const known = diffs.get(objects) ?? new Map<string, readonly ChangedFile[]>();
  diffs.set(objects, known);
  const key = `${before}...${after}`;
  const files = before === null ? NO_FILES : commitOf(objects, before).files;
  const changes = known.get(key) ?? diffFiles(objects, files, commitOf(objects, after).files);
  known.set(key, changes);
  return changes;
};

/** A branch, tag-like full ref, or (abbreviated) commit id → commit id; null when there is none. */
export const resolveRef = (repository: Repository, ref: string): string | null => {
  const name = ref.replace(/^refs\//, '').replace(/^heads\//, '');
  if (ref === 'HEAD') return repository.branches.get(repository.defaultBranch) ?? null;
  const pull = /^pull\/(\d+)\/head$/.exec(name);
  if (pull !== null) return repository.pulls.get(Number(pull[1]))?.head.sha ?? null;
  const branch = repository.branches.get(name);
  if (branch !== undefined) return branch;
  if (!/^[0-9a-f]{7,40}$/.test(ref)) return null;
  if (repository.objects.commits.has(ref)) return ref;
  return [...repository.objects.commits.keys()].find((oid) => oid.startsWith(ref)) ?? null;
};

/** What an open pull request is compared with now; a closed one keeps what it was last compared with. */
const baseTip = (pull: PullRequest): string =>
  pull.issue.state === 'open'
    ? (pull.repository.branches.get(pull.base.ref) ?? pull.base.sha)
    : pull.base.sha;

export const mergeBaseOf = (pull: PullRequest): string | null =>
  mergeBase(pull.repository.objects, baseTip(pull), pull.head.sha);

/** The three-dot difference: from the merge base to the head. */
export const changesOf = (pull: PullRequest): readonly ChangedFile[] =>
  changesBetween(pull.repository.objects, mergeBaseOf(pull), pull.head.sha);

export const commitsOf = (pull: PullRequest): readonly Commit[] =>
  commitsBetween(pull.repository.objects, baseTip(pull), pull.head.sha);

export const mergedFiles = (objects: GitObjects, base: string, head: string): Files | null => {
  const common = mergeBase(objects, base, head);
  return mergeFiles(
    common === null ? NO_FILES : commitOf(objects, common).files,
    commitOf(objects, base).files,
    commitOf(objects, head).files,
  );
};

/** The newest run of each App and name on a commit, as the pull request page shows them. */
export const latestRuns = (repository: Repository, sha: string): readonly CheckRun[] => {
  const latest = new Map<string, CheckRun>();
  for (const suite of repository.suites)
    if (suite.sha === sha) for (const run of suite.runs) latest.set(`${run.name}\n${suite.app.id}`, run);
  return [...latest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, run]) => run);
};

/** A required check is satisfied by success, neutral and skipped, and by nothing else. */
export const satisfies = (run: CheckRun | undefined): boolean =>
  run?.status === 'completed' && ['success', 'neutral', 'skipped'].includes(run.conclusion ?? '');

/** Where no App is named, whoever posted last: nothing says that another one's counts less. */
export const countingRun = ({ name, app }: RequiredCheck, runs: readonly CheckRun[]): CheckRun | undefined =>
  runs
    .filter((run) => run.name === name && (app === null || run.suite.app.id === app))
    .sort((a, b) => b.id - a.id)[0];

export type Mergeability = {
  /** No conflict with the base. */
  readonly clean: boolean;
  readonly state: 'clean' | 'dirty' | 'blocked' | 'draft' | 'unknown';
  /** Required checks that are missing or not satisfied. */
  readonly waitingFor: readonly string[];
};

export const mergeability = (pull: PullRequest): Mergeability => {
  if (pull.issue.state === 'closed') return { clean: false, state: 'unknown', waitingFor: [] };
  const { repository, head, base } = pull;
  const clean = mergedFiles(repository.objects, baseTip(pull), head.sha) !== null;
  const runs = latestRuns(repository, head.sha);
  const required = base.ref === repository.defaultBranch ? repository.requiredChecks : [];
  const waitingFor = required.filter((check) => !satisfies(countingRun(check, runs))).map(({ name }) => name);
  if (pull.draft) return { clean, state: 'draft', waitingFor };
  if (!clean) return { clean, state: 'dirty', waitingFor };
  return { clean, state: waitingFor.length > 0 ? 'blocked' : 'clean', waitingFor };
};

/** GitHub's test merge of head and base; null when they conflict. It never becomes part of a branch. */
export const testMergeOf = (world: World, pull: PullRequest): string | null => {
  const { objects } = pull.repository;
  const base = baseTip(pull);
  const files = mergedFiles(objects, base, pull.head.sha);
  if (files === null) return null;
  const author = { name: 'GitHub', email: 'noreply@github.com', time: world.app.createdAt };
  const message = `Merge ${pull.head.sha} into ${base}`;
  return writeCommit(objects, { files, parents: [base, pull.head.sha], author, message });
};

export const pullsWithHead = (repository: Repository, sha: string): readonly PullRequest[] =>
  [...repository.pulls.values()].filter((pull) => pull.head.sha === sha);
