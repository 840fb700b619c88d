// Bypass 1: content is pushed after the approval, or while it is judged.
import { expect, test } from '@jest/globals';
import { APPROVED, RELEASE } from '../scenarios/stories.ts';
import { delivery, stage, WORKFLOW } from './attack.ts';

const { gate, opened, repository } = stage();

test('a push after the approval starts without it', async () => {
  const pull = await opened(repository());
  await pull.label(APPROVED, { as: 'olga' });
  await gate().settled();
  expect(delivery(pull)).toBe('success');
  const approved = pull.head();
  await pull.push({ [WORKFLOW]: RELEASE.replace('acme/api', 'acme/stolen') });
  await gate().settled();
  expect(pull.head()).not.toBe(approved);
  expect(delivery(pull)).toBe('action_required');
});

test('a push between the label and its webhook is not what the person saw', async () => {
  const pull = await opened(repository());
  gate().github.webhooks.decide(({ action }) => (action === 'labeled' ? 'hold' : 'deliver'));
  await pull.label(APPROVED, { as: 'olga' });
  await pull.push({ [WORKFLOW]: RELEASE.replace('acme/api', 'acme/stolen') });
  gate().github.webhooks.decide(null);
  gate().github.webhooks.release();
  await gate().settled();
  expect(delivery(pull)).toBe('action_required');
});

test('the head moves while it is judged: the verdict stays on its own commit', async () => {
  const pull = await opened(repository(), { files: { 'a.md': 'a\n' } });
  expect(delivery(pull)).toBe('success');
  const harmless = pull.head();
  gate().github.setLatency(200);
  const pushed = pull.push({ 'b.md': 'b\n' });
  await pull.push({ [WORKFLOW]: RELEASE });
  await pushed;
  gate().github.setLatency(0);
  await gate().settled();
  expect(pull.head()).not.toBe(harmless);
  expect(delivery(pull)).toBe('action_required');
});
