// Bypass 22: an approval or an exception that ended is still honoured on another path.
import { expect, test } from '@jest/globals';
import { POLICY } from '../app/harness.ts';
import { APPROVED } from '../scenarios/stories.ts';
import { delivery, stage } from './attack.ts';

const { gate, opened, repository } = stage({
  policy: POLICY.replace('teams:', 'expires-after-days: 7\n  teams:'),
});

test('an expired approval clears neither the check, nor the merge queue, nor another pull request', async () => {
  const target = repository();
  const pull = await opened(target);
  await pull.label(APPROVED, { as: 'olga' });
  await gate().settled();
  expect(delivery(pull)).toBe('success');
  gate().github.clock.advance(8 * 86_400);
  await pull.rerun('clear-to-ship / delivery', { as: 'dev' });
  await gate().settled();
  expect(delivery(pull)).toBe('action_required');
  const group = await pull.enqueue({ as: 'dev' });
  const other = await opened(target, { author: 'eve', branch: 'again' });
  const run = target.checks(group.headSha).find(({ name }) => name === 'clear-to-ship / delivery');
  expect([run?.conclusion, delivery(other)]).toEqual(['action_required', 'action_required']);
});
