// Findings, gaps, approvals and exceptions → the verdict on both checks.
import type { Decision, Evidence, Gap } from '../model/evidence.ts';
import type { Finding } from '../model/finding.ts';
import type { Obligation, Policy } from '../model/policy.ts';
import type { JudgedFinding, Outcome, Standing, Verdict } from '../model/verdict.ts';
import { modeOn } from '../policy/schedule.ts';
import { type Case, circumstancesOf, dayOf } from './case.ts';
import { coverageOf } from './coverage.ts';
import { aboutDigest, digest } from './fingerprint.ts';
import { gapsOf } from './gaps.ts';
import { lapsesOf } from './lapses.ts';
import { quorumsFor } from './quorum.ts';
import { judgeFindings } from './standing.ts';
import { withStates } from './state.ts';

/** Obligations about deliveries themselves. Their open questions belong to the delivery check, others’ to compliance. */
export const DELIVERY_OBLIGATIONS: ReadonlySet<Obligation> = new Set<Obligation>([
  'flow-05-dockerfile-release',
  'flow-06-public-registry',
  'flow-07-own-registry',
  'flow-08-image-archive',
]);

export function judge(input: Case): Verdict {
  const { evidence, policy } = input;
  const judged = judgeFindings(input);
  const lapses = lapsesOf(input, judged);
  const findings = withStates(judged, lapses, evidence.decisions);
  const { counted: gaps, before } = gapsOf(input, findings);
  const isEnforcing = enforcesAnything(input);
  const compliance = complianceOutcome(findings, gaps, isEnforcing);
  const delivery = deliveryOutcome(findings, gaps, isEnforcing);
  return {
    subject: evidence.subject,
    outcome: worst([compliance, delivery]),
    compliance,
    delivery,
    findings,
    deliveries: input.facts.deliveries.map((change) => ({ change, fingerprint: aboutDigest(change.about) })),
    gaps,
    ...(before.length === 0 ? {} : { gapsBefore: before }),
    lapses,
    approvals: {
      required: policy.approval.count,
      teams: policy.approval.teams,
      ...openApprovals(findings, input),
      unmapped: unmapped(evidence),
    },
    digests: { evidence: digest(identityOf(evidence)), rules: input.ruleSet, policy: policyDigest(policy) },
  };
}

/** One policy judges many pull requests. */
function policyDigest(policy: Policy): string {
  const known = POLICY_DIGESTS.get(policy) ?? digest(policy);
  POLICY_DIGESTS.set(policy, known);
  return known;
}

const POLICY_DIGESTS = new WeakMap<Policy, string>();

function complianceOutcome(
  findings: readonly JudgedFinding[],
  gaps: readonly Gap[],
  isEnforcing: boolean,
): Outcome {
  if (gaps.some(({ kind }) => kind === 'policy')) return 'blocked';
  const open = findings.filter(
    ({ standing, finding, obligation }) => isOpen(standing) && !belongsToDelivery(finding, obligation),
  );
  const isBlocking = ({ finding, standing }: JudgedFinding): boolean =>
    standing.kind === 'rejected' || (finding.outcome === 'violation' && finding.severity === 'error');
  if (open.some(isBlocking)) return 'blocked';
  if (open.some(({ finding }) => finding.outcome === 'unknown')) return 'undecided';
  return gapOutcome(gaps, isEnforcing);
}

function deliveryOutcome(
  findings: readonly JudgedFinding[],
  gaps: readonly Gap[],
  isEnforcing: boolean,
): Outcome {
  if (gaps.some(({ kind }) => kind === 'policy')) return 'blocked';
  const asked = findings.filter(
    ({ standing, finding, obligation }) => isOpen(standing) && belongsToDelivery(finding, obligation),
  );
  if (asked.some(({ standing }) => standing.kind === 'rejected')) return 'blocked';
  const gap = gapOutcome(gaps, isEnforcing);
  if (gap !== 'clear') return gap;
  if (asked.length === 0) return 'clear';
  return asked.some(({ finding }) => finding.outcome === 'needs-approval') ? 'needs-approval' : 'undecided';
}

