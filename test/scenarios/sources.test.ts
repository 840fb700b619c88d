// Dockerfiles at the commits that images name: read through GitHub, and only what everybody can read.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { SourceText } from '../../src/core/model/lineage.ts';
import { createPublicFiles } from '../../src/github/public-files.ts';
import type { PublicFiles } from '../../src/ports.ts';
import { COMPLIANCE, type Gate, POLICY, startGate } from '../app/harness.ts';
import { putImage } from '../registry/support/images.ts';
import { type Registry, startRegistry } from '../registry/support/registry.ts';
import { personClient } from '../standin/clients.ts';

jest.setTimeout(60_000);

const SOURCE = 'org.opencontainers.image.source';
const BASE = 'org.opencontainers.image.base.name';

let registry: Registry;
let gate: Gate;
let commits: { readonly open: string; readonly secret: string };

beforeAll(async () => {
  registry = await startRegistry();
  gate = await startGate({
    policy: `${POLICY.replace('registries:\n', `registries:\n  ask: ['${registry.host}']\n`)}base-images:
  allow: [{image: '${registry.host}/**', owner: acme/platform, reason: Ours to try.}]
vetting: {require-lineage: true}
`,
    settings: {
      registries: { isAsked: true, inside: [{ host: registry.host, scheme: 'http' }], credentials: null },
    },
  });
  const dockerfile = `FROM ${registry.host}/base/root:1\nCOPY tool /bin/\n`;
  const open = gate.github.organization('publisher', { members: ['pat'] }).repository('images', {
    files: { 'tool/Dockerfile': dockerfile, 'tool/binary': 'a\0b' },
    visibility: 'public',
  });
  const secret = gate.repository('secret', {
    files: { 'tool/Dockerfile': dockerfile },
    visibility: 'private',
  });
  commits = { open: open.head(), secret: secret.head() };
  putImage(
    registry.shelf('base/root'),
    { layers: [['root', 'ADD rootfs.tar /']], annotations: { [BASE]: 'scratch' } },
    '1',
  );
  for (const [name, repository, commit] of [
    ['open', 'publisher/images', commits.open],
    ['secret', 'acme/secret', commits.secret],
  ] as const)
    putImage(
      registry.shelf(`tools/${name}`),
      {
        layers: [
          ['root', 'ADD rootfs.tar /'],
          [name, 'COPY tool /bin/'],
        ],
        annotations: {
          [SOURCE]: `https://${new URL(gate.github.url).host}/${repository}.git#${commit}:tool`,
        },
      },
      '1',
    );
});
afterAll(async () => {
  expect(gate.github.schemaProblems).toEqual([]);
  await gate.stop();
  await registry.close();
});

function pullRequest(name: string) {
  return gate
    .repository(`uses-${name}`, { files: { LICENSE: 'MIT License\n', app: 'binary' } })
    .openPullRequest({
      author: 'dev',
      branch: 'image',
      files: {
        Dockerfile: `# SPDX-License-Identifier: MIT\nFROM ${registry.host}/tools/${name}:1\nCOPY app /app\nCMD ["/app"]\n`,
      },
    });
}

describe('in a pull request', () => {
  test('the Dockerfile of a public repository names the base, and the check is clear', async () => {
    const pull = pullRequest('open');
    await gate.settled();
    expect(pull.check(COMPLIANCE)?.conclusion).toBe('success');
  });

  test('that of a private one is not read, though the app could: an image must not aim it there', async () => {
    const pull = pullRequest('secret');
    await gate.settled();
    expect(pull.check(COMPLIANCE)?.conclusion).toBe('action_required');
    expect(pull.check(COMPLIANCE)?.summary).toContain('Nothing says what it is built on');
    const shown = pull.checks().map(({ summary, text }) => `${summary} ${text}`);
    expect(shown.join(' ')).not.toContain('base/root');
  });
});

describe('a file', () => {
  const kept = new Map<string, unknown>();
  let lives: number[] = [];
  let files: PublicFiles;

  beforeAll(() => {
    files = createPublicFiles({
      // Who may see the private repository as well.
      api: personClient(gate.github, 'dev'),
      host: 'github.com',
      answers: {
        through: async <T>(key: string, ask: () => Promise<T>, keep: (value: T) => number): Promise<T> => {
          if (kept.has(key)) return kept.get(key) as T;
          const value = await ask();
          lives.push(keep(value));
          if (keep(value) > 0) kept.set(key, value);
          return value;
        },
      },
      signal: new AbortController().signal,
    });
  });

  const read = (
    repository: string,
    path: string,
    commit: string | null = commits.open,
  ): Promise<SourceText> => files.read({ repository: `https://github.com/${repository}`, commit, path });

  test('at a commit is read once and kept for ever', async () => {
    lives = [];
    expect(await read('publisher/images', 'tool/Dockerfile')).toEqual({
      text: expect.stringContaining('FROM '),
    });
    expect(await read('publisher/images', 'tool/Dockerfile')).toEqual({
      text: expect.stringContaining('FROM '),
    });
    expect(lives).toEqual([Number.POSITIVE_INFINITY]);
  });

  test('on the default branch is kept for an hour', async () => {
    lives = [];
    expect(await read('publisher/images', 'tool/Dockerfile', null)).toHaveProperty('text');
    expect(lives).toEqual([3_600_000]);
  });

  test('of a private repository and of none are the same answer', async () => {
    const [hidden, none] = [
      await read('acme/secret', 'tool/Dockerfile', commits.secret),
      await read('acme/nothing', 'tool/Dockerfile', commits.secret),
    ];
    expect(hidden).toEqual({ missing: 'There is no public repository acme/secret.' });
    expect(none).toEqual({ missing: 'There is no public repository acme/nothing.' });
  });

  test.each([
    ['that is not there', 'publisher/images', 'Dockerfile', 'There is no such file'],
    ['that is a folder', 'publisher/images', 'tool', 'There is no such file'],
    ['that is no text', 'publisher/images', 'tool/binary', 'it is no text'],
    ['of a commit that is not there', 'publisher/images', 'tool/Dockerfile', 'There is no such file'],
  ])('%s is said not to be', async (what, repository, path, reason) => {
    const commit = what.includes('commit') ? 'f'.repeat(40) : commits.open;
    expect(await read(repository, path, commit)).toEqual({ missing: expect.stringContaining(reason) });
  });

  test.each([
    'https://gitlab.com/publisher/images',
    'https://github.com/a/b/c',
    'https://github.com.evil.example/a/b',
  ])('on %s is not asked for', async (repository) => {
    lives = [];
    const answer = await files.read({ repository, commit: commits.open, path: 'Dockerfile' });
    expect(answer).toEqual({ missing: `Not read: ${repository} is not on github.com.` });
    expect(lives).toEqual([]);
  });

  test('beyond the limit is not asked for', async () => {
    const answers: SourceText[] = [];
    for (let index = 0; index < 50; index += 1) answers.push(await read('publisher/images', `no/${index}`));
    expect(answers.at(-1)).toEqual({ missing: 'Not read: at most 48 files are asked for at a time.' });
  });

  test('that GitHub does not give is a gap that a retry may close', async () => {
    const ended = createPublicFiles({
      api: personClient(gate.github, 'dev'),
      host: 'github.com',
      answers: { through: (_key, ask) => ask() },
      signal: AbortSignal.abort(),
    });
    expect(
      await ended.read({
        repository: 'https://github.com/publisher/images',
        commit: commits.open,
        path: 'tool/Dockerfile',
      }),
    ).toMatchObject({ kind: 'unreachable', cause: 'world' });
  });
});
