// A question's obligation and the approvals it has → who still has to approve.
import type { Decision } from '../model/evidence.ts';
import type { Approval, Obligation, Quorum } from '../model/policy.ts';

/** The approving teams, and whoever has to approve as well: all of them, each by people of its own. */
export function quorumsFor(approval: Approval, obligation: Obligation): readonly Quorum[] {
  return [
    { teams: approval.teams, count: approval.count },
    ...approval.also.filter(({ obligations }) => obligations.includes(obligation)),
  ].map(({ teams, count }) => ({ teams, count: Math.max(1, count) }));
}

/** The teams whose members have a say in questions of these obligations, each once, in the policy's order. */
export function teamsAsked(approval: Approval, obligations: readonly Obligation[]): readonly string[] {
  const teams = obligations.flatMap((each) => quorumsFor(approval, each).flatMap((quorum) => quorum.teams));
  return [...new Map(teams.map((team) => [team.toLowerCase(), team])).values()];
}

/** The teams through which a decision was made. */
export function teamsOf({ team, teams }: Decision): readonly string[] {
  return teams ?? [team];
}

/** GitHub compares the names of organisations and teams without case. */
export function share(a: readonly string[], b: readonly string[]): boolean {
  const names = new Set(a.map((team) => team.toLowerCase()));
  return b.some((team) => names.has(team.toLowerCase()));
}

export type Seating = {
  /** Approvals that fill a place, in the order given. */
  readonly seated: readonly Decision[];
  /** For each quorum in turn how many people are missing. */
  readonly missing: readonly number[];
};

/**
 * Seats as many approvals as possible (augmenting paths), each on one place of a quorum whose team it was given for: one
 * person never stands for two. Earlier approvals and earlier quorums go first, so that the outcome is always the same.
 */
export function seat(quorums: readonly Quorum[], approvals: readonly Decision[]): Seating {
  const places = quorums.flatMap(({ count }, quorum) => Array.from({ length: count }, () => quorum));
  /** Place → index of the approval on it. */
  const holders: (number | null)[] = places.map(() => null);
  const fits = (approval: number, place: number): boolean =>
    share(quorums[places[place] ?? -1]?.teams ?? [], teamsOf(approvals[approval] as Decision));
  const find = (approval: number, tried: Set<number>): boolean => {
    for (const place of places.keys()) {
      if (tried.has(place) || !fits(approval, place)) continue;
      tried.add(place);
      const holder = holders[place] ?? null;
      if (holder === null || find(holder, tried)) {
        holders[place] = approval;
        return true;
      }
    }
    return false;
  };
  for (const approval of approvals.keys()) find(approval, new Set());
  const sitting = new Set(holders);
  return {
    seated: approvals.filter((_, index) => sitting.has(index)),
    missing: quorums.map(
      (_, quorum) => places.filter((each, place) => each === quorum && holders[place] === null).length,
    ),
  };
}
