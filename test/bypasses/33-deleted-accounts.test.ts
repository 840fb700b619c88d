// Bypass 33: accounts and forks that are gone when their events arrive.
import { expect, test } from '@jest/globals';
import { APPROVED } from '../scenarios/stories.ts';
import { delivery, stage } from './attack.ts';

const { gate, opened, repository } = stage();

const eventOf = (number: number, repositoryName: string): Record<string, unknown> => {
  const found = gate()
    .github.webhooks.list()
    .findLast(({ event, payload }) => {
      const said = JSON.parse(payload) as { number?: number; repository?: { name: string } };
      return event === 'pull_request' && said.number === number && said.repository?.name === repositoryName;
    });
  return JSON.parse(found?.payload ?? '{}') as Record<string, unknown>;
};

const GHOST = { id: 10137, login: 'ghost', type: 'User' };

test('a pull request whose fork and author are gone is judged all the same', async () => {
  const target = repository();
  const pull = await opened(target, { author: 'mallory', from: target.fork('mallory') });
  const payload = eventOf(pull.number, target.repository.name);
  const orphan = payload.pull_request as { head: object };
  const sent = await gate().github.webhooks.deliver('pull_request', {
    ...payload,
    action: 'synchronize',
    pull_request: { ...orphan, user: null, head: { ...orphan.head, repo: null, user: null } },
    sender: GHOST,
  });
  expect(sent.statusCode).toBe(200);
  await gate().settled();
  expect(delivery(pull)).toBe('action_required');
});

test('a label that a deleted account set approves nothing', async () => {
  const pull = await opened(repository());
  const payload = eventOf(pull.number, pull.pull.repository.name);
  const sent = await gate().github.webhooks.deliver('pull_request', {
    ...payload,
    action: 'labeled',
    label: { id: 1, name: APPROVED, color: '000000', description: null },
    sender: GHOST,
  });
  expect(sent.statusCode).toBe(200);
  await gate().settled();
  expect(delivery(pull)).toBe('action_required');
});

test('the review of an account that is gone can still be dismissed', async () => {
  const target = repository({ collaborators: { dev: 'write', olga: 'write', otto: 'triage' } });
  const pull = await opened(target);
  await pull.label(APPROVED, { as: 'olga' });
  await gate().settled();
  const review = await pull.review('REQUEST_CHANGES', { as: 'otto', body: 'Not yet.' });
  await gate().settled();
  expect(delivery(pull)).toBe('failure');
  const { webhooks } = gate().github;
  const said = webhooks.list().findLast(({ event }) => event === 'pull_request_review');
  const payload = JSON.parse(said?.payload ?? '{}') as { review: object };
  const sent = await webhooks.deliver('pull_request_review', {
    ...payload,
    action: 'dismissed',
    review: { ...payload.review, id: review.id, state: 'dismissed', user: null },
    sender: { id: gate().github.user('olga').id, login: 'olga', type: 'User' },
  });
  expect(sent.statusCode).toBe(200);
  await gate().settled();
  expect(delivery(pull)).not.toBe('failure');
});

test('a review whose author is gone approves nothing', async () => {
  const pull = await opened(repository());
  await pull.review('APPROVE', { as: 'sam' });
  await gate().settled();
  const review = gate()
    .github.webhooks.list()
    .findLast(({ event }) => event === 'pull_request_review');
  const payload = JSON.parse(review?.payload ?? '{}') as { review: object };
  const sent = await gate().github.webhooks.deliver('pull_request_review', {
    ...payload,
    review: { ...payload.review, user: null },
    sender: { id: gate().github.user('olga').id, login: 'olga', type: 'User' },
  });
  expect(sent.statusCode).toBe(200);
  await gate().settled();
  expect(delivery(pull)).toBe('action_required');
});
