// How much the app takes: webhooks for warm pull requests as fast as they are acknowledged, judged by real processes.
// Usage: npm run bench:load [-- --processes 2] [--pulls 200] [--rounds 3]
import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { startPostgres } from '../store/postgres.ts';
import { createClock } from '../support/clock.ts';
import { type StandInOptions, startStandIn } from '../support/stand-in.ts';
import type { PullStory } from '../support/story.ts';

const { values } = parseArgs({
  options: {
    processes: { type: 'string', default: '1' },
    pulls: { type: 'string', default: '200' },
    rounds: { type: 'string', default: '3' },
  },
});
const PROCESSES = Number(values.processes);
const PULLS = Number(values.pulls);
const ROUNDS = Number(values.rounds);
/** Webhooks under way at once, as GitHub sends them from many machines. */
const SENDERS = 16;

const DOCKERFILE = '# SPDX-License-Identifier: Apache-2.0\nFROM debian:12.12-slim\nCOPY app /app\n';
const WORKFLOW = `on:
  push:
    tags: ['v*']
jobs:
  image:
    runs-on: ubuntu-latest
    steps:
      - run: docker build -t ghcr.io/acme/api . && docker push ghcr.io/acme/api
`;

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

const quantile = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;

const manifest = parse(readFileSync(new URL('../../app.yml', import.meta.url), 'utf8')) as {
  readonly default_permissions: NonNullable<StandInOptions['permissions']>;
  readonly default_events: readonly string[];
};
const github = await startStandIn({
  clock: createClock(Date.now()),
  permissions: manifest.default_permissions,
  events: manifest.default_events,
});
const postgres = await startPostgres();
const url = await postgres.createDatabase();
const children: ChildProcess[] = [];
const ports: number[] = [];
for (let each = 0; each < PROCESSES; each += 1) {
  const port = await freePort();
  ports.push(port);
  children.push(
    spawn(process.execPath, [new URL('../../src/main.ts', import.meta.url).pathname], {
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        APP_ID: String(github.app.id),
        PRIVATE_KEY: github.app.privateKey,
        WEBHOOK_SECRET: github.app.webhookSecret,
        GITHUB_API_URL: github.url,
        HOST: '127.0.0.1',
        PORT: String(port),
        SLOTS: '16',
        HEAL_SECONDS: '0',
        LOG_LEVEL: 'error',
        DATABASE_URL: url,
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    }),
  );
  for (let tries = 0; !(await fetch(`http://127.0.0.1:${port}/livez`).catch(() => null))?.ok; tries += 1) {
    if (tries > 300) throw new Error('the app does not start');
    await sleep(100);
  }
}

type Delivery = ReturnType<typeof github.webhooks.list>[number];

const held: Delivery[] = [];
github.app.listen('http://127.0.0.1:1/');
github.webhooks.decide((delivery) => {
  if (delivery.event === 'pull_request') held.push(delivery);
  return 'drop';
});

let turn = 0;
const post = async (delivery: Delivery): Promise<number> => {
  turn += 1;
  const start = performance.now();
  const signature = createHmac('sha256', github.app.webhookSecret).update(delivery.payload).digest('hex');
  const answer = await fetch(`http://127.0.0.1:${ports[turn % PROCESSES]}/api/github/webhooks`, {
    method: 'POST',
    body: delivery.payload,
    headers: {
      'content-type': 'application/json',
      'x-github-event': delivery.event,
      'x-github-delivery': delivery.guid,
      'x-hub-signature-256': `sha256=${signature}`,
    },
  });
  if (answer.status !== 200) throw new Error(`a webhook was answered ${answer.status}`);
  return performance.now() - start;
};

const waiting = async (): Promise<number> => {
  const text = await fetch(`http://127.0.0.1:${ports[0]}/metrics`).then((answer) => answer.text());
  return Number(/^clear_to_ship_queue_jobs (\d+)$/m.exec(text)?.[1]);
};

/** Sends everything that is held and waits until it is judged. */
const judgeHeld = async (): Promise<{
  readonly seconds: number;
  readonly acknowledged: readonly number[];
}> => {
  const batch = held.splice(0);
  const acknowledged: number[] = [];
  const start = performance.now();
  const sender = async (): Promise<void> => {
    for (let next = batch.shift(); next !== undefined; next = batch.shift())
      acknowledged.push(await post(next));
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
  while ((await waiting()) > 0) await sleep(20);
  return { seconds: (performance.now() - start) / 1000, acknowledged };
};

const pulls: PullStory[] = [];
for (let each = 0; each < 5; each += 1) {
  const login = `org-${each}`;
  const organization = github.organization(login, { members: ['dev', 'olga'], teams: { ospo: ['olga'] } });
  organization.repository('.github', {
    files: { '.github/clear-to-ship.yml': `version: 1\napproval:\n  teams: [${login}/ospo]\n` },
  });
  const repository = organization.repository('api', {
    files: { Dockerfile: DOCKERFILE },
    collaborators: { dev: 'write' },
  });
  for (let index = 0; index < PULLS / 5; index += 1)
    pulls.push(
      repository.openPullRequest({
        author: 'dev',
        branch: `change-${index}`,
        files: { '.github/workflows/release.yml': WORKFLOW },
      }),
    );
}
await judgeHeld();

const seconds: number[] = [];
const acknowledged: number[] = [];
const mark = github.mark();
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [index, pull] of pulls.entries())
    await Promise.race([pull.push({ [`docs/${index}-${round}.md`]: `${round}\n` }), sleep(1)]);
  const result = await judgeHeld();
  seconds.push(result.seconds);
  acknowledged.push(...result.acknowledged);
}
const { requests } = github.countRequests(mark);
const unjudged = pulls.filter((pull) => pull.checks().length !== 2).length;
const sorted = acknowledged.sort((a, b) => a - b);
const evaluations = PULLS * ROUNDS;
const total = seconds.reduce((sum, each) => sum + each, 0);
const lines: readonly (readonly [string, string | number])[] = [
  ['processes', PROCESSES],
  ['evaluations', evaluations],
  ['evaluations per second', (evaluations / total).toFixed(1)],
  [
    'acknowledged, p50 / p99 (ms)',
    `${quantile(sorted, 0.5).toFixed(1)} / ${quantile(sorted, 0.99).toFixed(1)}`,
  ],
  ['requests per evaluation', (requests / evaluations).toFixed(2)],
  ['heads without both checks', unjudged],
];
for (const [what, value] of lines) console.log(`${what.padEnd(34)} ${value}`);

for (const child of children) {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
await github.close();
await postgres.stop();
process.exit(unjudged === 0 ? 0 : 1);
