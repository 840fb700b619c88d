// Whatever a pull request or a policy holds, both checks are published, name the file and the reason, and the app lives on.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { FileSpec } from '../support/git/objects.ts';
import type { PullStory } from '../support/story.ts';
import { COMPLIANCE, DELIVERY, type Gate, POLICY, startGate } from './harness.ts';

jest.setTimeout(60_000);

const DOCKERFILE = '# SPDX-License-Identifier: MIT\nFROM debian:12.12-slim\nCOPY app /app\n';
const WORKFLOW = `on: push
jobs:
  image:
    runs-on: ubuntu-latest
    steps:
      - run: docker build -t acme/x . && docker push acme/x
`;

function shown(pull: PullStory): string {
  return pull
    .checks()
    .map((run) =>
      [
        run.title,
        run.summary,
        run.text,
        ...run.annotations.map((each) => `${each.path}:${each.startLine} ${each.message}`),
      ].join('\n'),
    )
    .join('\n');
}

describe('files that can not be read', () => {
  let gate: Gate;
  beforeAll(async () => {
    gate = await startGate();
  });
  afterAll(() => gate.stop());

  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(DOCKERFILE, 'utf16le')]);
  const cases: readonly (readonly [what: string, path: string, content: FileSpec, reason: RegExp])[] = [
    ['a binary Dockerfile', 'Dockerfile', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1, 2]), /binary/i],
    ['a Dockerfile in UTF-16', 'Dockerfile', utf16, /UTF-16/],
    ['a Dockerfile that is a symbolic link', 'Dockerfile', { symlink: 'build/Other' }, /symbolic link/],
    ['a Dockerfile that is a submodule', 'Dockerfile', { submodule: 'a'.repeat(40) }, /submodule/],
    [
      'a Dockerfile kept in Git LFS',
      'Dockerfile',
      `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12345\n`,
      /LFS/,
    ],
    [
      'a Dockerfile of 5 MB',
      'Dockerfile',
      `${DOCKERFILE}${`# ${'x'.repeat(77)}\n`.repeat(65_000)}`,
      /at most 5000000/,
    ],
    [
      'a Dockerfile that breaks off in a heredoc',
      'Dockerfile',
      `${DOCKERFILE}RUN <<EOF\necho never ended\n`,
      /EOF|heredoc/i,
    ],
    ['a Dockerfile without FROM', 'Dockerfile', 'RUN true\n', /FROM/],
    [
      'a workflow of broken YAML',
      '.github/workflows/release.yml',
      WORKFLOW.replace('    steps:', '   steps: [\n'),
      /release\.yml/,
    ],
    ['a workflow with an alias bomb', '.github/workflows/release.yml', aliasBomb(), /alias/i],
    [
      'a workflow that is a symbolic link',
      '.github/workflows/release.yml',
      { symlink: '../release.yml' },
      /symbolic link/,
    ],
  ];

  test.each(cases)(
    '%s leaves the pull request undecided and says why',
    async (what, path, content, reason) => {
      const repository = gate.repository(what.replace(/\W+/g, '-'), { files: { 'README.md': 'hello\n' } });
      const pull = repository.openPullRequest({ author: 'dev', branch: 'bad', files: { [path]: content } });
      await gate.settled();
      for (const name of [COMPLIANCE, DELIVERY]) {
        const run = pull.check(name);
        expect(run?.status).toBe('completed');
        expect(['action_required', 'failure']).toContain(run?.conclusion);
      }
      expect(shown(pull)).toContain(path);
      expect(shown(pull)).toMatch(reason);
      expect(gate.github.schemaProblems).toEqual([]);
    },
  );

  test('the same file unchanged from the base blames nobody', async () => {
    const repository = gate.repository('old-sins', {
      files: { 'README.md': 'hello\n', Dockerfile: Buffer.from([0, 1, 2, 3]) },
    });
    const pull = repository.openPullRequest({
      author: 'dev',
      branch: 'docs',
      files: { 'README.md': 'hello, world\n' },
    });
    await gate.settled();
    expect(pull.checks().map(({ conclusion }) => conclusion)).toEqual(['success', 'success']);
  });

  test('after all of that a healthy pull request is judged as ever', async () => {
    const repository = gate.repository('healthy', { files: { 'README.md': 'hello\n' } });
    const pull = repository.openPullRequest({
      author: 'dev',
      branch: 'good',
      files: { Dockerfile: DOCKERFILE },
    });
    await gate.settled();
    expect(pull.check(DELIVERY)?.conclusion).toBe('success');
    expect(pull.check(COMPLIANCE)?.conclusion).toBe('success');
  });
});

