// The app as a process of its own, under everything that goes wrong at once, compared with an app to which nothing happened.
// Usage: npm run bench:soak [-- --short] [--pglite] [--seed N]; ends with 1 when anything is wrong, lost, doubled or left.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openDatabase } from '../../src/store/database.ts';
import { startPostgres } from '../store/postgres.ts';
import { createClock } from '../support/clock.ts';
import { startStandIn } from '../support/stand-in.ts';
import { type AppProcess, freePort, manifest, startApp } from './app-process.ts';
import { randomFrom } from './random.ts';
import { createEstate, type Scale } from './soak-estate.ts';
import { compare, drained, shown, tellFresh, toldTo } from './soak-oracle.ts';
import { afterWarmUp, type Sample, slopeOf } from './trend.ts';

const { values: given } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    pglite: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
  },
});

const scale: Scale = given.short
  ? { deliveries: 700, pulls: 40, repositories: 10, installations: 5, kills: 5 }
  : given.pglite
    ? { deliveries: 2_000, pulls: 100, repositories: 20, installations: 5, kills: 20 }
    : { deliveries: 10_000, pulls: 500, repositories: 50, installations: 5, kills: 20 };

/** Parts of the deliveries that are lost, doubled or late, and of the requests that fail. */
const RATES = { dropped: 0.05, doubled: 0.05, late: 0.3, failing: 0.02 };
const LATEST_MS = 400;
/** The longest that settling may take once everything has happened. */
const SETTLE_MS = given.short ? 420_000 : 1_800_000;
/** Deliveries under way at once: some head start is fine, but the app has to meet this while it happens. */
const AHEAD = 50;
const HEAL_SECONDS = given.short ? 1 : 2;
/**
 * Megabytes that the live heap of a process that nobody kills may grow by for each 1,000 deliveries, once warm. Keeping
 * the evidence of each would be ten times as much. In the smaller runs code is still being compiled, and what is remembered
 * (48 MB of facts, 56 MB of answers) still fills.
 */
const GROWTH = given.short || given.pglite ? 12 : 3;

const random = randomFrom(Number(given.seed));
// The app lives by the real clock; the stand-in's runs ahead of it, one second for each change.
const github = await startStandIn({ clock: createClock(Date.now()), ...manifest() });
const postgres = given.pglite ? null : await startPostgres();
const folder = mkdtempSync(join(tmpdir(), 'soak-'));
const storeOf = async (name: string): Promise<{ url: string } | { folder: string }> =>
  postgres === null ? { folder: join(folder, name) } : { url: await postgres.createDatabase() };
const [store, freshStore] = [await storeOf('store'), await storeOf('fresh')];
const port = await freePort();
const start = (at: number, place: typeof store, heal: number, inspected = false): Promise<AppProcess> =>
  startApp({
    identity: github.app,
    api: github.url,
    store: place,
    port: at,
    slots: 8,
    heal,
    inspected,
  });

const estate = createEstate(github, random, scale);
let app = await start(port, store, HEAL_SECONDS);
github.app.listen(`${app.url}/api/github/webhooks`);
const counts = { dropped: 0, doubled: 0, late: 0, failing: 0 };
github.webhooks.decide(({ redelivery }) => {
  if (redelivery) return 'deliver';
  if (random.chance(RATES.dropped)) {
    counts.dropped += 1;
    return 'drop';
  }
  if (random.chance(RATES.doubled)) {
    counts.doubled += 1;
    return 'duplicate';
  }
  if (!random.chance(RATES.late)) return 'deliver';
  counts.late += 1;
  return { delay: Math.floor(random.next() * LATEST_MS) };
});
const strike = (part: number) => (): boolean => {
  const struck = random.chance(part);
  if (struck) counts.failing += 1;
  return struck;
};
github.faults.add({ on: strike(RATES.failing * 0.5), failure: { status: 500 } });
github.faults.add({ on: strike(RATES.failing * 0.2), failure: 'lose-answer' });
github.faults.add({ on: strike(RATES.failing * 0.2), failure: { secondaryRateLimit: { retryAfter: 1 } } });
github.faults.add({ on: strike(RATES.failing * 0.1), failure: 'hang' });

const began = performance.now();
const secondsSince = (from: number): number => (performance.now() - from) / 1000;
const resident: number[] = [];
let kills = 0;
while (toldTo(github).length < scale.deliveries) {
  await estate.act();
  while (github.webhooks.pending() > AHEAD) await sleep(20);
  await sleep(given.short ? 10 : 2);
  if (kills < scale.kills && toldTo(github).length > ((kills + 1) * scale.deliveries) / (scale.kills + 1)) {
    resident.push(Math.round(app.residentMegabytes()));
    await app.end('SIGKILL');
    kills += 1;
    await sleep(random.next() * 300);
    app = await start(port, store, HEAL_SECONDS);
  }
}
await estate.bringBack();
const happened = secondsSince(began);

