// What healing reads from GitHub, where there is more than GitHub shows at once.
import { expect, test } from '@jest/globals';
import type { Api } from '../../src/github/api.ts';
import { changedPullRequests, shownRuns } from '../../src/github/upkeep.ts';

const START = Date.parse('2026-11-20T00:00:00Z');
const SHOWN = 1_000;

/** Pull requests by number, each changed so many seconds after the start. */
const searching = (changed: readonly number[]): Api => {
  const graphql = async (_: string, { words, after }: { words: string; after: string | null }) => {
    const since = Date.parse(/updated:>=(\S+)/.exec(words)?.[1] ?? '');
    const all = changed
      .map((seconds, number) => ({ number, at: START + seconds * 1000 }))
      .filter(({ at }) => at >= since)
      .sort((a, b) => a.at - b.at);
    const from = Number(after ?? 0);
    const end = Math.min(from + 100, SHOWN, all.length);
    return {
      search: {
        issueCount: all.length,
        pageInfo: { hasNextPage: end < Math.min(SHOWN, all.length), endCursor: String(end) },
        nodes: all.slice(from, end).map(({ number, at }) => ({
          number,
          updatedAt: new Date(at).toISOString(),
          state: 'OPEN',
          headRefOid: 'a'.repeat(40),
          baseRefName: 'main',
          isDraft: false,
          labels: { nodes: [] },
          repository: { databaseId: 7, name: 'api', owner: { login: 'acme' } },
        })),
      },
    };
  };
  return { graphql } as unknown as Api;
};

const acme = { id: 1, login: 'acme', kind: 'org', suspended: false } as const;

test.each([0, 1, 999, 1_000, 1_001, 3_456])('all of %d that changed are found, each once', async (count) => {
  const seconds = Array.from({ length: count }, (_, index) => Math.floor(index / 3));
  const found = await changedPullRequests(searching(seconds), acme, new Date(START));
  expect(new Set(found.map(({ pull }) => pull.number)).size).toBe(count);
  expect(found).toHaveLength(count);
});

test('more in one second than are shown is an error, not a list that looks whole', async () => {
  const api = searching(Array.from({ length: 1_500 }, () => 0));
  await expect(changedPullRequests(api, acme, new Date(START))).rejects.toThrow('more pull requests changed');
});

test('of several runs of a name on a commit the newest is the one that is shown', async () => {
  const runs = Array.from({ length: 150 }, (_, index) => ({ id: 1_000 - index, name: `check ${index % 2}` }));
  const api = {
    rest: {
      checks: {
        listForRef: async ({ page }: { page: number }) => ({
          data: { check_runs: runs.slice((page - 1) * 100, page * 100) },
        }),
      },
    },
  } as unknown as Api;
  const pull = { installation: 1, repositoryId: 7, owner: 'acme', repository: 'api', number: 1 };
  expect(await shownRuns(api, pull, 'a'.repeat(40), 5)).toEqual(
    new Map([
      ['check 0', 1_000],
      ['check 1', 999],
    ]),
  );
});
