// Repositories, commits, trees and differences → GitHub's JSON.
import { iso } from '../../clock.ts';
import type { ChangedFile } from '../../git/diff.ts';
import type { Commit, Signature } from '../../git/objects.ts';
import { commitOf } from '../../git/objects.ts';
import { accountByEmail } from '../../world/accounts.ts';
import type { Repository, World } from '../../world/state.ts';
import type { Json } from './accounts.ts';
import { accountJson, nodeId } from './accounts.ts';

export const slugOf = (repository: Repository): string => `${repository.owner.login}/${repository.name}`;

export const apiUrl = (world: World, repository: Repository): string =>
  `${world.address.url}/repos/${slugOf(repository)}`;

export const webUrl = (world: World, repository: Repository): string =>
  `${world.address.url}/${slugOf(repository)}`;

const API_LINKS: Readonly<Record<string, string>> = {
  forks_url: '/forks',
  keys_url: '/keys{/key_id}',
  collaborators_url: '/collaborators{/collaborator}',
  teams_url: '/teams',
  hooks_url: '/hooks',
  issue_events_url: '/issues/events{/number}',
  events_url: '/events',
  assignees_url: '/assignees{/user}',
  branches_url: '/branches{/branch}',
  tags_url: '/tags',
  blobs_url: '/git/blobs{/sha}',
  git_tags_url: '/git/tags{/sha}',
  git_refs_url: '/git/refs{/sha}',
  trees_url: '/git/trees{/sha}',
  statuses_url: '/statuses/{sha}',
  languages_url: '/languages',
  stargazers_url: '/stargazers',
  contributors_url: '/contributors',
  subscribers_url: '/subscribers',
  subscription_url: '/subscription',
  commits_url: '/commits{/sha}',
  git_commits_url: '/git/commits{/sha}',
  comments_url: '/comments{/number}',
  issue_comment_url: '/issues/comments{/number}',
  contents_url: '/contents/{+path}',
  compare_url: '/compare/{base}...{head}',
  merges_url: '/merges',
  archive_url: '/{archive_format}{/ref}',
  downloads_url: '/downloads',
  issues_url: '/issues{/number}',
  pulls_url: '/pulls{/number}',
  milestones_url: '/milestones{/number}',
  notifications_url: '/notifications{?since,all,participating}',
  labels_url: '/labels{/name}',
  releases_url: '/releases{/id}',
  deployments_url: '/deployments',
};

const minimalJson = (world: World, repository: Repository): Json => ({
  id: repository.id,
  node_id: nodeId('R', repository.id),
  name: repository.name,
  full_name: slugOf(repository),
  private: repository.visibility !== 'public',
  owner: accountJson(world, repository.owner),
  html_url: webUrl(world, repository),
  description: null,
  fork: repository.parent !== null,
  url: apiUrl(world, repository),
  ...Object.fromEntries(
    Object.entries(API_LINKS).map(([key, path]) => [key, `${apiUrl(world, repository)}${path}`]),
  ),
});

/** A repository inside other answers (`listed`), inside webhooks, or on its own (`full`). */
export const repositoryJson = (
  world: World,
  repository: Repository,
  as: 'listed' | 'webhook' | 'full' | 'push-webhook',
): Json => {
  const host = new URL(world.address.url).host;
  const open = [...repository.issues.values()].filter(({ state }) => state === 'open').length;
  const pushed = as === 'push-webhook';
  const json = {
    ...minimalJson(world, repository),
    git_url: `git://${host}/${slugOf(repository)}.git`,
    ssh_url: `git@${host}:${slugOf(repository)}.git`,
    clone_url: `${webUrl(world, repository)}.git`,
    svn_url: webUrl(world, repository),
    homepage: null,
    size: 1,
    stargazers_count: 0,
    watchers_count: 0,
    language: null,
    has_issues: true,
    has_projects: true,
    has_downloads: true,
    has_wiki: true,
    has_pages: false,
    has_discussions: false,
    forks_count: 0,
    mirror_url: null,
    archived: false,
    disabled: false,
    open_issues_count: open,
    license: null,
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
    topics: [],
    visibility: repository.visibility,
    forks: 0,
    open_issues: open,
    watchers: 0,
    default_branch: repository.defaultBranch,
    created_at: pushed ? Math.floor(repository.createdAt / 1000) : iso(repository.createdAt),
    updated_at: iso(repository.pushedAt),
    pushed_at: pushed ? Math.floor(repository.pushedAt / 1000) : iso(repository.pushedAt),
  };
  if (as !== 'full') return json;
  return { ...json, network_count: 0, subscribers_count: 0, temp_clone_token: null };
};

const gitUserJson = (who: Signature): Json => ({ name: who.name, email: who.email, date: iso(who.time) });

const linkedAccount = (world: World, who: Signature): Json | null => {
  const account = accountByEmail(world, who.email);
  return account === undefined ? null : accountJson(world, account);
};

const messageOf = (commit: Commit): string => commit.message.replace(/\n$/, '');

export const commitJson = (world: World, repository: Repository, commit: Commit): Json => {
  const api = apiUrl(world, repository);
  const web = webUrl(world, repository);
  return {
    sha: commit.oid,
    node_id: `C_${commit.oid}`,
    commit: {
      author: gitUserJson(commit.author),
      committer: gitUserJson(commit.committer),
      message: messageOf(commit),
      tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
      url: `${api}/git/commits/${commit.oid}`,
      comment_count: 0,
      verification: {
        verified: false,
        reason: 'unsigned',
        signature: null,
        payload: null,
        verified_at: null,
      },
    },
    url: `${api}/commits/${commit.oid}`,
    html_url: `${web}/commit/${commit.oid}`,
    comments_url: `${api}/commits/${commit.oid}/comments`,
    author: linkedAccount(world, commit.author),
    committer: linkedAccount(world, commit.committer),
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${api}/commits/${sha}`,
      html_url: `${web}/commit/${sha}`,
    })),
  };
};

/** The short commit inside merge groups, check suites and pushes. */
export const simpleCommitJson = (repository: Repository, oid: string): Json => {
  const commit = commitOf(repository.objects, oid);
  return {
    id: commit.oid,
    tree_id: commit.tree,
    message: messageOf(commit),
    timestamp: iso(commit.committer.time),
    author: { name: commit.author.name, email: commit.author.email },
    committer: { name: commit.committer.name, email: commit.committer.email },
  };
};

const encodePath = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

export const changedFileJson = (
  world: World,
  repository: Repository,
  head: string,
  file: ChangedFile,
): Json => {
  const path = encodePath(file.path);
  return {
    sha: file.oid,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${webUrl(world, repository)}/blob/${head}/${path}`,
    raw_url: `${webUrl(world, repository)}/raw/${head}/${path}`,
    contents_url: `${apiUrl(world, repository)}/contents/${path}?ref=${head}`,
    ...(file.patch === null ? {} : { patch: file.patch }),
    ...(file.previousPath === null ? {} : { previous_filename: file.previousPath }),
  };
};
