// The use cases: judge a pull request and show the verdict; decide whether a person's claim counts.
import { leaningJob, lookAgain, reviewCleared } from './clearances.ts';
import type { Decision, Evidence, Gap } from './core/model/evidence.ts';
import type { Approval } from './core/model/policy.ts';
import type { CheckReport } from './core/model/report.ts';
import type { Verdict } from './core/model/verdict.ts';
import { CHECK_NAMES } from './core/report/check-run.ts';
import { code } from './core/report/markdown.ts';
import { render } from './core/report/render.ts';
import { escaped } from './core/report/words.ts';
import { RULE_TEXTS, wanted } from './core/review.ts';
import { approvalEnd } from './core/verdict/approval-end.ts';
import { answerClaim } from './core/verdict/claim.ts';
import { largerThings } from './core/verdict/coverage.ts';
import { nextChange } from './core/verdict/next-change.ts';
import { share, teamsAsked } from './core/verdict/quorum.ts';
import { lookUpJob } from './image-look-ups.ts';
import { type PreviewPorts, previewPolicy, wantedWithPolicy } from './policy-preview.ts';
import type {
  Claim,
  Claims,
  Clearances,
  Clock,
  Forge,
  Hold,
  Images,
  Inbox,
  Job,
  Ledger,
  LedgerEntry,
  PublicFiles,
  Publisher,
  PullRequestRef,
  PullRequestState,
  PullRequests,
  Roster,
  SeenDockerfiles,
  Source,
} from './ports.ts';
import { showing } from './repaint.ts';
import { keepSeenBase } from './seen-dockerfiles.ts';
import { takeTurn } from './turnstile.ts';

export type GatePorts = {
  readonly source: Source;
  readonly roster: Roster;
  readonly ledger: Ledger;
  readonly claims: Claims;
  readonly pulls: PullRequests;
  readonly forge: Forge;
  readonly seenDockerfiles: SeenDockerfiles;
  readonly clearances: Clearances;
  readonly publisher: Publisher;
  readonly inbox: Inbox;
  /** What registries say; null where they are never asked. */
  readonly images: Images | null;
  /** Files of public repositories, read as whoever may read for that pull request. */
  readonly publicFiles: (pull: PullRequestRef) => Promise<PublicFiles>;
  /** Whether this worker still has the job. */
  readonly hold: Hold;
  readonly clock: Clock;
} & PreviewPorts;

/** How the failure of a job begins whose undecided verdict is published already. */
const UNSEEN = 'Not everything could be seen. ';

/** Something could not be seen that a later try may see; what could be seen is published already. */
export class RetryLater extends Error {
  readonly gaps: readonly Gap[];
  constructor(gaps: readonly Gap[]) {
    super(`${UNSEEN}${gaps.map(({ reason }) => reason).join(' ')}`);
    this.name = 'RetryLater';
    this.gaps = gaps;
  }
}

/**
 * Decides the open claims on the pull request, then judges its head, records the verdict and publishes it. A closed one
 * shows nothing any more; what it delivered by its merge is recorded.
 *
 * @throws RetryLater after publishing an undecided verdict, when a retry may see more.
 */
export async function handle(job: Job, ports: GatePorts): Promise<Verdict | null> {
  const { pull } = job;
  const known = await ports.pulls.recall(pull);
  if (job.refresh || known === null) {
    const asked = await ports.forge.askState(pull);
    // Gone with its repository, or out of reach: nobody waits for a verdict there.
    if (asked === null) {
      if (known !== null) {
        await ports.pulls.remember({ ...known, open: false });
        await ports.publisher.leave(pull);
      }
      return null;
    }
    await ports.pulls.remember(asked);
  }
  if (job.cause === RETARGETED) await withdrawShown(job, ports);
  const unanswered: Gap[] = [];
  const { pull: here } = (await ports.pulls.recall(pull)) ?? job;
  for (const claim of await ports.claims.open(pull)) {
    const gap = await answer({ ...claim, pull: here }, claim.pull.installation, ports);
    if (gap !== null) unanswered.push(gap);
  }
  const state = await ports.pulls.recall(pull);
  return state === null || state.open
    ? review(job, ports, unanswered)
    : concludeClosed(job, state, unanswered, ports);
}

/** The event after which what is shown on the head answers another question than the one that is asked now. */
const RETARGETED = 'pull_request.edited';

