// Bypass 26: a tag sets a release in motion from a commit that no pull request ever brought anywhere.
import { expect, test } from '@jest/globals';
import { APPROVED, DOCKERFILE, RELEASE } from '../scenarios/stories.ts';
import { delivery, stage, WORKFLOW } from './attack.ts';

const { gate, opened, repository } = stage();

test('what the tag delivers is told, and a tag that delivers nothing by itself is not', async () => {
  const target = repository();
  const hidden = await target.push('topic', { [WORKFLOW]: RELEASE }, { as: 'dev' });
  await gate().settled();
  expect(target.issues()).toEqual([]);
  await target.tag('nightly', hidden, { as: 'dev' });
  await gate().settled();
  expect(target.issues()).toEqual([]);
  await target.tag('v9', hidden, { as: 'dev' });
  await gate().settled();
  expect(target.issues().map(({ title }) => title)).toEqual([expect.stringContaining('on tags/v9')]);
});

test('a release by a tag on what was approved and merged is nothing to tell', async () => {
  const target = repository();
  const pull = await opened(target);
  await pull.label(APPROVED, { as: 'olga' });
  await gate().settled();
  expect(delivery(pull)).toBe('success');
  await pull.merge({ as: 'dev' });
  await target.tag('v1', target.head(), { as: 'dev' });
  await target.push('release/1', { Dockerfile: `${DOCKERFILE}# Kept.\n` }, { as: 'dev' });
  await target.tag('v1.1', target.head('release/1'), { as: 'dev' });
  await gate().settled();
  expect(target.issues()).toEqual([]);
});
