// Who is in an approving team now, asked of GitHub each time: a membership that ended must not approve.
import type { Actor, Gap } from '../core/model/evidence.ts';
import type { PullRequestRef, Roster } from '../ports.ts';
import { type Api, type ApiFor, statusOf, unreachable } from './api.ts';

export function createGitHubRoster(apiFor: ApiFor): Roster {
  return {
    async memberOf(
      { installation }: PullRequestRef,
      teams: readonly string[],
      actor: Actor,
    ): Promise<readonly string[] | Gap> {
      const api = await apiFor(installation);
      const answers = await Promise.all(teams.map((team) => membership(api, team, actor)));
      const joined = teams.filter((_, index) => answers[index] === true);
      const gap = answers.find((answer) => typeof answer === 'object');
      return joined.length === 0 && gap !== undefined ? gap : joined;
    },
  };
}

/** Active members only; members of child teams count, as GitHub's memberships do. */
async function membership(api: Api, team: string, actor: Actor): Promise<boolean | Gap> {
  const [org = '', team_slug = ''] = team.split('/');
  try {
    const { data } = await api.rest.teams.getMembershipForUserInOrg({
      org,
      team_slug,
      username: actor.login,
    });
    return data.state === 'active';
  } catch (error) {
    return statusOf(error) === 404
      ? teamIsVisible(api, team)
      : unreachable(`the membership of ${actor.login} in ${team}`, error);
  }
}

/** GitHub answers 404 for "not a member" and for "no such team" alike; only the first is an answer. */
async function teamIsVisible(api: Api, team: string): Promise<false | Gap> {
  const [org = '', team_slug = ''] = team.split('/');
  try {
    await api.rest.teams.getByName({ org, team_slug });
    return false;
  } catch (error) {
    if (statusOf(error) !== 404) return unreachable(`the team ${team}`, error);
    return {
      kind: 'unreachable',
      cause: 'world',
      subject: `the team ${team}`,
      location: null,
      reason: `The app can't see the team ${team} that the policy names.`,
      remedy: 'Correct the name in the policy, or grant the app the organisation permission "Members: read".',
    };
  }
}
