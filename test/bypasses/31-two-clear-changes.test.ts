// Bypass 31: two pull requests, each clear by itself, that deliver something else together.
import { expect, test } from '@jest/globals';
import { DELIVERY } from '../app/harness.ts';
import { APPROVED, DOCKERFILE } from '../scenarios/stories.ts';
import { delivery, stage } from './attack.ts';

const { gate, opened, repository } = stage();

test('are told when they have come together, and stopped where a queue brings them together', async () => {
  const target = repository();
  const ships = await opened(target);
  const bases = await opened(target, {
    author: 'eve',
    branch: 'base',
    files: { Dockerfile: DOCKERFILE.replace('12.12-slim', '13.1-slim') },
  });
  for (const pull of [ships, bases]) await pull.label(APPROVED, { as: 'olga' });
  await gate().settled();
  expect([delivery(ships), delivery(bases)]).toEqual(['success', 'success']);
  await bases.merge({ as: 'eve' });
  await gate().settled();
  expect(target.issues()).toEqual([]);
  const group = await ships.enqueue({ as: 'dev' });
  await gate().settled();
  expect(target.checks(group.headSha).find(({ name }) => name === DELIVERY)?.conclusion).toBe(
    'action_required',
  );
  // Without a queue nothing stands between them.
  await ships.merge({ as: 'dev' });
  await gate().settled();
  expect(target.issues().map(({ title }) => title)).toEqual([
    expect.stringContaining('Uncleared delivery on main'),
  ]);
});
