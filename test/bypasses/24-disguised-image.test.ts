// Bypass 24: an image’s name is written so that no list knows it.
import { expect, test } from '@jest/globals';
import type { PullStory } from '../support/story.ts';
import { compliance, expectHeld, stage } from './attack.ts';

const { opened, repository } = stage();

const judged = async (image: string): Promise<PullStory> =>
  opened(repository(), {
    files: { 'image/Dockerfile': `# SPDX-License-Identifier: Apache-2.0\nFROM ${image}\n` },
  });

test.each([
  ['index.docker.io/evil/debian:12.12-slim', 'docker.io/evil/debian:12.12-slim'],
  ['registry-1.docker.io/evil/debian:12.12-slim', 'docker.io/evil/debian:12.12-slim'],
  ['DOCKER.IO/evil/debian:12.12-slim', 'docker.io/evil/debian:12.12-slim'],
  ['evil/debian:12.12-slim', 'docker.io/evil/debian:12.12-slim'],
])('%s is held like %s', async (image, plain) => {
  const [disguised, open] = [await judged(image), await judged(plain)];
  expectHeld(open);
  expectHeld(disguised);
  expect(compliance(disguised)).toBe(compliance(open));
});

test.each([
  'docker.io/Library/debian:12.12-slim',
  'docker.io/library/../evil:1',
  'ｄocker.io/library/debian:12',
  'docker.io.evil.example/library/debian:12',
])('%s is nothing a list knows', async (image) => {
  expectHeld(await judged(image));
});
