// Commits arrive on a branch → the push, the pull requests that move with it, and the check suite.
import { iso } from '../clock.ts';
import { commitsBetween, reaches } from '../git/history.ts';
import type { Commit, FileSpec, Signature } from '../git/objects.ts';
import { applyFiles, commitOf, writeCommit } from '../git/objects.ts';
import { webUrl } from '../rest/json/repositories.ts';
import { accountByEmail, accountOf } from './accounts.ts';
import { changesBetween } from './branches.ts';
import { emitCheckSuite, emitOther, emitPull } from './events.ts';
import type { Account, App, CheckSuite, Repository, World } from './state.ts';

const ZERO = '0'.repeat(40);

export type CommitSpec = {
  readonly files: Readonly<Record<string, FileSpec>>;
  readonly message?: string;
  /**
   * Who the commit says wrote it, which proves nothing: a login, or `Name <e-mail>` for somebody GitHub doesn't know.
   * Default: who pushes. The committer is the same unless given.
   */
  readonly author?: string;
  readonly committer?: string;
};

export const signatureOf = (account: Account, time: number): Signature => ({
  name: account.name,
  email: account.email,
  time,
});

const namedIn = (world: World, who: string | undefined, time: number): Signature | null => {
  if (who === undefined) return null;
  const [, name, email] = /^(.+?) <(.+)>$/.exec(who) ?? [];
  if (name !== undefined && email !== undefined) return { name, email, time };
  return signatureOf(accountOf(world, who), time);
};

/** Writes commits on top of `parent` (or as a root) and returns the last one's id. */
export const writeCommits = (
  world: World,
  repository: Repository,
  parent: string | null,
  specs: readonly CommitSpec[],
  by: Account,
): string => {
  let tip = parent;
  for (const spec of specs) {
    const before = tip === null ? new Map() : commitOf(repository.objects, tip).files;
    const time = world.clock.tick();
    const author = namedIn(world, spec.author, time) ?? signatureOf(by, time);
    tip = writeCommit(repository.objects, {
      files: applyFiles(repository.objects, before, spec.files),
      parents: tip === null ? [] : [tip],
      author,
      committer: namedIn(world, spec.committer, time) ?? author,
      message: spec.message ?? `Change ${Object.keys(spec.files).sort().join(', ') || 'nothing'}`,
    });
  }
  if (tip === null) throw new Error('nothing to commit');
  return tip;
};

const pushedCommit = (world: World, repository: Repository, commit: Commit): Record<string, unknown> => {
  const changes = changesBetween(repository.objects, commit.parents[0] ?? null, commit.oid);
  const person = (who: Signature): Record<string, unknown> => {
    const username = accountByEmail(world, who.email)?.login;
    return { name: who.name, email: who.email, ...(username === undefined ? {} : { username }) };
  };
  const paths = (...statuses: readonly string[]): readonly string[] =>
    changes.filter(({ status }) => statuses.includes(status)).map(({ path }) => path);
  return {
    id: commit.oid,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: iso(commit.committer.time),
    url: `${webUrl(world, repository)}/commit/${commit.oid}`,
    author: person(commit.author),
    committer: person(commit.committer),
    added: paths('added', 'renamed'),
    removed: [...paths('removed'), ...changes.flatMap(({ previousPath }) => previousPath ?? [])],
    modified: paths('modified', 'changed'),
  };
};

/** The App's suite on a commit; GitHub makes one per App and commit. */
export const suiteFor = (
  world: World,
  repository: Repository,
  sha: string,
  branch: string | null,
  app: App = world.app,
): CheckSuite => {
  const known = repository.suites.find((suite) => suite.sha === sha && suite.app === app);
  if (known !== undefined) return known;
  const suite: CheckSuite = {
    id: world.nextId('suite') + 90_000,
    app,
    repository,
    sha,
    branch,
    createdAt: world.clock.now(),
    runs: [],
  };
  repository.suites.push(suite);
  return suite;
};

/** Moves a branch (to null: deletes it) and tells the world. A move that loses commits is a forced push. */
export const moveBranch = (
  world: World,
  repository: Repository,
  branch: string,
  to: string | null,
  by: Account,
): void => {
  const before = repository.branches.get(branch) ?? null;
  if (before === to) return;
  repository.pushedAt = world.clock.tick();
  if (to === null) repository.branches.delete(branch);
  else repository.branches.set(branch, to);
  emitPush(world, repository, `refs/heads/${branch}`, before, to, by);
  if (to === null) return;
  // Written by people: a trailer keeps the suite away, which is why nothing may depend on it.
  if (!/^skip-checks: *true$/m.test(commitOf(repository.objects, to).message)) {
    const suite = suiteFor(world, repository, to, branch);
    emitCheckSuite(world, suite, 'requested', by);
  }
  for (const home of world.repositories.values()) {
    for (const pull of home.pulls.values()) {
      const moved = pull.head.repository === repository && pull.head.ref === branch;
      if (!moved || pull.issue.state === 'closed') continue;
      const from = pull.head.sha;
      pull.head.sha = to;
      pull.base.sha = home.branches.get(pull.base.ref) ?? pull.base.sha;
      pull.issue.updatedAt = world.clock.now();
      emitPull(world, pull, 'synchronize', by, { before: from, after: to });
    }
  }
};

/** Gives a commit a name that nothing moves with it. */
export const pushTag = (
  world: World,
  repository: Repository,
  tag: string,
  sha: string,
  by: Account,
): void => {
  repository.pushedAt = world.clock.tick();
  emitPush(world, repository, `refs/tags/${tag}`, null, sha, by);
};

const emitPush = (
  world: World,
  repository: Repository,
  ref: string,
  before: string | null,
  after: string | null,
  by: Account,
): void => {
  const { objects } = repository;
  const fresh =
    after === null
      ? []
      : commitsBetween(objects, before ?? repository.branches.get(repository.defaultBranch) ?? after, after);
  const head = after === null ? null : pushedCommit(world, repository, commitOf(objects, after));
  emitOther(world, repository, ['push', null], by, {
    ref,
    before: before ?? ZERO,
    after: after ?? ZERO,
    created: before === null,
    deleted: after === null,
    forced: before !== null && after !== null && !reaches(objects, after, before),
    base_ref: null,
    compare: `${webUrl(world, repository)}/compare/${(before ?? ZERO).slice(0, 12)}...${(after ?? ZERO).slice(0, 12)}`,
    commits: fresh.map((commit) => pushedCommit(world, repository, commit)),
    head_commit: head,
    pusher: { name: by.login, email: by.email },
  });
};
