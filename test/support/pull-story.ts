// What people do with one pull request, as a test tells it.
import type { FileSpec } from './git/objects.ts';
import { commitOf } from './git/objects.ts';
import { forbidden } from './rest/problem.ts';
import { accountOf, roleOf, roleReaches } from './world/accounts.ts';
import { changesOf, latestRuns, type Mergeability, mergeability, mergeBaseOf } from './world/branches.ts';
import {
  type CheckWrite,
  createCheckRun,
  requestAction,
  rerequestCheckRun,
  rerequestSuite,
} from './world/checks.ts';
import { addComment, dismissReview, submitReview } from './world/conversation.ts';
import { addLabels, removeLabel } from './world/labels.ts';
import * as pulls from './world/pulls.ts';
import { type CommitSpec, moveBranch, writeCommits } from './world/push.ts';
import type {
  Account,
  App,
  CheckRun,
  Comment,
  PullRequest,
  Repository,
  Review,
  ReviewComment,
  Role,
  World,
} from './world/state.ts';

export type By = { readonly as?: string };
/** Path → content; null deletes. */
export type Specs = Readonly<Record<string, FileSpec>>;

export type PullStory = {
  readonly number: number;
  readonly url: string;
  readonly pull: PullRequest;
  readonly head: () => string;
  readonly mergeBase: () => string | null;
  readonly push: (files: Specs, by?: By & Omit<CommitSpec, 'files'>) => Promise<void>;
  /** Replaces the branch by these commits on the current base: a rebase or any other forced push. */
  readonly forcePush: (commits: readonly CommitSpec[], by?: By) => Promise<void>;
  /** Puts the same changes on the current tip of the base branch. */
  readonly rebase: (by?: By) => Promise<void>;
  readonly retarget: (base: string, by?: By) => Promise<void>;
  readonly retitle: (title: string, by?: By) => Promise<void>;
  readonly label: (name: string, by: { readonly as: string; readonly viaApp?: boolean }) => Promise<void>;
  readonly unlabel: (name: string, by: { readonly as: string }) => Promise<void>;
  readonly review: (
    event: 'APPROVE' | 'REQUEST_CHANGES' | 'COMMENT',
    by: { readonly as: string; readonly body?: string },
  ) => Promise<Review>;
  readonly dismiss: (review: Review, by: { readonly as: string }) => Promise<void>;
  readonly comment: (body: string, by: { readonly as: string }) => Promise<void>;
  readonly draft: (draft: boolean, by?: By) => Promise<void>;
  readonly close: (by?: By) => Promise<void>;
  readonly reopen: (by?: By) => Promise<void>;
  readonly merge: (by: { readonly as: string; readonly bypass?: boolean }) => Promise<void>;
  readonly enqueue: (by: { readonly as: string }) => Promise<pulls.MergeGroup>;
  readonly leaveQueue: (
    group: pulls.MergeGroup,
    reason: 'merged' | 'dequeued' | 'invalidated',
    by: { readonly as: string },
  ) => Promise<void>;
  /** "Re-run" on the newest check of that name. */
  readonly rerun: (check: string, by: { readonly as: string }) => Promise<void>;
  readonly rerunAll: (by: { readonly as: string }) => Promise<void>;
  readonly clickAction: (check: string, identifier: string, by: { readonly as: string }) => Promise<void>;
  /** Another App shows this on the head. */
  readonly postCheck: (app: App, name: string, write: CheckWrite) => Promise<CheckRun>;
  /** The newest run of ours of each name on the head. */
  readonly checks: () => readonly CheckRun[];
  readonly check: (name: string) => CheckRun | undefined;
  readonly comments: () => readonly Comment[];
  readonly labels: () => readonly string[];
  readonly reviews: () => readonly Review[];
  readonly reviewComments: () => readonly ReviewComment[];
  readonly mergeability: () => Mergeability;
};

/** Resolves once every webhook made so far has been answered, but for those a test delays or holds. */
export type Delivered = () => Promise<void>;

/** What was asked for, which has to be there: a test that names something else is wrong. */
export const required = <Found>(found: Found | undefined | null, what: string): Found => {
  if (found === undefined || found === null) throw new Error(`there is no ${what}`);
  return found;
};

/** The person, if the role allows it; throws 403 otherwise. */
export const allowed = (world: World, repository: Repository, login: string, role: Role): Account => {
  const account = accountOf(world, login);
  if (!roleReaches(roleOf(world, repository, account), role)) throw forbidden(`${login} may not do that`);
  return account;
};

