// A report → what GitHub shows. A retry repaints and never duplicates: what was published is remembered by its digest.
import type { CheckReport, Report } from '../core/model/report.ts';
import { code } from '../core/report/markdown.ts';
import { PACKET_MARK } from '../core/report/packet.ts';
import { MOST_COMMENTS } from '../core/report/review-comments.ts';
import { escaped } from '../core/report/words.ts';
import { digest } from '../core/verdict/fingerprint.ts';
import { worst } from '../core/verdict/judge.ts';
import type {
  Clock,
  CommitRange,
  Hold,
  KeptComment,
  Published,
  Publisher,
  PullRequestRef,
  PullRequestState,
  Shared,
} from '../ports.ts';
import { type Api, type ApiFor, statusOf } from './api.ts';
import { type CheckTarget, createCheckRuns } from './check-runs.ts';
import { findComment, ONCE, publishOnce } from './comments.ts';

export type GitHubPublisherOptions = {
  readonly apiFor: ApiFor;
  /** Asked before everything that is written. */
  readonly hold: Hold;
  readonly stateOf: (pull: PullRequestRef) => Promise<PullRequestState>;
  readonly published: Published;
  readonly clock: Clock;
};

const PACKET = 'packet';

export function createGitHubPublisher(options: GitHubPublisherOptions): Publisher {
  return {
    async publish(pull, report, again) {
      const [api, state] = await Promise.all([options.apiFor(pull.installation), options.stateOf(pull)]);
      const comments = await publishChecks(options, api, state, report.headSha, report.checks, again);
      // Everything beside the checks belongs to the newest head, and would only disturb on a draft or a closed pull request.
      if (report.headSha !== state.headSha || !state.open) return;
      await publishLabels(options, api, state, report);
      if (state.isDraft) return;
      await publishPacket(options, api, state, report, comments.get(PACKET) ?? null);
      await publishReviewComments(options, api, state, report, comments);
    },
    leave: (pull) => options.published.leave(pull),
    async publishChecks(pull, checks) {
      const [api, state] = await Promise.all([options.apiFor(pull.installation), options.stateOf(pull)]);
      await publishChecks(options, api, state, state.headSha, checks, false);
    },
    async publishRange(range, checks, again) {
      const api = await options.apiFor(range.pull.installation);
      const target = {
        repositoryNodeId: range.repositoryNodeId,
        externalId: rangeId(range),
      };
      const repositoryId = range.pull.repositoryId;
      const digests = await options.published.checkDigests(repositoryId, range.headSha);
      const fresh = freshOf(checks, again, digests);
      if (fresh.length === 0) return;
      await options.hold.check();
      const runs = await showChecks(options, api, target, range.headSha, fresh);
      await options.hold.check();
      await options.published.keepChecks(repositoryId, range.headSha, runs);
    },
    async refuse(pull, claim, reason) {
      const api = await options.apiFor(pull.installation);
      await options.hold.check();
      await removeLabel(api, pull, claim.text);
      const body = `The label ${code(claim.text)} was taken off again: ${escaped(reason)}. Nothing was decided.`;
      await publishOnce(options.published, api, pull, `refused ${claim.id}`, body);
    },
    async askReason(pull, claim) {
      const api = await options.apiFor(pull.installation);
      await options.hold.check();
      const body = `${code(claim.actor.login)} rejected what this pull request delivers. A review with _Request changes_ records the reason: its text goes into the ledger, and tells the author what to change.`;
      await publishOnce(options.published, api, pull, `reason ${claim.id}`, body);
    },
    async raise(pull, key, { title, body }) {
      const api = await options.apiFor(pull.installation);
      await options.hold.check();
      await publishOnce(options.published, api, pull, key, body, title);
    },
  };
}

/** How a merge group's checks find their way back when somebody re-runs them; see `app.ts`. */
function rangeId({ baseSha, ref }: Pick<CommitRange, 'baseSha' | 'ref'>): string {
  return `merge-group:${baseSha}:${ref}`;
}

