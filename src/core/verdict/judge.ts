// Findings, gaps, approvals and exceptions → the verdict on both checks.
import type { Evidence, Gap } from '../model/evidence.ts';
import type { Facts } from '../model/facts.ts';
import type { Finding } from '../model/finding.ts';
import type { Mode, Obligation, Policy } from '../model/policy.ts';
import type { JudgedFinding, Outcome, Standing, Verdict } from '../model/verdict.ts';
import { modeOn } from '../policy/schedule.ts';
import { type Coverage, coverageOf, exceptionFor } from './coverage.ts';
import { digest, fingerprintOf } from './fingerprint.ts';
import { lapsesOf } from './lapses.ts';

/** What judging needs beside the evidence itself. `preexisting` are findings of the same rules on the merge base. */
export type Case = {
  readonly evidence: Evidence;
  readonly policy: Policy;
  readonly policyGaps: readonly Gap[];
  readonly facts: Facts;
  readonly findings: readonly Finding[];
  readonly preexisting: readonly Finding[];
  readonly obligations: Readonly<Record<string, Obligation>>;
  readonly ruleSet: string;
};

/** Obligations whose open questions belong to the delivery check; all others belong to compliance. */
const DELIVERY: ReadonlySet<Obligation> = new Set<Obligation>([
  'flow-05-dockerfile-release',
  'flow-06-public-registry',
  'flow-07-own-registry',
  'flow-08-image-archive',
]);

export function judge(input: Case): Verdict {
  const { evidence, policy, facts } = input;
  const known = new Set(input.preexisting.map((finding) => fingerprintOf(finding.rule, finding.about)));
  const judged = input.findings
    .map((finding) => judgeFinding(finding, input, known))
    .filter(({ mode }) => mode !== 'off');
  const findings = distinct(judged).sort(inReadingOrder);
  const deliveries = facts.deliveries.map((change) => ({ change, fingerprint: digest(change.about) }));
  const gaps = countedGaps(input, findings);
  const compliance = complianceOutcome(findings, gaps, policy);
  const delivery = deliveryOutcome(findings, gaps, policy);
  return {
    subject: evidence.subject,
    outcome: worst([compliance, delivery]),
    compliance,
    delivery,
    findings,
    deliveries,
    gaps,
    lapses: lapsesOf(evidence, policy, findings),
    approvals: {
      required: policy.approval.count,
      given: givenSoFar(findings, input),
      teams: policy.approval.teams,
    },
    digests: { evidence: digest(identityOf(evidence)), rules: input.ruleSet, policy: digest(policy) },
  };
}

function judgeFinding(finding: Finding, input: Case, known: ReadonlySet<string>): JudgedFinding {
  const { evidence, policy } = input;
  const obligation = input.obligations[finding.rule];
  if (obligation === undefined)
    throw new Error(`the finding names the rule ${finding.rule}, which is not in the rule set`);
  const fingerprint = fingerprintOf(finding.rule, finding.about);
  const mode = modeOn(
    policy.rules[finding.rule] ?? policy.modes[obligation],
    evidence.collectedAt.slice(0, 10),
  );
  return {
    finding,
    obligation,
    mode,
    fingerprint,
    standing: standingOf(finding, fingerprint, mode, known, input),
  };
}

function standingOf(
  finding: Finding,
  fingerprint: string,
  mode: Mode,
  known: ReadonlySet<string>,
  { evidence, policy }: Case,
): Standing {
  if (finding.outcome !== 'violation') {
    const coverage = coverageOf(
      fingerprint,
      evidence.decisions,
      policy.approval,
      evidence.collectedAt,
      evidence.contributors,
    );
    if (coverage.kind === 'rejected') return { kind: 'rejected', by: coverage.by };
    if (coverage.kind === 'approved') return { kind: 'approved', by: coverage.by };
  }
  const exception = exceptionFor(finding, policy.exceptions, evidence.collectedAt);
  if (exception !== null) return { kind: 'excepted', by: exception };
  if (known.has(fingerprint)) return { kind: 'pre-existing' };
  if (mode === 'observe') return { kind: 'observed' };
  return mode === 'advise' ? { kind: 'advised' } : { kind: 'open' };
}

/**
 * Gaps that bear on this change. What the base could not show either is listed by the base's own facts and not counted
 * again, unless a retry might close it. A missing policy only matters when there is something to judge by it.
 */
function countedGaps({ evidence, facts, policyGaps }: Case, findings: readonly JudgedFinding[]): Gap[] {
  const key = (gap: Gap): string => digest([gap.kind, gap.subject, gap.reason]);
  const before = new Set((facts.base?.gaps ?? []).map(key));
  const changed = new Set(
    evidence.changes.flatMap(({ path, previousPath }) => [
      path,
      ...(previousPath === null ? [] : [previousPath]),
    ]),
  );
  const ofHead = facts.head.gaps.filter(
    (gap) =>
      gap.cause === 'world' ||
      !before.has(key(gap)) ||
      (gap.location !== null && changed.has(gap.location.path)),
  );
  const somethingToJudge =
    ofHead.length > 0 ||
    findings.some(({ standing }) => standing.kind !== 'pre-existing') ||
    facts.deliveries.some(({ change }) => change === 'started' || change === 'changed');
  const outside = [...evidence.gaps, ...policyGaps].filter(
    (gap) => gap.kind !== 'missing-policy' || somethingToJudge,
  );
  return [...outside, ...ofHead];
}

