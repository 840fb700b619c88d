// Bypass 27: a label that only looks like the approving one, or is written otherwise.
import { expect, test } from '@jest/globals';
import { APPROVED } from '../scenarios/stories.ts';
import { delivery, stage } from './attack.ts';

const { gate, opened, repository } = stage();

test.each([
  ['with a letter of another alphabet', 'delivery: \u0430pproved'],
  ['with a space that can’t be seen', 'delivery:\u00a0approved'],
  ['with a joiner that can’t be seen', 'delivery: app\u200droved'],
  ['with more to it', 'delivery: approved?'],
])('%s it approves nothing, whoever sets it', async (_, label) => {
  const pull = await opened(repository());
  await pull.label(label, { as: 'olga' });
  await gate().settled();
  expect(delivery(pull)).toBe('action_required');
});

test('in other letters it is the same label to GitHub, and by the wrong one is taken off', async () => {
  const pull = await opened(repository());
  await pull.label('Delivery: APPROVED', { as: 'sam' });
  await gate().settled();
  expect(delivery(pull)).toBe('action_required');
  expect(pull.labels().map((label) => label.toLowerCase())).not.toContain(APPROVED);
});
