// What is said on a pull request: comments, reviews, comments on lines, requests for review.
import { accountJson, teamJson } from '../rest/json/accounts.ts';
import { GitHubProblem, invalid, unprocessable } from '../rest/problem.ts';
import { changesBetween, mergeBaseOf } from './branches.ts';
import { emitComment, emitPull, emitReview } from './events.ts';
import type {
  Account,
  Comment,
  Issue,
  PullRequest,
  Review,
  ReviewComment,
  Side,
  Team,
  World,
} from './state.ts';

/** GitHub: "Body is too long (maximum is 65536 characters)". */
const MAX_BODY = 65_536;

const checkBody = (resource: string, body: string): void => {
  if (body.trim() === '') throw invalid(resource, 'body', "Body can't be blank", 'missing_field');
  if ([...body].length > MAX_BODY)
    throw invalid(resource, 'body', `body is too long (maximum is ${MAX_BODY} characters)`);
};

export const addComment = (
  world: World,
  issue: Issue,
  body: string,
  by: Account,
  viaApp = false,
): Comment => {
  checkBody('IssueComment', body);
  const now = world.clock.tick();
  const comment: Comment = {
    id: world.nextId('comment') + 30_000,
    author: by,
    viaApp,
    body,
    createdAt: now,
    updatedAt: now,
  };
  issue.comments.push(comment);
  issue.updatedAt = now;
  emitComment(world, issue, 'created', by, comment);
  return comment;
};

export const editComment = (
  world: World,
  issue: Issue,
  comment: Comment,
  body: string,
  by: Account,
): void => {
  checkBody('IssueComment', body);
  const from = comment.body;
  comment.updatedAt = world.clock.tick();
  comment.body = body;
  emitComment(world, issue, 'edited', by, comment, { changes: { body: { from } } });
};

export const deleteComment = (world: World, issue: Issue, comment: Comment, by: Account): void => {
  world.clock.tick();
  issue.comments.splice(issue.comments.indexOf(comment), 1);
  emitComment(world, issue, 'deleted', by, comment);
};

export type LineCommentSpec = {
  readonly path: string;
  readonly body: string;
  /** Null for the whole file. */
  readonly line: number | null;
  readonly side: Side;
  readonly startLine: number | null;
};

// The line has to be one the diff shows, on that side; otherwise GitHub refuses.
const hunkAt = (pull: PullRequest, commit: string, spec: LineCommentSpec): string => {
  const { objects } = pull.repository;
  const file = changesBetween(objects, mergeBaseOf(pull), commit).find(({ path }) => path === spec.path);
  if (file === undefined) throw unprocessable('Path could not be resolved');
  if (spec.line === null) return '';
  for (const hunk of file.hunks) {
    const right = spec.side === 'RIGHT';
    const start = right ? hunk.newStart : hunk.oldStart;
    const end = start + (right ? hunk.newLines : hunk.oldLines) - 1;
    if (spec.line < start || spec.line > end) continue;
    if (spec.startLine !== null && (spec.startLine < start || spec.startLine >= spec.line))
      throw unprocessable('Pull request review thread start line must precede the end line in the same hunk');
    let at = start - 1;
    const shown: string[] = [];
    for (const line of hunk.lines) {
      shown.push(`${line.kind}${line.text.replace(/\n$/, '')}`);
      if (line.kind !== (right ? '-' : '+')) at += 1;
      if (at === spec.line) break;
    }
    const range = `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`;
    return [range, ...shown].join('\n');
  }
  throw unprocessable('Pull request review thread line must be part of the diff');
};

/** Submits a review with its comments, or nothing at all when one of them is not in the diff. */
export const submitReview = (
  world: World,
  pull: PullRequest,
  by: Account,
  spec: {
    readonly event: 'APPROVE' | 'REQUEST_CHANGES' | 'COMMENT';
    readonly body: string;
    readonly commit?: string;
    readonly comments?: readonly LineCommentSpec[];
  },
): Review => {
  const comments = spec.comments ?? [];
  const commit = spec.commit ?? pull.head.sha;
  if (!pull.repository.objects.commits.has(commit)) throw unprocessable('Commit could not be found');
  if (spec.event !== 'COMMENT' && by.id === pull.issue.author.id)
    throw unprocessable(
      `Can not ${spec.event === 'APPROVE' ? 'approve' : 'request changes on'} your own pull request`,
    );
  if (spec.event !== 'APPROVE' && spec.body === '' && comments.length === 0)
    throw unprocessable("Body can't be blank");
  if ([...spec.body].length > MAX_BODY) throw unprocessable('Body is too long (maximum is 65536 characters)');
  const hunks = comments.map((comment) => hunkAt(pull, commit, comment));
  const states = { APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED', COMMENT: 'COMMENTED' } as const;
  const now = world.clock.tick();
  const review: Review = {
    id: world.nextId('review') + 70_000,
    author: by,
    body: spec.body,
    commit,
    state: states[spec.event],
    submittedAt: now,
  };
  pull.reviews.push(review);
  pull.issue.updatedAt = now;
  comments.forEach((comment, index) => {
    pull.reviewComments.push({
      ...comment,
      id: world.nextId('review-comment') + 80_000,
      review: review.id,
      author: by,
      commit,
      diffHunk: hunks[index] ?? '',
      createdAt: now,
    });
  });
  pull.requestedReviewers = pull.requestedReviewers.filter(({ id }) => id !== by.id);
  emitReview(world, pull, 'submitted', by, review);
  return review;
};

/** A comment of its own, on a line or on the whole file; GitHub wraps it into a review. */
export const addReviewComment = (
  world: World,
  pull: PullRequest,
  by: Account,
  commit: string,
  spec: LineCommentSpec,
): ReviewComment => {
  submitReview(world, pull, by, { event: 'COMMENT', body: '', commit, comments: [spec] });
  const comment = pull.reviewComments.at(-1);
  if (comment === undefined) throw new Error('the review kept no comment');
  return comment;
};

export const dismissReview = (world: World, pull: PullRequest, review: Review, by: Account): void => {
  world.clock.tick();
  review.state = 'DISMISSED';
  emitReview(world, pull, 'dismissed', by, review);
};

export const requestReviews = (
  world: World,
  pull: PullRequest,
  by: Account,
  reviewers: readonly Account[],
  teams: readonly Team[],
): void => {
  if (reviewers.some(({ id }) => id === pull.issue.author.id))
    throw new GitHubProblem(422, 'Review cannot be requested from pull request author.');
  const json = (account: Account): Record<string, unknown> => ({
    requested_reviewer: accountJson(world, account),
  });
  for (const account of reviewers) {
    if (pull.requestedReviewers.includes(account)) continue;
    world.clock.tick();
    pull.requestedReviewers = [...pull.requestedReviewers, account];
    emitPull(world, pull, 'review_requested', by, json(account));
  }
  for (const team of teams) {
    if (pull.requestedTeams.includes(team)) continue;
    world.clock.tick();
    pull.requestedTeams = [...pull.requestedTeams, team];
    emitPull(world, pull, 'review_requested', by, { requested_team: teamJson(world, team, 'webhook') });
  }
};