github.webhooks.decide(null);
// Twice as long as all of what heals takes: a lost event is asked for again, and its neighbours are judged again.
/** Whatever was announced and never taken, by however many attempts. */
const unheard = (): number => {
  const heard = new Set(
    github.webhooks
      .list()
      .filter(({ statusCode }) => statusCode === 200)
      .map(({ guid }) => guid),
  );
  return toldTo(github).filter(({ guid }) => !heard.has(guid)).length;
};
const quiet = (): boolean => github.webhooks.pending() === 0 && unheard() === 0;
const rest = performance.now();
let isDrained = await drained(app, SETTLE_MS, quiet);
// Requests go on failing until everything that happened has been judged.
github.faults.clear();
if (isDrained) {
  await sleep(HEAL_SECONDS * 1000 * 20);
  isDrained = await drained(app, SETTLE_MS - secondsSince(rest) * 1000, quiet);
}
const settled = secondsSince(rest);
const lostDeliveries = unheard();
const measured =
  (await app.metrics()).match(/^clear_to_ship_(heals|failures|verdicts|queue_jobs).*$/gm) ?? [];
resident.push(Math.round(app.residentMegabytes()));
await app.end('SIGTERM');
if (!isDrained) {
  const database = await openDatabase(store);
  const left = await database.handle.selectFrom('pending_jobs').selectAll().execute();
  for (const { key, job, generation, taken, urgency } of left)
    console.log(
      `left: ${key} generation ${generation} taken ${taken} urgency ${urgency} ${job.slice(0, 300)}`,
    );
  await database.close();
}

const was = shown(estate.tracked);
const requests = github.requests.length;
const deliveries = toldTo(github);
const fresh = await start(await freePort(), freshStore, 0, true);
const live: Sample[] = [];
const residentThen: number[] = [];
const told = performance.now();
const right = await tellFresh(github, fresh, deliveries, estate.tracked, async (count) => {
  live.push({ at: count / 1000, value: await fresh.liveMegabytes() });
  residentThen.push(Math.round(fresh.residentMegabytes()));
});
const toldSeconds = secondsSince(told);
/** Megabytes for each 1,000 deliveries. */
const growth = slopeOf(afterWarmUp(live));
await fresh.end('SIGTERM');
const { entries, problems } = await compare(was, right, store, freshStore);

for (const [what, lines] of problems) {
  console.log(`${what}: ${lines.length}`);
  for (const line of lines.slice(0, 5)) console.log(`  ${line}`);
}
const count = (what: string): number => problems.get(what)?.length ?? 0;
const grew = growth > GROWTH;
const list: readonly (readonly [string, string | number])[] = [
  ['store', postgres === null ? 'PGlite' : 'Postgres'],
  ['deliveries', deliveries.length],
  ['pull requests', estate.tracked.length],
  ['repositories / installations', `${estate.repositories.length} / ${scale.installations}`],
  ['dropped / doubled / late deliveries', `${counts.dropped} / ${counts.doubled} / ${counts.late}`],
  ['failed requests', `${counts.failing} of ${requests}`],
  ['SIGKILLs', kills],
  ['seconds of events / until settled', `${happened.toFixed(0)} / ${settled.toFixed(0)}`],
  ['drained', isDrained ? 'yes' : 'NO'],
  ['deliveries never heard of', lostDeliveries],
  ['wrong / lost verdicts', `${count('wrong verdicts')} / ${count('lost verdicts')}`],
  ['against what was meant', count('against what was meant')],
  ['not replayed', count('not replayed')],
  [
    'decisions wrong / lost / doubled / invented',
    [
      count('wrong decisions'),
      count('lost decisions'),
      count('decisions recorded twice'),
      count('invented decisions'),
    ].join(' / '),
  ],
  [
    'comments wrong / doubled, labels wrong',
    `${count('wrong comments')} / ${count('doubled comments')}, ${count('wrong labels')}`,
  ],
  ['ledger entries / broken chains', `${entries} / ${count('broken chains')}`],
  ['megabytes resident, before each kill', resident.join(' ')],
  ['the fresh app took', `${toldSeconds.toFixed(0)} seconds`],
  ['its megabytes resident', residentThen.join(' ')],
  ['its live heap', live.map(({ value }) => value.toFixed(0)).join(' ')],
  [
    'growth of that for each 1,000 deliveries',
    `${growth.toFixed(2)} MB, limit ${GROWTH}${grew ? ': TOO MUCH' : ''}`,
  ],
  ['of the last process', measured.map((line) => line.replace('clear_to_ship_', '')).join('; ')],
  ['schema problems', github.schemaProblems.length],
];
for (const [what, value] of list) console.log(`${what.padEnd(44)} ${value}`);
for (const problem of github.schemaProblems.slice(0, 5)) console.log(problem);
await github.close();
await postgres?.stop();
rmSync(folder, { recursive: true, force: true });
process.exit(problems.size === 0 && isDrained && !grew && github.schemaProblems.length === 0 ? 0 : 1);