/** The old result must not stand while the new one is made. */
async function withdrawShown(job: Job, ports: GatePorts): Promise<void> {
  const state = await ports.pulls.recall(job.pull);
  if (state === null || !state.open) return;
  const checks = undecided(
    'Undecided: judged again for another base branch',
    `The base branch is now ${code(state.baseRef)}. What this commit changes there is being judged.`,
  );
  await showing(job, ports, () => ports.publisher.publishChecks(job.pull, checks));
}

async function review(job: Job, ports: GatePorts, unanswered: readonly Gap[]): Promise<Verdict> {
  const collected = await ports.source.collect(job.pull, null, wantedWithPolicy);
  const seen: Evidence = { ...collected, gaps: [...collected.gaps, ...unanswered] };
  await takeTurn();
  const reviewed = await reviewCleared(job.pull, seen, ports.clearances);
  await takeTurn();
  const { evidence, verdict, facts, policy, projects } = reviewed;
  const rendered = render(verdict, facts, policy, evidence.changes, RULE_TEXTS);
  const preview = await previewPolicy(job.pull, evidence, ports);
  const report = preview === null ? rendered : { ...rendered, checks: [...rendered.checks, preview] };
  const entry = { kind: 'verdict', verdict, cause: job.cause, evidence } as const;
  await ports.ledger.record(job.pull, [entry], ports.clock());
  await askRegistries(evidence, job, ports);
  await keepSeenBase(job.pull, evidence, facts, ports.seenDockerfiles);
  const again = lookAgain(evidence, nextChange(verdict, policy, evidence.collectedAt));
  await ports.pulls.expects(job.pull, again, projects);
  await showing(job, ports, () => ports.publisher.publish(job.pull, report, job.again));
  const passing = verdict.gaps.filter(({ cause }) => cause === 'world');
  if (passing.length > 0) throw new RetryLater(passing);
  return verdict;
}

/** Nobody waits for registries: what they say is judged when it is there. */
export async function askRegistries(evidence: Evidence, then: Job, ports: GatePorts): Promise<void> {
  const job = lookUpJob(evidence, then, ports.images);
  if (job !== null) await ports.inbox.accept({ state: null, claim: null, job });
}

/** What a merge delivers is recorded; whoever shared its head shows its own result again. */
async function concludeClosed(
  job: Job,
  { merged }: PullRequestState,
  unanswered: readonly Gap[],
  ports: GatePorts,
): Promise<Verdict | null> {
  await ports.publisher.leave(job.pull);
  if (merged !== true) return null;
  const collected = await ports.source.collect(job.pull, null, wanted);
  const seen: Evidence = { ...collected, gaps: [...collected.gaps, ...unanswered] };
  const { evidence, verdict } = await reviewCleared(job.pull, seen, ports.clearances);
  const passing = verdict.gaps.filter(({ cause }) => cause === 'world');
  if (passing.length > 0) throw new RetryLater(passing);
  const moves = verdict.deliveries.some(({ change }) => change.change !== 'unchanged');
  const entry = {
    kind: 'delivered',
    verdict,
    cause: job.cause,
    evidence,
    cleared: verdict.outcome === 'clear',
  } as const;
  if (moves || !entry.cleared)
    await ports.ledger.record(job.pull, [entry], ports.clock(), { closes: [], jobs: [leaningJob(job.pull)] });
  return verdict;
}

/**
 * What people said in another organisation, before the repository moved, has no say in this one: nobody there knows its
 * policy, and nobody here its teams.
 */
async function answer(claim: Claim, madeIn: number, ports: GatePorts): Promise<Gap | null> {
  if (madeIn === claim.pull.installation) return decide(claim, ports);
  await ports.ledger.record(claim.pull, [], ports.clock(), { closes: [claim], jobs: [] });
  return null;
}

