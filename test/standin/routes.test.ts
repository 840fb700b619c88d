// Every served route is asked once, successfully: its answer then has the shape GitHub publishes, or the test fails.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { routes } from '../support/rest/router.ts';
import { requestProblems, responseProblems, webhookProblems } from '../support/shapes.ts';
import { type StandIn, startStandIn } from '../support/stand-in.ts';
import type { OrganizationStory, PullStory, RepositoryStory } from '../support/story.ts';
import { appClient, personClient } from './clients.ts';

let gh: StandIn;
let acme: OrganizationStory;
let api: RepositoryStory;
let pr: PullStory;
let octokit: ReturnType<typeof appClient>;

const repo = { owner: 'acme', repo: 'api' };

beforeAll(async () => {
  gh = await startStandIn();
  acme = gh.organization('acme', {
    teams: { ospo: ['olga'], leads: { members: ['lea'], parent: 'ospo' } },
    members: ['dev'],
  });
  api = acme.repository('api', {
    files: {
      Dockerfile: 'FROM debian:12\n',
      'docs/a/deep.md': '# deep\n',
      link: { symlink: 'docs/a/deep.md' },
      dangling: { symlink: '../outside' },
      vendor: { submodule: '2'.repeat(40) },
    },
    visibility: 'public',
  });
  gh.app.listen('http://127.0.0.1:9/nobody-listens');
  pr = api.openPullRequest({
    author: 'dev',
    branch: 'x',
    commits: [
      {
        files: { Dockerfile: 'FROM debian:13\n' },
        message: 'one\n\nCo-authored-by: Olga <olga@example.com>',
      },
      { files: { 'bin/run': { text: '#!/bin/sh\n', mode: '100755' } }, author: 'olga', committer: 'dev' },
    ],
  });
  await gh.settled({ quiet: 10 });
  octokit = appClient(gh, acme.installation?.id);
});

afterAll(async () => {
  await gh.close();
});

test('the App about itself', async () => {
  const { rest } = appClient(gh, undefined, `${gh.url}/api/v3`);
  expect((await rest.apps.getAuthenticated()).data).toMatchObject({ id: gh.app.id, slug: 'clear-to-ship' });
  const { data: installations } = await rest.apps.listInstallations();
  expect(
    installations.map(({ account, target_type: type }) => [
      account && 'login' in account && account.login,
      type,
    ]),
  ).toEqual([['acme', 'Organization']]);
  const id = installations[0]?.id ?? 0;
  expect((await rest.apps.getInstallation({ installation_id: id })).data.id).toBe(id);
  expect((await rest.apps.getRepoInstallation(repo)).data.id).toBe(id);
  expect((await rest.apps.getOrgInstallation({ org: 'acme' })).data.id).toBe(id);
  const { data: deliveries } = await rest.apps.listWebhookDeliveries({ per_page: 2, status: 'failure' });
  expect(deliveries.map(({ status, event }) => [status, event])).toEqual([
    ['failed to connect to host', 'pull_request'],
    ['failed to connect to host', 'check_suite'],
  ]);
  const first = Number(deliveries[0]?.id);
  expect((await rest.apps.getWebhookDelivery({ delivery_id: first })).data.request.payload).toMatchObject({
    action: 'opened',
  });
  expect((await rest.apps.redeliverWebhookDelivery({ delivery_id: first })).status).toBe(202);
  await gh.settled({ quiet: 10 });
  const all = await appClient(gh, undefined, `${gh.url}/api/v3`).paginate(rest.apps.listWebhookDeliveries, {
    per_page: 1,
  });
  expect(all.map(({ redelivery }) => redelivery)).toEqual([true, false, false, false]);
});

test('an installation and a person', async () => {
  const { data } = await octokit.rest.apps.listReposAccessibleToInstallation();
  expect(data.repositories.map(({ full_name: name }) => name)).toEqual(['acme/api']);
  expect((await octokit.rest.repos.get(repo)).data.visibility).toBe('public');
  expect((await octokit.rest.rateLimit.get()).data.resources.core.limit).toBe(5000);
  expect((await octokit.rest.teams.getByName({ org: 'acme', team_slug: 'leads' })).data.parent?.slug).toBe(
    'ospo',
  );
  const inherited = { org: 'acme', team_slug: 'ospo', username: 'lea' };
  expect((await octokit.rest.teams.getMembershipForUserInOrg(inherited)).data).toMatchObject({
    state: 'active',
    role: 'member',
  });
  const person = personClient(gh, 'dev');
  expect((await person.rest.users.getAuthenticated()).data.login).toBe('dev');
});

