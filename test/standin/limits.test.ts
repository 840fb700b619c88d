// What GitHub refuses: wrong tokens, missing permissions, oversized bodies, lines outside the difference, fields that don't exist.
import { generateKeyPairSync, sign } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type StandIn, type StandInOptions, startStandIn } from '../support/stand-in.ts';
import type { OrganizationStory, PullStory, RepositoryStory } from '../support/story.ts';

type Answered = {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
};

let gh: StandIn;
let acme: OrganizationStory;
let api: RepositoryStory;
let pr: PullStory;
let now: number;

const start = async (options: StandInOptions = {}): Promise<void> => {
  gh = await startStandIn({ wallClock: () => now, ...options });
  acme = gh.organization('acme', {
    teams: { ospo: { members: ['olga'], pending: ['paul'] }, child: { parent: 'ospo', members: ['carl'] } },
    members: ['dev'],
  });
  api = acme.repository('api', {
    files: { Dockerfile: 'FROM debian:12\nRUN a\nRUN b\nRUN c\nRUN d\nRUN e\nRUN f\n' },
  });
  pr = api.openPullRequest({
    author: 'dev',
    branch: 'x',
    files: { Dockerfile: 'FROM debian:13\nRUN a\nRUN b\nRUN c\nRUN d\nRUN e\nRUN f\n' },
  });
};

