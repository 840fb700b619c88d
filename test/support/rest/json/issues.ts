// Issues and their comments → GitHub's JSON.
import { iso } from '../../clock.ts';
import { associationOf } from '../../world/accounts.ts';
import type { Comment, Issue, World } from '../../world/state.ts';
import type { Json } from './accounts.ts';
import { accountJson, appJson, labelJson, nodeId } from './accounts.ts';
import { apiUrl, webUrl } from './repositories.ts';

const reactionsJson = (url: string): Json => ({
  url: `${url}/reactions`,
  total_count: 0,
  '+1': 0,
  '-1': 0,
  laugh: 0,
  hooray: 0,
  confused: 0,
  heart: 0,
  rocket: 0,
  eyes: 0,
});

/** A comment as REST answers it; the `webhook` form always says through which App it came, null for none. */
export const commentJson = (world: World, issue: Issue, comment: Comment, as: 'rest' | 'webhook'): Json => {
  const url = `${apiUrl(world, issue.repository)}/issues/comments/${comment.id}`;
  const kind = issue.pull === null ? 'issues' : 'pull';
  return {
    url,
    html_url: `${webUrl(world, issue.repository)}/${kind}/${issue.number}#issuecomment-${comment.id}`,
    issue_url: `${apiUrl(world, issue.repository)}/issues/${issue.number}`,
    id: comment.id,
    node_id: nodeId('IC', comment.id),
    user: accountJson(world, comment.author),
    created_at: iso(comment.createdAt),
    updated_at: iso(comment.updatedAt),
    author_association: associationOf(world, issue.repository, comment.author),
    body: comment.body,
    reactions: reactionsJson(url),
    ...(comment.viaApp ? { performed_via_github_app: appJson(world) } : {}),
    ...(as === 'webhook' && !comment.viaApp ? { performed_via_github_app: null } : {}),
  };
};

export const issueJson = (world: World, issue: Issue, as: 'rest' | 'webhook'): Json => {
  const { repository, number } = issue;
  const url = `${apiUrl(world, repository)}/issues/${number}`;
  const web = `${webUrl(world, repository)}/${issue.pull === null ? 'issues' : 'pull'}/${number}`;
  return {
    url,
    repository_url: apiUrl(world, repository),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    timeline_url: `${url}/timeline`,
    html_url: web,
    id: issue.id,
    node_id: nodeId('I', issue.id),
    number,
    title: issue.title,
    user: accountJson(world, issue.author),
    labels: issue.labels.map((label) => labelJson(world, repository, label)),
    state: issue.state,
    locked: false,
    assignee: null,
    assignees: [],
    milestone: null,
    comments: issue.comments.length,
    created_at: iso(issue.createdAt),
    updated_at: iso(issue.updatedAt),
    closed_at: issue.closedAt === null ? null : iso(issue.closedAt),
    author_association: associationOf(world, repository, issue.author),
    active_lock_reason: null,
    body: issue.body === '' ? null : issue.body,
    reactions: reactionsJson(url),
    state_reason: issue.state === 'closed' ? 'completed' : null,
    ...(issue.viaApp || as === 'webhook'
      ? { performed_via_github_app: issue.viaApp ? appJson(world) : null }
      : {}),
    ...(issue.pull === null
      ? {}
      : {
          draft: issue.pull.draft,
          pull_request: {
            url: `${apiUrl(world, repository)}/pulls/${number}`,
            html_url: web,
            diff_url: `${web}.diff`,
            patch_url: `${web}.patch`,
            merged_at: issue.pull.merged === null ? null : iso(issue.pull.merged.at),
          },
        }),
  };
};
