// Bypass 5: the label is there from the start, or left from before.
import { expect, test } from '@jest/globals';
import { APPROVED, RELEASE } from '../scenarios/stories.ts';
import { delivery, stage, WORKFLOW } from './attack.ts';

const { gate, opened, repository } = stage();

test('at the opening it counts for nothing', async () => {
  const pull = await opened(repository(), { labels: [APPROVED] });
  expect(delivery(pull)).toBe('action_required');
  expect(pull.labels()).not.toContain(APPROVED);
});

test('left from before a reopening with other content it counts for nothing', async () => {
  const pull = await opened(repository());
  await pull.label(APPROVED, { as: 'olga' });
  await gate().settled();
  expect(delivery(pull)).toBe('success');
  await pull.close();
  await gate().settled();
  await pull.push({ [WORKFLOW]: RELEASE.replace('acme/api', 'acme/stolen') });
  await pull.reopen();
  await gate().settled();
  expect(delivery(pull)).toBe('action_required');
  expect(pull.labels()).not.toContain(APPROVED);
});
