// What GitHub refuses: oversized bodies, lines outside the difference; and what the stand-in itself doesn't serve.
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
    const { ask, installationToken, pr } = wire;
    const answer = await ask('POST', '/repos/acme/api/check-runs', await installationToken(), {
      name: 'gate',
      head_sha: pr.head(),
      ...part,
    });
    expect(answer.status).toBe(422);
    expect(pr.checks()).toEqual([]);
  });

  test('the largest allowed one is accepted', async () => {
    const { ask, installationToken, pr } = wire;
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
    const { ask, installationToken, pr } = wire;
    const token = await installationToken();
    const post = async (body: string): Promise<number> =>
      (await ask('POST', `/repos/acme/api/issues/${pr.number}/comments`, token, { body })).status;
    expect([await post('x'.repeat(65_536)), await post('x'.repeat(65_537)), await post(' ')]).toEqual([
      201, 422, 422,
    ]);
  });

  test('one line outside the difference refuses the whole review', async () => {
    const { ask, installationToken, pr } = wire;
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
    const { api, ask, installationToken, pr } = wire;
    api.repository.treeLimit = 0;
    const answer = await ask(
      'GET',
      `/repos/acme/api/git/trees/${pr.head()}?recursive=1`,
      await installationToken(),
    );
    expect(answer.body).toMatchObject({ truncated: true, tree: [] });
  });

  test('an unchanged answer costs nothing: 304', async () => {
    const { ask, installationToken } = wire;
    const token = await installationToken();
    const first = await ask('GET', '/repos/acme/api', token);
    const second = await ask('GET', '/repos/acme/api', token, undefined, {
      'if-none-match': first.headers.get('etag') ?? '',
    });
    expect([first.status, second.status]).toEqual([200, 304]);
  });
});

test('what the stand-in doesn’t serve is noted, never a silent 404', async () => {
  const { ask, gh } = wire;
  expect((await ask('GET', '/repos/acme/api/topics', gh.token('dev'))).status).toBe(404);
  expect((gh.schemaProblems as string[]).splice(0)).toEqual(['not served: GET /repos/acme/api/topics']);
});