const ask = async (
  method: string,
  path: string,
  token: string | null,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answered> => {
  const answer = await fetch(`${gh.url}${path}`, {
    method,
    headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
};

const jwt = (claims: Record<string, unknown>, key = gh.app.privateKey): string => {
  const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const seconds = Math.floor(now / 1000);
  const head = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode({ iat: seconds - 30, exp: seconds + 540, iss: gh.app.id, ...claims })}`;
  return `${head}.${sign('RSA-SHA256', Buffer.from(head), key).toString('base64url')}`;
};

const installationToken = async (body?: unknown): Promise<string> => {
  const { body: answer } = await ask(
    'POST',
    `/app/installations/${acme.installation?.id}/access_tokens`,
    jwt({}),
    body,
  );
  return String(answer.token);
};

const graphql = async (query: string, variables: unknown = {}): Promise<Record<string, unknown>> =>
  (await ask('POST', '/graphql', await installationToken(), { query, variables })).body;

beforeEach(async () => {
  now = Date.parse('2026-01-05T09:00:00Z');
  await start();
});

afterEach(async () => {
  await gh.close();
  expect(gh.schemaProblems).toEqual([]);
});

describe('authentication', () => {
  test('only the App’s own, current token opens an installation', async () => {
    const path = `/app/installations/${acme.installation?.id}/access_tokens`;
    const stranger = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const seconds = Math.floor(now / 1000);
    const answers = [
      await ask('POST', path, jwt({}, stranger.privateKey)),
      await ask('POST', path, jwt({ iss: 1 })),
      await ask('POST', path, jwt({ exp: seconds - 1 })),
      await ask('POST', path, jwt({ exp: seconds + 3600 })),
      await ask('POST', path, null),
      await ask('POST', '/app/installations/999/access_tokens', jwt({})),
      await ask('POST', path, jwt({ iss: gh.app.clientId })),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 404, 201]);
  });

  test('an installation token ends after an hour, or at once', async () => {
    const token = await installationToken();
    expect((await ask('GET', '/repos/acme/api', token)).status).toBe(200);
    now += 3_600_000;
    expect((await ask('GET', '/repos/acme/api', token)).body.message).toBe('Bad credentials');
    const next = await installationToken();
    gh.expireTokens();
    expect((await ask('GET', '/repos/acme/api', next)).status).toBe(401);
  });

  test('a private repository is not there for strangers', async () => {
    expect((await ask('GET', '/repos/acme/api', null)).status).toBe(404);
    expect((await ask('GET', '/repos/acme/api', gh.token('stranger'))).status).toBe(404);
    expect((await ask('GET', '/repos/acme/api', gh.token('dev'))).status).toBe(200);
  });
});

describe('permissions', () => {
  test('what the manifest doesn’t ask for is refused', async () => {
    await gh.close();
    await start({ permissions: { metadata: 'read', contents: 'read', pull_requests: 'read' } });
    const token = await installationToken();
    const check = await ask('POST', '/repos/acme/api/check-runs', token, { name: 'x', head_sha: pr.head() });
    const label = await ask('POST', `/repos/acme/api/issues/${pr.number}/labels`, token, { labels: ['x'] });
    const team = await ask('GET', '/orgs/acme/teams/ospo/memberships/olga', token);
    expect([check.status, check.body.message]).toEqual([403, 'Resource not accessible by integration']);
    expect([label.status, label.body.message]).toEqual([403, 'Resource not accessible by integration']);
    expect(team.status).toBe(404);
    const answer = await graphql('{ organization(login: "acme") { team(slug: "ospo") { slug } } }');
    expect(answer).toMatchObject({
      data: { organization: { team: null } },
      errors: [{ type: 'FORBIDDEN', path: ['organization', 'team'] }],
    });
  });

  test('a token can be narrowed but not widened', async () => {
    const narrow = await installationToken({ permissions: { contents: 'read' } });
    expect((await ask('GET', `/repos/acme/api/pulls/${pr.number}`, narrow)).status).toBe(403);
    const wide = await ask('POST', `/app/installations/${acme.installation?.id}/access_tokens`, jwt({}), {
      permissions: { contents: 'write' },
    });
    expect(wide.status).toBe(422);
  });

  test('team memberships: active, pending, inherited from a child team, none', async () => {
    const token = await installationToken();
    const of = async (login: string): Promise<unknown> => {
      const { status, body } = await ask('GET', `/orgs/acme/teams/ospo/memberships/${login}`, token);
      return body.state ?? status;
    };
    expect([
      await of('olga'),
      await of('paul'),
      await of('carl'),
      await of('dev'),
      await of('nobody'),
    ]).toEqual(['active', 'pending', 'active', 404, 404]);
  });

  test('people can’t write checks', async () => {
    const answer = await ask('POST', '/repos/acme/api/check-runs', gh.token('dev'), {
      name: 'x',
      head_sha: pr.head(),
    });
    expect(answer.body.message).toBe('You must authenticate via a GitHub App.');
  });
});

describe('limits', () => {
  const annotation = {
    path: 'Dockerfile',
    start_line: 1,
    end_line: 1,
    annotation_level: 'failure',
    message: 'm',
  };
  const output = { title: 't', summary: 's' };
  test.each([
    [
      'more than 50 annotations',
      { output: { ...output, annotations: Array.from({ length: 51 }, () => annotation) } },
    ],
    [
      'a summary of 65,536 bytes, though fewer characters',
      { output: { ...output, summary: 'ä'.repeat(32_768) } },
    ],
    ['a title of 256 characters', { output: { ...output, title: 't'.repeat(256) } }],
    [
      'columns over several lines',
      { output: { ...output, annotations: [{ ...annotation, end_line: 2, start_column: 1 }] } },
    ],
    [
      'four actions',
      {
        actions: Array.from({ length: 4 }, (_, index) => ({
          label: 'l',
          description: 'd',
          identifier: `${index}`,
        })),
      },
    ],
    ['a label of 21 characters', { actions: [{ label: 'l'.repeat(21), description: 'd', identifier: 'i' }] }],
    ['completed without conclusion', { status: 'completed' }],
    ['a conclusion that is none', { conclusion: 'green' }],
    ['a commit that isn’t there', { head_sha: '0'.repeat(40) }],
  ])('a check run with %s is refused as a whole', async (_, part) => {
    const answer = await ask('POST', '/repos/acme/api/check-runs', await installationToken(), {
      name: 'gate',
      head_sha: pr.head(),
      ...part,
    });
    expect(answer.status).toBe(422);
    expect(pr.checks()).toEqual([]);
  });

  test('the largest allowed one is accepted', async () => {
    const largest = {
      title: 't'.repeat(255),
      summary: 's'.repeat(65_535),
      text: 's'.repeat(65_535),
      annotations: Array.from({ length: 50 }, () => annotation),
    };
    const answer = await ask('POST', '/repos/acme/api/check-runs', await installationToken(), {
      name: 'gate',
      head_sha: pr.head(),
      conclusion: 'success',
      output: largest,
    });
    expect(answer.status).toBe(201);
    expect(pr.check('gate')?.annotations).toHaveLength(50);
  });

  test('a comment may have 65,536 characters and not be empty', async () => {
    const token = await installationToken();
    const post = async (body: string): Promise<number> =>
      (await ask('POST', `/repos/acme/api/issues/${pr.number}/comments`, token, { body })).status;
    expect([await post('x'.repeat(65_536)), await post('x'.repeat(65_537)), await post(' ')]).toEqual([
      201, 422, 422,
    ]);
  });

  test('one line outside the difference refuses the whole review', async () => {
    const token = await installationToken();
    const review = (lines: readonly number[]) =>
      ask('POST', `/repos/acme/api/pulls/${pr.number}/reviews`, token, {
        event: 'COMMENT',
        body: 'b',
        comments: lines.map((line) => ({ path: 'Dockerfile', line, body: 'c' })),
      });
    const refused = await review([1, 7]);
    expect([refused.status, refused.body.errors]).toEqual([
      422,
      ['Pull request review thread line must be part of the diff'],
    ]);
    expect(pr.reviewComments()).toEqual([]);
    expect((await review([1, 4])).status).toBe(200);
    expect(pr.reviewComments()).toHaveLength(2);
  });

  test('a truncated tree says so', async () => {
    api.repository.treeLimit = 0;
    const answer = await ask(
      'GET',
      `/repos/acme/api/git/trees/${pr.head()}?recursive=1`,
      await installationToken(),
    );
    expect(answer.body).toMatchObject({ truncated: true, tree: [] });
  });

  test('an unchanged answer costs nothing: 304', async () => {
    const token = await installationToken();
    const first = await ask('GET', '/repos/acme/api', token);
    const second = await ask('GET', '/repos/acme/api', token, undefined, {
      'if-none-match': first.headers.get('etag') ?? '',
    });
    expect([first.status, second.status]).toEqual([200, 304]);
  });
});

describe('GraphQL', () => {
  test('text is cut at 512,000 bytes, and binary has none', async () => {
    await pr.push({
      big: 'x'.repeat(600_000),
      binary: Buffer.from([65, 0, 66]),
      link: { symlink: 'Dockerfile' },
    });
    const fields = '{ ... on Blob { byteSize isBinary isTruncated text } }';
    const answer = await graphql(
      `{ repository(owner: "acme", name: "api") {
        big: object(expression: "${pr.head()}:big") ${fields}
        binary: object(expression: "${pr.head()}:binary") ${fields}
        link: object(expression: "${pr.head()}:link") ${fields}
      } }`,
    );
    const { big, binary, link } = (answer.data as { repository: Record<string, Record<string, unknown>> })
      .repository;
    expect([big?.byteSize, big?.isTruncated, String(big?.text).length]).toEqual([600_000, true, 512_000]);
    expect(binary).toEqual({ byteSize: 3, isBinary: true, isTruncated: false, text: null });
    expect(link?.text).toBe('Dockerfile');
  });

  test('an unknown field fails the whole query', async () => {
    const answer = await graphql('{ repository(owner: "acme", name: "api") { id colour } }');
    expect(answer).toMatchObject({
      errors: [{ message: 'Cannot query field "colour" on type "Repository".' }],
    });
    expect(answer.data).toBeUndefined();
  });

  test('a field GitHub has but the stand-in doesn’t serve is an error and is noted', async () => {
    const answer = await graphql('{ repository(owner: "acme", name: "api") { id diskUsage } }');
    expect(answer).toMatchObject({
      data: { repository: { diskUsage: null } },
      errors: [{ message: "the stand-in doesn't serve Repository.diskUsage" }],
    });
    expect((gh.schemaProblems as string[]).splice(0)).toEqual([
      'GraphQL: Repository.diskUsage is not served',
      "GraphQL: the stand-in doesn't serve Repository.diskUsage",
    ]);
  });

  test('connections want a size of 1 to 100; what is missing is NOT_FOUND', async () => {
    const none = await graphql(
      '{ repository(owner: "acme", name: "api") { pullRequest(number: 1) { labels { totalCount } } } }',
    );
    expect(none).toMatchObject({ errors: [{ type: 'MISSING_PAGINATION_BOUNDARIES' }] });
    const many = await graphql(
      '{ repository(owner: "acme", name: "api") { pullRequests(first: 101) { totalCount } } }',
    );
    expect(many).toMatchObject({ errors: [{ type: 'EXCESSIVE_PAGINATION' }] });
    const missing = await graphql(
      '{ a: repository(owner: "acme", name: "api") { id } b: repository(owner: "acme", name: "no") { id } }',
    );
    expect(missing).toMatchObject({
      data: { a: { id: expect.any(String) }, b: null },
      errors: [{ type: 'NOT_FOUND', path: ['b'] }],
    });
  });

  test('one bad check run in a request fails alone', async () => {
    const { data } = (await graphql('{ repository(owner: "acme", name: "api") { id } }')) as {
      data: { repository: { id: string } };
    };
    const input = (name: string, title: string) => ({
      repositoryId: data.repository.id,
      headSha: pr.head(),
      name,
      conclusion: 'SUCCESS',
      output: { title, summary: '' },
    });
    const answer = await graphql(
      'mutation ($a: CreateCheckRunInput!, $b: CreateCheckRunInput!) { a: createCheckRun(input: $a) { checkRun { name } } b: createCheckRun(input: $b) { checkRun { name } } }',
      { a: input('a', 't'.repeat(256)), b: input('b', 't') },
    );
    expect(answer).toMatchObject({
      data: { a: null, b: { checkRun: { name: 'b' } } },
      errors: [{ type: 'UNPROCESSABLE', path: ['a'] }],
    });
    expect(pr.checks().map(({ name }) => name)).toEqual(['b']);
  });
});

test('what the stand-in doesn’t serve is noted, never a silent 404', async () => {
  expect((await ask('GET', '/repos/acme/api/topics', gh.token('dev'))).status).toBe(404);
  expect((gh.schemaProblems as string[]).splice(0)).toEqual(['not served: GET /repos/acme/api/topics']);
});
