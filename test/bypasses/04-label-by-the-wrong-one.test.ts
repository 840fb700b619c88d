// Bypass 4: the label is set by somebody with triage rights, a bot or a workflow.
import { expect, test } from '@jest/globals';
import { APPROVED } from '../scenarios/stories.ts';
import { delivery, stage } from './attack.ts';

const { gate, opened, repository } = stage();

test.each([
  ['somebody with triage rights', 'sam'],
  ['the author', 'dev'],
])('by %s it approves nothing, is taken off, and a comment says why', async (_, as) => {
  const pull = await opened(repository());
  await pull.label(APPROVED, { as });
  await gate().settled();
  expect(delivery(pull)).toBe('action_required');
  expect(pull.labels()).not.toContain(APPROVED);
  expect(pull.comments().at(-1)?.body).toContain(as);
});

test('by a workflow’s token it approves nothing either', async () => {
  const target = repository({ collaborators: { 'github-actions[bot]': 'write', dev: 'write' } });
  const pull = await opened(target);
  gate().github.user('github-actions[bot]', 'Bot');
  await pull.label(APPROVED, { as: 'github-actions[bot]' });
  await gate().settled();
  expect(delivery(pull)).toBe('action_required');
  expect(pull.labels()).not.toContain(APPROVED);
});
