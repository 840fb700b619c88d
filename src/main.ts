// The server: environment → adapters → Probot → worker. The only file that knows everything.
import { type Logger, pino } from 'pino';
import { Probot, Server } from 'probot';
import { createApp } from './app.ts';
import { readSettings, type Settings, SettingsError } from './env.ts';
import type { GatePorts } from './gate.ts';
import type { Api, ApiFor } from './github/api.ts';
import { GateOctokit } from './github/octokit.ts';
import { createGitHubPublisher } from './github/publisher.ts';
import { createGitHubRoster } from './github/roster.ts';
import { askState, askStateOrNull, createGitHubSource, listOpen } from './github/source.ts';
import type { Clock, PullRequestRef, PullRequestState } from './ports.ts';
import { type Database, openDatabase } from './store/database.ts';
import { openQueue } from './store/queue.ts';
import type { Turn } from './store/queue-turn.ts';
import { startWorker } from './store/queue-worker.ts';
import { openStore, type Store } from './store/store.ts';
import { createWorkerHandler, holdOf } from './worker.ts';

export type Running = {
  /** Where the server listens, e.g. `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Whether no job waits or is at work. */
  readonly idle: () => Promise<boolean>;
  /** Takes no more webhooks, finishes the jobs at work, closes the store. */
  readonly stop: () => Promise<void>;
};

/** How long jobs at work may take once the process was asked to stop, in milliseconds; what is left runs again. */
const DRAIN_MS = 20_000;

export async function startServer(settings: Settings, log: Logger, clock: Clock): Promise<Running> {
  const onError = (error: Error): void => log.error({ err: error }, 'store');
  const database = await openDatabase({ ...databasePlace(settings), onError });
  const queue = await openQueue(database, { onError });
  const store = openStore(database, queue);

  const defaults = {
    appId: settings.appId,
    privateKey: settings.privateKey,
    secret: settings.webhookSecret,
    log,
    Octokit: GateOctokit,
    ...(settings.apiUrl === null ? {} : { baseUrl: settings.apiUrl }),
  };
  const probot = new Probot(defaults);
  const apiFor = async (installation: number): Promise<Api> =>
    (await probot.auth(installation)) as unknown as Api;
  const portsFor = (turn: Turn): GatePorts => turnPorts(turn, { database, store, settings, apiFor, clock });

  const server = new Server({
    host: settings.host,
    port: settings.port,
    log,
    Probot: Probot.defaults(defaults),
    enableStaticFiles: false,
  });
  await server.load(
    createApp({
      inbox: store.inbox,
      answers: store.answers,
      estate: store.estate,
      policyRepository: settings.policyRepository,
    }),
  );
  const http = await server.start();
  const worker = startWorker(queue, createWorkerHandler(portsFor, log), { slots: settings.slots, onError });
  const address = http.address();
  const port = typeof address === 'object' && address !== null ? address.port : settings.port;
  return {
    url: `http://${settings.host === '0.0.0.0' ? '127.0.0.1' : settings.host}:${port}`,
    idle: store.idle,
    stop: async () => {
      await server.stop();
      await worker.stop(DRAIN_MS);
      await queue.close();
      await database.close();
    },
  };
}

type Parts = {
  readonly database: Database;
  readonly store: Store;
  readonly settings: Settings;
  readonly apiFor: ApiFor;
  readonly clock: Clock;
};

/** The gate's ports for one turn: what they write is written only while the turn is held. */
function turnPorts(turn: Turn, { database, store, settings, apiFor, clock }: Parts): GatePorts {
  const hold = holdOf(turn, (work) => database.transaction(work));
  const stateOf = async (pull: PullRequestRef): Promise<PullRequestState> =>
    (await store.pulls.recall(pull)) ?? askState(await apiFor(pull.installation), pull);
  return {
    source: createGitHubSource({
      apiFor,
      recall: store.pulls.recall,
      decisions: store.ledger.decisions,
      blobs: store.blobs,
      answers: store.answers,
      policyRepository: settings.policyRepository,
      clock,
    }),
    roster: createGitHubRoster(apiFor),
    ledger: store.ledgerBehind(turn.fence),
    claims: store.claims,
    pulls: store.pulls,
    inbox: store.inbox,
    hold,
    forge: {
      askState: async (pull) => askStateOrNull(await apiFor(pull.installation), pull),
      listOpen: async (installation, repositoryId) =>
        listOpen(await apiFor(installation), installation, repositoryId),
    },
    publisher: createGitHubPublisher({ apiFor, hold, stateOf, published: store.published, clock }),
    clock,
  };
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
  const running = await startServer(settings, log, () => new Date());
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

if (import.meta.main) await main();
