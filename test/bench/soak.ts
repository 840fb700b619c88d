// The app as a process of its own, under everything that goes wrong at once, compared with what it should have shown.
// Usage: npm run bench:soak [-- --short] [--pglite] [--seed N]
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { PACKET_MARK } from '../../src/core/report/packet.ts';
import { openDatabase } from '../../src/store/database.ts';
import { ledgerInstallations } from '../../src/store/ledger.ts';
import { verifyLedger } from '../../src/store/ledger-verify.ts';
import { startPostgres } from '../store/postgres.ts';
import { createClock } from '../support/clock.ts';
import type { StandInOptions } from '../support/stand-in.ts';
import { startStandIn } from '../support/stand-in.ts';
import type { PullStory, RepositoryStory } from '../support/story.ts';

const { values: given } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    pglite: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
  },
});

const SCALE = given.short
  ? { deliveries: 700, pulls: 40, repositories: 10, installations: 5, kills: 5 }
  : given.pglite
    ? { deliveries: 2_000, pulls: 100, repositories: 20, installations: 5, kills: 20 }
    : { deliveries: 10_000, pulls: 500, repositories: 50, installations: 5, kills: 20 };

/** Parts of the deliveries that are lost, doubled or late, and of the requests that fail. */
const RATES = { dropped: 0.05, doubled: 0.05, late: 0.3, failing: 0.02 };
const LATEST_MS = 400;
/** The longest that settling may take once everything has happened. */
const SETTLE_MS = given.short ? 180_000 : 1_800_000;

/** mulberry32: small, and the same everywhere. */
const randomFrom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

const DOCKERFILE = '# SPDX-License-Identifier: Apache-2.0\nFROM debian:12.12-slim\nCOPY app /app\n';
const WORKFLOW = '.github/workflows/release.yml';

/** Each pull request ships an image of its own base, so that no decision reaches another one. */
const release = (destination: string, folder: string): string => `on:
  push:
    tags: ['v*']
jobs:
  image:
    runs-on: ubuntu-latest
    steps:
      - run: docker build -t ghcr.io/${destination} ${folder} && docker push ghcr.io/${destination}
`;

/** A pull request with what its checks have to say in the end. */
type Tracked = {
  readonly pull: PullStory;
  readonly name: string;
  readonly folder: string;
  /** What the head delivers; null for nothing. */
  variant: number | null;
  /** What was last decided on each variant. */
  readonly decided: Map<number, 'approved' | 'rejected'>;
  last: 'approved' | 'rejected' | null;
  edits: number;
};

/** Every variant ships the same base image, which is asked about once for all: the last word on any variant counts. */
const expected = ({ variant, decided, last }: Tracked): string => {
  if (variant === null) return 'success';
  const words = [decided.get(variant), last];
  if (words.includes('rejected')) return 'failure';
  return words.every((word) => word === 'approved') ? 'success' : 'action_required';
};

/** On a head that delivers nothing there is nothing to decide. */
const decide = (one: Tracked, word: 'approved' | 'rejected'): void => {
  if (one.variant === null) return;
  one.decided.set(one.variant, word);
  one.last = word;
};

