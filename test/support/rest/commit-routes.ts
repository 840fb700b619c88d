// Commits over REST: how two of them differ, one alone, and which pull requests it belongs to.
import { commitsBetween, mergeBase } from '../git/history.ts';
import { commitOf } from '../git/objects.ts';
import { changesBetween, resolveRef } from '../world/branches.ts';
import type { Repository } from '../world/state.ts';
import type { Answer, Call, Need, Route } from './call.ts';
import { ok, paged, repositoryOf } from './call.ts';
import { pullJson } from './json/pulls.ts';
import { apiUrl, changedFileJson, commitJson, slugOf, webUrl } from './json/repositories.ts';
import { GitHubProblem, notFound } from './problem.ts';

const CONTENTS: readonly Need[] = [['contents', 'read']];

/** GitHub lists at most so many files in a comparison. */
const MAX_COMPARED_FILES = 300;

// `owner:branch` names a branch of a fork in the same network.
const revision = (call: Call, repository: Repository, name: string): string => {
  const [owner, branch] = name.includes(':') ? (name.split(':') as [string, string]) : [null, name];
  const home =
    owner === null
      ? repository
      : [...call.world.repositories.values()].find(
          (other) => other.owner.login === owner && other.objects === repository.objects,
        );
  const oid = home === undefined ? null : resolveRef(home, branch);
  if (oid === null) throw notFound();
  return oid;
};

const compare = (call: Call): Answer => {
  const repository = repositoryOf(call, CONTENTS);
  const { world } = call;
  const [from, to] = (call.params.basehead ?? '').split('...');
  if (!from || !to) throw notFound();
  const [base, head] = [revision(call, repository, from), revision(call, repository, to)];
  const { objects } = repository;
  const common = mergeBase(objects, base, head);
  if (common === null) throw new GitHubProblem(404, `No common ancestor between ${from} and ${to}.`);
  const ahead = commitsBetween(objects, base, head);
  const behind = commitsBetween(objects, head, base).length;
  const url = `${apiUrl(world, repository)}/compare/${from}...${to}`;
  const web = `${webUrl(world, repository)}/compare/${from}...${to}`;
  const status = ahead.length > 0 ? (behind > 0 ? 'diverged' : 'ahead') : behind > 0 ? 'behind' : 'identical';
  const files = changesBetween(objects, common, head).slice(0, MAX_COMPARED_FILES);
  const asked = call.query.has('page') || call.query.has('per_page');
  const perPage = asked ? Math.min(Number(call.query.get('per_page') ?? 30) || 30, 250) : 250;
  const page = Math.max(Number(call.query.get('page') ?? 1) || 1, 1);
  const last = Math.max(Math.ceil(ahead.length / perPage), 1);
  const next = `<${url}?page=${page + 1}&per_page=${perPage}>; rel="next", <${url}?page=${last}&per_page=${perPage}>; rel="last"`;
  return {
    ...ok({
      url,
      html_url: web,
      permalink_url: `${webUrl(world, repository)}/compare/${repository.owner.login}:${base.slice(0, 7)}...${repository.owner.login}:${head.slice(0, 7)}`,
      diff_url: `${web}.diff`,
      patch_url: `${web}.patch`,
      base_commit: commitJson(world, repository, commitOf(objects, base)),
      merge_base_commit: commitJson(world, repository, commitOf(objects, common)),
      status,
      ahead_by: ahead.length,
      behind_by: behind,
      total_commits: ahead.length,
      commits: ahead
        .slice((page - 1) * perPage, page * perPage)
        .map((commit) => commitJson(world, repository, commit)),
      files: page === 1 ? files.map((file) => changedFileJson(world, repository, head, file)) : [],
    }),
    ...(page < last ? { headers: { link: next } } : {}),
  };
};

const branch = (call: Call): Answer => {
  const repository = repositoryOf(call, CONTENTS);
  const name = call.params.branch ?? '';
  const oid = repository.branches.get(name);
  if (oid === undefined) throw new GitHubProblem(404, 'Branch not found');
  const self = `${apiUrl(call.world, repository)}/branches/${name}`;
  const required = name === repository.defaultBranch && repository.requiredChecks.length > 0;
  const isProtected = required || repository.protectedBranches.has(name);
  return ok({
    name,
    commit: commitJson(call.world, repository, commitOf(repository.objects, oid)),
    _links: { self, html: `${webUrl(call.world, repository)}/tree/${name}` },
    protected: isProtected,
    protection: {
      enabled: isProtected,
      required_status_checks: {
        contexts: [],
        checks: [],
        enforcement_level: isProtected ? 'everyone' : 'off',
      },
    },
    protection_url: `${self}/protection`,
  });
};

export const commitRoutes: readonly Route[] = [
  { method: 'GET', path: '/repos/{owner}/{repo}/branches/{branch}', handle: branch },
  { method: 'GET', path: '/repos/{owner}/{repo}/compare/{basehead}', handle: compare },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/commits/{ref}',
    handle: (call) => {
      const repository = repositoryOf(call, CONTENTS);
      const oid = resolveRef(repository, call.params.ref ?? '');
      if (oid === null) throw new GitHubProblem(422, `No commit found for SHA: ${call.params.ref}`);
      const commit = commitOf(repository.objects, oid);
      const files = changesBetween(repository.objects, commit.parents[0] ?? null, oid);
      const additions = files.reduce((sum, file) => sum + file.additions, 0);
      const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
      return ok({
        ...commitJson(call.world, repository, commit),
        stats: { additions, deletions, total: additions + deletions },
        files: files.map((file) => changedFileJson(call.world, repository, oid, file)),
      });
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/commits/{commit_sha}/pulls',
    handle: (call) => {
      const repository = repositoryOf(call, [['pull_requests', 'read']]);
      const sha = call.params.commit_sha ?? '';
      const pulls = [...repository.pulls.values()].filter(
        (pull) =>
          pull.head.sha === sha ||
          pull.merged?.commit === sha ||
          commitsBetween(repository.objects, pull.base.sha, pull.head.sha).some(({ oid }) => oid === sha),
      );
      const json = pulls.map((pull) => pullJson(call.world, pull, 'simple'));
      return paged(call, `/repos/${slugOf(repository)}/commits/${sha}/pulls`, json);
    },
  },
];
