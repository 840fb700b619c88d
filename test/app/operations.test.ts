// What operators rely on: doors that hold, health, metrics, logs without secrets, and the other kinds of GitHub.
import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { pino } from 'pino';
import { createDoors, listen, shut } from '../../src/http.ts';
import { startServer } from '../../src/main.ts';
import { DOCKERFILE, RELEASE } from '../scenarios/stories.ts';
import { DELIVERY, freePort, type Gate, POLICY, startGate } from './harness.ts';

jest.setTimeout(60_000);

let gate: Gate;
const logged: string[] = [];
const log = pino(
  { level: 'trace' },
  new Writable({
    write(chunk, _encoding, done) {
      logged.push(String(chunk));
      done();
    },
  }),
);

/** Stands in files that the app reads, and is nobody else's business. */
const REMARK = 'a remark for few eyes';

beforeAll(async () => {
  gate = await startGate({ log, policy: `${POLICY}# ${REMARK}\n` });
});
afterAll(() => gate.stop());

const hook = (): string => `${gate.server.url}/api/github/webhooks`;

const signed = (text: string, secret = gate.github.app.webhookSecret): Record<string, string> => ({
  'content-type': 'application/json',
  'x-github-event': 'ping',
  'x-github-delivery': '11111111-2222-4333-8444-555555555555',
  'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`,
});

const post = async (text: string, headers: Record<string, string>): Promise<number> =>
  (await fetch(hook(), { method: 'POST', body: text, headers })).status;

describe('the webhook door', () => {
  test('opens for what is signed with the secret', async () => {
    expect(await post('{"zen":"é"}', signed('{"zen":"é"}'))).toBe(200);
  });

  test.each<[string, () => Promise<number>, number]>([
    ['a wrong secret', () => post('{}', signed('{}', 'another secret of some length')), 400],
    ['Probot’s well-known secret', () => post('{}', signed('{}', 'development')), 400],
    ['another body than was signed', () => post('{"a":1}', signed('{}')), 400],
    ['no signature', () => post('{}', { ...signed('{}'), 'x-hub-signature-256': '' }), 400],
    [
      'a signature of nonsense',
      () => post('{}', { ...signed('{}'), 'x-hub-signature-256': 'sha256=zz' }),
      400,
    ],
    [
      'a form',
      () => post('a=1', { ...signed('a=1'), 'content-type': 'application/x-www-form-urlencoded' }),
      415,
    ],
    ['what is no JSON', () => post('{', signed('{')), 400],
    ['a GET', async () => (await fetch(hook())).status, 405],
  ])('stays shut for %s', async (_, act, status) => {
    expect(await act()).toBe(status);
  });

  // From a process of its own, over a bare socket: nothing there looks at the answer before it has sent its body, and
  // what keeps tests on loopback is not in the way.
  const statusOf = async (headers: readonly string[], chunks: number): Promise<number> => {
    const head = [
      'POST /api/github/webhooks HTTP/1.1',
      'host: 127.0.0.1',
      ...Object.entries(signed('{}')).map((each) => each.join(': ')),
      ...headers,
    ];
    const script = `
      const [port, head, chunks] = JSON.parse(process.argv[1]);
      const socket = require('node:net').connect(port, '127.0.0.1');
      socket.once('data', (data) => { process.stdout.write(String(data).split(' ')[1]); socket.destroy(); });
      socket.on('error', () => {});
      socket.write(head + '\\r\\n\\r\\n');
      const chunk = Buffer.concat([Buffer.from('100000\\r\\n'), Buffer.alloc(0x100000, 32), Buffer.from('\\r\\n')]);
      for (let sent = 0; sent < chunks; sent += 1) socket.write(chunk);`;
    const argument = JSON.stringify([Number(new URL(hook()).port), head.join('\r\n'), chunks]);
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script, argument], {
      timeout: 15_000,
    });
    return Number(stdout);
  };

  test('refuses a body that says it is too large before reading it', async () => {
    expect(await statusOf([`content-length: ${26 * 1_048_576}`], 0)).toBe(413);
  });

  test('refuses a body that does not say it is too large, once it is', async () => {
    expect(await statusOf(['transfer-encoding: chunked'], 26)).toBe(413);
  });
});