/** Publishes until what is shown is the worst of all that share the commit; answers the pull request's comments of ours. */
async function publishChecks(
  options: GitHubPublisherOptions,
  api: Api,
  state: PullRequestState,
  headSha: string,
  checks: readonly CheckReport[],
  again: boolean,
): Promise<Shared['comments']> {
  const target = {
    repositoryNodeId: state.repositoryNodeId,
    // GitHub names no pull request for the runs of a fork's commits, so the number travels with the run.
    externalId: `pull-request:${state.pull.number}`,
  };
  let isFresh = again;
  // A neighbour may publish between our look and our writing: what was written last has to know of both.
  const { published, hold } = options;
  const { repositoryId } = state.pull;
  const { comments, ...first } = await published.share(state.pull, headSha, checks);
  let { others, digests } = first;
  for (let round = 0; round < MOST_NEIGHBOURS; round += 1) {
    const shown = checks.map((check) => worstOf(check, others));
    const fresh = freshOf(shown, isFresh, digests);
    if (fresh.length === 0) break;
    // The first time, sharing has just asked.
    if (round > 0) await hold.check();
    const runs = await showChecks(options, api, target, headSha, fresh);
    isFresh = false;
    // Whoever lost the job meanwhile must not make its successor believe that this is what should be shown.
    others = await published.keepShown(state.pull, headSha, runs);
    // Nobody beside it: what is on the commit is what was just written.
    digests =
      others.length === 0
        ? new Map([...digests, ...runs.map(({ name, digest: now }) => [name, now] as const)])
        : await published.checkDigests(repositoryId, headSha);
  }
  return comments;
}

/** More pull requests than this never publish on one commit in one moment. */
const MOST_NEIGHBOURS = 8;

type FreshCheck = { readonly check: CheckReport; readonly digest: string };

/** What is not shown already, by the digests of what is; everything where `again` is asked for. */
function freshOf(
  checks: readonly CheckReport[],
  again: boolean,
  digests: ReadonlyMap<string, string>,
): readonly FreshCheck[] {
  return checks
    .map((check) => ({ check, digest: digest(check) }))
    .filter(({ check, digest: now }) => again || digests.get(check.name) !== now);
}

async function showChecks(
  { clock }: GitHubPublisherOptions,
  api: Api,
  target: CheckTarget,
  headSha: string,
  fresh: readonly FreshCheck[],
): Promise<readonly { readonly name: string; readonly id: number | null; readonly digest: string }[]> {
  const reports = fresh.map(({ check }) => check);
  const ids = await createCheckRuns(api, target, headSha, reports, clock());
  return fresh.map(({ check, digest: now }, index) => ({
    name: check.name,
    id: ids[index] ?? null,
    digest: now,
  }));
}

/** A check hangs on a commit, so the worst result of all open pull requests with that head is the one that counts. */
function worstOf(
  own: CheckReport,
  others: readonly { readonly number: number; readonly checks: readonly CheckReport[] }[],
): CheckReport {
  let shown = own;
  for (const { number, checks } of others) {
    const other = checks.find(({ name }) => name === own.name);
    if (
      other === undefined ||
      other.outcome === shown.outcome ||
      worst([other.outcome, shown.outcome]) !== other.outcome
    )
      continue;
    shown = {
      ...other,
      summary: `This commit is also the head of #${number}, whose result is shown because it is the stricter one.\n\n${other.summary}`,
    };
  }
  return shown;
}

async function publishLabels(
  { hold }: GitHubPublisherOptions,
  api: Api,
  { pull, labels }: PullRequestState,
  report: Report,
): Promise<void> {
  const { owner, repository: repo, number } = pull;
  const present = new Set(labels.map((label) => label.toLowerCase()));
  const add = report.labels.add.filter((label) => !present.has(label.toLowerCase()));
  const remove = report.labels.remove.filter((label) => present.has(label.toLowerCase()));
  if (add.length + remove.length === 0) return;
  await hold.check();
  if (add.length > 0) await api.rest.issues.addLabels({ owner, repo, issue_number: number, labels: add });
  for (const label of remove) await removeLabel(api, pull, label);
}

