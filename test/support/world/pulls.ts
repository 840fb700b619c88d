// What people do with a pull request as a whole: open, retarget, close, merge, queue.
import { writeCommit } from '../git/objects.ts';
import { simpleCommitJson } from '../rest/json/repositories.ts';
import { GitHubProblem } from '../rest/problem.ts';
import { mergeability, mergedFiles } from './branches.ts';
import { emitOther, emitPull } from './events.ts';
import { moveBranch, signatureOf } from './push.ts';
import type { Account, Issue, Label, PullRequest, Repository, World } from './state.ts';

type IssueSpec = {
  readonly author: Account;
  readonly title: string;
  readonly body: string;
  readonly viaApp: boolean;
};

const nextNumber = (repository: Repository): number => repository.issues.size + 1;

export const createIssue = (world: World, repository: Repository, spec: IssueSpec): Issue => {
  const now = world.clock.tick();
  const issue: Issue = {
    ...spec,
    id: world.nextId('issue') + 40_000,
    repository,
    number: nextNumber(repository),
    createdAt: now,
    state: 'open',
    closedAt: null,
    updatedAt: now,
    labels: [],
    labelEvents: [],
    comments: [],
    pull: null,
  };
  repository.issues.set(issue.number, issue);
  return issue;
};

/** Opens a pull request from a branch that is already pushed. Labels given here are there without a `labeled` event. */
export const createPull = (
  world: World,
  repository: Repository,
  spec: Omit<IssueSpec, 'viaApp'> & {
    readonly head: { readonly repository: Repository; readonly ref: string };
    readonly base: string;
    readonly draft: boolean;
    readonly labels: readonly Label[];
  },
): PullRequest => {
  const sha = spec.head.repository.branches.get(spec.head.ref);
  const base = repository.branches.get(spec.base);
  if (sha === undefined || base === undefined) throw new Error(`no branch ${spec.head.ref} or ${spec.base}`);
  const now = world.clock.tick();
  const number = nextNumber(repository);
  const issue: Issue & { pull: PullRequest | null } = {
    id: world.nextId('issue') + 40_000,
    repository,
    number,
    author: spec.author,
    createdAt: now,
    viaApp: false,
    title: spec.title,
    body: spec.body,
    state: 'open',
    closedAt: null,
    updatedAt: now,
    labels: [...spec.labels],
    labelEvents: [],
    comments: [],
    pull: null,
  };
  const pull: PullRequest = {
    issue,
    id: world.nextId('pull') + 50_000,
    repository,
    number,
    head: { repository: spec.head.repository, ref: spec.head.ref, sha },
    base: { ref: spec.base, sha: base },
    draft: spec.draft,
    merged: null,
    reviews: [],
    reviewComments: [],
    requestedReviewers: [],
    requestedTeams: [],
  };
  issue.pull = pull;
  repository.issues.set(number, issue);
  repository.pulls.set(number, pull);
  emitPull(world, pull, 'opened', spec.author);
  return pull;
};

const touch = (world: World, pull: PullRequest): number => {
  pull.issue.updatedAt = world.clock.tick();
  return pull.issue.updatedAt;
};

/** Changes the base branch: the head stays, the difference is another. */
export const retarget = (world: World, pull: PullRequest, base: string, by: Account): void => {
  const from = { ...pull.base };
  const sha = pull.repository.branches.get(base);
  if (sha === undefined) throw new GitHubProblem(422, 'Validation Failed');
  touch(world, pull);
  pull.base.ref = base;
  pull.base.sha = sha;
  emitPull(world, pull, 'edited', by, {
    changes: { base: { ref: { from: from.ref }, sha: { from: from.sha } } },
  });
};

export const retitle = (world: World, pull: PullRequest, title: string, by: Account): void => {
  const from = pull.issue.title;
  touch(world, pull);
  pull.issue.title = title;
  emitPull(world, pull, 'edited', by, { changes: { title: { from } } });
};

export const setDraft = (world: World, pull: PullRequest, draft: boolean, by: Account): void => {
  if (pull.draft === draft) return;
  touch(world, pull);
  pull.draft = draft;
  emitPull(world, pull, draft ? 'converted_to_draft' : 'ready_for_review', by);
};

