// Accounts, organisations, teams, labels → what GraphQL shows of them.
import { iso } from '../clock.ts';
import { hasPermission } from '../rest/call.ts';
import { accountNode, nodeId } from '../rest/json/accounts.ts';
import { membershipIn, membersOf } from '../world/accounts.ts';
import type { Account, Label, Organization, Repository, Team } from '../world/state.ts';
import { connection, failure, type Node, type PageArguments } from './connection.ts';
import type { Context } from './context.ts';

/** GraphQL writes a bot's login without the `[bot]` that REST has. */
export const actorNode = ({ world }: Context, account: Account): Node => ({
  __typename: account.type,
  id: accountNode(account),
  databaseId: account.id,
  login: account.login.replace(/\[bot\]$/, ''),
  name: account.name,
  email: '',
  url: `${world.address.url}/${account.login}`,
  avatarUrl: `${world.address.url}/avatars/${account.id}.svg`,
  resourcePath: `/${account.login}`,
  createdAt: iso(account.createdAt),
});

type MemberArguments = PageArguments & {
  readonly query?: string | null;
  readonly membership?: 'ALL' | 'IMMEDIATE' | 'CHILD_TEAM';
};

const teamNode = (context: Context, team: Team): Node => ({
  __typename: 'Team',
  id: nodeId('T', team.id),
  databaseId: team.id,
  slug: team.slug,
  name: team.slug,
  combinedSlug: `${team.organization.account.login}/${team.slug}`,
  organization: () => organizationNode(context, team.organization),
  parentTeam: () => (team.parent === null ? null : teamNode(context, team.parent)),
  // The search is by part of login or name: whoever asks for one person has to compare ids.
  members: (args: MemberArguments) =>
    connection(
      'members',
      membersOf(context.world, team, args.membership ?? 'ALL').filter((account) =>
        `${account.login} ${account.name}`.toLowerCase().includes((args.query ?? '').toLowerCase()),
      ),
      args,
      (account) => actorNode(context, account),
      (account) => ({ role: membershipIn(team, account)?.role.toUpperCase() ?? 'MEMBER' }),
    ),
});

/** Teams are only seen by members and by an installation on the organisation that may read members. */
const visibleTeams = (context: Context, organization: Organization): readonly Team[] => {
  const { caller } = context;
  const teams = [...organization.teams.values()];
  if (caller.kind === 'user') return organization.members.has(caller.account.id) ? teams : [];
  const own = caller.kind === 'installation' && caller.installation.account === organization.account;
  if (!own || !hasPermission(caller, ['members', 'read']))
    throw failure('FORBIDDEN', 'Resource not accessible by integration');
  return teams;
};

export const organizationNode = (context: Context, organization: Organization): Node => ({
  ...actorNode(context, organization.account),
  team: ({ slug }: { slug: string }) => {
    const team = visibleTeams(context, organization).find((each) => each.slug === slug);
    return team === undefined ? null : teamNode(context, team);
  },
  teams: (args: PageArguments) =>
    connection('teams', visibleTeams(context, organization), args, (team) => teamNode(context, team)),
});

export const labelNode = ({ world }: Context, repository: Repository, label: Label): Node => ({
  __typename: 'Label',
  id: nodeId('LA', label.id),
  name: label.name,
  color: label.color,
  description: label.description === '' ? null : label.description,
  isDefault: false,
  url: `${world.address.url}/${repository.owner.login}/${repository.name}/labels/${encodeURIComponent(label.name)}`,
});