describe('policies', () => {
  async function withPolicy<T>(policy: string | null, act: (gate: Gate) => Promise<T>): Promise<T> {
    const gate = await startGate({ policy });
    try {
      return await act(gate);
    } finally {
      await gate.stop();
    }
  }

  test('no policy: container changes are undecided and the missing file is named; others are clear', async () => {
    await withPolicy(null, async (gate) => {
      const repository = gate.repository('api', { files: { 'README.md': 'hello\n' } });
      const push = repository.openPullRequest({
        author: 'dev',
        branch: 'push',
        files: { '.github/workflows/release.yml': WORKFLOW, Dockerfile: DOCKERFILE },
      });
      const docs = repository.openPullRequest({
        author: 'dev',
        branch: 'docs',
        files: { 'README.md': 'hi\n' },
      });
      await gate.settled();
      expect(push.check(DELIVERY)?.conclusion).toBe('action_required');
      expect(shown(push)).toContain('acme/.github');
      expect(shown(push)).toContain('.github/clear-to-ship.yml');
      expect(docs.checks().map(({ conclusion }) => conclusion)).toEqual(['success', 'success']);
    });
  });

  test.each([
    ['a typo', POLICY.replace('teams:', 'taems:'), /line 3.*taems.*[\s\S]*teams/],
    ['broken YAML', `${POLICY}approval: [`, /line \d+.*YAML/],
    [
      'a rule that does not exist',
      `${POLICY}rules: {unverified-downlod: off}\n`,
      /line \d+.*unverified-downlod[\s\S]*unverified-download/,
    ],
    ['nothing in it', '', /empty/],
  ])('a policy with %s blocks and names the line', async (_, policy, message) => {
    await withPolicy(policy, async (gate) => {
      const repository = gate.repository('api', { files: { 'README.md': 'hello\n' } });
      const pull = repository.openPullRequest({
        author: 'dev',
        branch: 'push',
        files: { Dockerfile: DOCKERFILE },
      });
      await gate.settled();
      expect(pull.checks().map(({ conclusion }) => conclusion)).toEqual(['failure', 'failure']);
      expect(shown(pull)).toMatch(message);
    });
  });

  test('a repository can not loosen the policy of its organisation', async () => {
    await withPolicy(POLICY, async (gate) => {
      const loose = 'version: 1\nmode: off\napproval: {teams: [acme/everybody]}\n';
      const repository = gate.repository('api', { files: { '.github/clear-to-ship.yml': loose } });
      const pull = repository.openPullRequest({
        author: 'dev',
        branch: 'push',
        files: { '.github/workflows/release.yml': WORKFLOW, Dockerfile: DOCKERFILE },
      });
      await gate.settled();
      expect(pull.check(DELIVERY)?.conclusion).toBe('failure');
      expect(shown(pull)).toMatch(/can only tighten/);
    });
  });
});

function aliasBomb(): string {
  const levels = ['a: &l0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 12; level += 1)
    levels.push(
      `b${level}: &l${level} [${Array(10)
        .fill(`*l${level - 1}`)
        .join(', ')}]`,
    );
  return `on: push\nenv: {}\n${levels.join('\n')}\njobs: *l11\n`;
}