async function removeLabel(
  api: Api,
  { owner, repository: repo, number }: PullRequestRef,
  name: string,
): Promise<void> {
  try {
    await api.rest.issues.removeLabel({ owner, repo, issue_number: number, name });
  } catch (error) {
    // Somebody was faster.
    if (statusOf(error) !== 404) throw error;
  }
}

async function publishPacket(
  { published, hold }: GitHubPublisherOptions,
  api: Api,
  state: PullRequestState,
  { packet, headSha }: Report,
  before: KeptComment | null,
): Promise<void> {
  if (packet === null && before === null) return;
  const body =
    packet ??
    `${PACKET_MARK}\n## Nothing to approve any more\n\nThis pull request no longer starts or changes a delivery.`;
  // Where only the commit in the links is another one, nothing that people decide on has changed: it is not written again.
  const now = digest(body.replaceAll(headSha, ''));
  if (before?.digest === now && before.id !== null) return;
  await hold.check();
  const { owner, repository: repo, number } = state.pull;
  // Without an id, an earlier try may have been cut off after GitHub created the comment: it is looked for first.
  const id = before === null ? null : (before.id ?? (await findComment(api, state.pull, PACKET_MARK)));
  if (id === null) {
    await published.keepComment(state.pull, PACKET, null, '');
    const { data } = await api.rest.issues.createComment({
      owner,
      repo,
      issue_number: number,
      body,
      request: ONCE,
    });
    await published.keepComment(state.pull, PACKET, data.id, now);
    return;
  }
  try {
    await api.rest.issues.updateComment({ owner, repo, comment_id: id, body });
    await published.keepComment(state.pull, PACKET, id, now);
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    await published.keepComment(state.pull, PACKET, null, '');
    const { data } = await api.rest.issues.createComment({
      owner,
      repo,
      issue_number: number,
      body,
      request: ONCE,
    });
    await published.keepComment(state.pull, PACKET, data.id, now);
  }
}

/** Under this key the number of review comments is kept that a pull request has. */
const REVIEWED = 'review comments';

async function publishReviewComments(
  { published, hold }: GitHubPublisherOptions,
  api: Api,
  state: PullRequestState,
  report: Report,
  comments: Shared['comments'],
): Promise<void> {
  const fresh = report.reviewComments.filter(({ key }) => !comments.has(`review ${key}`));
  if (fresh.length === 0) return;
  // Counted over all pushes: what there is no room for has its annotation all the same.
  const made = Number(comments.get(REVIEWED)?.digest ?? 0);
  fresh.splice(Math.max(0, MOST_COMMENTS - made));
  if (fresh.length === 0) return;
  await hold.check();
  await published.keepComment(state.pull, REVIEWED, null, String(made + fresh.length));
  // Remembered first: after a crash in between a suggestion is missing, which its annotation makes up for; never doubled.
  for (const { key } of fresh) await published.keepComment(state.pull, `review ${key}`, null, report.headSha);
  const { owner, repository: repo, number } = state.pull;
  await api.rest.pulls.createReview({
    request: ONCE,
    owner,
    repo,
    pull_number: number,
    commit_id: report.headSha,
    event: 'COMMENT',
    body:
      fresh.length === 1
        ? 'One edit can be applied with a click.'
        : `${fresh.length} edits can be applied with a click.`,
    comments: fresh.map(({ path, startLine, endLine, body }) => ({
      path,
      body,
      line: endLine,
      side: 'RIGHT',
      ...(startLine < endLine ? { start_line: startLine, start_side: 'RIGHT' } : {}),
    })),
  });
}