describe('health and metrics', () => {
  test('live and ready while all is well', async () => {
    expect((await fetch(`${gate.server.url}/livez`)).status).toBe(200);
    expect((await fetch(`${gate.server.url}/readyz`)).status).toBe(200);
    expect((await fetch(`${gate.server.url}/nothing`)).status).toBe(404);
  });

  test('not ready, but live, when the store does not take a write', async () => {
    const doors = createDoors({
      log: pino({ level: 'silent' }),
      verify: async () => false,
      receive: async () => undefined,
      ready: () => Promise.reject(new Error('read-only')),
      schemas: new Map(),
      metrics: async () => '',
      answered: () => undefined,
    });
    const port = await listen(doors, '127.0.0.1', await freePort());
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(503);
    expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200);
    doors.closeAllConnections();
    doors.close();
  });

  test('a webhook that could not be kept is answered 500, so that GitHub lists it as failed, and counted', async () => {
    const answered: (readonly [string, number])[] = [];
    const doors = createDoors({
      log: pino({ level: 'silent' }),
      verify: async () => true,
      receive: () => Promise.reject(new Error('the disk is full')),
      ready: async () => undefined,
      schemas: new Map(),
      metrics: async () => '',
      answered: (event, status) => answered.push([event, status]),
    });
    const port = await listen(doors, '127.0.0.1', await freePort());
    const { status } = await fetch(`http://127.0.0.1:${port}/api/github/webhooks`, {
      method: 'POST',
      body: '{}',
      headers: signed('{}'),
    });
    expect(status).toBe(500);
    expect(answered).toEqual([['failed', 500]]);
    await shut(doors, 100);
  });

  test('the end of a server does not wait for callers that say nothing', async () => {
    const doors = createDoors({
      log: pino({ level: 'silent' }),
      verify: async () => true,
      receive: async () => undefined,
      ready: async () => undefined,
      schemas: new Map(),
      metrics: async () => '',
      answered: () => undefined,
    });
    const port = await listen(doors, '127.0.0.1', await freePort());
    const script = `
      const socket = require('node:net').connect(Number(process.argv[1]), '127.0.0.1');
      socket.write('POST /api/github/webhooks HTTP/1.1\\r\\nhost: 127.0.0.1\\r\\n');
      socket.on('error', () => {});
      socket.on('close', () => process.stdout.write('ended'));`;
    const connected = once(doors, 'connection');
    const caller = promisify(execFile)(process.execPath, ['-e', script, String(port)], { timeout: 30_000 });
    await connected;
    await shut(doors, 50);
    expect((await caller).stdout).toBe('ended');
  });

  test('metrics count verdicts, requests and webhooks in Prometheus’s format', async () => {
    const repository = gate.repository('measured', { files: { Dockerfile: DOCKERFILE } });
    repository.openPullRequest({
      author: 'dev',
      branch: 'release',
      files: { '.github/workflows/release.yml': RELEASE },
    });
    await gate.settled();
    const text = await (await fetch(`${gate.server.url}/metrics`)).text();
    expect(text).toMatch(/^clear_to_ship_verdicts_total\{outcome="needs-approval"\} [1-9]\d*$/m);
    expect(text).toMatch(/^clear_to_ship_webhooks_total\{event="pull_request",status="200"\} \d+$/m);
    expect(text).toMatch(/^clear_to_ship_requests_total\{kind="graphql",status="200"\} \d+$/m);
    expect(text).toMatch(/^clear_to_ship_queue_jobs 0$/m);
    expect(text).toMatch(/^clear_to_ship_queue_age_seconds 0$/m);
    expect(text).toMatch(/^clear_to_ship_verdict_seconds_count [1-9]\d*$/m);
    expect(text).toMatch(/^clear_to_ship_webhook_seconds_count [1-9]\d*$/m);
    expect(text).toMatch(/^clear_to_ship_quota_remaining\{installation="\d+",resource="core"\} \d+$/m);
    for (const line of text.trimEnd().split('\n'))
      expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{(\w+="[^"\n]*",?)+\})? -?[\d.e+-]+)$/);
  });
});

