// The stand-in as a test tells it: organisations, repositories and pull requests that people act on.
import type { FileSpec } from './git/objects.ts';
import { commitOf, createObjects } from './git/objects.ts';
import { installationJson, installedRepositoriesJson } from './rest/json/accounts.ts';
import { forbidden } from './rest/problem.ts';
import { accountOf, createTeam, joinTeam, roleOf, roleReaches } from './world/accounts.ts';
import { changesOf, latestRuns, type Mergeability, mergeability, mergeBaseOf } from './world/branches.ts';
import { requestAction, rerequestCheckRun, rerequestSuite } from './world/checks.ts';
import { addComment, dismissReview, submitReview } from './world/conversation.ts';
import { emitMembership, emitOther } from './world/events.ts';
import { addLabels, createLabel, deleteLabel, editLabel, findLabel, removeLabel } from './world/labels.ts';
import * as pulls from './world/pulls.ts';
import { type CommitSpec, moveBranch, writeCommits } from './world/push.ts';
import type {
  Account,
  CheckRun,
  Comment,
  Installation,
  Issue,
  Label,
  Organization,
  PullRequest,
  Repository,
  Review,
  ReviewComment,
  Role,
  Team,
  World,
} from './world/state.ts';

type By = { readonly as?: string };
type Specs = Readonly<Record<string, FileSpec>>;

export type TeamSpec =
  | readonly string[]
  | { readonly members?: readonly string[]; readonly pending?: readonly string[]; readonly parent?: string };

export type OrganizationSpec = {
  readonly teams?: Readonly<Record<string, TeamSpec>>;
  readonly members?: readonly string[];
  readonly owners?: readonly string[];
  /** `false` leaves the App out; `selected` gives it only the repositories made with `installed: true`. */
  readonly install?: boolean | 'selected';
};

export type RepositorySpec = {
  readonly files?: Specs;
  readonly visibility?: Repository['visibility'];
  readonly defaultBranch?: string;
  readonly collaborators?: Readonly<Record<string, Role>>;
  readonly labels?: readonly string[];
  readonly requiredChecks?: readonly string[];
  readonly installed?: boolean;
};

export type PullSpec = {
  readonly author: string;
  readonly branch: string;
  /** What the branch changes, as one commit … */
  readonly files?: Specs;
  readonly message?: string;
  /** … or as several. With neither, the branch has to be there already. */
  readonly commits?: readonly CommitSpec[];
  readonly base?: string;
  readonly title?: string;
  readonly body?: string;
  readonly draft?: boolean;
  /** Already there when it opens, without `labeled` events. */
  readonly labels?: readonly string[];
  /** The fork whose branch it is. */
  readonly from?: RepositoryStory;
};

export type PullStory = {
  readonly number: number;
  readonly url: string;
  readonly pull: PullRequest;
  readonly head: () => string;
  readonly mergeBase: () => string | null;
  readonly push: (files: Specs, by?: By & { readonly message?: string }) => Promise<void>;
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
  /** The newest run of each name on the head. */
  readonly checks: () => readonly CheckRun[];
  readonly check: (name: string) => CheckRun | undefined;
  readonly comments: () => readonly Comment[];
  readonly labels: () => readonly string[];
  readonly reviews: () => readonly Review[];
  readonly reviewComments: () => readonly ReviewComment[];
  readonly mergeability: () => Mergeability;
};

export type RepositoryStory = {
  readonly repository: Repository;
  readonly slug: string;
  readonly head: (branch?: string) => string;
  /** Commits to a branch, which starts at `from` (default: the default branch) when it is new. */
  readonly push: (
    branch: string,
    files: Specs,
    by: { readonly as: string; readonly message?: string; readonly from?: string },
  ) => Promise<string>;
  readonly deleteBranch: (branch: string, by: { readonly as: string }) => Promise<void>;
  readonly fork: (owner: string) => RepositoryStory;
  readonly openPullRequest: (spec: PullSpec) => PullStory;
  readonly pullRequest: (number: number) => PullStory;
  readonly createLabel: (
    name: string,
    by: { readonly as: string; readonly color?: string; readonly description?: string },
  ) => Promise<Label>;
  readonly renameLabel: (from: string, to: string, by: { readonly as: string }) => Promise<void>;
  readonly deleteLabel: (name: string, by: { readonly as: string }) => Promise<void>;
  readonly checks: (ref: string) => readonly CheckRun[];
  readonly issues: () => readonly Issue[];
};

