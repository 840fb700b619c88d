// What comes from another project of the organisation: asked about until that project's own delivery is cleared.
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { DELIVERY, type Gate, startGate } from '../app/harness.ts';
import type { PullStory } from '../support/story.ts';

jest.setTimeout(120_000);

let gate: Gate;
/** Whether those who lean on a repository are known. */
let heard = true;
beforeAll(async () => {
  gate = await startGate({
    around: (ports) => ({
      ...ports,
      pulls: { ...ports.pulls, leaning: async (...asked) => (heard ? ports.pulls.leaning(...asked) : []) },
    }),
  });
});
afterAll(async () => {
  expect(gate.github.schemaProblems).toEqual([]);
  await gate.stop();
});

const pushing = (image: string): Record<string, string> => ({
  Dockerfile: '# SPDX-License-Identifier: MIT\nFROM scratch\nCOPY lib /lib\n',
  '.github/workflows/image.yml': `on:
  push:
    tags: ['v*']
jobs:
  image:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v5
      - uses: docker/build-push-action@v6
        with:
          push: true
          tags: ghcr.io/acme/${image}:1
`,
});

const using = (name: string, project = 'library'): PullStory =>
  gate.repository(name, { files: { 'README.md': '# Here\n' } }).openPullRequest({
    author: 'dev',
    branch: 'use',
    files: {
      Dockerfile: `# SPDX-License-Identifier: MIT\nFROM ghcr.io/acme/${project}:1\nRUN git clone -b v1.0 https://github.com/acme/${project} /opt/${project}\n`,
    },
  });

test('asks about a project of ours, until its own delivery is cleared, and again once that is taken back', async () => {
  const before = using('before');
  await gate.settled();
  expect(before.check(DELIVERY)?.conclusion).toBe('action_required');
  expect(before.check(DELIVERY)?.summary).toContain('`github.com/acme/library` comes from another project');

  const library = gate.repository('library', { files: { 'README.md': '# Library\n' } });
  const release = library.openPullRequest({ author: 'eve', branch: 'image', files: pushing('library') });
  await gate.settled();
  // Proposed is not delivered.
  await before.push({ 'README.md': '# There\n' }, { as: 'dev', message: 'Say where' });
  await gate.settled();
  expect(before.check(DELIVERY)?.conclusion).toBe('action_required');

  await release.label('delivery: approved', { as: 'olga' });
  await gate.settled();
  await release.merge({ as: 'eve' });
  await gate.settled();
  // Who waited for that hears of it at once, without a word or a push of their own.
  expect(before.check(DELIVERY)?.conclusion).toBe('success');
  const after = using('after');
  await gate.settled();
  expect(after.check(DELIVERY)?.conclusion).toBe('success');

  const second = library.openPullRequest({
    author: 'eve',
    branch: 'more',
    files: { '.github/workflows/more.yml': pushing('library-extra')['.github/workflows/image.yml'] ?? '' },
  });
  await gate.settled();
  await second.label('delivery: rejected', { as: 'olga' });
  await gate.settled();
  const later = using('later');
  await gate.settled();
  expect(second.check(DELIVERY)?.conclusion).toBe('failure');
  expect(later.check(DELIVERY)?.conclusion).toBe('action_required');
  // So do those that were clear.
  expect([before, after].map((pull) => pull.check(DELIVERY)?.conclusion)).toEqual([
    'action_required',
    'action_required',
  ]);
});

test('a clearance ends with a push past the gate, for those who lean on it as well', async () => {
  const tool = gate.repository('tool', { files: { 'README.md': '# Tool\n' } });
  const release = tool.openPullRequest({ author: 'eve', branch: 'image', files: pushing('tool') });
  await gate.settled();
  await release.label('delivery: approved', { as: 'olga' });
  await gate.settled();
  await release.merge({ as: 'eve' });
  await gate.settled();
  const leaning = using('leaning', 'tool');
  await gate.settled();
  expect(leaning.check(DELIVERY)?.conclusion).toBe('success');
  await tool.push(
    'main',
    { '.github/workflows/more.yml': pushing('tool-extra')['.github/workflows/image.yml'] ?? '' },
    { as: 'eve' },
  );
  await gate.settled();
  expect(tool.issues()).toHaveLength(1);
  expect(leaning.check(DELIVERY)?.conclusion).toBe('action_required');
});

test('a clearance that ended unheard of is noticed within the hour', async () => {
  const pull = using('unheard', 'engine');
  await gate.settled();
  expect(pull.check(DELIVERY)?.conclusion).toBe('action_required');
  const engine = gate.repository('engine', { files: { 'README.md': '# Engine\n' } });
  const release = engine.openPullRequest({ author: 'eve', branch: 'image', files: pushing('engine') });
  await gate.settled();
  await release.label('delivery: approved', { as: 'olga' });
  await gate.settled();
  await release.merge({ as: 'eve' });
  await gate.settled();
  expect(pull.check(DELIVERY)?.conclusion).toBe('success');
  heard = false;
  const second = engine.openPullRequest({
    author: 'eve',
    branch: 'more',
    files: { '.github/workflows/more.yml': pushing('engine-extra')['.github/workflows/image.yml'] ?? '' },
  });
  await gate.settled();
  await second.label('delivery: rejected', { as: 'olga' });
  await gate.settled();
  expect(pull.check(DELIVERY)?.conclusion).toBe('success');
  gate.github.clock.advance(61 * 60);
  await gate.server.heal();
  await gate.settled();
  expect(pull.check(DELIVERY)?.conclusion).toBe('action_required');
});
