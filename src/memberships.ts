// Where policy lets approvals count only while their givers are in the team: who still is goes into the evidence.
import type { Actor, Evidence, Gap, Membership } from './core/model/evidence.ts';
import { policyOf } from './core/review.ts';
import { teamsOf } from './core/verdict/quorum.ts';
import type { AnswerCache, PullRequestRef, Roster, Source } from './ports.ts';

/** A membership that ended is heard of at once; this long an answer counts in case the event got lost. */
const KEPT_MS = 10 * 60_000;

/** What cached answers about members begin with, so that an event can have them forgotten. */
export const MEMBERSHIPS = 'member ';

/** A source whose evidence also says which approvers are still in their teams, if the policy asks for it. */
export function sourceWithMemberships(source: Source, roster: Roster, answers: AnswerCache): Source {
  const complete = (pull: PullRequestRef, evidence: Evidence): Promise<Evidence> =>
    withMemberships(pull, evidence, roster, answers);
  return {
    collect: async (pull, headSha, wanted) => complete(pull, await source.collect(pull, headSha, wanted)),
    collectRange: async (range, wanted) => complete(range.pull, await source.collectRange(range, wanted)),
  };
}

/** The evidence with who is still in the teams that the policy's approvals rest on; as it is where the policy asks for none. */
export async function withMemberships(
  pull: PullRequestRef,
  evidence: Evidence,
  roster: Roster,
  answers: AnswerCache,
): Promise<Evidence> {
  if (!policyOf(evidence).policy.approval.whileMember) return evidence;
  const givers = new Map<string, { readonly actor: Actor; readonly team: string }>();
  for (const decision of evidence.decisions)
    if (decision.kind === 'approved')
      for (const team of teamsOf(decision))
        givers.set(`${decision.actor.id} ${team.toLowerCase()}`, { actor: decision.actor, team });
  const memberships: Membership[] = [];
  const gaps: Gap[] = [];
  for (const [key, { actor, team }] of [...givers].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const answer = await answers.through(
      `${MEMBERSHIPS}${pull.installation} ${key}`,
      () => roster.memberOf(pull, [team], actor),
      (value) => ('reason' in value ? 0 : KEPT_MS),
    );
    if ('reason' in answer) gaps.push(answer);
    else memberships.push({ actor: actor.id, team, active: answer.length > 0 });
  }
  return { ...evidence, memberships, gaps: [...evidence.gaps, ...gaps] };
}
