// The App's main path against the stand-in, by the libraries the App uses: token, comparison, blobs, checks, labels.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type StandIn, startStandIn } from '../support/stand-in.ts';
import type { OrganizationStory, PullStory, RepositoryStory } from '../support/story.ts';
import { appClient } from './clients.ts';

let gh: StandIn;
let acme: OrganizationStory;
let api: RepositoryStory;
let pr: PullStory;
let octokit: ReturnType<typeof appClient>;

beforeEach(async () => {
  gh = await startStandIn();
  acme = gh.organization('acme', { teams: { ospo: ['olga'] }, members: ['dev'] });
  api = acme.repository('api', {
    files: { Dockerfile: 'FROM debian:12\n', 'src/old.txt': 'old\ntext\n', 'run.sh': 'echo\n' },
  });
  pr = api.openPullRequest({
    author: 'dev',
    branch: 'feature/x',
    files: { Dockerfile: 'FROM debian:13\n', 'src/old.txt': null, 'src/new.txt': 'old\ntext\n' },
  });
  octokit = appClient(gh, acme.installation?.id);
});

afterEach(async () => {
  await gh.close();
  expect(gh.schemaProblems).toEqual([]);
});

const repo = { owner: 'acme', repo: 'api' };

describe('reading', () => {
  test('compares branches from the merge base, with renames and patches', async () => {
    await api.push('main', { 'later.txt': 'x\n' }, { as: 'dev' });
    const { data } = await octokit.rest.repos.compareCommitsWithBasehead({
      ...repo,
      basehead: `main...${pr.head()}`,
    });
    expect(data.status).toBe('diverged');
    expect(data.merge_base_commit.sha).toBe(pr.mergeBase());
    expect(data.commits.map(({ author }) => author?.login)).toEqual(['dev']);
    expect(
      data.files?.map(({ filename, status, previous_filename: from, patch }) => [
        filename,
        status,
        from,
        patch,
      ]),
    ).toEqual([
      ['Dockerfile', 'modified', undefined, '@@ -1 +1 @@\n-FROM debian:12\n+FROM debian:13'],
      ['src/new.txt', 'renamed', 'src/old.txt', undefined],
    ]);
  });

  test('pages the files of a pull request', async () => {
    await pr.push(
      Object.fromEntries(
        Array.from({ length: 120 }, (_, index) => [`f/${String(index).padStart(3, '0')}`, `${index}\n`]),
      ),
    );
    const files = await octokit.paginate(octokit.rest.pulls.listFiles, {
      ...repo,
      pull_number: pr.number,
      per_page: 50,
    });
    const { data } = await octokit.rest.pulls.get({ ...repo, pull_number: pr.number });
    expect(files).toHaveLength(122);
    expect(data.changed_files).toBe(122);
  });

  test('a commit’s names prove nothing: forged, unknown, and on behalf of others', async () => {
    await pr.push({ a: 'a\n' }, { author: 'olga', committer: 'dev', message: 'forged' });
    await pr.push(
      { b: 'b\n' },
      { author: 'Nobody <nobody@example.com>', message: 'x\n\nCo-authored-by: Eve <eve@example.com>' },
    );
    const { data } = await octokit.rest.pulls.listCommits({ ...repo, pull_number: pr.number });
    expect(
      data.map(({ author, committer, commit }) => [author?.login, committer?.login, commit.author?.email]),
    ).toEqual([
      ['dev', 'dev', gh.user('dev').email],
      ['olga', 'dev', gh.user('olga').email],
      [undefined, undefined, 'nobody@example.com'],
    ]);
    const { repository } = await octokit.graphql<Record<string, { pullRequest: { commits: unknown } }>>(
      `{ repository(owner: "acme", name: "api") { pullRequest(number: 1) {
        commits(last: 1) { nodes { commit { author { user { login } } authors(first: 5) { nodes { email } } } } }
      } } }`,
    );
    expect(repository?.pullRequest.commits).toEqual({
      nodes: [
        {
          commit: {
            author: { user: null },
            authors: { nodes: [{ email: 'nobody@example.com' }, { email: 'eve@example.com' }] },
          },
        },
      ],
    });
  });

  test('lists trees and reads blobs and contents', async () => {
    const { data: tree } = await octokit.rest.git.getTree({ ...repo, tree_sha: pr.head(), recursive: '1' });
    expect(tree.tree.map(({ path, type }) => `${type} ${path}`)).toEqual([
      'blob Dockerfile',
      'blob run.sh',
      'tree src',
      'blob src/new.txt',
    ]);
    const sha = tree.tree[0]?.sha ?? '';
    const { data: blob } = await octokit.rest.git.getBlob({ ...repo, file_sha: sha });
    expect(Buffer.from(blob.content, 'base64').toString()).toBe('FROM debian:13\n');
    const { data: raw } = await octokit.rest.repos.getContent({
      ...repo,
      path: 'src/new.txt',
      ref: 'feature/x',
      mediaType: { format: 'raw' },
    });
    expect(raw).toBe('old\ntext\n');
    await expect(octokit.rest.repos.getContent({ ...repo, path: 'nowhere' })).rejects.toThrow('Not Found');
  });

  test('answers the questions of GraphQL in one request', async () => {
    const answer = await octokit.graphql<Record<string, Record<string, unknown>>>(
      `query ($owner: String!, $name: String!, $number: Int!, $file: String!) {
        repository(owner: $owner, name: $name) {
          id
          file: object(expression: $file) { ... on Blob { oid text isBinary isTruncated byteSize } }
          missing: object(expression: "HEAD:nowhere") { oid }
          pullRequest(number: $number) {
            headRefOid baseRefName baseRefOid isDraft state isCrossRepository changedFiles
            author { __typename login ... on User { databaseId } }
            labels(first: 10) { nodes { name } }
            timelineItems(last: 10, itemTypes: [LABELED_EVENT]) { nodes { ... on LabeledEvent { actor { login } label { name } } } }
            files(first: 10) { totalCount nodes { path changeType } }
            commits(last: 1) { nodes { commit { oid file(path: "run.sh") { mode object { ... on Blob { text } } } } } }
          }
        }
        organization(login: $owner) {
          team(slug: "ospo") { members(first: 5, query: "olga") { nodes { databaseId login } } }
        }
        rateLimit { cost remaining }
      }`,
      { owner: 'acme', name: 'api', number: pr.number, file: `${pr.head()}:Dockerfile` },
    );
    expect(answer.repository?.file).toMatchObject({
      text: 'FROM debian:13\n',
      isBinary: false,
      isTruncated: false,
      byteSize: 15,
    });
    expect(answer.repository?.missing).toBeNull();
    expect(answer.repository?.pullRequest).toMatchObject({
      headRefOid: pr.head(),
      baseRefName: 'main',
      state: 'OPEN',
      changedFiles: 2,
      author: { __typename: 'User', login: 'dev' },
      files: {
        totalCount: 2,
        nodes: [
          { path: 'Dockerfile', changeType: 'MODIFIED' },
          { path: 'src/new.txt', changeType: 'RENAMED' },
        ],
      },
      commits: { nodes: [{ commit: { oid: pr.head(), file: { mode: 33188, object: { text: 'echo\n' } } } }] },
    });
    expect(answer.organization?.team).toEqual({
      members: { nodes: [{ databaseId: gh.user('olga').id, login: 'olga' }] },
    });
  });
});

