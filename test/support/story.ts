// The stand-in as a test tells it: organisations with their teams, in which everything else lives.
import type { By, Delivered } from './pull-story.ts';
import { required } from './pull-story.ts';
import {
  addRepository,
  type RepositorySpec,
  type RepositoryStory,
  repositoryStory,
} from './repository-story.ts';
import { installationJson, installedRepositoriesJson } from './rest/json/accounts.ts';
import { accountOf, createTeam, joinTeam } from './world/accounts.ts';
import { emitMembership, emitOther } from './world/events.ts';
import { createLabel } from './world/labels.ts';
import { writeCommits } from './world/push.ts';
import type { Account, Installation, Organization, Role, Team, World } from './world/state.ts';

export type { PullStory } from './pull-story.ts';
export type { RepositorySpec, RepositoryStory } from './repository-story.ts';

type TeamSpec =
  | readonly string[]
  | { readonly members?: readonly string[]; readonly pending?: readonly string[]; readonly parent?: string };

export type OrganizationSpec = {
  readonly teams?: Readonly<Record<string, TeamSpec>>;
  readonly members?: readonly string[];
  readonly owners?: readonly string[];
  /** What members may do in every repository. Default `write`. */
  readonly baseRole?: Role;
  /** `false` leaves the App out; `selected` gives it only the repositories made with `installed: true`. */
  readonly install?: boolean | 'selected';
};

export type OrganizationStory = {
  readonly organization: Organization;
  readonly installation: Installation | null;
  readonly repository: (name: string, spec?: RepositorySpec) => RepositoryStory;
  readonly team: (slug: string) => Team;
  readonly addMember: (team: string, login: string, by?: By) => Promise<void>;
  readonly removeMember: (team: string, login: string, by?: By) => Promise<void>;
};

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
  const organization: Organization = {
    account,
    members: new Set(),
    owners: new Set(),
    teams: new Map(),
    baseRole: spec.baseRole ?? 'write',
  };
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