export const pullStory = (world: World, delivered: Delivered, pull: PullRequest): PullStory => {
  const { repository, issue } = pull;
  const author = issue.author.login;
  const person = (by: By | undefined): Account => accountOf(world, by?.as ?? author);
  const runs = (): readonly CheckRun[] =>
    latestRuns(repository, pull.head.sha).filter(({ suite }) => suite.app === world.app);
  const run = (name: string): CheckRun =>
    required(
      runs().find((each) => each.name === name),
      `check ${name}`,
    );
  const onBase = async (commits: readonly CommitSpec[], by?: By): Promise<void> => {
    const base = required(repository.branches.get(pull.base.ref), `branch ${pull.base.ref}`);
    const tip = writeCommits(world, pull.head.repository, base, commits, person(by));
    moveBranch(world, pull.head.repository, pull.head.ref, tip, person(by));
    await delivered();
  };
  return {
    number: pull.number,
    get url() {
      return `${world.address.url}/${repository.owner.login}/${repository.name}/pull/${pull.number}`;
    },
    pull,
    head: () => pull.head.sha,
    mergeBase: () => mergeBaseOf(pull),
    push: async (files, by) => {
      const { as: _as, ...commit } = by ?? {};
      const spec = { files, ...commit };
      const tip = writeCommits(world, pull.head.repository, pull.head.sha, [spec], person(by));
      moveBranch(world, pull.head.repository, pull.head.ref, tip, person(by));
      await delivered();
    },
    forcePush: onBase,
    rebase: (by) => {
      const { objects } = repository;
      const files: Record<string, FileSpec> = {};
      const head = commitOf(objects, pull.head.sha);
      for (const change of changesOf(pull)) {
        if (change.previousPath !== null) files[change.previousPath] = null;
        const file = head.files.get(change.path);
        const content = objects.blobs.get(change.oid) ?? Buffer.alloc(0);
        if (file === undefined) files[change.path] = null;
        else if (file.mode === '160000') files[change.path] = { submodule: file.oid };
        else if (file.mode === '120000') files[change.path] = { symlink: content.toString() };
        else if (file.mode === '100755') files[change.path] = { text: content.toString(), mode: '100755' };
        else files[change.path] = content;
      }
      return onBase([{ files, message: head.message }], by);
    },
    retarget: async (base, by) => {
      pulls.retarget(world, pull, base, person(by));
      await delivered();
    },
    retitle: async (title, by) => {
      pulls.retitle(world, pull, title, person(by));
      await delivered();
    },
    label: async (name, { as, viaApp }) => {
      addLabels(world, issue, [name], allowed(world, repository, as, 'triage'), viaApp ?? false);
      await delivered();
    },
    unlabel: async (name, { as }) => {
      removeLabel(world, issue, name, allowed(world, repository, as, 'triage'));
      await delivered();
    },
    review: async (event, { as, body }) => {
      const review = submitReview(world, pull, accountOf(world, as), { event, body: body ?? '' });
      await delivered();
      return review;
    },
    dismiss: async (review, { as }) => {
      dismissReview(world, pull, review, allowed(world, repository, as, 'write'));
      await delivered();
    },
    comment: async (body, { as }) => {
      addComment(world, issue, body, accountOf(world, as));
      await delivered();
    },
    draft: async (draft, by) => {
      pulls.setDraft(world, pull, draft, person(by));
      await delivered();
    },
    close: async (by) => {
      pulls.close(world, pull, person(by));
      await delivered();
    },
    reopen: async (by) => {
      pulls.reopen(world, pull, person(by));
      await delivered();
    },
    merge: async ({ as, bypass }) => {
      const by = allowed(world, repository, as, bypass === true ? 'admin' : 'write');
      pulls.merge(world, pull, by, bypass === true);
      await delivered();
    },
    enqueue: async ({ as }) => {
      const group = pulls.enqueue(world, pull, allowed(world, repository, as, 'write'));
      await delivered();
      return group;
    },
    leaveQueue: async (group, reason, { as }) => {
      pulls.leaveQueue(world, group, reason, accountOf(world, as));
      await delivered();
    },
    rerun: async (check, { as }) => {
      rerequestCheckRun(world, run(check), allowed(world, repository, as, 'write'));
      await delivered();
    },
    rerunAll: async ({ as }) => {
      const first = required(runs()[0], 'check to run again');
      rerequestSuite(world, first, allowed(world, repository, as, 'write'));
      await delivered();
    },
    clickAction: async (check, identifier, { as }) => {
      requestAction(world, run(check), identifier, allowed(world, repository, as, 'write'));
      await delivered();
    },
    postCheck: async (app, name, write) => {
      const posted = createCheckRun(world, repository, pull.head.sha, name, write, app);
      await delivered();
      return posted;
    },
    checks: runs,
    check: (name) => runs().find((each) => each.name === name),
    comments: () => [...issue.comments],
    labels: () => issue.labels.map(({ name }) => name),
    reviews: () => [...pull.reviews],
    reviewComments: () => [...pull.reviewComments],
    mergeability: () => mergeability(pull),
  };
};
