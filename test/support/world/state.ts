// What the stand-in knows: accounts, organisations, repositories, pull requests, checks. Records only; actions are elsewhere.
import type { Clock } from '../clock.ts';
import type { GitObjects } from '../git/objects.ts';

export type Account = {
  readonly id: number;
  readonly login: string;
  readonly type: 'User' | 'Bot' | 'Organization';
  readonly name: string;
  readonly email: string;
  readonly createdAt: number;
};

export type Team = {
  readonly id: number;
  readonly slug: string;
  readonly organization: Organization;
  readonly parent: Team | null;
  readonly members: Map<
    number,
    { readonly role: 'member' | 'maintainer'; readonly state: 'active' | 'pending' }
  >;
  readonly createdAt: number;
};

export type Organization = {
  readonly account: Account;
  readonly members: Set<number>;
  readonly owners: Set<number>;
  readonly teams: Map<string, Team>;
  /** What every member may do in every repository, unless a repository says otherwise of that person. */
  readonly baseRole: Role;
};

/** What somebody may do in a repository, in GitHub's words. */
export type Role = 'none' | 'read' | 'triage' | 'write' | 'admin';

export type Label = { readonly id: number; name: string; color: string; description: string };

export type Comment = {
  readonly id: number;
  readonly author: Account;
  readonly viaApp: boolean;
  body: string;
  readonly createdAt: number;
  updatedAt: number;
};

export type LabelEvent = {
  readonly id: number;
  readonly kind: 'labeled' | 'unlabeled';
  readonly actor: Account;
  readonly viaApp: boolean;
  readonly label: { readonly id: number; readonly name: string; readonly color: string };
  readonly createdAt: number;
};

type ReviewState = 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING';

export type Review = {
  readonly id: number;
  readonly author: Account;
  readonly body: string;
  readonly commit: string;
  state: ReviewState;
  readonly submittedAt: number;
};

export type Side = 'LEFT' | 'RIGHT';

export type ReviewComment = {
  readonly id: number;
  readonly review: number;
  readonly author: Account;
  readonly body: string;
  readonly path: string;
  readonly commit: string;
  /** Null for a comment on the whole file. */
  readonly line: number | null;
  readonly side: Side;
  readonly startLine: number | null;
  readonly diffHunk: string;
  readonly createdAt: number;
};

/** An issue, or the part of a pull request that is one. */
export type Issue = {
  readonly id: number;
  readonly repository: Repository;
  readonly number: number;
  readonly author: Account;
  readonly createdAt: number;
  readonly viaApp: boolean;
  title: string;
  body: string;
  state: 'open' | 'closed';
  closedAt: number | null;
  updatedAt: number;
  labels: Label[];
  readonly labelEvents: LabelEvent[];
  readonly comments: Comment[];
  readonly pull: PullRequest | null;
};

export type PullRequest = {
  /** The shared number, title, labels and conversation. */
  readonly issue: Issue;
  readonly id: number;
  readonly repository: Repository;
  readonly number: number;
  readonly head: { readonly repository: Repository; readonly ref: string; sha: string };
  /** `sha` is the tip of the base branch when the pull request was last opened, pushed to or retargeted. */
  readonly base: { ref: string; sha: string };
  draft: boolean;
  merged: { readonly at: number; readonly by: Account; readonly commit: string } | null;
  readonly reviews: Review[];
  readonly reviewComments: ReviewComment[];
  requestedReviewers: Account[];
  requestedTeams: Team[];
};

export type Annotation = {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly startColumn: number | null;
  readonly endColumn: number | null;
  readonly level: 'notice' | 'warning' | 'failure';
  readonly message: string;
  readonly title: string | null;
  readonly rawDetails: string | null;
};

export type CheckStatus = 'queued' | 'in_progress' | 'completed';

export type CheckConclusion =
  | 'success'
  | 'failure'
  | 'neutral'
  | 'cancelled'
  | 'skipped'
  | 'timed_out'
  | 'action_required';

export type CheckAction = {
  readonly label: string;
  readonly description: string;
  readonly identifier: string;
};

export type CheckRun = {
  readonly id: number;
  readonly suite: CheckSuite;
  readonly name: string;
  readonly sha: string;
  externalId: string;
  detailsUrl: string | null;
  status: CheckStatus;
  conclusion: CheckConclusion | null;
  startedAt: number | null;
  completedAt: number | null;
  title: string | null;
  summary: string | null;
  text: string | null;
  readonly annotations: Annotation[];
  actions: readonly CheckAction[];
};

/** GitHub keeps the runs of one App on one commit together. */
export type CheckSuite = {
  readonly id: number;
  readonly app: App;
  readonly repository: Repository;
  readonly sha: string;
  readonly branch: string | null;
  readonly createdAt: number;
  readonly runs: CheckRun[];
};

/** A check that merges wait for, and the App it has to come from; null for anybody. */
export type RequiredCheck = { readonly name: string; readonly app: App['id'] | null };

export type Repository = {
  readonly id: number;
  readonly owner: Account;
  readonly name: string;
  readonly visibility: 'public' | 'private' | 'internal';
  readonly defaultBranch: string;
  readonly objects: GitObjects;
  /** Branch name without `refs/heads/` → commit. */
  readonly branches: Map<string, string>;
  readonly labels: Map<string, Label>;
  readonly issues: Map<number, Issue>;
  readonly pulls: Map<number, PullRequest>;
  readonly suites: CheckSuite[];
  readonly collaborators: Map<number, Role>;
  /** Checks that a merge into the default branch waits for. */
  readonly requiredChecks: readonly RequiredCheck[];
  /** Protected by rules, beside the default branch where it has required checks. */
  readonly protectedBranches: ReadonlySet<string>;
  readonly parent: Repository | null;
  readonly createdAt: number;
  pushedAt: number;
  /** Makes the recursive tree listing stop after so many entries with `truncated: true`; null for GitHub's 100,000. */
  treeLimit: number | null;
};

export type Permissions = Readonly<Record<string, 'read' | 'write' | 'admin'>>;

/** Ours is the one that the webhooks go to; of others only what they post is known. */
export type App = {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly clientId: string;
  readonly owner: Account;
  readonly bot: Account;
  readonly publicKey: string;
  readonly permissions: Permissions;
  readonly events: readonly string[];
  readonly createdAt: number;
};

export type Installation = {
  readonly id: number;
  readonly account: Account;
  /** Null when it holds all repositories of the account. */
  readonly repositories: Set<number> | null;
  permissions: Permissions;
  suspendedAt: number | null;
  readonly createdAt: number;
};

/** Something that happened, as the App gets to hear of it; `payload` is made at once, while the state is what it was. */
export type WorldEvent = {
  readonly event: string;
  readonly action: string | null;
  readonly repository: Repository | null;
  readonly account: Account;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Of an event about checks, whose they are. */
  readonly checksOf?: App;
};

export type World = {
  readonly clock: Clock;
  /** Where the stand-in is reached, e.g. `http://127.0.0.1:3456`; known once it listens. */
  readonly address: { url: string };
  readonly accounts: Map<string, Account>;
  readonly organizations: Map<string, Organization>;
  readonly repositories: Map<string, Repository>;
  readonly installations: Map<number, Installation>;
  readonly app: App;
  /** The next id of a counter; every kind counts on its own. */
  readonly nextId: (kind: string) => number;
  /** Told of everything that happens; wired to the webhooks. */
  emit: (event: WorldEvent) => void;
  /** Grows with every change, so that a page can see that something happened. */
  version: number;
};
