// Approvals given on this pull request that no longer cover it, and how what was approved differs now.
import type { About, Decision, Evidence } from '../model/evidence.ts';
import type { Policy } from '../model/policy.ts';
import type { JudgedFinding, Lapse } from '../model/verdict.ts';
import { lapsedBecause } from './coverage.ts';

/** Only approvals whose subject is open again (or has changed into something open) are reported. */
export function lapsesOf(evidence: Evidence, policy: Policy, findings: readonly JudgedFinding[]): Lapse[] {
  const open = findings.filter(
    ({ standing, finding }) => standing.kind === 'open' && finding.outcome !== 'violation',
  );
  const standing = new Set(findings.map(({ fingerprint }) => fingerprint));
  return latestApprovals(evidence.decisions)
    .filter((decision) => policy.approval.teams.includes(decision.team))
    .flatMap((decision) =>
      decision.fingerprints.flatMap((fingerprint): Lapse[] => {
        const approved = decision.described[fingerprint];
        if (approved === undefined) return [];
        const still = open.find((finding) => finding.fingerprint === fingerprint);
        if (still) {
          const because = lapsedBecause(decision, evidence.collectedAt, evidence.contributors);
          return because === null
            ? []
            : [{ decision, fingerprint, approved, now: still.finding.about, because }];
        }
        if (standing.has(fingerprint)) return [];
        const successor = closest(approved, open);
        return successor === null
          ? []
          : [{ decision, fingerprint, approved, now: successor, because: 'changed' }];
      }),
    );
}

function latestApprovals(decisions: readonly Decision[]): Decision[] {
  return decisions.filter(
    (decision) =>
      decision.kind === 'approved' &&
      !decisions.some(
        (later) =>
          later.actor.id === decision.actor.id &&
          later.at > decision.at &&
          later.fingerprints.some((each) => decision.fingerprints.includes(each)),
      ),
  );
}

/** The open finding that shares most with what was approved; at least one aspect has to be the same. */
function closest(approved: About, open: readonly JudgedFinding[]): About | null {
  let best: About | null = null;
  let bestShared = 0;
  for (const { finding } of open) {
    const shared = Object.entries(approved).filter(([aspect, values]) =>
      sameSet(values, finding.about[aspect] ?? []),
    ).length;
    if (shared > bestShared) {
      best = finding.about;
      bestShared = shared;
    }
  }
  return best;
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length > 0 && a.length === b.length && a.every((value) => b.includes(value));
}