function complianceOutcome(
  findings: readonly JudgedFinding[],
  gaps: readonly Gap[],
  policy: Policy,
): Outcome {
  if (gaps.some(({ kind }) => kind === 'policy')) return 'blocked';
  const open = findings.filter(
    ({ standing, finding }) => isOpen(standing) && finding.outcome !== 'needs-approval',
  );
  if (open.some(({ finding }) => finding.outcome === 'violation' && finding.severity === 'error'))
    return 'blocked';
  if (
    open.some(
      ({ finding, standing, obligation }) =>
        standing.kind === 'rejected' && finding.outcome === 'unknown' && !DELIVERY.has(obligation),
    )
  )
    return 'blocked';
  if (open.some(({ finding, obligation }) => finding.outcome === 'unknown' && !DELIVERY.has(obligation)))
    return 'undecided';
  return gapOutcome(gaps, policy);
}

function deliveryOutcome(findings: readonly JudgedFinding[], gaps: readonly Gap[], policy: Policy): Outcome {
  if (gaps.some(({ kind }) => kind === 'policy')) return 'blocked';
  const asked = findings.filter(
    ({ standing, finding, obligation }) => isOpen(standing) && belongsToDelivery(finding, obligation),
  );
  if (asked.some(({ standing }) => standing.kind === 'rejected')) return 'blocked';
  const gap = gapOutcome(gaps, policy);
  if (gap !== 'clear') return gap;
  if (asked.length === 0) return 'clear';
  return asked.some(({ finding }) => finding.outcome === 'needs-approval') ? 'needs-approval' : 'undecided';
}

/** Whether the OSPO is asked about it in the delivery check, rather than the author in compliance. */
export function belongsToDelivery(finding: Finding, obligation: Obligation): boolean {
  return finding.outcome === 'needs-approval' || (finding.outcome === 'unknown' && DELIVERY.has(obligation));
}

export function isOpen(standing: Standing): boolean {
  return standing.kind === 'open' || standing.kind === 'rejected';
}

/** A gap leaves both checks undecided, unless the organisation enforces nothing yet. */
function gapOutcome(gaps: readonly Gap[], policy: Policy): Outcome {
  const enforcing = Object.values(policy.modes).some(
    (schedule) => schedule.mode === 'enforce' || schedule.next?.mode === 'enforce',
  );
  return gaps.length > 0 && enforcing ? 'undecided' : 'clear';
}

const BADNESS: Record<Outcome, number> = { clear: 0, 'needs-approval': 1, undecided: 2, blocked: 3 };

/** The worst of several outcomes; `clear` for none. */
export function worst(outcomes: readonly Outcome[]): Outcome {
  return outcomes.reduce<Outcome>((a, b) => (BADNESS[b] > BADNESS[a] ? b : a), 'clear');
}

function givenSoFar(
  findings: readonly JudgedFinding[],
  { evidence, policy }: Case,
): Verdict['approvals']['given'] {
  const coverages: Coverage[] = findings
    .filter(({ standing, finding }) => standing.kind === 'open' && finding.outcome !== 'violation')
    .map(({ fingerprint }) =>
      coverageOf(
        fingerprint,
        evidence.decisions,
        policy.approval,
        evidence.collectedAt,
        evidence.contributors,
      ),
    );
  const given = coverages.flatMap((coverage) => (coverage.kind === 'none' ? coverage.given : []));
  return [...new Map(given.map((decision) => [decision.id, decision])).values()];
}

/** Findings about the same thing are one: the first in the file stands for all. */
function distinct(findings: readonly JudgedFinding[]): JudgedFinding[] {
  return [
    ...new Map(
      [...findings]
        .sort(inReadingOrder)
        .reverse()
        .map((finding) => [finding.fingerprint, finding]),
    ).values(),
  ];
}

function inReadingOrder(a: JudgedFinding, b: JudgedFinding): number {
  const [x, y] = [a.finding.location, b.finding.location];
  return (
    compare(x.path, y.path) ||
    x.range.start.line - y.range.start.line ||
    x.range.start.column - y.range.start.column ||
    compare(a.finding.rule, b.finding.rule) ||
    compare(a.fingerprint, b.fingerprint)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What makes two evaluations the same: commits, content that was read, policy, decisions and gaps; not the time. */
function identityOf(evidence: Evidence): unknown {
  return {
    subject: evidence.subject,
    base: evidence.base?.commit ?? null,
    head: evidence.head.commit,
    changes: evidence.changes,
    blobs: Object.keys(evidence.blobs).sort(),
    policies: evidence.policies.map(({ label, oid }) => [label, oid]),
    contributors: evidence.contributors,
    decisions: evidence.decisions.map(({ id }) => id).sort(),
    gaps: evidence.gaps,
  };
}
