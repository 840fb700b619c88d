// Bypass 10: the list of changed files is cut off before the one that matters.
import { expect, test } from '@jest/globals';
import { RELEASE } from '../scenarios/stories.ts';
import { expectHeld, shown, stage, WORKFLOW } from './attack.ts';

const { opened, repository } = stage();

test('more files than GitHub lists leave the pull request undecided', async () => {
  const many = Object.fromEntries(
    Array.from({ length: 3_050 }, (_, index) => [`a/${index}.md`, `${index}\n`]),
  );
  const pull = await opened(repository(), { files: { ...many, 'z/Dockerfile': 'FROM evil\n' } });
  expectHeld(pull);
  expect(shown(pull)).toMatch(/3,?000|can't be verified whole/);
});

test('a tree that GitHub cuts off leaves it undecided', async () => {
  const target = repository();
  target.repository.treeLimit = 0;
  const pull = target.openPullRequest({
    author: 'dev',
    branch: 'release',
    files: { [WORKFLOW]: RELEASE },
  });
  // It is tried again and again, so the queue never rests.
  for (let wait = 0; wait < 200 && pull.checks().length < 2; wait += 1)
    await new Promise((resolve) => setTimeout(resolve, 100));
  expectHeld(pull);
});