export const close = (world: World, pull: PullRequest, by: Account): void => {
  pull.issue.closedAt = touch(world, pull);
  pull.base.sha = pull.repository.branches.get(pull.base.ref) ?? pull.base.sha;
  pull.issue.state = 'closed';
  emitPull(world, pull, 'closed', by);
};

/** A reopened pull request takes up where its branch is now. */
export const reopen = (world: World, pull: PullRequest, by: Account): void => {
  touch(world, pull);
  pull.issue.state = 'open';
  pull.issue.closedAt = null;
  pull.head.sha = pull.head.repository.branches.get(pull.head.ref) ?? pull.head.sha;
  pull.base.sha = pull.repository.branches.get(pull.base.ref) ?? pull.base.sha;
  emitPull(world, pull, 'reopened', by);
};

/** Merges with a merge commit; a missing required check refuses unless an administrator `bypasses` it. */
export const merge = (world: World, pull: PullRequest, by: Account, bypasses = false): void => {
  const { state, waitingFor } = mergeability(pull);
  if (state === 'dirty' || state === 'draft' || state === 'unknown')
    throw new GitHubProblem(405, 'Pull Request is not mergeable');
  if (state === 'blocked' && !bypasses)
    throw new GitHubProblem(405, `Required status check "${waitingFor[0]}" is expected.`);
  const { objects } = pull.repository;
  const base = pull.repository.branches.get(pull.base.ref) ?? pull.base.sha;
  const files = mergedFiles(objects, base, pull.head.sha);
  if (files === null) throw new GitHubProblem(405, 'Pull Request is not mergeable');
  const now = touch(world, pull);
  const commit = writeCommit(objects, {
    files,
    parents: [base, pull.head.sha],
    author: signatureOf(by, now),
    message: `Merge pull request #${pull.number} from ${pull.head.ref}\n\n${pull.issue.title}`,
  });
  pull.base.sha = base;
  pull.merged = { at: now, by, commit };
  pull.issue.state = 'closed';
  pull.issue.closedAt = now;
  moveBranch(world, pull.repository, pull.base.ref, commit, by);
  emitPull(world, pull, 'closed', by);
};

export type MergeGroup = {
  readonly repository: Repository;
  readonly headSha: string;
  readonly headRef: string;
  readonly baseSha: string;
  readonly baseRef: string;
};

const mergeGroupJson = (group: MergeGroup): Record<string, unknown> => ({
  head_sha: group.headSha,
  head_ref: group.headRef,
  base_sha: group.baseSha,
  base_ref: group.baseRef,
  head_commit: simpleCommitJson(group.repository, group.headSha),
});

/** Puts a pull request into the merge queue: its content on top of the base, under a queue branch, waiting for checks. */
export const enqueue = (world: World, pull: PullRequest, by: Account): MergeGroup => {
  const { repository, base } = pull;
  const baseSha = repository.branches.get(base.ref) ?? base.sha;
  const files = mergedFiles(repository.objects, baseSha, pull.head.sha);
  if (files === null) throw new GitHubProblem(405, 'Pull Request is not mergeable');
  const headSha = writeCommit(repository.objects, {
    files,
    parents: [baseSha, pull.head.sha],
    author: signatureOf(by, touch(world, pull)),
    message: `Merge pull request #${pull.number} from ${pull.head.ref}`,
  });
  const branch = `gh-readonly-queue/${base.ref}/pr-${pull.number}-${baseSha}`;
  const group: MergeGroup = {
    repository,
    headSha,
    headRef: `refs/heads/${branch}`,
    baseSha,
    baseRef: `refs/heads/${base.ref}`,
  };
  emitPull(world, pull, 'enqueued', by);
  moveBranch(world, repository, branch, headSha, by);
  emitOther(world, repository, ['merge_group', 'checks_requested'], by, {
    merge_group: mergeGroupJson(group),
  });
  return group;
};

export const leaveQueue = (
  world: World,
  group: MergeGroup,
  reason: 'merged' | 'dequeued' | 'invalidated',
  by: Account,
): void => {
  moveBranch(world, group.repository, group.headRef.replace('refs/heads/', ''), null, by);
  emitOther(world, group.repository, ['merge_group', 'destroyed'], by, {
    reason,
    merge_group: mergeGroupJson(group),
  });
};
