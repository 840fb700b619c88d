// An empty or short list of changes is not taken for "nothing relevant": what GitHub lists is counted.
import { expect, test } from '@jest/globals';
import type { Api } from '../../src/github/api.ts';
import { compare } from '../../src/github/comparison.ts';
import type { PullRequestState } from '../../src/ports.ts';

const SHA = 'a'.repeat(40);
const state = (changedFiles: number | null): PullRequestState => ({
  pull: { installation: 1, repositoryId: 2, owner: 'acme', repository: 'api', number: 3 },
  nodeId: 'PR_3',
  repositoryNodeId: 'R_2',
  server: 'https://github.example',
  open: true,
  title: 'Ship it',
  baseRef: 'main',
  baseSha: 'b'.repeat(40),
  headSha: SHA,
  isDraft: false,
  isFork: false,
  visibility: 'private',
  author: { id: 7, login: 'dev', type: 'User' },
  pushers: [],
  labels: [],
  changedFiles,
  updatedAt: '2026-01-01T00:00:00.000Z',
});

const file = (filename: string) => ({ filename, status: 'added', sha: 'c'.repeat(40) });

/** A forge that compares to some files, and lists some of the pull request. */
const forge = (compared: readonly string[], listed: readonly string[]): Api =>
  ({
    rest: {
      repos: {
        compareCommitsWithBasehead: async () => ({
          data: {
            merge_base_commit: { sha: 'b'.repeat(40) },
            files: compared.map(file),
            commits: [],
            total_commits: 0,
          },
        }),
      },
      pulls: { listFiles: async () => ({ data: listed.map(file) }) },
    },
  }) as unknown as Api;

const seen = async (expected: number | null, compared: readonly string[], listed: readonly string[]) => {
  const found = await compare(forge(compared, listed), state(expected), SHA);
  if ('reason' in found) throw new Error(found.reason);
  return {
    paths: found.files.map(({ path }) => path),
    gaps: found.gaps.map(({ kind, cause }) => [kind, cause]),
  };
};

test('as many as GitHub counts are all of them', async () => {
  expect(await seen(1, ['a'], [])).toEqual({ paths: ['a'], gaps: [] });
  expect(await seen(0, [], [])).toEqual({ paths: [], gaps: [] });
});

test('fewer than GitHub counts are looked for by pages', async () => {
  expect(await seen(2, ['a'], ['a', 'b'])).toEqual({ paths: ['a', 'b'], gaps: [] });
});

test.each([
  ['an empty comparison', []],
  ['a short one', ['a']],
])('%s that nothing completes is a gap that a retry may close', async (_, compared) => {
  expect((await seen(2, compared, compared)).gaps).toEqual([['truncated', 'world']]);
});
