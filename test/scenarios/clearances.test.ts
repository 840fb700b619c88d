// What comes from another project of the organisation: asked about until that project's own delivery is cleared.
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { DELIVERY, type Gate, startGate } from '../app/harness.ts';
import type { PullStory } from '../support/story.ts';

jest.setTimeout(120_000);

let gate: Gate;
beforeAll(async () => {
  gate = await startGate();
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

const using = (name: string): PullStory =>
  gate.repository(name, { files: { 'README.md': '# Here\n' } }).openPullRequest({
    author: 'dev',
    branch: 'use',
    files: {
      Dockerfile:
        '# SPDX-License-Identifier: MIT\nFROM ghcr.io/acme/library:1\nRUN git clone -b v1.0 https://github.com/acme/library /opt/library\n',
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
  // Nobody told the one that was clear: it is looked at again within the hour.
  gate.github.clock.advance(61 * 60);
  await gate.server.heal();
  await gate.settled();
  expect(after.check(DELIVERY)?.conclusion).toBe('action_required');
});
