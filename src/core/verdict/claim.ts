// A claim (label set, review submitted) by a person → whether it counts, and if not, why not (DESIGN, section 6).
import type { Actor, Contributor, Gap } from '../model/evidence.ts';

export type ClaimAnswer =
  | { readonly kind: 'counts'; readonly team: string; readonly teams: readonly string[] }
  /** `reason` completes "… does not count: ". */
  | { readonly kind: 'refused'; readonly reason: string }
  /** It can't be told now; the claim is kept and asked again. */
  | { readonly kind: 'unanswered'; readonly gap: Gap };

/**
 * `memberships` is the roster's answer: those of the `asked` teams that the actor is in, or a gap. While `gaps` say that the
 * policy could not be read, nobody can tell who may approve, and the claim waits for it.
 */
export function answerClaim(
  actor: Actor,
  memberships: readonly string[] | Gap,
  contributors: readonly Contributor[],
  asked: readonly string[],
  gaps: readonly Gap[] = [],
): ClaimAnswer {
  const unreadable = gaps.find(({ kind }) => kind === 'policy');
  if (asked.length === 0 && unreadable !== undefined) return { kind: 'unanswered', gap: unreadable };
  if (asked.length === 0)
    return { kind: 'refused', reason: 'no policy names a team that may approve deliveries' };
  if (actor.type !== 'User') return { kind: 'refused', reason: `${actor.login} is not a person` };
  const part = contributors.find((each) => each.actor?.id === actor.id);
  if (part !== undefined)
    return {
      kind: 'refused',
      reason: `${actor.login} is ${ROLE[part.role]} of this pull request, and nobody approves their own work`,
    };
  if ('reason' in memberships) return { kind: 'unanswered', gap: memberships };
  const [team] = memberships;
  return team === undefined
    ? { kind: 'refused', reason: `${actor.login} is not an active member of ${asked.join(' or ')}` }
    : { kind: 'counts', team, teams: memberships };
}

const ROLE: Record<Contributor['role'], string> = {
  author: 'an author of a commit',
  committer: 'a committer',
  'co-author': 'a co-author',
  'pull-request-author': 'the author',
  pusher: 'a pusher',
};
