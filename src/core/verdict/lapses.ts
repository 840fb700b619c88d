// Approvals that no longer cover what is open now, and how what was approved differs from it.
import type { About, Decision } from '../model/evidence.ts';
import type { JudgedFinding, Lapse } from '../model/verdict.ts';
import { type Case, circumstancesOf } from './case.ts';
import { byTime, decidedOn, lapsedBecause } from './coverage.ts';
import { aboutDigest } from './fingerprint.ts';

/** For every question that is open again: the approvals it had, or those of what it most likely was before. */
export function lapsesOf(input: Case, findings: readonly JudgedFinding[]): Lapse[] {
  const { evidence, policy } = input;
  const approved = approvedThings(evidence.decisions);
  const present = new Set(findings.map(({ fingerprint }) => fingerprint));
  const gone = approved.filter(({ fingerprint }) => !present.has(fingerprint)).flatMap(ownPast(input));
  const reason = (decision: Decision): ReturnType<typeof lapsedBecause> =>
    lapsedBecause(decision, policy.approval, circumstancesOf(evidence));
  return findings.flatMap(({ standing, finding, fingerprint }): Lapse[] => {
    if (standing.kind !== 'open' || finding.outcome === 'violation') return [];
    const own = approved.find((thing) => thing.fingerprint === fingerprint);
    if (own !== undefined)
      return own.approvals.flatMap((decision): Lapse[] => {
        const because = reason(decision);
        return because === null
          ? []
          : [{ decision, fingerprint, approved: own.about, now: finding.about, because }];
      });
    const before = predecessor(finding.about, gone, (decision) => reason(decision) === null);
    return before === null
      ? []
      : before.approvals.map((decision) => ({
          decision,
          fingerprint: before.fingerprint,
          approved: before.about,
          now: finding.about,
          because: 'changed',
        }));
  });
}

/**
 * What another pull request was approved for says nothing about this one, unless the base has it and this one changes it.
 * Decisions of old evidence don't name their pull request, and count as its own.
 */
function ownPast({ evidence, facts, preexisting }: Case): (thing: ApprovedThing) => readonly ApprovedThing[] {
  const number = evidence.subject.kind === 'pull-request' ? evidence.subject.number : null;
  const before = new Set(
    [
      ...preexisting.map(({ about }) => about),
      ...facts.deliveries.map(({ change, about, previously }) => (change === 'stopped' ? about : previously)),
    ].flatMap((about) => (about === null ? [] : [aboutDigest(about)])),
  );
  return (thing) => {
    const approvals = before.has(aboutDigest(thing.about))
      ? thing.approvals
      : thing.approvals.filter(({ pull }) => pull === undefined || pull === number);
    return approvals.length === 0 ? [] : [{ ...thing, approvals }];
  };
}

type ApprovedThing = {
  readonly fingerprint: string;
  readonly about: About;
  readonly approvals: readonly Decision[];
};

/** Everything that was approved and not taken back, latest approval first. */
function approvedThings(decisions: readonly Decision[]): readonly ApprovedThing[] {
  const fingerprints = new Set(
    decisions.filter(({ kind }) => kind === 'approved').flatMap((decision) => decision.fingerprints),
  );
  return [...fingerprints]
    .flatMap((fingerprint): ApprovedThing[] => {
      const { approvals } = decidedOn(fingerprint, decisions);
      const about = approvals.at(-1)?.described[fingerprint];
      return about === undefined ? [] : [{ fingerprint, about, approvals }];
    })
    .sort((a, b) => latest(b, a) || (a.fingerprint < b.fingerprint ? -1 : 1));
}

function latest(a: ApprovedThing, b: ApprovedThing): number {
  const [x, y] = [a.approvals.at(-1), b.approvals.at(-1)];
  return x === undefined || y === undefined ? 0 : byTime(x, y);
}

/**
 * The approved thing that shares most aspects with what is there now; of equals the latest. Less than half of the
 * aspects in common is a different thing, not a changed one.
 */
function predecessor(
  now: About,
  gone: readonly ApprovedThing[],
  counts: (decision: Decision) => boolean,
): ApprovedThing | null {
  let best: ApprovedThing | null = null;
  let bestShared = 0;
  for (const thing of gone) {
    const approvals = thing.approvals.filter(counts);
    if (approvals.length === 0) continue;
    const aspects = Object.entries(thing.about);
    const shared = aspects.filter(([aspect, values]) => sameSet(values, now[aspect] ?? [])).length;
    if (shared <= bestShared || shared * 2 < aspects.length) continue;
    best = { ...thing, approvals };
    bestShared = shared;
  }
  return best;
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  const [left, right] = [new Set(a), new Set(b)];
  return left.size === right.size && [...left].every((value) => right.has(value));
}