/** Whether the OSPO is asked about it in the delivery check, rather than the author in compliance. */
export function belongsToDelivery(finding: Finding, obligation: Obligation): boolean {
  return (
    finding.outcome === 'needs-approval' ||
    (finding.outcome === 'unknown' && DELIVERY_OBLIGATIONS.has(obligation))
  );
}

export function isOpen(standing: Standing): boolean {
  return standing.kind === 'open' || standing.kind === 'rejected';
}

/** A gap leaves both checks undecided, unless the organisation enforces nothing on this day. */
function gapOutcome(gaps: readonly Gap[], isEnforcing: boolean): Outcome {
  return gaps.length > 0 && isEnforcing ? 'undecided' : 'clear';
}

function enforcesAnything(input: Case): boolean {
  const { modes, rules } = input.policy;
  const day = dayOf(input);
  return [...Object.values(modes), ...Object.values(rules)].some(
    (schedule) => modeOn(schedule, day) === 'enforce',
  );
}

const BADNESS: Record<Outcome, number> = { clear: 0, 'needs-approval': 1, undecided: 2, blocked: 3 };

/** The worst of several outcomes; `clear` for none. */
export function worst(outcomes: readonly Outcome[]): Outcome {
  return outcomes.reduce<Outcome>((a, b) => (BADNESS[b] > BADNESS[a] ? b : a), 'clear');
}

/** What is given and what is missing for the questions that are open, over all of them. */
function openApprovals(
  findings: readonly JudgedFinding[],
  { evidence, policy }: Case,
): Pick<Verdict['approvals'], 'given' | 'awaited'> {
  const given = new Map<string, Decision>();
  const awaited = new Map<
    string,
    { teams: readonly string[]; missing: number; obligations: Set<Obligation> }
  >();
  for (const { standing, finding, fingerprint, obligation } of findings) {
    if (standing.kind !== 'open' || finding.outcome === 'violation') continue;
    const question = { fingerprint, obligation, asked: finding };
    const coverage = coverageOf(question, evidence.decisions, policy.approval, circumstancesOf(evidence));
    if (coverage.kind !== 'none') continue;
    for (const decision of coverage.given) given.set(decision.id, decision);
    for (const [index, { teams }] of quorumsFor(policy.approval, obligation).entries()) {
      const missing = coverage.missing[index] ?? 0;
      if (missing === 0 || teams.length === 0) continue;
      const key = teams.join(' ');
      const before = awaited.get(key) ?? { teams, missing: 0, obligations: new Set() };
      before.obligations.add(obligation);
      awaited.set(key, { ...before, missing: Math.max(before.missing, missing) });
    }
  }
  const first = policy.approval.teams.join(' ');
  return {
    given: [...given.values()],
    awaited: [...awaited]
      .sort(([a], [b]) => Number(b === first) - Number(a === first) || (a < b ? -1 : 1))
      .map(([, { teams, missing, obligations }]) => ({
        teams,
        missing,
        obligations: [...obligations].sort(),
      })),
  };
}

function unmapped({ contributors }: Evidence): readonly string[] {
  return [...new Set(contributors.filter(({ actor }) => actor === null).map(({ name }) => name))].sort();
}

/** What makes two evaluations the same: commits, content that was read, what registries said, policy, decisions and gaps; not the time. */
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
    ...(evidence.memberships === undefined ? {} : { memberships: evidence.memberships }),
    images: evidence.images.map(({ askedAt: _, ...said }) => said),
    gaps: evidence.gaps,
    ...(evidence.clearances === undefined ? {} : { clearances: evidence.clearances }),
    ...(evidence.seenDockerfiles === undefined
      ? {}
      : { seen: evidence.seenDockerfiles.map(({ repository, path, commit }) => [repository, path, commit]) }),
  };
}
