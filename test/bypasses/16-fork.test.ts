// Bypass 16: GitHub names no pull request for a fork’s commits.
import { expect, test } from '@jest/globals';
import { delivery, stage } from './attack.ts';

const { gate, opened, repository } = stage();

test('a fork’s pull request is judged, and re-run from its check', async () => {
  const target = repository();
  const pull = await opened(target, { author: 'mallory', from: target.fork('mallory') });
  expect(delivery(pull)).toBe('action_required');
  await pull.rerun('clear-to-ship / delivery', { as: 'dev' });
  await gate().settled();
  await pull.rerunAll({ as: 'dev' });
  await gate().settled();
  expect(delivery(pull)).toBe('action_required');
});