describe('writing', () => {
  test('creates and completes a check run, appending annotations', async () => {
    const annotation = {
      path: 'Dockerfile',
      start_line: 1,
      end_line: 1,
      annotation_level: 'failure' as const,
      message: 'no',
    };
    const { data } = await octokit.rest.checks.create({
      ...repo,
      name: 'gate',
      head_sha: pr.head(),
      status: 'in_progress',
      output: { title: 't', summary: 's', annotations: [annotation] },
    });
    expect(data.pull_requests.map(({ number }) => number)).toEqual([pr.number]);
    await octokit.rest.checks.update({
      ...repo,
      check_run_id: data.id,
      conclusion: 'action_required',
      output: { title: 't', summary: 's', annotations: [annotation] },
    });
    expect(pr.check('gate')).toMatchObject({ status: 'completed', conclusion: 'action_required' });
    expect(pr.check('gate')?.annotations).toHaveLength(2);
    const { data: listed } = await octokit.rest.checks.listForRef({
      ...repo,
      ref: pr.head(),
      check_name: 'gate',
      app_id: gh.app.id,
    });
    expect(listed.check_runs.map(({ conclusion }) => conclusion)).toEqual(['action_required']);
  });

  test('several check runs in one GraphQL request', async () => {
    const { repository } = await octokit.graphql<{ repository: { id: string } }>(
      '{ repository(owner: "acme", name: "api") { id } }',
    );
    const answer = await octokit.graphql<
      Record<string, { checkRun: { databaseId: number; annotations: { totalCount: number } } }>
    >(
      `mutation ($a: CreateCheckRunInput!, $b: CreateCheckRunInput!) {
        a: createCheckRun(input: $a) { checkRun { databaseId annotations(first: 1) { totalCount } } }
        b: createCheckRun(input: $b) { checkRun { databaseId annotations(first: 1) { totalCount } } }
      }`,
      Object.fromEntries(
        ['a', 'b'].map((name) => [
          name,
          {
            repositoryId: repository.id,
            headSha: pr.head(),
            name,
            status: 'COMPLETED',
            conclusion: 'SUCCESS',
            output: {
              title: name,
              summary: name,
              annotations: [
                {
                  path: 'Dockerfile',
                  location: { startLine: 1, endLine: 1 },
                  annotationLevel: 'WARNING',
                  message: 'm',
                },
              ],
            },
          },
        ]),
      ),
    );
    expect(answer.a?.checkRun.annotations.totalCount).toBe(1);
    expect(pr.checks().map(({ name, conclusion }) => `${name} ${conclusion}`)).toEqual([
      'a success',
      'b success',
    ]);
  });

  test('comments, labels and reviews under the name of the App', async () => {
    const { data: comment } = await octokit.rest.issues.createComment({
      ...repo,
      issue_number: pr.number,
      body: 'first',
    });
    await octokit.rest.issues.updateComment({ ...repo, comment_id: comment.id, body: 'second' });
    expect(pr.comments().map(({ body, author }) => [body, author.login])).toEqual([
      ['second', 'clear-to-ship[bot]'],
    ]);
    await octokit.rest.issues.addLabels({ ...repo, issue_number: pr.number, labels: ['delivery: waiting'] });
    expect(pr.labels()).toEqual(['delivery: waiting']);
    await octokit.rest.issues.removeLabel({ ...repo, issue_number: pr.number, name: 'delivery: waiting' });
    expect(pr.labels()).toEqual([]);
    await octokit.rest.pulls.createReview({
      ...repo,
      pull_number: pr.number,
      event: 'COMMENT',
      body: 'see',
      comments: [{ path: 'Dockerfile', line: 1, body: 'here' }],
    });
    expect(pr.reviewComments().map(({ path, line, body }) => [path, line, body])).toEqual([
      ['Dockerfile', 1, 'here'],
    ]);
    const { data: listed } = await octokit.rest.pulls.listReviewComments({ ...repo, pull_number: pr.number });
    expect(listed.map(({ diff_hunk: hunk }) => hunk)).toEqual([
      '@@ -1,1 +1,1 @@\n-FROM debian:12\n+FROM debian:13',
    ]);
  });
});