export type OrganizationStory = {
  readonly organization: Organization;
  readonly installation: Installation | null;
  readonly repository: (name: string, spec?: RepositorySpec) => RepositoryStory;
  readonly team: (slug: string) => Team;
  readonly addMember: (team: string, login: string, by?: By) => Promise<void>;
  readonly removeMember: (team: string, login: string, by?: By) => Promise<void>;
};

/** Resolves once every webhook made so far has been answered. */
export type Delivered = () => Promise<void>;

const required = <Found>(found: Found | undefined | null, what: string): Found => {
  if (found === undefined || found === null) throw new Error(`there is no ${what}`);
  return found;
};

const allowed = (world: World, repository: Repository, login: string, role: Role): Account => {
  const account = accountOf(world, login);
  if (!roleReaches(roleOf(world, repository, account), role)) throw forbidden(`${login} may not do that`);
  return account;
};

export const pullStory = (world: World, delivered: Delivered, pull: PullRequest): PullStory => {
  const { repository, issue } = pull;
  const author = issue.author.login;
  const person = (by: By | undefined): Account => accountOf(world, by?.as ?? author);
  const runs = (): readonly CheckRun[] => latestRuns(repository, pull.head.sha);
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
      const spec = { files, ...(by?.message === undefined ? {} : { message: by.message }) };
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
    checks: runs,
    check: (name) => runs().find((each) => each.name === name),
    comments: () => [...issue.comments],
    labels: () => issue.labels.map(({ name }) => name),
    reviews: () => [...pull.reviews],
    reviewComments: () => [...pull.reviewComments],
    mergeability: () => mergeability(world, pull),
  };
};

const openPullRequest = (
  world: World,
  delivered: Delivered,
  repository: Repository,
  spec: PullSpec,
): PullStory => {
  const author = accountOf(world, spec.author);
  const home = spec.from?.repository ?? repository;
  const base = spec.base ?? repository.defaultBranch;
  const commits =
    spec.commits ??
    (spec.files === undefined
      ? []
      : [{ files: spec.files, ...(spec.message === undefined ? {} : { message: spec.message }) }]);
  if (commits.length > 0) {
    const start = home.branches.get(spec.branch) ?? required(repository.branches.get(base), `branch ${base}`);
    const tip = writeCommits(world, home, start, commits, author);
    moveBranch(world, home, spec.branch, tip, author);
  }
  const labels = (spec.labels ?? []).map(
    (name) => findLabel(repository, name) ?? createLabel(world, repository, author, { name }),
  );
  const pull = pulls.createPull(world, repository, {
    author,
    head: { repository: home, ref: spec.branch },
    base,
    title: spec.title ?? `Change ${spec.branch}`,
    body: spec.body ?? '',
    draft: spec.draft ?? false,
    labels,
  });
  return pullStory(world, delivered, pull);
};

const addRepository = (
  world: World,
  owner: Account,
  name: string,
  spec: RepositorySpec,
  parent: Repository | null,
): Repository => {
  const now = world.clock.tick();
  const repository: Repository = {
    id: world.nextId('repository') + 500,
    owner,
    name,
    visibility: spec.visibility ?? parent?.visibility ?? 'private',
    defaultBranch: spec.defaultBranch ?? parent?.defaultBranch ?? 'main',
    objects: parent?.objects ?? createObjects(),
    branches: new Map(parent?.branches ?? []),
    labels: new Map(),
    issues: new Map(),
    pulls: new Map(),
    suites: [],
    collaborators: new Map(
      Object.entries(spec.collaborators ?? {}).map(([login, role]) => [accountOf(world, login).id, role]),
    ),
    requiredChecks: spec.requiredChecks ?? [],
    parent,
    createdAt: now,
    pushedAt: now,
    treeLimit: null,
  };
  world.repositories.set(`${owner.login}/${name}`.toLowerCase(), repository);
  return repository;
};

