// Reviews and comments on lines → GitHub's JSON.
import { iso } from '../../clock.ts';
import { associationOf } from '../../world/accounts.ts';
import type { PullRequest, Review, ReviewComment, World } from '../../world/state.ts';
import type { Json } from './accounts.ts';
import { accountJson, nodeId } from './accounts.ts';
import { apiUrl, webUrl } from './repositories.ts';

const base = (world: World, pull: PullRequest, review: Review): Json => {
  const html = `${webUrl(world, pull.repository)}/pull/${pull.number}#pullrequestreview-${review.id}`;
  const api = `${apiUrl(world, pull.repository)}/pulls/${pull.number}`;
  return {
    id: review.id,
    node_id: nodeId('PRR', review.id),
    user: accountJson(world, review.author),
    html_url: html,
    pull_request_url: api,
    _links: { html: { href: html }, pull_request: { href: api } },
    submitted_at: iso(review.submittedAt),
    commit_id: review.commit,
    author_association: associationOf(world, pull.repository, review.author),
  };
};

export const reviewJson = (world: World, pull: PullRequest, review: Review): Json => ({
  ...base(world, pull, review),
  body: review.body,
  state: review.state,
});

/** Webhooks write the state in lower case and an empty body as null. */
export const reviewEventJson = (world: World, pull: PullRequest, review: Review): Json => ({
  ...base(world, pull, review),
  body: review.body === '' ? null : review.body,
  state: review.state.toLowerCase(),
});

/** A comment on a line. Once the head has moved on it is outdated: `line` is null and `original_line` stays. */
export const reviewCommentJson = (world: World, pull: PullRequest, comment: ReviewComment): Json => {
  const api = apiUrl(world, pull.repository);
  const html = `${webUrl(world, pull.repository)}/pull/${pull.number}#discussion_r${comment.id}`;
  const url = `${api}/pulls/comments/${comment.id}`;
  const pullUrl = `${api}/pulls/${pull.number}`;
  const current = comment.commit === pull.head.sha;
  const onLine = comment.line !== null;
  return {
    url,
    pull_request_review_id: comment.review,
    id: comment.id,
    node_id: nodeId('PRRC', comment.id),
    diff_hunk: comment.diffHunk,
    path: comment.path,
    commit_id: comment.commit,
    original_commit_id: comment.commit,
    user: accountJson(world, comment.author),
    body: comment.body,
    created_at: iso(comment.createdAt),
    updated_at: iso(comment.createdAt),
    html_url: html,
    pull_request_url: pullUrl,
    author_association: associationOf(world, pull.repository, comment.author),
    _links: { self: { href: url }, html: { href: html }, pull_request: { href: pullUrl } },
    subject_type: onLine ? 'line' : 'file',
    ...(onLine
      ? {
          side: comment.side,
          line: current ? comment.line : null,
          original_line: comment.line,
          start_line: current ? comment.startLine : null,
          original_start_line: comment.startLine,
          start_side: comment.startLine === null ? null : comment.side,
        }
      : {}),
  };
};
