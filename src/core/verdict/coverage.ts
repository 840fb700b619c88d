// Is this covered now? The one place that answers it, for approvals and for exceptions.
import type { Contributor, Decision, Instant } from '../model/evidence.ts';
import type { Finding } from '../model/finding.ts';
import type { Approval, Exception } from '../model/policy.ts';
import { matchesPattern } from '../policy/patterns.ts';

export type Coverage =
  | { readonly kind: 'none'; readonly given: readonly Decision[] }
  | { readonly kind: 'approved'; readonly by: readonly Decision[] }
  | { readonly kind: 'rejected'; readonly by: Decision };

/** Why a decision that once counted does not count now; null when it counts. */
export function lapsedBecause(
  decision: Decision,
  at: Instant,
  contributors: readonly Contributor[],
): 'expired' | 'contributor' | null {
  if (decision.expires !== null && at >= decision.expires) return 'expired';
  if (contributors.some(({ actor }) => actor !== null && actor.id === decision.actor.id))
    return 'contributor';
  return null;
}

/**
 * The standing of one fingerprint. Each person's latest word since the last withdrawal counts; a rejection stands until the person who made it, or
 * a later approval by somebody entitled, replaces it. `given` are approvals that count but do not suffice yet.
 */
export function coverageOf(
  fingerprint: string,
  decisions: readonly Decision[],
  approval: Approval,
  at: Instant,
  contributors: readonly Contributor[],
): Coverage {
  const latest = new Map<number, Decision>();
  for (const decision of [...decisions].sort(byTime)) {
    if (!decision.fingerprints.includes(fingerprint)) continue;
    // Whoever is entitled takes the whole decision back, not only their own share in it.
    if (decision.kind === 'withdrawn') latest.clear();
    else latest.set(decision.actor.id, decision);
  }
  const standing = [...latest.values()].filter(
    (decision) =>
      approval.teams.includes(decision.team) && lapsedBecause(decision, at, contributors) === null,
  );
  const last = standing
    .filter(({ kind }) => kind !== 'withdrawn')
    .sort(byTime)
    .at(-1);
  if (last?.kind === 'rejected') return { kind: 'rejected', by: last };
  const approvals = standing.filter(({ kind }) => kind === 'approved').sort(byTime);
  return approvals.length >= approval.count && approvals.length > 0
    ? { kind: 'approved', by: approvals }
    : { kind: 'none', given: approvals };
}

/** The exception that excuses the finding at `at`; null when there is none or it has expired. */
export function exceptionFor(
  finding: Finding,
  exceptions: readonly Exception[],
  at: Instant,
): Exception | null {
  return (
    exceptions.find(
      (exception) =>
        exception.rule === finding.rule &&
        at.slice(0, 10) <= exception.expires &&
        (exception.paths.length === 0 ||
          exception.paths.some((pattern) => matchesPattern(pattern, finding.location.path))),
    ) ?? null
  );
}

function byTime(a: Decision, b: Decision): number {
  return a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
