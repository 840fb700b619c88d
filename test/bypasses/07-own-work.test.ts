// Bypass 7: whoever wrote the change approves it.
import { expect, test } from '@jest/globals';
import { APPROVED } from '../scenarios/stories.ts';
import { delivery, stage } from './attack.ts';

const { gate, opened, repository } = stage();

test('the author of the pull request may not', async () => {
  const target = repository({ collaborators: { olga: 'write' } });
  const pull = await opened(target, { author: 'olga' });
  await pull.label(APPROVED, { as: 'olga' });
  await gate().settled();
  expect(delivery(pull)).toBe('action_required');
});

test('a pusher may not, though the commit names somebody else', async () => {
  const target = repository({ collaborators: { olga: 'write', dev: 'write' } });
  const pull = await opened(target);
  await pull.push({ 'a.md': 'a\n' }, { as: 'olga' });
  await gate().settled();
  await pull.label(APPROVED, { as: 'olga' });
  await gate().settled();
  expect(delivery(pull)).toBe('action_required');
});

test('a co-author may not', async () => {
  const pull = await opened(repository(), {
    message: `Ship it\n\nCo-authored-by: Olga <${gate().github.user('olga').id}+olga@users.noreply.github.com>`,
  });
  await pull.label(APPROVED, { as: 'olga' });
  await gate().settled();
  expect(delivery(pull)).toBe('action_required');
});

test('a forged name bars nobody, and is shown', async () => {
  const pull = await opened(repository(), {
    message: 'Ship it\n\nCo-authored-by: Olga <olga@elsewhere.example>',
  });
  await pull.label(APPROVED, { as: 'olga' });
  await gate().settled();
  expect(delivery(pull)).toBe('success');
});
