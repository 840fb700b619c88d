// How a question stands, its decisions and what lapsed of them → where it is between asked and answered.
import type { Decision } from '../model/evidence.ts';
import type { ApprovalState, JudgedFinding, Lapse } from '../model/verdict.ts';
import { byTime } from './coverage.ts';

/** The states of every question that has one, in the order of the findings. */
export function withStates(
  findings: readonly JudgedFinding[],
  lapses: readonly Lapse[],
  decisions: readonly Decision[],
): readonly JudgedFinding[] {
  return findings.map((judged) =>
    judged.finding.outcome === 'violation'
      ? judged
      : { ...judged, approval: stateOf(judged, lapses, decisions) },
  );
}

function stateOf(
  { finding, fingerprint, standing }: JudgedFinding,
  lapses: readonly Lapse[],
  decisions: readonly Decision[],
): ApprovalState {
  switch (standing.kind) {
    case 'approved':
    case 'rejected':
      return standing.kind;
    case 'excepted':
    case 'pre-existing':
      return 'none';
    case 'open':
    case 'advised':
    case 'observed': {
      const last = decisions
        .filter(({ fingerprints }) => fingerprints.includes(fingerprint))
        .sort(byTime)
        .at(-1);
      if (last?.kind === 'withdrawn') return 'withdrawn';
      const ended = lapses
        .filter((lapse) => lapse.fingerprint === fingerprint || lapse.now === finding.about)
        .sort((a, b) => byTime(a.decision, b.decision))
        .at(-1);
      if (ended === undefined) return 'pending';
      return ended.because === 'expired' ? 'expired' : 'invalidated';
    }
    default:
      return standing satisfies never;
  }
}