test('content', async () => {
  const { rest } = octokit;
  const { data: compared } = await rest.repos.compareCommitsWithBasehead({ ...repo, basehead: 'main...x' });
  expect([compared.ahead_by, compared.behind_by, compared.status]).toEqual([2, 0, 'ahead']);
  expect((await rest.repos.getBranch({ ...repo, branch: 'main' })).data.protected).toBe(false);
  const { data: tree } = await rest.git.getTree({ ...repo, tree_sha: 'x', recursive: '1' });
  expect(tree.tree.map(({ mode, path }) => `${mode} ${path}`)).toEqual([
    '100644 Dockerfile',
    '040000 bin',
    '100755 bin/run',
    '120000 dangling',
    '040000 docs',
    '040000 docs/a',
    '100644 docs/a/deep.md',
    '120000 link',
    '160000 vendor',
  ]);
  const sha = tree.tree[0]?.sha ?? '';
  expect((await rest.git.getBlob({ ...repo, file_sha: sha })).data.size).toBe(15);
  const read = async (path: string): Promise<unknown> => {
    const { data } = await rest.repos.getContent({ ...repo, path });
    return Array.isArray(data)
      ? data.map(({ type, name }) => `${type} ${name}`)
      : [data.type, 'content' in data && Buffer.from(data.content, 'base64').toString()];
  };
  expect(await read('')).toEqual([
    'file Dockerfile',
    'symlink dangling',
    'dir docs',
    'symlink link',
    'file vendor',
  ]);
  expect(await read('link')).toEqual(['file', '# deep\n']);
  expect(await read('dangling')).toEqual(['symlink', false]);
  expect(await read('vendor')).toEqual(['submodule', false]);
  const { data: commit } = await rest.repos.getCommit({ ...repo, ref: pr.head() });
  expect([commit.author?.login, commit.committer?.login, commit.files?.[0]?.filename]).toEqual([
    'olga',
    'dev',
    'bin/run',
  ]);
  const { data: pulls } = await rest.repos.listPullRequestsAssociatedWithCommit({
    ...repo,
    commit_sha: commit.parents[0]?.sha ?? '',
  });
  expect(pulls.map(({ number }) => number)).toEqual([pr.number]);
});

test('pull requests and reviews', async () => {
  const { rest } = octokit;
  const at = { ...repo, pull_number: pr.number };
  expect((await rest.pulls.list(repo)).data.map(({ number }) => number)).toEqual([1]);
  expect((await rest.pulls.get(at)).data).toMatchObject({
    commits: 2,
    changed_files: 2,
    mergeable: true,
    mergeable_state: 'clean',
  });
  expect((await rest.pulls.update({ ...at, title: 'Better' })).data.title).toBe('Better');
  expect((await rest.pulls.listFiles(at)).data.map(({ filename }) => filename)).toEqual([
    'Dockerfile',
    'bin/run',
  ]);
  expect((await rest.pulls.listCommits(at)).data).toHaveLength(2);
  const { data: review } = await rest.pulls.createReview({ ...at, event: 'REQUEST_CHANGES', body: 'no' });
  expect((await rest.pulls.dismissReview({ ...at, review_id: review.id, message: 'yes' })).data.state).toBe(
    'DISMISSED',
  );
  expect((await rest.pulls.listReviews(at)).data).toHaveLength(1);
  const { data: comment } = await rest.pulls.createReviewComment({
    ...at,
    commit_id: pr.head(),
    path: 'Dockerfile',
    body: 'whole',
    subject_type: 'file',
  });
  expect(comment.subject_type).toBe('file');
  await pr.push({ more: 'x\n' });
  expect((await rest.pulls.listReviewComments(at)).data.map(({ body }) => body)).toEqual(['whole']);
  const { data: asked } = await rest.pulls.requestReviewers({
    ...at,
    reviewers: ['olga'],
    team_reviewers: ['leads'],
  });
  expect([asked.requested_reviewers?.[0]?.login, asked.requested_teams?.[0]?.slug]).toEqual([
    'olga',
    'leads',
  ]);
  await expect(rest.pulls.requestReviewers({ ...at, reviewers: ['stranger'] })).rejects.toThrow(
    'not a collaborator',
  );
});

