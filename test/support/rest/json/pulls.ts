// Pull requests → GitHub's JSON, as in lists, alone, and in webhooks.
import { iso } from '../../clock.ts';
import { associationOf } from '../../world/accounts.ts';
import { changesOf, commitsOf, mergeability, testMergeOf } from '../../world/branches.ts';
import type { PullRequest, Repository, World } from '../../world/state.ts';
import type { Json } from './accounts.ts';
import { accountJson, labelJson, nodeId, teamJson } from './accounts.ts';
import { apiUrl, repositoryJson, slugOf, webUrl } from './repositories.ts';

const sideJson = (world: World, repository: Repository, ref: string, sha: string): Json => ({
  label: `${repository.owner.login}:${ref}`,
  ref,
  sha,
  user: accountJson(world, repository.owner),
  repo: repositoryJson(world, repository, 'listed'),
});

/** The short form in check runs; empty there for forks. */
export const minimalPullJson = (world: World, pull: PullRequest): Json => {
  const side = (repository: Repository, ref: string, sha: string): Json => ({
    ref,
    sha,
    repo: { id: repository.id, url: apiUrl(world, repository), name: repository.name },
  });
  return {
    url: `${apiUrl(world, pull.repository)}/pulls/${pull.number}`,
    id: pull.id,
    number: pull.number,
    head: side(pull.head.repository, pull.head.ref, pull.head.sha),
    base: side(pull.repository, pull.base.ref, pull.base.sha),
  };
};

/**
 * A pull request in a list (`simple`), alone (`full`), in `pull_request` events (`webhook`, as full as alone) or in
 * `pull_request_review` events, which carry the short form.
 */
export const pullJson = (
  world: World,
  pull: PullRequest,
  as: 'simple' | 'full' | 'webhook' | 'review-webhook',
): Json => {
  const { repository, issue, number } = pull;
  const hooked = as === 'webhook' || as === 'review-webhook';
  const api = apiUrl(world, repository);
  const web = `${webUrl(world, repository)}/pull/${number}`;
  const links = {
    self: `${api}/pulls/${number}`,
    html: web,
    issue: `${api}/issues/${number}`,
    comments: `${api}/issues/${number}/comments`,
    review_comments: `${api}/pulls/${number}/comments`,
    review_comment: `${api}/pulls/comments{/number}`,
    commits: `${api}/pulls/${number}/commits`,
    statuses: `${api}/statuses/${pull.head.sha}`,
  };
  const json = {
    url: links.self,
    id: pull.id,
    node_id: nodeId('PR', pull.id),
    html_url: web,
    diff_url: `${web}.diff`,
    patch_url: `${web}.patch`,
    issue_url: links.issue,
    number,
    state: issue.state,
    locked: false,
    title: issue.title,
    user: accountJson(world, issue.author),
    body: issue.body === '' ? null : issue.body,
    created_at: iso(issue.createdAt),
    updated_at: iso(issue.updatedAt),
    closed_at: issue.closedAt === null ? null : iso(issue.closedAt),
    merged_at: pull.merged === null ? null : iso(pull.merged.at),
    merge_commit_sha: pull.merged?.commit ?? (issue.state === 'open' ? testMergeOf(world, pull) : null),
    assignee: null,
    assignees: [],
    requested_reviewers: pull.requestedReviewers.map((account) => accountJson(world, account)),
    requested_teams: pull.requestedTeams.map((team) => teamJson(world, team, hooked ? 'webhook' : 'simple')),
    // Lists describe a label without description by an empty text, where all else says null.
    labels: issue.labels.map((label) => ({
      ...labelJson(world, repository, label),
      ...(as === 'simple' ? { description: label.description } : {}),
    })),
    milestone: null,
    draft: pull.draft,
    commits_url: links.commits,
    review_comments_url: links.review_comments,
    review_comment_url: links.review_comment,
    comments_url: links.comments,
    statuses_url: links.statuses,
    head: sideJson(world, pull.head.repository, pull.head.ref, pull.head.sha),
    base: sideJson(world, repository, pull.base.ref, pull.base.sha),
    _links: Object.fromEntries(Object.entries(links).map(([name, href]) => [name, { href }])),
    author_association: associationOf(world, repository, issue.author),
    auto_merge: null,
    active_lock_reason: null,
  };
  if (as === 'simple' || as === 'review-webhook') return json;
  const files = changesOf(pull);
  return {
    ...json,
    merged: pull.merged !== null,
    mergeable: issue.state === 'open' ? mergeability(pull).clean : null,
    rebaseable: issue.state === 'open' ? mergeability(pull).clean : null,
    mergeable_state: mergeability(pull).state,
    merged_by: pull.merged === null ? null : accountJson(world, pull.merged.by),
    comments: issue.comments.length,
    review_comments: pull.reviewComments.length,
    maintainer_can_modify: slugOf(pull.head.repository) !== slugOf(repository),
    commits: commitsOf(pull).length,
    additions: files.reduce((sum, file) => sum + file.additions, 0),
    deletions: files.reduce((sum, file) => sum + file.deletions, 0),
    changed_files: files.length,
  };
};
