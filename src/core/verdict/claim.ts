// A claim (label set, review submitted) by a person → whether it counts, and if not, why not (DESIGN, section 6).
import type { Actor, Contributor, Gap } from '../model/evidence.ts';
import type { Policy } from '../model/policy.ts';

export type ClaimAnswer =
  | { readonly kind: 'counts'; readonly team: string }
  /** `reason` completes "… does not count: ". */
  | { readonly kind: 'refused'; readonly reason: string }
  /** It can't be told now; the claim is kept and asked again. */
  | { readonly kind: 'unanswered'; readonly gap: Gap };

/**
 * `membership` is the roster's answer: the team through which the actor may decide, null for none, or a gap. While
 * `gaps` say that the policy could not be read, nobody can tell who may approve, and the claim waits for it.
 */
export function answerClaim(
  actor: Actor,
  membership: string | null | Gap,
  contributors: readonly Contributor[],
  policy: Policy,
  gaps: readonly Gap[] = [],
): ClaimAnswer {
  const unreadable = gaps.find(({ kind }) => kind === 'policy');
  if (policy.approval.teams.length === 0 && unreadable !== undefined)
    return { kind: 'unanswered', gap: unreadable };
  if (policy.approval.teams.length === 0)
    return { kind: 'refused', reason: 'no policy names a team that may approve deliveries' };
  if (actor.type !== 'User') return { kind: 'refused', reason: `${actor.login} is not a person` };
  const part = contributors.find((each) => each.actor?.id === actor.id);
  if (part !== undefined)
    return {
      kind: 'refused',
      reason: `${actor.login} is ${ROLE[part.role]} of this pull request, and nobody approves their own work`,
    };
  if (membership === null)
    return {
      kind: 'refused',
      reason: `${actor.login} is not an active member of ${policy.approval.teams.join(' or ')}`,
    };
  return typeof membership === 'string'
    ? { kind: 'counts', team: membership }
    : { kind: 'unanswered', gap: membership };
}

const ROLE: Record<Contributor['role'], string> = {
  author: 'an author of a commit',
  committer: 'a committer',
  'co-author': 'a co-author',
  'pull-request-author': 'the author',
  pusher: 'a pusher',
};
