// How much the app takes: webhooks for warm pull requests, as many as it can judge, against a forge that answers at once.
// Usage: npm run bench:load [-- --seconds 20] [--processes 1,2] [--rate 130] [--flags …for Node]
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startPostgres } from '../store/postgres.ts';
import { createClock } from '../support/clock.ts';
import { startStandIn } from '../support/stand-in.ts';
import { type AppProcess, freePort, manifest, post, processorSecondsOf, startApp } from './app-process.ts';
import { calibration } from './calibration.ts';
import type { Recorded } from './load-forge.ts';
import { quantile } from './trend.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    processes: { type: 'string', default: '1,2' },
    rate: { type: 'string', default: '130' },
    flags: { type: 'string', default: '' },
    alone: { type: 'boolean', default: false },
  },
});
const SECONDS = Number(values.seconds);
/** Webhooks a second in the calmer of the two runs: what 100 installations can ask within GitHub's secondary limit. */
const RATE = Number(values.rate);
/** Installations, and open pull requests of each. */
const [INSTALLATIONS, PULLS] = [20, 10];
/** Webhooks under way at once, as GitHub sends them from many machines. */
const SENDERS = 8;
/** Judgements waiting at once: enough that nobody is ever idle. */
const WAITING = 64;
/** How often the queue is looked at, which costs the app and its database a little. */
const WATCH_MS = 100;
/** Every pull request is judged once before anything is measured: its comment and label are there then. */
const WARM_UP_SECONDS = 5;

const FILES = {
  Dockerfile: '# SPDX-License-Identifier: Apache-2.0\nFROM debian:12.12-slim\nCOPY app /app\n',
  'README.md': '# api\n',
};
const WORKFLOW = `on:
  push:
    tags: ['v*']
jobs:
  image:
    runs-on: ubuntu-latest
    steps:
      - run: docker build -t ghcr.io/acme/api . && docker push ghcr.io/acme/api
`;
const policyOf = (login: string): string => `version: 1\napproval:\n  teams: [${login}/ospo]\n`;

const WAITING_LABEL = [{ id: 1, name: 'delivery: waiting', color: 'fbca04', default: false }];

type Payload = {
  readonly pull_request: { updated_at: string; labels: readonly object[]; readonly head: { sha: string } };
  before: string;
  after: string;
};

/** A webhook of each pull request, and what the stand-in says about the first of them. */
const record = async (port: number) => {
  const github = await startStandIn({ clock: createClock(Date.now() - 86_400_000), ...manifest() });
  github.app.listen('http://127.0.0.1:1/');
  const texts: string[] = [];
  github.webhooks.decide(({ event, action, payload }) => {
    if (event === 'pull_request' && action === 'synchronize') texts.push(payload);
    return 'drop';
  });
  const recorded: Recorded[] = [];
  const repositories = Array.from({ length: INSTALLATIONS }, (_, each) => {
    const login = `org-${each}`;
    const organization = github.organization(login, { members: ['dev', 'olga'], teams: { ospo: ['olga'] } });
    organization.repository('.github', { files: { '.github/clear-to-ship.yml': policyOf(login) } });
    return organization.repository('api', { files: FILES, collaborators: { dev: 'write' } });
  });
  for (let index = 0; index < PULLS; index += 1)
    for (const repository of repositories) {
      const pull = repository.openPullRequest({
        author: 'dev',
        branch: `change-${index}`,
        files: { '.github/workflows/release.yml': WORKFLOW },
      });
      await Promise.race([pull.push({ 'docs/page.md': `${index}\n` }), sleep(1)]);
      if (recorded.length > 0) continue;
      const base = repository.head();
      const ask = (path: string): Promise<string> =>
        fetch(`${github.url}/repos/${repository.slug}/${path}`, {
          headers: { authorization: `token ${github.token('dev')}` },
        }).then((answer) => answer.text());
      recorded.push({
        port,
        base,
        head: pull.head(),
        comparison: await ask(`compare/${base}...${pull.head()}`),
        tree: await ask(`git/trees/${base}?recursive=1`),
        files: { ...FILES, '.github/workflows/release.yml': WORKFLOW, 'docs/page.md': '0\n' },
        policy: policyOf('org-0'),
        ids: Object.fromEntries(
          repositories.map(({ repository: { owner, id } }) => [owner.login, id] as const),
        ),
      });
    }
  const { app } = github;
  const payloads = texts.map((text) => JSON.parse(text) as Payload);
  await github.close();
  return { identity: app, payloads, recorded: recorded[0] as Recorded };
};

type World = Awaited<ReturnType<typeof record>>;

