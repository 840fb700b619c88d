// A report → what GitHub shows. A retry repaints and never duplicates: what was published is remembered by its digest.
import type { CheckReport, Report, ReviewComment } from '../core/model/report.ts';
import { code } from '../core/report/markdown.ts';
import { PACKET_MARK } from '../core/report/packet.ts';
import { escaped } from '../core/report/words.ts';
import { digest } from '../core/verdict/fingerprint.ts';
import { worst } from '../core/verdict/judge.ts';
import type { Claim, Clock, Published, Publisher, PullRequestRef, PullRequestState } from '../ports.ts';
import { type Api, type ApiFor, statusOf } from './api.ts';
import { createCheckRuns } from './check-runs.ts';

export type GitHubPublisherOptions = {
  readonly apiFor: ApiFor;
  readonly stateOf: (pull: PullRequestRef) => Promise<PullRequestState>;
  readonly published: Published;
  readonly clock: Clock;
};

const PACKET = 'packet';

export function createGitHubPublisher(options: GitHubPublisherOptions): Publisher {
  return {
    async publish(pull, report, again) {
      const [api, state] = await Promise.all([options.apiFor(pull.installation), options.stateOf(pull)]);
      await publishChecks(options, api, state, report, again);
      // Everything beside the checks belongs to the newest head, and would only disturb on a draft or a closed pull request.
      if (report.headSha !== state.headSha || !state.open) return;
      await publishLabels(api, state, report);
      if (state.isDraft) return;
      await publishPacket(options, api, state, report.packet);
      await publishReviewComments(options, api, state, report);
    },
    async refuse(pull, claim, reason) {
      const api = await options.apiFor(pull.installation);
      await removeLabel(api, pull, claim.text);
      await explainOnce(options, api, pull, claim, reason);
    },
  };
}

async function publishChecks(
  options: GitHubPublisherOptions,
  api: Api,
  state: PullRequestState,
  report: Report,
  again: boolean,
): Promise<void> {
  const { published } = options;
  const others = await published.share(state.pull, report.headSha, report.checks);
  const shown = report.checks.map((check) => worstOf(check, others));
  const fresh: { check: CheckReport; digest: string }[] = [];
  for (const check of shown) {
    const now = digest(check);
    if (again || (await published.checkDigest(state.pull.repositoryId, report.headSha, check.name)) !== now)
      fresh.push({ check, digest: now });
  }
  if (fresh.length === 0) return;
  const ids = await createCheckRuns(
    api,
    state,
    report.headSha,
    fresh.map(({ check }) => check),
    options.clock(),
  );
  for (const [index, { check, digest: now }] of fresh.entries())
    await published.keepCheck(state.pull.repositoryId, report.headSha, check.name, ids[index] ?? null, now);
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

async function publishLabels(api: Api, { pull, labels }: PullRequestState, report: Report): Promise<void> {
  const { owner, repository: repo, number } = pull;
  const present = new Set(labels.map((label) => label.toLowerCase()));
  const add = report.labels.add.filter((label) => !present.has(label.toLowerCase()));
  if (add.length > 0) await api.rest.issues.addLabels({ owner, repo, issue_number: number, labels: add });
  for (const label of report.labels.remove)
    if (present.has(label.toLowerCase())) await removeLabel(api, pull, label);
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
  { published }: GitHubPublisherOptions,
  api: Api,
  state: PullRequestState,
  packet: string | null,
): Promise<void> {
  const before = await published.comment(state.pull, PACKET);
  if (packet === null && before === null) return;
  const body =
    packet ??
    `${PACKET_MARK}\n## Nothing to approve any more\n\nThis pull request no longer starts or changes a delivery.`;
  const now = digest(body);
  if (before?.digest === now && before.id !== null) return;
  const { owner, repository: repo, number } = state.pull;
  // Without an id, an earlier try may have been cut off after GitHub created the comment: it is looked for first.
  const id = before === null ? null : (before.id ?? (await findPacket(api, state.pull)));
  if (id === null) {
    await published.keepComment(state.pull, PACKET, null, '');
    const { data } = await api.rest.issues.createComment({ owner, repo, issue_number: number, body });
    await published.keepComment(state.pull, PACKET, data.id, now);
    return;
  }
  try {
    await api.rest.issues.updateComment({ owner, repo, comment_id: id, body });
    await published.keepComment(state.pull, PACKET, id, now);
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    const { data } = await api.rest.issues.createComment({ owner, repo, issue_number: number, body });
    await published.keepComment(state.pull, PACKET, data.id, now);
  }
}

/** Our comment by its mark, among those that an app wrote; null when there is none. */
async function findPacket(
  api: Api,
  { owner, repository: repo, number }: PullRequestRef,
): Promise<number | null> {
  for (let page = 1; page <= 10; page += 1) {
    const { data } = await api.rest.issues.listComments({
      owner,
      repo,
      issue_number: number,
      per_page: 100,
      page,
    });
    const ours = data.find(({ body, user }) => user?.type === 'Bot' && body?.startsWith(PACKET_MARK));
    if (ours) return ours.id;
    if (data.length < 100) return null;
  }
  return null;
}

async function publishReviewComments(
  { published }: GitHubPublisherOptions,
  api: Api,
  state: PullRequestState,
  report: Report,
): Promise<void> {
  const fresh: ReviewComment[] = [];
  for (const comment of report.reviewComments)
    if ((await published.comment(state.pull, `review ${comment.key}`)) === null) fresh.push(comment);
  if (fresh.length === 0) return;
  // Remembered first: after a crash in between a suggestion is missing, which its annotation makes up for; never doubled.
  for (const { key } of fresh) await published.keepComment(state.pull, `review ${key}`, null, report.headSha);
  const { owner, repository: repo, number } = state.pull;
  await api.rest.pulls.createReview({
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

async function explainOnce(
  { published }: GitHubPublisherOptions,
  api: Api,
  pull: PullRequestRef,
  claim: Claim,
  reason: string,
): Promise<void> {
  const key = `refused ${claim.id}`;
  if ((await published.comment(pull, key)) !== null) return;
  await published.keepComment(pull, key, null, '');
  const { owner, repository: repo, number } = pull;
  const body = `The label ${code(claim.text)} was taken off again: ${escaped(reason)}. Nothing was decided.`;
  const { data } = await api.rest.issues.createComment({ owner, repo, issue_number: number, body });
  await published.keepComment(pull, key, data.id, digest(body));
}
