// Work that is no pull request's: merge groups, pushes to branches that ship, and sweeps over open pull requests.
import { leaningJob, reviewCleared } from './clearances.ts';
import type { Verdict } from './core/model/verdict.ts';
import { pushedRef, startedByPush } from './core/pipeline/pushed.ts';
import { render } from './core/report/render.ts';
import { unclearedIssue, unjudgedIssue } from './core/report/uncleared.ts';
import { endingVettings, vettingIssue } from './core/report/vetting-issue.ts';
import { policyFrom, RULE_TEXTS, wanted } from './core/review.ts';
import { askRegistries, failedChecks, type GatePorts, RetryLater } from './gate.ts';
import { imagesNamed } from './image-look-ups.ts';
import type { CommitRange, Errand, Job, PullRequestRef, PullRequestState } from './ports.ts';
import { showing } from './repaint.ts';
import { keepSeen } from './seen-dockerfiles.ts';

/** @throws RetryLater after publishing an undecided verdict, when a retry may see more. */
export async function runErrand(job: Job, errand: Errand, ports: GatePorts): Promise<Verdict | null> {
  switch (errand.kind) {
    case 'merge-group':
      return judgeGroup(job, groupRange(job.pull, errand), ports);
    case 'push':
      return judgePush(job, errand, ports);
    case 'sweep':
      await sweep(job, errand.discover, ports);
      return null;
    case 'leaning':
      await judgeAgain(await leaningOn(job.pull, ports), job, ports);
      return null;
    case 'vettings':
      await warnOfVettings(job, ports);
      return null;
    case 'look-up':
      await lookUp(job, errand, ports);
      return null;
    case 'reply':
      await (errand.refusal === null
        ? ports.publisher.askReason(job.pull, errand.claim)
        : ports.publisher.refuse(job.pull, errand.claim, errand.refusal));
      return null;
    default:
      return errand satisfies never;
  }
}

/** The last resort for an errand: a merge group waits for checks, a push for an issue. */
export async function giveUpErrand(
  job: Job,
  errand: Errand,
  reason: string,
  ports: GatePorts,
): Promise<void> {
  const { pull } = job;
  if (errand.kind === 'merge-group')
    await showing(job, ports, () =>
      ports.publisher.publishRange(groupRange(pull, errand), failedChecks(job, reason), false),
    );
  // Of a topic branch nobody waits to hear that GitHub did not answer.
  if (errand.kind === 'push' && (errand.watched || errand.defining)) {
    const range = pushRange(pull, errand);
    await ports.publisher.raise(
      pull,
      `push ${range.headSha}`,
      unjudgedIssue(shownName(errand.ref), range.headSha, reason),
    );
  }
}

/** A group's content is judged as what it is: the queue may have put other changes below it. */
async function judgeGroup(job: Job, range: CommitRange, ports: GatePorts): Promise<Verdict> {
  const collected = await ports.source.collectRange(range, wanted);
  const reviewed = await reviewCleared(range.pull, collected, ports.clearances);
  const { evidence, verdict, facts, policy } = reviewed;
  const { checks } = render(verdict, facts, policy, evidence.changes, RULE_TEXTS);
  const entry = { kind: 'verdict', verdict, cause: job.cause, evidence } as const;
  await ports.ledger.record(range.pull, [entry], ports.clock());
  await askRegistries(evidence, job, ports);
  await showing(job, ports, () => ports.publisher.publishRange(range, checks, job.again));
  retryIfPassing(verdict);
  return verdict;
}

type Push = Extract<Errand, { kind: 'push' }>;

/**
 * What reached a branch past its pull request, or past this app, is told to people: nothing can be held back any more.
 * Branches that are watched are the default one, those that pull requests go to, and protected ones; of any other, and of
 * a tag, only what the push itself sets in motion matters. A tag is compared with the default branch: what it names may be
 * on no branch at all.
 */
async function judgePush(job: Job, push: Push, ports: GatePorts): Promise<Verdict | null> {
  const seen = pushRange(job.pull, push);
  const pushed = pushedRef(push.ref);
  if (pushed === null) return null;
  const isTag = pushed.kind === 'tag';
  const isWatched = push.watched || (!isTag && (await ports.forge.isProtected(job.pull, seen.branch)));
  if (!isWatched && !push.defining) return null;
  const range = isTag || NO_COMMIT.test(seen.baseSha) ? await sinceDefault(seen, push, ports) : seen;
  if (range === null) return null;
  const collected = await ports.source.collectRange(range, wanted);
  const { evidence, verdict, facts } = await reviewCleared(range.pull, collected, ports.clearances);
  retryIfPassing(verdict);
  if (isWatched) await keepSeen(range.pull, range, range.headSha, facts.head, ports.seenDockerfiles);
  if (verdict.delivery === 'clear') return verdict;
  if (!isWatched && !startedByPush(facts.deliveries, pushed)) return null;
  const entry = { kind: 'delivered', verdict, cause: job.cause, evidence, cleared: false } as const;
  const jobs = [leaningJob(range.pull)];
  await ports.ledger.record(range.pull, [entry], ports.clock(), { closes: [], jobs });
  const { actor, server, headSha } = range;
  const branch = shownName(push.ref);
  const { owner, repository } = range.pull;
  const commit = `${server}/${owner}/${repository}/commit/${headSha}`;
  await ports.publisher.raise(
    range.pull,
    `push ${headSha}`,
    unclearedIssue(verdict, { branch, pusher: actor.login, commit, headSha }),
  );
  return verdict;
}

