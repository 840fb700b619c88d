// Bypass 23: no verdict after a forced push or a lost webhook.
import { expect, test } from '@jest/globals';
import { APPROVED, RELEASE } from '../scenarios/stories.ts';
import { delivery, stage, WORKFLOW } from './attack.ts';

const { gate, opened, repository } = stage();

test('the sweep finds a head without a verdict within ten minutes', async () => {
  const pull = await opened(repository());
  await pull.label(APPROVED, { as: 'olga' });
  await gate().settled();
  gate().github.webhooks.decide(() => 'drop');
  await pull.forcePush([
    { files: { [WORKFLOW]: RELEASE.replace('acme/api', 'acme/unseen') }, message: 'Forced' },
  ]);
  gate().github.webhooks.decide(null);
  for (const entry of gate().github.webhooks.list())
    if (entry.status === 'dropped') Object.assign(entry, { status: 'OK', statusCode: 200 });
  expect(pull.checks()).toEqual([]);
  for (let second = 0; second < 600; second += 30) {
    gate().github.clock.advance(30);
    await gate().server.heal();
  }
  await gate().settled();
  expect(delivery(pull)).toBe('action_required');
});
