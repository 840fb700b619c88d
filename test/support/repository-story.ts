// A repository as a test tells it: pushed to, forked, labelled, and home of pull requests.
import { createObjects } from './git/objects.ts';
import { allowed, type Delivered, type PullStory, pullStory, required, type Specs } from './pull-story.ts';
import { accountOf } from './world/accounts.ts';
import { latestRuns } from './world/branches.ts';
import { createLabel, deleteLabel, editLabel, findLabel } from './world/labels.ts';
import { createPull } from './world/pulls.ts';
import { type CommitSpec, moveBranch, pushTag, writeCommits } from './world/push.ts';
import type {
  Account,
  CheckRun,
  Issue,
  Label,
  Repository,
  RequiredCheck,
  Role,
  World,
} from './world/state.ts';

export type RepositorySpec = {
  readonly files?: Specs;
  readonly visibility?: Repository['visibility'];
  readonly defaultBranch?: string;
  readonly collaborators?: Readonly<Record<string, Role>>;
  readonly labels?: readonly string[];
  /** A name alone takes the check from anybody. */
  readonly requiredChecks?: readonly (string | RequiredCheck)[];
  readonly protectedBranches?: readonly string[];
  readonly installed?: boolean;
};

type PullSpec = {
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
  readonly tag: (name: string, sha: string, by: { readonly as: string }) => Promise<void>;
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
  const pull = createPull(world, repository, {
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

export const addRepository = (
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
    requiredChecks: (spec.requiredChecks ?? []).map((check) =>
      typeof check === 'string' ? { name: check, app: null } : check,
    ),
    protectedBranches: new Set(spec.protectedBranches ?? []),
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
  tag: async (name, sha, { as }) => {
    pushTag(world, repository, name, sha, allowed(world, repository, as, 'write'));
    await delivered();
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
  checks: (ref) =>
    latestRuns(repository, repository.branches.get(ref) ?? ref).filter(
      ({ suite }) => suite.app === world.app,
    ),
  issues: () => [...repository.issues.values()].filter(({ pull }) => pull === null),
});
