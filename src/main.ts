// The server: environment → adapters → Probot → worker. The only file that knows everything, with its parts beside it.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Logger, pino } from 'pino';
import { Probot } from 'probot';
import { createApp } from './app.ts';
import { deliveryFileSchema } from './core/delivery-file/schema.ts';
import { policyJsonSchema } from './core/policy/schema.ts';
import { readSettings, type Settings, SettingsError } from './env.ts';
import type { GatePorts } from './gate.ts';
import type { Api } from './github/api.ts';
import { keptClients, requestKind } from './github/clients.ts';
import { gateOctokit } from './github/octokit.ts';
import { createQuotas } from './github/quotas.ts';
import { createHealing } from './healing.ts';
import { memoryOn, upkeepOn } from './healing-ports.ts';
import { createDoors, listen, shut } from './http.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import type { Clock } from './ports.ts';
import { type Database, openDatabase } from './store/database.ts';
import { openQueue } from './store/queue.ts';
import type { Turn } from './store/queue-turn.ts';
import { startWorker } from './store/queue-worker.ts';
import { openStore } from './store/store.ts';
import { proveWritable, queueStanding } from './store/upkeep.ts';
import { turnPortsOn } from './turn-ports.ts';
import { createWorkerHandler, type WorkerObserver } from './worker.ts';

export type Running = {
  /** Where the server listens, e.g. `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Whether no job waits or is at work. */
  readonly idle: () => Promise<boolean>;
  /** One round of healing: whatever is due by the clock. */
  readonly heal: () => Promise<void>;
  /** Takes no more webhooks, finishes the jobs at work, closes the store. */
  readonly stop: () => Promise<void>;
};

/** The pace of healing where nothing but `heal` makes its rounds. */
const ROUND_SECONDS = 30;

/** How long jobs at work may take once the process was asked to stop, in milliseconds; what is left runs again. */
const DRAIN_MS = 20_000;

/** How long callers that are connected when it was asked to stop have for what they began, in milliseconds. */
const LAST_WORDS_MS = 5_000;

/**
 * `around` stands between the gate and its ports in every turn: tests break things there.
 *
 * @throws Error in words for whoever started the server, when the store or the port can't be had.
 */
export async function startServer(
  settings: Settings,
  log: Logger,
  clock: Clock,
  around: (ports: GatePorts) => GatePorts = (ports) => ports,
): Promise<Running> {
  const onError = (error: Error): void => log.error({ err: error }, 'store');
  const database = await openStoreOf(settings, onError);
  const queue = await openQueue(database, { onError });
  const store = openStore(database, queue);
  const metrics = createMetrics();
  const quotas = createQuotas(() => clock().getTime());

  const probot = new Probot({
    appId: settings.appId,
    privateKey: settings.privateKey,
    secret: settings.webhookSecret,
    log,
    Octokit: gateOctokit(({ method, url }, status) =>
      metrics.count('clear_to_ship_requests_total', {
        kind: requestKind(method, url),
        status: String(status),
      }),
    ),
    ...(settings.apiUrl === null ? {} : { baseUrl: settings.apiUrl }),
  });
  const apiFor = keptClients(async (installation) => {
    const api = await probot.auth(installation);
    api.hook.after('request', ({ headers }) => {
      const { 'x-ratelimit-remaining': remaining, 'x-ratelimit-limit': limit } = headers;
      if (remaining === undefined || Number(limit) <= 0) return;
      quotas.heard(installation, headers);
      const labels = {
        installation: String(installation),
        resource: String(headers['x-ratelimit-resource'] ?? 'core'),
      };
      metrics.gauge('clear_to_ship_quota_remaining', labels, Number(remaining));
    });
    return api as unknown as Api;
  });
  const portsOf = turnPortsOn({ database, store, settings, apiFor, clock });
  const portsFor = (turn: Turn): GatePorts => around(portsOf(turn));
  await probot.load(
    createApp({
      appId: settings.appId,
      inbox: store.inbox,
      answers: store.answers,
      estate: store.estate,
      policyRepository: settings.policyRepository,
    }),
    { addHandler: () => undefined, cwd: process.cwd() },
  );

  const heal = createHealing({
    upkeep: upkeepOn(async () => (await probot.auth()) as unknown as Api, apiFor, quotas, settings.appId),
    memory: memoryOn(database, settings),
    inbox: store.inbox,
    log,
    roundSeconds: settings.healSeconds || ROUND_SECONDS,
    healed: (kind, count) => metrics.count('clear_to_ship_heals_total', { kind }, count),
  });
  const server = createDoors({
    log,
    verify: ({ text, signature }) => probot.webhooks.verify(text, signature),
    receive: ({ id, name }, payload) =>
      probot.webhooks.receive({ id, name, payload } as Parameters<typeof probot.webhooks.receive>[0]),
    ready: () => proveWritable(database.handle),
    metrics: async () => {
      const { jobs, age } = await queueStanding(database.handle);
      metrics.gauge('clear_to_ship_queue_jobs', {}, jobs);
      metrics.gauge('clear_to_ship_queue_age_seconds', {}, age);
      return metrics.text();
    },
    schemas: SCHEMAS,
    answered: (event, status, seconds) => {
      metrics.count('clear_to_ship_webhooks_total', { event, status: String(status) });
      metrics.observe('clear_to_ship_webhook_seconds', seconds);
    },
  });
  const close = async (): Promise<void> => {
    await queue.close();
    await database.close();
  };
  let port: number;
  try {
    port = await listen(server, settings.host, settings.port);
  } catch (error) {
    await close();
    throw error;
  }
  const handler = createWorkerHandler(portsFor, log, observerOn(metrics));
  const worker = startWorker(queue, handler, { slots: settings.slots, onError });
  const rounds = startRounds(settings.healSeconds, () => heal(clock()));
  return {
    url: `http://${settings.host === '0.0.0.0' ? '127.0.0.1' : settings.host}:${port}`,
    idle: store.idle,
    heal: () => heal(clock()),
    stop: async () => {
      // Side by side: neither a caller that sends nothing nor a long round of healing may keep jobs from being handed on.
      await Promise.all([
        shut(server, LAST_WORDS_MS),
        worker.stop(DRAIN_MS),
        Promise.race([rounds.stop(), sleep(DRAIN_MS, undefined, { ref: false })]),
      ]);
      await close();
    },
  };
}

