// Bypass 28: an approving review of another commit than the one that is shown, and rejections that vanish with a click.
import { expect, test } from '@jest/globals';
import { RELEASE } from '../scenarios/stories.ts';
import { delivery, stage, WORKFLOW } from './attack.ts';

const { gate, opened, repository } = stage();

test('a review covers the commit that was reviewed, whatever the head is when it is heard of', async () => {
  const pull = await opened(repository());
  gate().github.webhooks.decide(({ event }) => (event === 'pull_request_review' ? 'hold' : 'deliver'));
  await pull.review('APPROVE', { as: 'olga' });
  await pull.push({ [WORKFLOW]: RELEASE.replace('acme/api', 'acme/stolen') });
  await gate().settled();
  gate().github.webhooks.decide(null);
  gate().github.webhooks.release();
  await gate().settled();
  expect(delivery(pull)).toBe('action_required');
  // What was reviewed is approved where it is shown again.
  await pull.push({ [WORKFLOW]: RELEASE });
  await gate().settled();
  expect(delivery(pull)).toBe('success');
});

test('a review that is handed in late, after a push, covers what was reviewed and not the head', async () => {
  const pull = await opened(repository());
  gate().github.webhooks.decide(({ event }) => (event === 'pull_request_review' ? 'drop' : 'deliver'));
  await pull.review('APPROVE', { as: 'olga' });
  gate().github.webhooks.decide(null);
  await pull.push({ [WORKFLOW]: RELEASE.replace('acme/api', 'acme/stolen') });
  await gate().settled();
  const dropped = gate()
    .github.webhooks.list()
    .findLast(({ event }) => event === 'pull_request_review');
  const said = JSON.parse(dropped?.payload ?? '{}') as { pull_request: { head: object } };
  const head = { ...said.pull_request.head, sha: pull.head() };
  const sent = await gate().github.webhooks.deliver('pull_request_review', {
    ...said,
    pull_request: { ...said.pull_request, head },
  });
  expect(sent.statusCode).toBe(200);
  await gate().settled();
  expect(delivery(pull)).toBe('action_required');
});

test.each(['dev', 'eve'])(
  'a rejection stands when %s, who wrote it or may write, dismisses it',
  async (by) => {
    const pull = await opened(repository());
    const review = await pull.review('REQUEST_CHANGES', { as: 'olga', body: 'Not to that registry.' });
    await gate().settled();
    expect(delivery(pull)).toBe('failure');
    await pull.dismiss(review, { as: by });
    await gate().settled();
    expect(delivery(pull)).toBe('failure');
  },
);

test('a comment of an approver, and an approval without a membership that counts, approve nothing', async () => {
  const pull = await opened(repository());
  await pull.review('COMMENT', { as: 'olga', body: 'Approved. LGTM! ✅' });
  await pull.review('APPROVE', { as: 'sam', body: 'On behalf of @acme/ospo' });
  await gate().settled();
  expect(delivery(pull)).toBe('action_required');
});