/** The next push to every pull request in turn, for ever. */
function* pushes({ payloads }: World): Generator<{ event: string; guid: string; payload: string }> {
  for (let count = 0; ; count += 1) {
    const payload = payloads[count % payloads.length] as Payload;
    const hash = createHash('sha1').update(`head ${count}`).digest('hex');
    payload.before = payload.pull_request.head.sha;
    payload.after = hash;
    payload.pull_request.head.sha = hash;
    // What the first judgement added.
    if (count >= payloads.length) payload.pull_request.labels = WAITING_LABEL;
    payload.pull_request.updated_at = new Date(Date.now() + count).toISOString();
    const guid = `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4000-8000-${hash.slice(12, 24)}`;
    yield { event: 'pull_request', guid, payload: JSON.stringify(payload) };
  }
}

/** Processor seconds of the database server that this process started; NaN when there is none. */
const databaseSeconds = (): number => {
  const all = readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      return [
        { pid: Number(name), parent: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]), stat },
      ];
    } catch {
      return [];
    }
  });
  const server = all.find(({ parent, stat }) => parent === process.pid && stat.includes('(postgres)'));
  if (server === undefined) return Number.NaN;
  const family = all.filter(({ pid, parent }) => pid === server.pid || parent === server.pid);
  return family.reduce((sum, { pid }) => sum + processorSecondsOf(pid), 0);
};

type ForgeCount = {
  readonly requests: number;
  readonly runs: number;
  readonly published: number;
  readonly trips: number;
};

const forgeCount = (port: number): Promise<ForgeCount> =>
  fetch(`http://127.0.0.1:${port}/count`).then((answer) => answer.json() as Promise<never>);

const judgedBy = async (apps: readonly AppProcess[]): Promise<number> => {
  const texts = await Promise.all(apps.map(({ metrics }) => metrics()));
  return texts
    .flatMap((text) => text.match(/^clear_to_ship_verdicts_total.* (\d+)$/gm) ?? [])
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
};

/** How many webhooks may be sent by now, from the moment `begin` is called; any number before that, or without a rate. */
const allowance = (rate: number) => {
  let [begun, before] = [Number.NaN, 0];
  return {
    begin: (sent: number): void => {
      [begun, before] = [performance.now(), sent];
    },
    byNow: (): number =>
      Number.isNaN(begun) || rate === Number.POSITIVE_INFINITY
        ? Number.POSITIVE_INFINITY
        : before + ((performance.now() - begun) / 1000) * rate,
  };
};

/** `rate`: webhooks a second; infinite for as many as the app can take. */
const measure = async (
  world: World,
  forge: number,
  forgeProcess: number,
  count: number,
  rate: number,
): Promise<void> => {
  const postgres = await startPostgres();
  const url = await postgres.createDatabase();
  const apps: AppProcess[] = [];
  for (let each = 0; each < count; each += 1)
    apps.push(
      await startApp({
        identity: world.identity,
        api: `http://127.0.0.1:${forge}`,
        store: { url },
        port: await freePort(),
        slots: 16,
        heal: 0,
        flags: values.flags.split(' ').filter((flag) => flag !== ''),
      }),
    );
  const next = pushes(world);
  const acknowledged: number[] = [];
  /** `waiting` as of the last look, `since` what was sent after it. */
  let [sent, waiting, since, isOver] = [0, 0, 0, false];
  let most = world.payloads.length;
  const allowed = allowance(rate);
  const sender = async (index: number): Promise<void> => {
    while (!isOver) {
      if (sent >= Math.min(most, allowed.byNow()) || waiting + since >= WAITING) {
        await sleep(2);
        continue;
      }
      sent += 1;
      since += 1;
      const { status, milliseconds } = await post(
        (apps[(sent + index) % count] as AppProcess).url,
        world.identity.webhookSecret,
        next.next().value as never,
      );
      if (status !== 200) throw new Error(`a webhook was answered ${status}`);
      acknowledged.push(milliseconds);
    }
  };
  const watch = (async () => {
    while (!isOver) {
      const before = since;
      waiting = await (apps[0] as AppProcess).metric('clear_to_ship_queue_jobs');
      since -= before;
      await sleep(WATCH_MS);
    }
  })();
  const senders = Array.from({ length: SENDERS }, (_, index) => sender(index));
  while (sent < most || waiting > 0 || since > 0) await sleep(50);
  most = Number.POSITIVE_INFINITY;
  allowed.begin(sent);
  await sleep(WARM_UP_SECONDS * 1000);
  const look = async () => ({
    at: performance.now(),
    judged: await judgedBy(apps),
    acknowledged: acknowledged.length,
    forge: await forgeCount(forge),
    apps: apps.reduce((sum, app) => sum + app.processorSeconds(), 0),
    database: databaseSeconds(),
    forgeSeconds: processorSecondsOf(forgeProcess),
    sender: processorSecondsOf(process.pid),
  });
  const before = await look();
  const pace = calibration();
  await sleep(SECONDS * 1000);
  const after = await look();
  const paceAfter = calibration();
  isOver = true;
  await Promise.all([...senders, watch]);
  const evaluations = after.judged - before.judged;
  const seconds = (after.at - before.at) / 1000;
  const [app, database] = [after.apps - before.apps, after.database - before.database];
  const [forged, sending] = [after.forgeSeconds - before.forgeSeconds, after.sender - before.sender];
  const each = (taken: number): string => `${((taken / evaluations) * 1000).toFixed(2)} ms`;
  const acks = acknowledged.slice(before.acknowledged, after.acknowledged);
  const lines: readonly (readonly [string, string])[] = [
    ['processes', String(count)],
    ['webhooks a second', rate === Number.POSITIVE_INFINITY ? 'as many as it can take' : String(rate)],
    ['evaluations / seconds', `${evaluations} / ${seconds.toFixed(1)}`],
    ['evaluations per second', (evaluations / seconds).toFixed(1)],
    ['acknowledged, p50 / p99', `${quantile(acks, 0.5).toFixed(1)} / ${quantile(acks, 0.99).toFixed(1)} ms`],
    ['requests per evaluation', ((after.forge.requests - before.forge.requests) / evaluations).toFixed(2)],
    [
      'round trips per evaluation',
      ((after.forge.trips - before.forge.trips) / (after.forge.published - before.forge.published)).toFixed(
        2,
      ),
    ],
    ['processor time per evaluation', `${each(app)} app + ${each(database)} Postgres`],
    ['on the same cores besides', `${each(forged)} forge + ${each(sending)} sender`],
    [
      'evaluations per processor second',
      `${(evaluations / app).toFixed(0)} app, ${(evaluations / (app + database)).toFixed(0)} with Postgres`,
    ],
    ['cores taken by app / Postgres', `${(app / seconds).toFixed(2)} / ${(database / seconds).toFixed(2)}`],
    ['calibration before / after', `${pace} / ${paceAfter}`],
    [
      'load average',
      loadavg()
        .map((each) => each.toFixed(1))
        .join(' '),
    ],
    ['megabytes resident', apps.map((each) => each.residentMegabytes().toFixed(0)).join(' ')],
  ];
  for (const [what, value] of lines) console.log(`${what.padEnd(34)} ${value}`);
  console.log('');
  for (const each of apps) await each.end('SIGTERM');
  await postgres.stop();
};

