// Bypass 10: the list of changed files is cut off before the one that matters.
import { expect, test } from '@jest/globals';
import { expectHeld, shown, stage } from './attack.ts';

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
  const pull = await opened(target);
  expectHeld(pull);
});
