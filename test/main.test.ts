// The process as an operator meets it: what it says when it can't start, and whom it believes when it runs.
import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Gate, startGate } from './app/harness.ts';

jest.setTimeout(60_000);

function start(
  env: Record<string, string>,
): Promise<{ readonly code: number | null; readonly stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['src/main.ts'],
      { env: { PATH: process.env.PATH ?? '', ...env } },
      (_error, _stdout, stderr) => resolve({ code: child.exitCode, stderr }),
    );
  });
}

describe('starting without what it takes', () => {
  test('names everything that is missing, and how to get it', async () => {
    const { code, stderr } = await start({});
    expect(code).toBe(78);
    for (const word of [
      'APP_ID',
      'PRIVATE_KEY',
      'WEBHOOK_SECRET',
      'app.yml',
      'docs/install.md',
      'npm run demo',
    ])
      expect(stderr).toContain(word);
  });

  test('refuses the secret that everybody knows', async () => {
    const { code, stderr } = await start({
      APP_ID: '1',
      PRIVATE_KEY: '-----BEGIN KEY-----',
      WEBHOOK_SECRET: 'development',
    });
    expect(code).toBe(78);
    expect(stderr).toContain('"development"');
    expect(stderr).not.toContain('BEGIN KEY');
  });
});

describe('webhooks', () => {
  let gate: Gate;
  beforeAll(async () => {
    gate = await startGate();
  });
  afterAll(() => gate.stop());

  const post = (body: string, signature: string): Promise<Response> =>
    fetch(`${gate.server.url}/api/github/webhooks`, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        'x-github-event': 'pull_request',
        'x-github-delivery': 'a1b2c3d4-0000-4000-8000-000000000000',
        'x-hub-signature-256': `sha256=${signature}`,
      },
    });
  const signed = (body: string, secret: string): string =>
    createHmac('sha256', secret).update(body).digest('hex');

  test.each(['development', 'some other secret'])('signed with %j are refused', async (secret) => {
    const body = JSON.stringify({ action: 'opened' });
    const response = await post(body, signed(body, secret));
    expect(response.status).toBe(400);
    expect(await gate.server.idle()).toBe(true);
  });

  test('changed after they were signed are refused', async () => {
    const body = JSON.stringify({ action: 'opened' });
    const response = await post(
      body.replace('opened', 'closed'),
      signed(body, gate.github.app.webhookSecret),
    );
    expect(response.status).toBe(400);
  });
});
