// Accounts, organisations, teams, labels, the App and its installations → GitHub's JSON.
import { iso } from '../../clock.ts';
import { repositoriesOf } from '../../world/accounts.ts';
import type {
  Account,
  App,
  Installation,
  Label,
  Organization,
  Repository,
  Team,
  World,
} from '../../world/state.ts';

export type Json = Readonly<Record<string, unknown>>;

/** GraphQL's global id of a record; the same value as `node_id` in REST. */
export const nodeId = (kind: string, id: number): string =>
  `${kind}_${Buffer.from(String(id)).toString('base64url')}`;

/** The record's kind and number behind a global id, or null. */
export const fromNodeId = (node: string): { readonly kind: string; readonly id: number } | null => {
  const [, kind, encoded] = /^([A-Za-z]+)_([\w-]+)$/.exec(node) ?? [];
  const id = Number(Buffer.from(encoded ?? '', 'base64url').toString());
  return kind === undefined || !Number.isSafeInteger(id) ? null : { kind, id };
};

const NODE_KINDS = { User: 'U', Bot: 'BOT', Organization: 'O' } as const;

export const accountNode = (account: Account): string => nodeId(NODE_KINDS[account.type], account.id);

export const accountJson = (world: World, account: Account): Json => {
  const web = world.address.url;
  const api = `${web}/users/${encodeURIComponent(account.login)}`;
  return {
    login: account.login,
    id: account.id,
    node_id: accountNode(account),
    avatar_url: `${web}/avatars/${account.id}.svg`,
    gravatar_id: '',
    url: api,
    html_url: `${web}/${account.type === 'Bot' ? `apps/${account.login.replace('[bot]', '')}` : account.login}`,
    followers_url: `${api}/followers`,
    following_url: `${api}/following{/other_user}`,
    gists_url: `${api}/gists{/gist_id}`,
    starred_url: `${api}/starred{/owner}{/repo}`,
    subscriptions_url: `${api}/subscriptions`,
    organizations_url: `${api}/orgs`,
    repos_url: `${api}/repos`,
    events_url: `${api}/events{/privacy}`,
    received_events_url: `${api}/received_events`,
    type: account.type,
    site_admin: false,
    user_view_type: 'public',
  };
};

export const privateAccountJson = (world: World, account: Account): Json => ({
  ...accountJson(world, account),
  name: account.name,
  company: null,
  blog: '',
  location: null,
  email: null,
  hireable: null,
  bio: null,
  twitter_username: null,
  notification_email: null,
  public_repos: 0,
  public_gists: 0,
  followers: 0,
  following: 0,
  created_at: iso(account.createdAt),
  updated_at: iso(account.createdAt),
  private_gists: 0,
  total_private_repos: 0,
  owned_private_repos: 0,
  disk_usage: 0,
  collaborators: 0,
  two_factor_authentication: true,
});

export const organizationJson = (world: World, { account }: Organization): Json => {
  const url = `${world.address.url}/orgs/${account.login}`;
  return {
    login: account.login,
    id: account.id,
    node_id: accountNode(account),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${world.address.url}/avatars/${account.id}.svg`,
    description: null,
  };
};

const simpleTeamJson = (world: World, team: Team): Json => {
  const organization = team.organization.account;
  const url = `${world.address.url}/organizations/${organization.id}/team/${team.id}`;
  return {
    name: team.slug,
    id: team.id,
    node_id: nodeId('T', team.id),
    slug: team.slug,
    description: null,
    privacy: 'closed',
    notification_setting: 'notifications_enabled',
    url,
    html_url: `${world.address.url}/orgs/${organization.login}/teams/${team.slug}`,
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
    permission: 'pull',
    type: 'organization',
    organization_id: organization.id,
  };
};

// Webhooks leave out what came later to the API.
const shortTeam = (json: Json): Json => {
  const { notification_setting: _setting, type: _type, organization_id: _organization, ...short } = json;
  return short;
};

/** A team as it stands in lists (`simple`), in webhooks, or on its own with its organisation (`full`). */
export const teamJson = (world: World, team: Team, as: 'simple' | 'webhook' | 'full'): Json => {
  const parent = team.parent === null ? null : simpleTeamJson(world, team.parent);
  const json = simpleTeamJson(world, team);
  if (as === 'simple') return { ...json, parent };
  if (as === 'webhook') return { ...shortTeam(json), parent: parent === null ? null : shortTeam(parent) };
  const { account } = team.organization;
  return {
    ...json,
    parent,
    created_at: iso(team.createdAt),
    updated_at: iso(team.createdAt),
    members_count: team.members.size,
    repos_count: 0,
    organization: {
      ...organizationJson(world, team.organization),
      name: account.name,
      is_verified: false,
      has_organization_projects: true,
      has_repository_projects: true,
      public_repos: 0,
      public_gists: 0,
      followers: 0,
      following: 0,
      html_url: `${world.address.url}/${account.login}`,
      type: 'Organization',
      created_at: iso(account.createdAt),
      updated_at: iso(account.createdAt),
      archived_at: null,
    },
  };
};

export const labelJson = (world: World, repository: Repository, label: Label): Json => ({
  id: label.id,
  node_id: nodeId('LA', label.id),
  url: `${world.address.url}/repos/${repository.owner.login}/${repository.name}/labels/${encodeURIComponent(label.name)}`,
  name: label.name,
  color: label.color,
  default: false,
  description: label.description === '' ? null : label.description,
});

export const appJson = (world: World, app: App = world.app): Json => ({
  id: app.id,
  client_id: app.clientId,
  slug: app.slug,
  node_id: nodeId('A', app.id),
  owner: accountJson(world, app.owner),
  name: app.name,
  description: null,
  external_url: 'https://example.com',
  html_url: `${world.address.url}/apps/${app.slug}`,
  created_at: iso(app.createdAt),
  updated_at: iso(app.createdAt),
  permissions: app.permissions,
  events: app.events,
});

export const installationJson = (world: World, installation: Installation): Json => ({
  id: installation.id,
  client_id: world.app.clientId,
  account: accountJson(world, installation.account),
  repository_selection: installation.repositories === null ? 'all' : 'selected',
  access_tokens_url: `${world.address.url}/app/installations/${installation.id}/access_tokens`,
  repositories_url: `${world.address.url}/installation/repositories`,
  html_url: `${world.address.url}/organizations/${installation.account.login}/settings/installations/${installation.id}`,
  app_id: world.app.id,
  app_slug: world.app.slug,
  target_id: installation.account.id,
  target_type: installation.account.type,
  permissions: installation.permissions,
  events: world.app.events,
  created_at: iso(installation.createdAt),
  updated_at: iso(installation.createdAt),
  single_file_name: null,
  has_multiple_single_files: false,
  single_file_paths: [],
  suspended_by: null,
  suspended_at: installation.suspendedAt === null ? null : iso(installation.suspendedAt),
});

/** The short list of repositories in `installation` events. */
export const installedRepositoriesJson = (world: World, installation: Installation): readonly Json[] =>
  repositoriesOf(world, installation).map((repository) => ({
    id: repository.id,
    node_id: nodeId('R', repository.id),
    name: repository.name,
    full_name: `${repository.owner.login}/${repository.name}`,
    private: repository.visibility !== 'public',
  }));
