// The use cases: judge a pull request and show the verdict; decide whether a person's claim counts.
import type { Decision, Evidence, Gap } from './core/model/evidence.ts';
import type { Approval } from './core/model/policy.ts';
import type { CheckReport, Report } from './core/model/report.ts';
import type { Verdict } from './core/model/verdict.ts';
import { CHECK_NAMES } from './core/report/check-run.ts';
import { render } from './core/report/render.ts';
import { RULE_TEXTS, review as reviewEvidence, wanted } from './core/review.ts';
import { answerClaim } from './core/verdict/claim.ts';
import type {
  Claim,
  Claims,
  Clock,
  Forge,
  Job,
  Ledger,
  LedgerEntry,
  Publisher,
  PullRequests,
  Roster,
  Source,
} from './ports.ts';

export type GatePorts = {
  readonly source: Source;
  readonly roster: Roster;
  readonly ledger: Ledger;
  readonly claims: Claims;
  readonly pulls: PullRequests;
  readonly forge: Forge;
  readonly publisher: Publisher;
  readonly clock: Clock;
};

/** Something could not be seen that a later try may see; what could be seen is published already. */
export class RetryLater extends Error {
  readonly gaps: readonly Gap[];
  constructor(gaps: readonly Gap[]) {
    super(gaps.map(({ reason }) => reason).join(' '));
    this.name = 'RetryLater';
    this.gaps = gaps;
  }
}

/**
 * Decides the open claims on the pull request, then judges its head, records the verdict and publishes it.
 *
 * @throws RetryLater after publishing an undecided verdict, when a retry may see more.
 */
export async function handle(job: Job, ports: GatePorts): Promise<Verdict> {
  if (job.refresh) await ports.pulls.remember(await ports.forge.askState(job.pull));
  const unanswered: Gap[] = [];
  for (const claim of await ports.claims.open(job.pull)) {
    const gap = await decide(claim, ports);
    if (gap !== null) unanswered.push(gap);
  }
  return review(job, ports, unanswered);
}

async function review(job: Job, ports: GatePorts, unanswered: readonly Gap[]): Promise<Verdict> {
  const collected = await ports.source.collect(job.pull, null, wanted);
  const evidence: Evidence = { ...collected, gaps: [...collected.gaps, ...unanswered] };
  const { verdict, facts, policy } = reviewEvidence(evidence);
  const report = render(verdict, facts, policy, evidence.changes, RULE_TEXTS);
  await ports.ledger.record(job.pull, [{ kind: 'verdict', verdict, cause: job.cause }], ports.clock());
  await ports.publisher.publish(job.pull, report, job.again);
  const passing = verdict.gaps.filter(({ cause }) => cause === 'world');
  if (passing.length > 0) throw new RetryLater(passing);
  return verdict;
}

/** Null when the claim is settled; the gap when it could not be answered yet and stays open. */
async function decide(claim: Claim, ports: GatePorts): Promise<Gap | null> {
  const evidence = await ports.source.collect(claim.pull, claim.headSha, wanted);
  const { verdict, policy } = reviewEvidence(evidence);
  const meaning = meaningOf(claim, policy.approval);
  const at = ports.clock();
  const settle = (entries: readonly LedgerEntry[]): Promise<void> =>
    ports.ledger.record(claim.pull, entries, at, [claim]);
  if (meaning === null) {
    await settle([]);
    return null;
  }
  const asked = verdict.findings.filter(
    ({ finding, standing }) =>
      finding.outcome !== 'violation' && standing.kind !== 'pre-existing' && standing.kind !== 'excepted',
  );
  if (asked.length === 0) {
    await settle([]);
    return null;
  }
  const membership = await ports.roster.memberOf(claim.pull, policy.approval.teams, claim.actor);
  const answer = answerClaim(claim.actor, membership, evidence.contributors, policy);
  if (answer.kind === 'unanswered') return answer.gap;
  if (answer.kind === 'refused') {
    // Everybody may review and remove labels; only a label that claims an approval has to be taken back.
    if (claim.act !== 'labeled') await settle([]);
    else {
      await settle([{ kind: 'refused', claim, reason: answer.reason }]);
      await ports.publisher.refuse(claim.pull, claim, answer.reason);
    }
    return null;
  }
  const decision: Decision = {
    id: claim.id,
    kind: meaning,
    actor: claim.actor,
    team: answer.team,
    at: claim.at,
    expires: meaning === 'approved' ? expiry(claim.at, policy.approval.expiresAfterDays) : null,
    headSha: claim.headSha,
    fingerprints: asked.map(({ fingerprint }) => fingerprint).sort(),
    described: Object.fromEntries(asked.map(({ fingerprint, finding }) => [fingerprint, finding.about])),
    note: claim.act.startsWith('review') && claim.text.trim() !== '' ? claim.text.trim() : null,
  };
  await settle([{ kind: 'decision', decision }]);
  return null;
}

function meaningOf(claim: Claim, { labels }: Approval): Decision['kind'] | null {
  switch (claim.act) {
    case 'labeled':
      return sameLabel(claim.text, labels.approved)
        ? 'approved'
        : sameLabel(claim.text, labels.rejected)
          ? 'rejected'
          : null;
    case 'unlabeled':
      return sameLabel(claim.text, labels.approved) || sameLabel(claim.text, labels.rejected)
        ? 'withdrawn'
        : null;
    case 'review-approved':
      return 'approved';
    case 'review-changes-requested':
      return 'rejected';
    case 'review-dismissed':
      return 'withdrawn';
    default:
      return claim.act satisfies never;
  }
}

/** GitHub keeps one label per name whatever its case. */
function sameLabel(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function expiry(at: string, days: number | null): string | null {
  return days === null ? null : new Date(Date.parse(at) + days * 86_400_000).toISOString();
}

/**
 * The last resort, when a job could not be done however often it was tried: both checks say so on the last known head,
 * so that the pull request never waits in silence. Nothing is published when the head is unknown.
 */
export async function giveUp(job: Job, reason: string, ports: GatePorts): Promise<void> {
  const state = await ports.pulls.recall(job.pull);
  if (state === null) return;
  const check = (name: string): CheckReport => ({
    name,
    outcome: 'undecided',
    conclusion: 'action_required',
    title: 'Undecided: the evaluation failed',
    summary: `Clear to Ship could not evaluate this commit: ${reason}\n\nUse _Re-run_ on this check to try again. If it keeps failing, the log of the app names the cause under the delivery \`${job.delivery ?? job.cause}\`.`,
    text: '',
    annotations: [],
  });
  const report: Report = {
    headSha: state.headSha,
    checks: [check(CHECK_NAMES.compliance), check(CHECK_NAMES.delivery)],
    packet: null,
    reviewComments: [],
    labels: { add: [], remove: [] },
  };
  await ports.publisher.publish(job.pull, report, false);
}
