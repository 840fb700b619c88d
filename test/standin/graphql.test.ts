// GraphQL as GitHub answers it: cut texts, failing fields, sizes of connections, errors beside data.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startWire, type Wire } from './wire.ts';

let wire: Wire;

beforeEach(async () => {
  wire = await startWire();
});

afterEach(async () => {
  await wire.gh.close();
  expect(wire.gh.schemaProblems).toEqual([]);
});

describe('GraphQL', () => {
  test('text is cut at 512,000 bytes, and binary has none', async () => {
    const { graphql, pr } = wire;
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
    const { graphql } = wire;
    const answer = await graphql('{ repository(owner: "acme", name: "api") { id colour } }');
    expect(answer).toMatchObject({
      errors: [{ message: "Field 'colour' doesn't exist on type 'Repository'" }],
    });
    expect(answer.data).toBeUndefined();
  });

  test('a field GitHub has but the stand-in doesn’t serve is an error and is noted', async () => {
    const { gh, graphql } = wire;
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
    const { graphql } = wire;
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
    const { graphql, pr } = wire;
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

  test('a search finds open pull requests of repositories the caller sees, and no others', async () => {
    const { acme, gh, graphql, pr } = wire;
    gh.organization('rival', { members: ['eve'] })
      .repository('secret')
      .openPullRequest({ author: 'eve', branch: 'x', files: { a: 'a\n' } });
    await acme
      .repository('other')
      .openPullRequest({ author: 'dev', branch: 'x', files: { a: 'a\n' } })
      .close();
    const find = async (query: string): Promise<unknown> => {
      const { data } = await graphql(
        'query ($q: String!) { search(query: $q, type: ISSUE, first: 10) { issueCount nodes { ... on PullRequest { number repository { name } } } } }',
        { q: query },
      );
      return (data as { search: unknown }).search;
    };
    const open = { issueCount: 1, nodes: [{ number: pr.number, repository: { name: 'api' } }] };
    expect(await find('is:pr is:open')).toEqual(open);
    expect(await find('org:acme is:pr is:open updated:>=2026-01-01')).toEqual(open);
    expect(await find('repo:acme/other is:closed')).toMatchObject({ issueCount: 1 });
    expect(await find('is:pr updated:>=2027-01-01')).toEqual({ issueCount: 0, nodes: [] });
  });
});