/** Null when the claim is settled; the gap when it could not be answered yet and stays open. */
async function decide(claim: Claim, ports: GatePorts): Promise<Gap | null> {
  const collected = await ports.source.collect(claim.pull, claim.headSha, wanted);
  const { evidence, verdict, policy } = await reviewCleared(claim.pull, collected, ports.clearances);
  // What was approved can't be told while something could not be seen: the claim waits for a better look.
  const unseen = verdict.gaps.find(({ cause }) => cause === 'world');
  if (unseen !== undefined) return unseen;
  const meaning = meaningOf(claim, policy.approval);
  const at = ports.clock();
  const settle = (entries: readonly LedgerEntry[], jobs: readonly Job[] = []): Promise<void> =>
    ports.ledger.record(claim.pull, entries, at, { closes: [claim], jobs });
  if (meaning === null) {
    await settle([]);
    return null;
  }
  // We set that label ourselves where a review rejected: a program's rejection shows one, and is none.
  if (meaning === 'rejected' && claim.actor.type === 'Bot') {
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
  const teams = teamsAsked(
    policy.approval,
    asked.map(({ obligation }) => obligation),
  );
  const memberships = await ports.roster.memberOf(claim.pull, teams, claim.actor);
  const answer = answerClaim(claim.actor, memberships, evidence.contributors, teams, verdict.gaps);
  if (answer.kind === 'unanswered') return answer.gap;
  if (answer.kind === 'refused') {
    // Everybody may review and remove labels; only a label that claims an approval has to be taken back.
    if (claim.act !== 'labeled') await settle([]);
    else await settle([{ kind: 'refused', claim, reason: answer.reason }], [replyJob(claim, answer.reason)]);
    return null;
  }
  // A team decides on what it is asked about, and on nothing else.
  const theirs = asked.filter(({ obligation }) =>
    share(teamsAsked(policy.approval, [obligation]), answer.teams),
  );
  // What is taken back from a part must not stand for the whole: adding what was left out would bring it back.
  const larger =
    meaning === 'approved'
      ? []
      : theirs.flatMap(({ fingerprint, finding }) => [
          ...largerThings({ fingerprint, asked: finding }, evidence.decisions),
        ]);
  const described = Object.fromEntries([
    ...larger,
    ...theirs.map(({ fingerprint, finding }) => [fingerprint, finding.about] as const),
  ]);
  const note = claim.act.startsWith('review') && claim.text.trim() !== '' ? claim.text.trim() : null;
  const decision: Decision = {
    id: claim.id,
    kind: meaning,
    actor: claim.actor,
    team: answer.team,
    teams: answer.teams,
    at: claim.at,
    expires: meaning === 'approved' ? approvalEnd(claim.at, note, policy.approval) : null,
    headSha: claim.headSha,
    fingerprints: Object.keys(described).sort(),
    described,
    note,
  };
  // A label can't say why; the author has to know, and so has the ledger.
  const asksReason = claim.act === 'labeled' && meaning === 'rejected';
  await settle(
    [{ kind: 'decision', decision }],
    [neighbourJob(claim, meaning), ...(asksReason ? [replyJob(claim, null)] : [])],
  );
  return null;
}

/** Queued with the record that the claim is settled: a worker that dies in between would never say so otherwise. */
function replyJob(claim: Claim, refusal: string | null): Job {
  return {
    pull: claim.pull,
    cause: 'reply to a label',
    delivery: null,
    refresh: false,
    again: false,
    errand: { kind: 'reply', claim, refusal },
  };
}

/**
 * A decision counts in the whole repository: what other pull requests show may rest on it, or wait for it. Nobody's green
 * should outlive what it rests on, so that what takes something back goes before the app's own sweeps.
 */
function neighbourJob({ pull }: Claim, kind: Decision['kind']): Job {
  const after = `after a decision on #${pull.number}`;
  return {
    pull: { ...pull, number: 0 },
    cause: kind === 'approved' ? `sweep ${after}` : `judged again ${after}`,
    delivery: null,
    refresh: false,
    again: false,
    errand: { kind: 'sweep', discover: false },
  };
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

/**
 * The last resort, when a job could not be done however often it was tried: both checks say so on the last known head,
 * so that the pull request never waits in silence. Nothing is published when the head is unknown.
 */
export async function giveUp(job: Job, reason: string, ports: GatePorts): Promise<void> {
  const state = await ports.pulls.recall(job.pull);
  if (state === null) return;
  // What is shown says more than that it failed.
  if (state.open && !reason.startsWith(UNSEEN))
    await showing(job, ports, () => ports.publisher.publishChecks(job.pull, failedChecks(job, reason)));
}

/** Both checks, undecided because the evaluation itself failed. */
export function failedChecks(job: Job, reason: string): readonly CheckReport[] {
  return undecided(
    'Undecided: the evaluation failed',
    `Clear to Ship could not evaluate this commit: ${escaped(reason)}\n\nUse _Re-run_ on this check to try again. If it keeps failing, the log of the app names the cause under the delivery ${code(job.delivery ?? job.cause)}.`,
  );
}

/** Both checks with one explanation. */
function undecided(title: string, summary: string): readonly CheckReport[] {
  const check = (name: string): CheckReport => ({
    name,
    outcome: 'undecided',
    conclusion: 'action_required',
    title,
    summary,
    text: '',
    annotations: [],
  });
  return [check(CHECK_NAMES.compliance), check(CHECK_NAMES.delivery)];
}