const main = async (): Promise<number> => {
  const random = randomFrom(Number(given.seed));
  const chance = (part: number): boolean => random() < part;
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const manifest = parse(readFileSync(new URL('../../app.yml', import.meta.url), 'utf8')) as {
    readonly default_permissions: NonNullable<StandInOptions['permissions']>;
    readonly default_events: readonly string[];
  };
  // The app lives by the real clock; the stand-in's runs ahead of it, one second for each change.
  const github = await startStandIn({
    clock: createClock(Date.now()),
    permissions: manifest.default_permissions,
    events: manifest.default_events,
  });
  const postgres = given.pglite ? null : await startPostgres();
  const folder = mkdtempSync(join(tmpdir(), 'soak-'));
  const url = postgres === null ? null : await postgres.createDatabase();
  const port = await freePort();

  const repositories: RepositoryStory[] = [];
  for (let each = 0; each < SCALE.installations; each += 1) {
    const login = `org-${each}`;
    const organization = github.organization(login, {
      members: ['dev', 'olga', 'otto', 'sam'],
      teams: { ospo: ['olga', 'otto'] },
    });
    organization.repository('.github', {
      files: { '.github/clear-to-ship.yml': `version: 1\napproval:\n  teams: [${login}/ospo]\n` },
    });
    for (let index = 0; index < SCALE.repositories / SCALE.installations; index += 1)
      repositories.push(
        organization.repository(`repository-${index}`, {
          files: { Dockerfile: DOCKERFILE },
          collaborators: { dev: 'write', olga: 'triage', otto: 'triage', sam: 'triage' },
        }),
      );
  }

  let child: ChildProcess | null = null;
  const memory: number[] = [];
  const start = async (): Promise<void> => {
    child = spawn(process.execPath, [new URL('../../src/main.ts', import.meta.url).pathname], {
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        APP_ID: String(github.app.id),
        PRIVATE_KEY: github.app.privateKey,
        WEBHOOK_SECRET: github.app.webhookSecret,
        GITHUB_API_URL: github.url,
        HOST: '127.0.0.1',
        PORT: String(port),
        SLOTS: '8',
        HEAL_SECONDS: '2',
        LOG_LEVEL: 'error',
        ...(url === null ? { DATA_FOLDER: folder } : { DATABASE_URL: url }),
      },
      stdio: ['ignore', process.env.SOAK_LOG ? 'inherit' : 'ignore', 'inherit'],
    });
    for (let tries = 0; tries < 300; tries += 1) {
      const live = await fetch(`http://127.0.0.1:${port}/livez`).catch(() => null);
      if (live?.ok) return;
      await sleep(100);
    }
    throw new Error('the app does not start');
  };
  const residentMegabytes = (): number => {
    const pages = Number(readFileSync(`/proc/${child?.pid}/statm`, 'utf8').split(' ')[1]);
    return Math.round((pages * 4096) / 1_048_576);
  };
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    const dying = child;
    if (dying === null) return;
    memory.push(residentMegabytes());
    const ended = new Promise((resolve) => dying.once('exit', resolve));
    dying.kill(signal);
    await ended;
    child = null;
  };

  await start();
  github.app.listen(`http://127.0.0.1:${port}/api/github/webhooks`);
  const counts = { dropped: 0, doubled: 0, late: 0, failing: 0 };
  github.webhooks.decide(({ redelivery }) => {
    if (redelivery) return 'deliver';
    if (chance(RATES.dropped)) {
      counts.dropped += 1;
      return 'drop';
    }
    if (chance(RATES.doubled)) {
      counts.doubled += 1;
      return 'duplicate';
    }
    if (!chance(RATES.late)) return 'deliver';
    counts.late += 1;
    return { delay: Math.floor(random() * LATEST_MS) };
  });
  const strike = (part: number) => (): boolean => {
    const struck = chance(part);
    if (struck) counts.failing += 1;
    return struck;
  };
  github.faults.add({ on: strike(RATES.failing * 0.5), failure: { status: 500 } });
  github.faults.add({ on: strike(RATES.failing * 0.2), failure: 'lose-answer' });
  github.faults.add({ on: strike(RATES.failing * 0.2), failure: { secondaryRateLimit: { retryAfter: 1 } } });
  github.faults.add({ on: strike(RATES.failing * 0.1), failure: 'hang' });

  const began = performance.now();
  const tracked: Tracked[] = [];
  const act = async (): Promise<void> => {
    if (tracked.length < SCALE.pulls && (tracked.length < 5 || chance(0.3))) {
      const index = tracked.length;
      const repository = repositories[index % repositories.length] as RepositoryStory;
      const name = `${repository.slug}-${index}`;
      const delivers = chance(0.7);
      const pull = repository.openPullRequest({
        author: 'dev',
        branch: `change-${index}`,
        files: {
          [`image-${index}/Dockerfile`]: DOCKERFILE.replace('debian:12.12-slim', `alpine:3.${index}`),
          ...(delivers ? { [WORKFLOW]: release(`${name}-0`, `image-${index}`) } : {}),
        },
      });
      tracked.push({
        pull,
        name,
        folder: `image-${index}`,
        variant: delivers ? 0 : null,
        decided: new Map(),
        last: null,
        edits: 0,
      });
      return;
    }
    const one = pick(tracked);
    const what = random();
    if (what < 0.45) {
      one.edits += 1;
      if (chance(0.5)) {
        const variant = Math.floor(random() * 3);
        await Promise.race([
          one.pull.push({ [WORKFLOW]: release(`${one.name}-${variant}`, one.folder) }),
          sleep(1),
        ]);
        one.variant = variant;
      } else await Promise.race([one.pull.push({ [`docs/e-${one.edits}.md`]: `${one.edits}\n` }), sleep(1)]);
    } else if (what < 0.7) {
      void one.pull.review('APPROVE', { as: 'olga' });
      decide(one, 'approved');
    } else if (what < 0.8) {
      void one.pull.review('REQUEST_CHANGES', { as: 'otto', body: 'not yet' });
      decide(one, 'rejected');
    } else if (what < 0.9) void one.pull.label('delivery: approved', { as: 'sam' });
    else void one.pull.review('APPROVE', { as: 'sam' });
  };

  let kills = 0;
  let announced = 0;
  while (announced < SCALE.deliveries) {
    await act();
    announced = github.webhooks.list().filter(({ redelivery }) => !redelivery).length;
    // Some head start is fine, but the app has to meet this while it happens.
    while (github.webhooks.pending() > 50) await sleep(20);
    await sleep(given.short ? 10 : 2);
    if (announced > ((kills + 1) * SCALE.deliveries) / (SCALE.kills + 1)) {
      await kill('SIGKILL');
      kills += 1;
      await sleep(random() * 300);
      await start();
    }
  }
  const told = (performance.now() - began) / 1000;

  github.faults.clear();
  github.webhooks.decide(null);
  const wrong = (): readonly Tracked[] =>
    tracked.filter(
      (each) =>
        each.pull.check('clear-to-ship / delivery')?.conclusion !== expected(each) ||
        each.pull.check('clear-to-ship / compliance') === undefined,
    );
  const jobs = async (): Promise<number> => {
    const text = await fetch(`http://127.0.0.1:${port}/metrics`).then((answer) => answer.text());
    return Number(/^clear_to_ship_queue_jobs (\d+)$/m.exec(text)?.[1]);
  };
  const deadline = performance.now() + SETTLE_MS;
  for (let calm = 0; calm < 3 && performance.now() < deadline; await sleep(1_000))
    calm = wrong().length === 0 && (await jobs()) === 0 && github.webhooks.pending() === 0 ? calm + 1 : 0;
  const settled = (performance.now() - began) / 1000 - told;
  const text = await fetch(`http://127.0.0.1:${port}/metrics`).then((answer) => answer.text());
  const measured = text.match(/^clear_to_ship_(heals|failures|verdicts|queue_jobs).*$/gm) ?? [];
  await kill('SIGTERM');

  const off = wrong();
  for (const each of off.slice(0, 10)) {
    const run = each.pull.check('clear-to-ship / delivery');
    console.log(
      `wrong: ${each.name} is ${run?.conclusion ?? 'without a check'} (${run?.title ?? ''}), not ${expected(each)}`,
    );
  }
  const doubled = tracked.filter(
    ({ pull }) => pull.comments().filter(({ body }) => body.startsWith(PACKET_MARK)).length > 1,
  );
  const explained = tracked.filter(({ pull }) => {
    const bodies = pull.comments().map(({ body }) => body);
    return new Set(bodies).size !== bodies.length;
  });
  const database = await openDatabase(url === null ? { folder } : { url });
  let entries = 0;
  let broken = 0;
  for (const installation of await ledgerInstallations(database.handle)) {
    const result = await verifyLedger(database, installation);
    if (result.ok) entries += result.entries;
    else {
      broken += 1;
      console.log(`ledger of installation ${installation}: ${result.reason}`);
    }
  }
  await database.close();
  const lines: readonly (readonly [string, string | number])[] = [
    ['store', url === null ? 'PGlite' : 'Postgres'],
    ['deliveries', announced],
    ['pull requests', tracked.length],
    ['repositories / installations', `${repositories.length} / ${SCALE.installations}`],
    ['dropped / doubled / late deliveries', `${counts.dropped} / ${counts.doubled} / ${counts.late}`],
    ['failed requests', `${counts.failing} of ${github.requests.length}`],
    ['SIGKILLs', kills],
    ['seconds of events / until settled', `${told.toFixed(0)} / ${settled.toFixed(0)}`],
    ['wrong or lost verdicts', off.length],
    ['doubled comments', doubled.length + explained.length],
    ['ledger entries / broken chains', `${entries} / ${broken}`],
    ['megabytes resident, before each kill', memory.join(' ')],
    ['of the last process', measured.map((line) => line.replace('clear_to_ship_', '')).join('; ')],
    ['schema problems', github.schemaProblems.length],
  ];
  for (const [what, value] of lines) console.log(`${what.padEnd(38)} ${value}`);
  await github.close();
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
  return off.length + doubled.length + explained.length + broken + github.schemaProblems.length === 0 ? 0 : 1;
};

process.exit(await main());