test.each(['delivery', 'policy'])(
  'the schema of the %s file is served for editors, as it stands in docs',
  async (name) => {
    const answer = await fetch(`${gate.server.url}/${name}.schema.json`);
    expect(answer.headers.get('content-type')).toBe('application/schema+json; charset=utf-8');
    const documented = new URL(`../../docs/${name}.schema.json`, import.meta.url);
    expect(await answer.text()).toBe(readFileSync(documented, 'utf8'));
  },
);

describe('the log', () => {
  test('names delivery and pull request, and never a secret or a token', async () => {
    const repository = gate.repository('logged', { files: { Dockerfile: `${DOCKERFILE}# ${REMARK}\n` } });
    const pull = repository.openPullRequest({
      author: 'dev',
      branch: 'release',
      files: { '.github/workflows/release.yml': `${RELEASE}# ${REMARK}\n` },
    });
    await gate.settled();
    gate.github.faults.add({ on: '*', failure: { status: 500 }, times: 1 });
    gate.github.faults.add({ on: 'graphql', failure: { status: 400 }, times: 1 });
    gate.github.faults.add({ on: 'issues/remove-label', failure: { status: 403 }, times: 1 });
    gate.github.faults.add({ on: 'graphql', failure: 'lose-answer', nth: 3 });
    await pull.label('delivery: approved', { as: 'olga' });
    await gate.settled();
    await pull.push({ Dockerfile: `${DOCKERFILE}COPY b /b\n# ${REMARK}\n` });
    await gate.server.heal();
    await gate.settled();
    const text = logged.join('');
    expect(text).toContain('"pull":"acme/logged#1"');
    expect(text).toMatch(/"delivery":"[0-9a-f-]{36}"/);
    expect(text).toMatch(/"level":50/);
    expect(text).not.toContain(REMARK);
    expect(text).not.toContain(gate.github.app.webhookSecret);
    expect(text).not.toContain('PRIVATE KEY');
    expect(text).not.toMatch(/ghs_[A-Za-z0-9_]{8}/);
    expect(text).not.toMatch(/[Bb]earer [\w-]+\.[\w-]+/);
    expect(text).not.toMatch(/sha256=[0-9a-f]{64}/);
  });
});

test('every metric is set by what happened above, and explained to operators', async () => {
  const text = await (await fetch(`${gate.server.url}/metrics`)).text();
  const names = [...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name ?? '');
  expect(names).toHaveLength(10);
  const set = names.filter((name) => new RegExp(`^${name}(_count)?(\\{.*\\})? `, 'm').test(text));
  expect(set).toEqual(names);
  const explained = readFileSync(new URL('../../docs/install.md', import.meta.url), 'utf8');
  expect(names.filter((name) => !explained.includes(`\`${name}\``))).toEqual([]);
});

describe('a start that fails', () => {
  test('says that the port is taken', async () => {
    const port = Number(new URL(gate.server.url).port);
    const settings = {
      appId: 1,
      privateKey: gate.github.app.privateKey,
      webhookSecret: 'a secret of some length',
      host: '127.0.0.1',
      port,
      apiUrl: gate.github.url,
      databaseUrl: null,
      dataFolder: null,
      policyRepository: '.github',
      slots: 1,
      ledgerDays: 180,
      healSeconds: 0,
      logLevel: 'silent',
    };
    await expect(startServer(settings, pino({ level: 'silent' }), () => new Date())).rejects.toThrow(
      `something listens on 127.0.0.1:${port} already; set PORT`,
    );
  });
});

describe('GitHub Enterprise Server', () => {
  test('is served under /api/v3 and /api/graphql', async () => {
    const server = await startGate({ apiPath: '/api/v3' });
    try {
      const repository = server.repository('enterprise', { files: { Dockerfile: DOCKERFILE } });
      const pull = repository.openPullRequest({
        author: 'dev',
        branch: 'release',
        files: { '.github/workflows/release.yml': RELEASE },
      });
      await server.settled();
      await pull.label('delivery: approved', { as: 'olga' });
      await server.settled();
      expect(pull.check(DELIVERY)?.conclusion).toBe('success');
      const paths = server.github.requests.map(({ path }) => path);
      expect(paths.filter((path) => !path.startsWith('/api/'))).toEqual([]);
      expect(paths).toContain('/api/graphql');
      expect(server.github.schemaProblems).toEqual([]);
    } finally {
      await server.stop();
    }
  });
});