/** GitHub itself would not wait longer than this for an answer. */
const PATIENCE_MS = 10_000;

/** The same webhooks to a bare Probot app with Probot's own throttling. */
const measurePeer = async (world: World, forge: number): Promise<void> => {
  const peer = await startApp({
    identity: world.identity,
    api: `http://127.0.0.1:${forge}`,
    store: { folder: tmpdir() },
    port: await freePort(),
    slots: 1,
    heal: 0,
    program: new URL('load-peer.ts', import.meta.url),
  });
  const next = pushes(world);
  const acks: number[] = [];
  const before = (await forgeCount(forge)).runs;
  const start = performance.now();
  const deadline = start + SECONDS * 1000;
  let unanswered = 0;
  const sender = async (): Promise<void> => {
    while (performance.now() < deadline) {
      // Its own throttling holds some answers back for longer than anybody measures.
      const answer = await Promise.race([
        post(peer.url, world.identity.webhookSecret, next.next().value as never),
        sleep(deadline - performance.now() + PATIENCE_MS, null, { ref: false }),
      ]);
      if (answer === null) {
        unanswered += 1;
        return;
      }
      if (answer.status >= 400) throw new Error(`the bare app answered ${answer.status}`);
      acks.push(answer.milliseconds);
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
  const seconds = (performance.now() - start) / 1000;
  const runs = (await forgeCount(forge)).runs - before;
  console.log(`a bare Probot app, one check, stock throttling (${SENDERS} senders)`);
  console.log(`${'checks per second'.padEnd(34)} ${(runs / seconds).toFixed(1)}`);
  console.log(
    `${'acknowledged, p50 / p99'.padEnd(34)} ${quantile(acks, 0.5).toFixed(0)} / ${quantile(acks, 0.99).toFixed(0)} ms`,
  );
  console.log(`${'webhooks answered / given up on'.padEnd(34)} ${acks.length} / ${unanswered}`);
  await peer.end('SIGKILL');
};

const port = await freePort();
const world = await record(port);
const folder = mkdtempSync(join(tmpdir(), 'load-'));
const file = join(folder, 'recorded.json');
writeFileSync(file, JSON.stringify(world.recorded));
const forge = spawn(process.execPath, [new URL('load-forge.ts', import.meta.url).pathname, file], {
  stdio: 'inherit',
});
for (let tries = 0; !(await forgeCount(port).catch(() => null)); tries += 1) {
  if (tries === 100) throw new Error('the forge does not start');
  await sleep(50);
}
for (const count of values.processes.split(',').map(Number))
  for (const rate of [Number.POSITIVE_INFINITY, RATE])
    await measure(world, port, forge.pid ?? 0, count, rate);
if (!values.alone) await measurePeer(world, port);
forge.kill('SIGKILL');
rmSync(folder, { recursive: true, force: true });
process.exit(0);