test('checks', async () => {
  const { rest } = octokit;
  const annotations = [
    { path: 'Dockerfile', start_line: 1, end_line: 1, annotation_level: 'notice' as const, message: 'm' },
  ];
  const output = { title: 't', summary: 's', text: 'x', annotations };
  const { data: run } = await rest.checks.create({ ...repo, name: 'gate', head_sha: pr.head(), output });
  const at = { ...repo, check_run_id: run.id };
  await rest.checks.update({
    ...at,
    conclusion: 'success',
    external_id: 'e',
    details_url: 'https://example.com',
  });
  expect((await rest.checks.get(at)).data).toMatchObject({ status: 'completed', external_id: 'e' });
  expect((await rest.checks.listAnnotations(at)).data.map(({ message }) => message)).toEqual(['m']);
  expect((await rest.checks.rerequestRun(at)).status).toBe(201);
  expect((await rest.checks.listForRef({ ...repo, ref: 'x', filter: 'all' })).data.total_count).toBe(1);
});

test('issues, comments and labels', async () => {
  const { rest } = octokit;
  const { data: issue } = await rest.issues.create({
    ...repo,
    title: 'Uncleared delivery',
    body: 'b',
    labels: ['audit'],
  });
  const at = { ...repo, issue_number: issue.number };
  expect((await rest.issues.get(at)).data.performed_via_github_app?.slug).toBe('clear-to-ship');
  const { data: comment } = await rest.issues.createComment({ ...at, body: 'one' });
  const one = { ...repo, comment_id: comment.id };
  expect((await rest.issues.updateComment({ ...one, body: 'two' })).data.body).toBe('two');
  expect((await rest.issues.getComment(one)).data.user?.type).toBe('Bot');
  expect((await rest.issues.listComments(at)).data).toHaveLength(1);
  expect((await rest.issues.deleteComment(one)).status).toBe(204);
  expect((await rest.issues.addLabels({ ...at, labels: ['second'] })).data).toHaveLength(2);
  expect((await rest.issues.removeLabel({ ...at, name: 'audit' })).data.map(({ name }) => name)).toEqual([
    'second',
  ]);
  await expect(rest.issues.removeLabel({ ...at, name: 'audit' })).rejects.toThrow('Label does not exist');
  expect((await rest.issues.listLabelsOnIssue(at)).data).toHaveLength(1);
  await rest.issues.createLabel({ ...repo, name: 'third', color: 'ff0000', description: 'd' });
  await expect(rest.issues.createLabel({ ...repo, name: 'THIRD' })).rejects.toThrow('already_exists');
  expect((await rest.issues.updateLabel({ ...repo, name: 'third', new_name: 'fourth' })).data.name).toBe(
    'fourth',
  );
  expect((await rest.issues.getLabel({ ...repo, name: 'fourth' })).data.color).toBe('ff0000');
  expect((await rest.issues.deleteLabel({ ...repo, name: 'fourth' })).status).toBe(204);
  expect((await rest.issues.listLabelsForRepo(repo)).data.map(({ name }) => name)).toEqual([
    'audit',
    'second',
  ]);
});

test('all of them were asked, and none answered in a shape that isn’t GitHub’s', () => {
  const served = new Set(
    gh.requests.filter(({ status }) => status < 300).map(({ method, template }) => `${method} ${template}`),
  );
  expect(routes.map(({ method, path }) => `${method} ${path}`).filter((route) => !served.has(route))).toEqual(
    [],
  );
  expect(gh.schemaProblems).toEqual([]);
});

test('a wrong shape is noticed', () => {
  const path = '/repos/{owner}/{repo}/issues/{issue_number}/labels';
  const label = {
    id: 1,
    node_id: 'x',
    url: 'https://example.com',
    name: 'n',
    description: null,
    color: 'c',
    default: false,
  };
  expect(responseProblems('GET', path, 200, [label])).toEqual([]);
  expect(responseProblems('GET', path, 200, [{ ...label, id: 'one' }])).toHaveLength(1);
  expect(responseProblems('GET', path, 200, [{ ...label, colour: 'c' }])).toEqual([
    'invented property /0/colour',
  ]);
  expect(responseProblems('GET', path, 204, undefined)).toEqual([`GET ${path} never answers 204`]);
  expect(requestProblems('POST', '/repos/{owner}/{repo}/issues', {})).toHaveLength(1);
  expect(webhookProblems('pull_request', 'labeled', { action: 'labeled' })).toHaveLength(1);
  expect(webhookProblems('pull_request', 'exploded', {})).toHaveLength(1);
});
