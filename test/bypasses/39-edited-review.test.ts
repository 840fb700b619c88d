// Bypass 39: whoever administers a repository may edit what others wrote in a review; only what was submitted counts.
import { expect, test } from '@jest/globals';
import { delivery, stage } from './attack.ts';

const { gate, opened, repository } = stage();

const DAY = 86_400;

/** The last review's event once more, as GitHub tells of an edit: the same review with another text or verdict. */
const edited = async (review: Readonly<Record<string, unknown>>, by: string): Promise<void> => {
  const { webhooks } = gate().github;
  const said = webhooks.list().findLast(({ event }) => event === 'pull_request_review');
  const payload = JSON.parse(said?.payload ?? '{}') as { review: { body: string } };
  const sent = await webhooks.deliver('pull_request_review', {
    ...payload,
    action: 'edited',
    changes: { body: { from: payload.review.body } },
    review: { ...payload.review, ...review },
    sender: { id: gate().github.user(by).id, login: by, type: 'User' },
  });
  expect(sent.statusCode).toBe(200);
  await gate().settled();
};

test('the day on which an approval ends is not put off by editing its text', async () => {
  const pull = await opened(repository());
  const now = gate().github.clock.now();
  const day = new Date(now + 2 * DAY * 1000).toISOString().slice(0, 10);
  await pull.review('APPROVE', { as: 'olga', body: `Fine for the trial.\nExpires: ${day}` });
  await gate().settled();
  expect(delivery(pull)).toBe('success');
  await edited({ body: 'Fine for good.' }, 'dev');
  await edited({ body: 'Expires: 2099-12-31' }, 'olga');
  gate().github.clock.advance(4 * DAY);
  await gate().server.heal();
  await gate().settled();
  expect(delivery(pull)).toBe('action_required');
});

test('a rejection does not become an approval by an edit', async () => {
  const pull = await opened(repository());
  await pull.review('REQUEST_CHANGES', { as: 'olga', body: 'Not this one.' });
  await gate().settled();
  expect(delivery(pull)).toBe('failure');
  await edited({ state: 'approved', body: 'This one.' }, 'dev');
  expect(delivery(pull)).toBe('failure');
});
