// The process as an operator meets it: what it says when it can't start, and whom it believes when it runs.
import { execFile } from 'node:child_process';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { freePort, type Gate, startGate } from './app/harness.ts';

jest.setTimeout(60_000);

function start(
  env: Record<string, string>,
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['src/main.ts'],
      { env: { PATH: process.env.PATH ?? '', ...env } },
      (_error, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
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

describe('starting on a store that can’t be had', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const complete = {
    APP_ID: '1',
    PRIVATE_KEY: String(privateKey.export({ format: 'pem', type: 'pkcs8' })),
    WEBHOOK_SECRET: 'a secret of some length',
    HOST: '127.0.0.1',
  };

  test.each<[string, () => Promise<Record<string, string>>, RegExp]>([
    [
      'a database that nobody serves',
      async () => ({
        DATABASE_URL: `postgres://gate:pass%20word@127.0.0.1:${await freePort()}/clear_to_ship`,
      }),
      /DATABASE_URL can't be opened: .*ECONNREFUSED/,
    ],
    [
      'a data folder that is a file',
      async () => ({ DATA_FOLDER: 'package.json' }),
      /DATA_FOLDER package\.json can't be opened/,
    ],
  ])('%s: says so, and ends without a secret in its words', async (_, place, reason) => {
    const { code, stdout, stderr } = await start({ ...complete, ...(await place()) });
    expect(code).toBe(69);
    const said = `${stdout}${stderr}`;
    expect(said).toContain('can’t start');
    expect(said).toMatch(reason);
    for (const secret of [
      'pass%20word',
      'pass word',
      complete.WEBHOOK_SECRET,
      complete.PRIVATE_KEY.slice(60, 90),
    ])
      expect(said).not.toContain(secret);
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