/** How a branch or a tag is called in an issue. */
function shownName(ref: string): string {
  return ref.replace(/^refs\/(heads\/|(?=tags\/))/, '');
}

const NO_COMMIT = /^0+$/;

/** A branch that appears is compared with the default one; the first branch of all with nothing. */
async function sinceDefault(range: CommitRange, push: Push, ports: GatePorts): Promise<CommitRange | null> {
  if (push.ref === `refs/heads/${push.defaultBranch}`) return null;
  const main = await ports.forge.branch(range.pull, push.defaultBranch);
  return main === null ? null : { ...range, baseSha: main.head };
}

function retryIfPassing({ gaps }: Verdict): void {
  const passing = gaps.filter(({ cause }) => cause === 'world');
  if (passing.length > 0) throw new RetryLater(passing);
}

/** More issues than this in one day help nobody; the rest is told the day after. */
const MOST_WARNINGS = 20;

/** @throws RetryLater when the policy could not be read. */
async function warnOfVettings({ pull }: Job, ports: GatePorts): Promise<void> {
  const holder = { ...pull, repository: ports.policyRepository };
  const { sources, gaps } = await ports.forge.policies(holder);
  const passing = gaps.filter(({ cause }) => cause === 'world');
  if (passing.length > 0) throw new RetryLater(passing);
  const today = ports.clock().toISOString().slice(0, 10);
  const ending = endingVettings(policyFrom(sources).policy.vetting, today);
  for (const entry of ending.slice(0, MOST_WARNINGS)) {
    const key = `vetting of ${entry.image} for ${pull.owner} ends on ${entry.expires}`;
    await ports.publisher.raise(holder, key, vettingIssue(entry, pull.owner));
  }
}

/** @throws RetryLater when a registry could not be reached: it is asked again, and whoever waits is judged then. */
async function lookUp(
  { pull }: Job,
  errand: Extract<Errand, { kind: 'look-up' }>,
  { images: shelf, inbox, publicFiles }: GatePorts,
): Promise<void> {
  if (shelf === null) return;
  const { changed, passing } = await shelf.lookUp(
    imagesNamed(errand),
    errand.registries,
    await publicFiles(pull),
    errand.platforms,
  );
  if (changed) await inbox.accept({ state: null, claim: null, job: errand.afterwards });
  if (passing.length > 0) throw new RetryLater(passing);
}

/** Every open pull request in reach is judged again, behind the live events. */
async function sweep(job: Job, discover: boolean, ports: GatePorts): Promise<void> {
  const { installation, repositoryId } = job.pull;
  const only = repositoryId === 0 ? null : repositoryId;
  const states = discover
    ? await ports.forge.listOpen(installation, only)
    : await ports.pulls.open(installation, only);
  await judgeAgain(states, job, ports, discover);
  if (only !== null) await judgeAgain(await leaningOn(job.pull, ports), job, ports);
}

/** Open pull requests of other repositories whose verdicts take something of this one for cleared, or wait for that. */
function leaningOn(
  { installation, owner, repository }: PullRequestRef,
  { pulls }: GatePorts,
): Promise<readonly PullRequestState[]> {
  return pulls.leaning(installation, `${owner}/${repository}`.toLowerCase());
}

async function judgeAgain(
  states: readonly PullRequestState[],
  { cause, delivery, refresh }: Job,
  { inbox }: GatePorts,
  discovered = false,
): Promise<void> {
  const why = /^(sweep|judged again) /.test(cause) ? cause : `sweep after ${cause}`;
  for (const state of states)
    await inbox.accept({
      state: discovered ? state : null,
      claim: null,
      job: { pull: state.pull, cause: why, delivery, refresh, again: false },
    });
}

function groupRange(pull: PullRequestRef, group: Extract<Errand, { kind: 'merge-group' }>): CommitRange {
  const numbers = [...group.headRef.matchAll(/\/pr-(\d+)-/g)].map(([, number]) => Number(number));
  const [number] = numbers;
  const { headSha, headRef, baseSha, baseRef, repositoryNodeId, server, visibility, actor } = group;
  return {
    kind: 'merge-group',
    // Approvals are the pull request's only where there is exactly one in the group.
    pull: { ...pull, number: numbers.length === 1 && number !== undefined ? number : 0 },
    repositoryNodeId,
    server,
    visibility,
    branch: baseRef.replace(/^refs\/heads\//, ''),
    ref: headRef,
    baseSha,
    headSha,
    actor,
  };
}

function pushRange(pull: PullRequestRef, push: Push): CommitRange {
  const { ref, before, after, repositoryNodeId, server, visibility, actor } = push;
  return {
    kind: 'push',
    pull,
    repositoryNodeId,
    server,
    visibility,
    branch: shownName(ref),
    ref,
    baseSha: before,
    headSha: after,
    actor,
  };
}
