// Bypass 8: the merge queue is waved through.
import { expect, test } from '@jest/globals';
import { DELIVERY } from '../app/harness.ts';
import { APPROVED, DOCKERFILE } from '../scenarios/stories.ts';
import { stage } from './attack.ts';

const { gate, opened, repository } = stage();

test('the group’s own content is judged', async () => {
  const target = repository();
  const pull = await opened(target);
  const group = await pull.enqueue({ as: 'dev' });
  await gate().settled();
  const run = target.checks(group.headSha).find(({ name }) => name === DELIVERY);
  expect(run?.conclusion).toBe('action_required');
});

test('content that only the group has is not covered by the approval', async () => {
  const target = repository();
  const pull = await opened(target);
  await pull.label(APPROVED, { as: 'olga' });
  await gate().settled();
  // What is merged below the group changes what the delivery is about.
  await target.push('main', { Dockerfile: DOCKERFILE.replace('12.12-slim', '13.1-slim') }, { as: 'dev' });
  await gate().settled();
  const group = await pull.enqueue({ as: 'dev' });
  await gate().settled();
  const run = target.checks(group.headSha).find(({ name }) => name === DELIVERY);
  expect(run?.conclusion).toBe('action_required');
});
