// Teams and who is in them, over REST.
import { membershipIn, organizationOf } from '../world/accounts.ts';
import type { Team } from '../world/state.ts';
import type { Call, Route } from './call.ts';
import { hasPermission, ok } from './call.ts';
import { teamJson } from './json/accounts.ts';
import { notFound } from './problem.ts';

// GitHub hides a team from an installation that lacks the permission: 404, the same as for a stranger.
const teamOf = (call: Call): Team => {
  const team = organizationOf(call.world, call.params.org ?? '')?.teams.get(call.params.team_slug ?? '');
  if (team === undefined) throw notFound();
  const { caller } = call;
  const own = caller.kind === 'installation' && caller.installation.account === team.organization.account;
  if (own && hasPermission(caller, ['members', 'read'])) return team;
  if (caller.kind === 'user' && team.organization.members.has(caller.account.id)) return team;
  throw notFound();
};

export const teamRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/orgs/{org}/teams/{team_slug}',
    handle: (call) => ok(teamJson(call.world, teamOf(call), 'full')),
  },
  {
    method: 'GET',
    path: '/orgs/{org}/teams/{team_slug}/memberships/{username}',
    handle: (call) => {
      const team = teamOf(call);
      const account = call.world.accounts.get((call.params.username ?? '').toLowerCase());
      const membership = account === undefined ? null : membershipIn(team, account);
      if (account === undefined || membership === null) throw notFound();
      const url = `${call.world.address.url}/organizations/${team.organization.account.id}/team/${team.id}`;
      return ok({ ...membership, url: `${url}/memberships/${account.login}` });
    },
  },
];
