// Accounts, organisations, teams, roles: who somebody is and what they may do where.
import type { Account, Installation, Organization, Repository, Role, Team, World } from './state.ts';

const ROLES: readonly Role[] = ['none', 'read', 'triage', 'write', 'admin'];

/** The account of that login; made on first mention. */
export const accountOf = (world: World, login: string, type: Account['type'] = 'User'): Account => {
  const known = world.accounts.get(login.toLowerCase());
  if (known !== undefined) return known;
  const id = world.nextId('account') + 1000;
  const bare = login.replace('[bot]', '');
  const account: Account = {
    id,
    login,
    type: login.endsWith('[bot]') ? 'Bot' : type,
    name: `${bare.charAt(0).toUpperCase()}${bare.slice(1)}`,
    email: `${id}+${login}@users.noreply.github.com`,
    createdAt: world.clock.now(),
  };
  world.accounts.set(login.toLowerCase(), account);
  return account;
};

export const accountById = (world: World, id: number): Account | undefined =>
  [...world.accounts.values()].find((account) => account.id === id);

/** The account behind a commit's e-mail address, as GitHub links it. */
export const accountByEmail = (world: World, email: string): Account | undefined =>
  [...world.accounts.values()].find((account) => account.email === email);

export const organizationOf = (world: World, login: string): Organization | undefined =>
  world.organizations.get(login.toLowerCase());

export const createTeam = (
  world: World,
  organization: Organization,
  slug: string,
  parent: Team | null = null,
): Team => {
  const team: Team = {
    id: world.nextId('team') + 7000,
    slug,
    organization,
    parent,
    members: new Map(),
    createdAt: world.clock.now(),
  };
  organization.teams.set(slug, team);
  return team;
};

const childrenOf = (team: Team): readonly Team[] =>
  [...team.organization.teams.values()].filter((other) => other.parent === team);

/** The person's membership of the team or of a team below it; GitHub counts owners as maintainers only once they are in. */
export const membershipIn = (
  team: Team,
  account: Account,
): { readonly role: 'member' | 'maintainer'; readonly state: 'active' | 'pending' } | null => {
  const own = team.members.get(account.id);
  if (own !== undefined)
    return team.organization.owners.has(account.id) ? { ...own, role: 'maintainer' } : own;
  for (const child of childrenOf(team)) {
    const inherited = membershipIn(child, account);
    if (inherited !== null) return inherited;
  }
  return null;
};

/** Active members, by id: the team's own, those of the teams below it, or both. */
export const membersOf = (
  world: World,
  team: Team,
  which: 'ALL' | 'IMMEDIATE' | 'CHILD_TEAM' = 'ALL',
): readonly Account[] => {
  const own = [...team.members].filter(([, { state }]) => state === 'active').map(([id]) => id);
  const below = childrenOf(team).flatMap((child) => membersOf(world, child).map((account) => account.id));
  const ids = which === 'IMMEDIATE' ? own : which === 'CHILD_TEAM' ? below : [...own, ...below];
  return [...new Set(ids)].sort((a, b) => a - b).flatMap((id) => accountById(world, id) ?? []);
};

export const roleOf = (world: World, repository: Repository, account: Account): Role => {
  if (account.id === repository.owner.id) return 'admin';
  // Apps and workflow tokens act with what they were granted, which for those that label and comment is write.
  if (account.type === 'Bot') return 'write';
  const organization = organizationOf(world, repository.owner.login);
  if (organization?.owners.has(account.id)) return 'admin';
  const given = repository.collaborators.get(account.id);
  if (given !== undefined) return given;
  if (organization?.members.has(account.id)) return organization.baseRole;
  return repository.visibility === 'public' ? 'read' : 'none';
};

export const roleReaches = (role: Role, needed: Role): boolean =>
  ROLES.indexOf(role) >= ROLES.indexOf(needed);

export const associationOf = (
  world: World,
  repository: Repository,
  account: Account,
): 'OWNER' | 'MEMBER' | 'COLLABORATOR' | 'NONE' => {
  if (account.id === repository.owner.id) return 'OWNER';
  if (organizationOf(world, repository.owner.login)?.members.has(account.id)) return 'MEMBER';
  return repository.collaborators.has(account.id) ? 'COLLABORATOR' : 'NONE';
};

/** The installation through which the App sees the repository, or null. */
export const installationFor = (world: World, repository: Repository): Installation | null =>
  [...world.installations.values()].find(
    (installation) =>
      installation.account.id === repository.owner.id &&
      (installation.repositories === null || installation.repositories.has(repository.id)),
  ) ?? null;

export const repositoriesOf = (world: World, installation: Installation): readonly Repository[] =>
  [...world.repositories.values()].filter(
    (repository) => installationFor(world, repository) === installation,
  );

/** Puts a person into a team and into its organisation; a pending one is invited, not in. */
export const joinTeam = (
  team: Team,
  account: Account,
  membership: { readonly role?: 'member' | 'maintainer'; readonly state?: 'active' | 'pending' } = {},
): void => {
  const { role = 'member', state = 'active' } = membership;
  if (state === 'active') team.organization.members.add(account.id);
  team.members.set(account.id, { role, state });
};
