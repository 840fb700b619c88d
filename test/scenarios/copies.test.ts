// Dockerfiles that go from one repository of the organisation to another: named where readers may know of the original.
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type Gate, startGate } from '../app/harness.ts';
import { COPIED, IMAGES, IMAGES_NOTE } from '../demo/scenes.ts';
import type { PullStory } from '../support/story.ts';

jest.setTimeout(60_000);

let gate: Gate;
beforeAll(async () => {
  gate = await startGate();
});
afterAll(async () => {
  expect(gate.github.schemaProblems).toEqual([]);
  await gate.stop();
});

const copying = (name: string, visibility: 'public' | 'private'): PullStory =>
  gate.repository(name, { files: { 'README.md': '# Here\n' }, visibility }).openPullRequest({
    author: 'dev',
    branch: 'copy',
    files: COPIED,
  });

/** Everything that readers of the pull request see. */
const shown = (pull: PullStory): string =>
  JSON.stringify([
    pull.checks().map(({ title, summary, text, annotations }) => [title, summary, text, annotations]),
    pull.comments().map(({ body }) => body),
    pull.reviewComments().map(({ body }) => body),
  ]);

test('a copy is named where the original may be known of, and only once it is on a branch', async () => {
  const proposal = gate.repository('proposal', { files: { 'README.md': '# Here\n' }, visibility: 'private' });
  proposal.openPullRequest({ author: 'dev', branch: 'draft', files: IMAGES });
  await gate.settled();
  const early = copying('early', 'private');
  await gate.settled();
  expect(shown(early)).not.toContain('copied-dockerfile');

  const images = gate.repository('images', { files: IMAGES, visibility: 'private' });
  images.openPullRequest({ author: 'eve', branch: 'note', files: IMAGES_NOTE });
  await gate.settled();

  const inside = copying('inside', 'private');
  const outside = copying('outside', 'public');
  await gate.settled();
  expect(shown(inside)).toContain('is 93 % the same as `acme/images` mirror/Dockerfile');
  expect(shown(outside)).not.toContain('acme/images');

  await images.push('main', { 'mirror/Dockerfile': 'FROM scratch\n' }, { as: 'eve', message: 'Start anew' });
  await gate.settled();
  await inside.push({ 'README.md': '# There\n' }, { as: 'dev', message: 'Say where' });
  await gate.settled();
  // What was copied stays copied from the commit that had it.
  expect(shown(inside)).toContain('acme/images');
});