export const repositoryStory = (
  world: World,
  delivered: Delivered,
  repository: Repository,
): RepositoryStory => ({
  repository,
  slug: `${repository.owner.login}/${repository.name}`,
  head: (branch = repository.defaultBranch) => required(repository.branches.get(branch), `branch ${branch}`),
  push: async (branch, files, { as, message, from }) => {
    const by = allowed(world, repository, as, 'write');
    const start =
      repository.branches.get(branch) ?? repository.branches.get(from ?? repository.defaultBranch) ?? null;
    const spec = { files, ...(message === undefined ? {} : { message }) };
    const tip = writeCommits(world, repository, start, [spec], by);
    moveBranch(world, repository, branch, tip, by);
    await delivered();
    return tip;
  },
  deleteBranch: async (branch, { as }) => {
    moveBranch(world, repository, branch, null, allowed(world, repository, as, 'write'));
    await delivered();
  },
  fork: (login) =>
    repositoryStory(
      world,
      delivered,
      addRepository(world, accountOf(world, login), repository.name, {}, repository),
    ),
  openPullRequest: (spec) => openPullRequest(world, delivered, repository, spec),
  pullRequest: (number) =>
    pullStory(world, delivered, required(repository.pulls.get(number), `pull request ${number}`)),
  createLabel: async (name, { as, ...look }) => {
    const label = createLabel(world, repository, allowed(world, repository, as, 'write'), { name, ...look });
    await delivered();
    return label;
  },
  renameLabel: async (from, to, { as }) => {
    const label = required(findLabel(repository, from), `label ${from}`);
    editLabel(world, repository, label, allowed(world, repository, as, 'write'), { name: to });
    await delivered();
  },
  deleteLabel: async (name, { as }) => {
    const label = required(findLabel(repository, name), `label ${name}`);
    deleteLabel(world, repository, label, allowed(world, repository, as, 'write'));
    await delivered();
  },
  checks: (ref) => latestRuns(repository, repository.branches.get(ref) ?? ref),
  issues: () => [...repository.issues.values()].filter(({ pull }) => pull === null),
});

const installApp = (world: World, account: Account, selected: boolean): Installation => {
  const installation: Installation = {
    id: world.nextId('installation') + 10,
    account,
    repositories: selected ? new Set() : null,
    permissions: world.app.permissions,
    suspendedAt: null,
    createdAt: world.clock.tick(),
  };
  world.installations.set(installation.id, installation);
  emitOther(world, account, ['installation', 'created'], account, {
    repositories: installedRepositoriesJson(world, installation),
    installation: installationJson(world, installation),
  });
  return installation;
};

export const createOrganization = (
  world: World,
  delivered: Delivered,
  login: string,
  spec: OrganizationSpec = {},
): OrganizationStory => {
  const account = accountOf(world, login, 'Organization');
  const organization: Organization = { account, members: new Set(), owners: new Set(), teams: new Map() };
  world.organizations.set(login.toLowerCase(), organization);
  for (const name of [...(spec.members ?? []), ...(spec.owners ?? [])])
    organization.members.add(accountOf(world, name).id);
  for (const name of spec.owners ?? []) organization.owners.add(accountOf(world, name).id);
  for (const [slug, given] of Object.entries(spec.teams ?? {})) {
    const details =
      'members' in given || 'parent' in given || 'pending' in given
        ? given
        : { members: given as readonly string[] };
    const parent =
      'parent' in details && details.parent !== undefined ? organization.teams.get(details.parent) : null;
    const team = createTeam(world, organization, slug, parent ?? null);
    for (const name of details.members ?? []) joinTeam(team, accountOf(world, name));
    if ('pending' in details)
      for (const name of details.pending ?? []) joinTeam(team, accountOf(world, name), { state: 'pending' });
  }
  const installation =
    spec.install === false ? null : installApp(world, account, spec.install === 'selected');
  const team = (slug: string): Team => required(organization.teams.get(slug), `team ${slug}`);
  return {
    organization,
    installation,
    repository: (name, given = {}) => {
      const repository = addRepository(world, account, name, given, null);
      if (given.installed === true) installation?.repositories?.add(repository.id);
      const files = given.files ?? { 'README.md': `# ${name}\n` };
      const by = accountOf(world, 'maintainer');
      const tip = writeCommits(world, repository, null, [{ files, message: 'Start' }], by);
      repository.branches.set(repository.defaultBranch, tip);
      for (const label of given.labels ?? []) createLabel(world, repository, account, { name: label });
      return repositoryStory(world, delivered, repository);
    },
    team,
    addMember: async (slug, name, by) => {
      joinTeam(team(slug), accountOf(world, name));
      world.clock.tick();
      emitMembership(world, team(slug), 'added', accountOf(world, by?.as ?? login), accountOf(world, name));
      await delivered();
    },
    removeMember: async (slug, name, by) => {
      const member = accountOf(world, name);
      team(slug).members.delete(member.id);
      world.clock.tick();
      emitMembership(world, team(slug), 'removed', accountOf(world, by?.as ?? login), member);
      await delivered();
    },
  };
};
