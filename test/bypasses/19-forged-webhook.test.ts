// Bypass 19: webhooks are forged because the secret is missing or well known.
import { expect, test } from '@jest/globals';
import { readSettings } from '../../src/env.ts';
import { APPROVED } from '../scenarios/stories.ts';
import { delivery, stage } from './attack.ts';

const { gate, opened, repository } = stage();

test.each([undefined, '', 'development', 'short'])(
  'the server does not start with the secret %j',
  (WEBHOOK_SECRET) => {
    const env = { APP_ID: '1', PRIVATE_KEY: '-----BEGIN RSA PRIVATE KEY-----', WEBHOOK_SECRET };
    expect(() => readSettings(env)).toThrow('WEBHOOK_SECRET');
  },
);

test('a forged approval is refused and changes nothing', async () => {
  const pull = await opened(repository());
  const real = gate()
    .github.webhooks.list()
    .find(({ event }) => event === 'pull_request');
  const payload = {
    ...JSON.parse(real?.payload ?? '{}'),
    action: 'labeled',
    label: { name: APPROVED },
    sender: { id: gate().github.user('olga').id, login: 'olga', type: 'User' },
  };
  const forged = await gate().github.webhooks.deliver('pull_request', payload, { secret: 'development' });
  expect(forged.statusCode).toBe(400);
  await gate().settled();
  expect(delivery(pull)).toBe('action_required');
});