/** Repeats `round` every so many seconds, never two at once; 0 for never. */
function startRounds(seconds: number, round: () => Promise<void>): { readonly stop: () => Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  let busy = false;
  const timer =
    seconds === 0
      ? null
      : setInterval(() => {
          if (busy) return;
          busy = true;
          running = round().finally(() => {
            busy = false;
          });
        }, seconds * 1000);
  return {
    stop: async () => {
      if (timer !== null) clearInterval(timer);
      await running;
    },
  };
}

/** The same as in docs/. */
const SCHEMAS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '/delivery.schema.json': deliveryFileSchema(),
    '/policy.schema.json': policyJsonSchema(),
  }).map(([path, schema]) => [path, `${JSON.stringify(schema, null, 2)}\n`]),
);

function observerOn(metrics: Metrics): WorkerObserver {
  return {
    judged: ({ outcome }, seconds) => {
      metrics.count('clear_to_ship_verdicts_total', { outcome });
      metrics.observe('clear_to_ship_verdict_seconds', seconds);
    },
    failed: (kind) => metrics.count('clear_to_ship_failures_total', { kind }),
  };
}

async function openStoreOf(settings: Settings, onError: (error: Error) => void): Promise<Database> {
  try {
    return await openDatabase({ ...databasePlace(settings), onError });
  } catch (error) {
    const place =
      settings.databaseUrl === null ? `DATA_FOLDER ${settings.dataFolder}` : 'the database of DATABASE_URL';
    throw new Error(`${place} can't be opened: ${(error as Error).message}`, { cause: error });
  }
}

function databasePlace({ databaseUrl, dataFolder }: Settings): { url: string } | { folder: string } | object {
  if (databaseUrl !== null) return { url: databaseUrl };
  return dataFolder === null ? {} : { folder: dataFolder };
}

function explain(error: SettingsError): string {
  return [
    'Clear to Ship can’t start:',
    ...error.problems.map((problem) => `  - ${problem}`),
    '',
    'To create the GitHub App: app.yml is its manifest; docs/install.md walks through it.',
    'To see it work without any of this: npm run demo',
    '',
  ].join('\n');
}

async function main(): Promise<void> {
  let settings: Settings;
  try {
    settings = readSettings(process.env);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(explain(error));
    process.exitCode = 78;
    return;
  }
  const log = pino({ level: settings.logLevel });
  let running: Running;
  try {
    running = await startServer(settings, log, () => new Date());
  } catch (error) {
    // Not the whole error: a driver may quote the address it was given, password and all.
    log.fatal({ reason: withoutPassword((error as Error).message, settings) }, 'Clear to Ship can’t start');
    process.exitCode = 69;
    return;
  }
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    running.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop(signal));
  log.info({ url: running.url }, 'Clear to Ship is listening');
}

/** A message with whatever is secret in the settings blotted out. */
function withoutPassword(message: string, { databaseUrl, webhookSecret, privateKey }: Settings): string {
  const password = databaseUrl === null ? '' : decodeURIComponent(new URL(databaseUrl).password);
  return [databaseUrl ?? '', password, webhookSecret, privateKey]
    .filter((secret) => secret !== '')
    .reduce((text, secret) => text.replaceAll(secret, '[secret]'), message);
}

if (import.meta.main) await main();
