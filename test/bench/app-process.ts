// The app as operators run it: a process of its own, watched from outside.
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import type { StandInOptions } from '../support/stand-in.ts';

/** What `app.yml` asks GitHub for. */
export const manifest = (): Required<Pick<StandInOptions, 'permissions' | 'events'>> => {
  const { default_permissions: permissions, default_events: events } = parse(
    readFileSync(new URL('../../app.yml', import.meta.url), 'utf8'),
  ) as {
    readonly default_permissions: NonNullable<StandInOptions['permissions']>;
    readonly default_events: readonly string[];
  };
  return { permissions, events };
};

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

/** What an App is known by on the forge. */
export type Identity = { readonly id: number; readonly privateKey: string; readonly webhookSecret: string };

export type AppProcessOptions = {
  readonly identity: Identity;
  /** Base of the forge's API. */
  readonly api: string;
  readonly store: { readonly url: string } | { readonly folder: string };
  readonly port: number;
  readonly slots: number;
  /** Seconds between rounds of healing; 0 for none. */
  readonly heal: number;
  /** What is run instead of the server: a bench's own program. */
  readonly program?: URL;
  /** Whether its heap is looked at. */
  readonly inspected?: boolean;
  /** Flags for Node. */
  readonly flags?: readonly string[];
};

export type AppProcess = {
  readonly url: string;
  readonly pid: number;
  readonly residentMegabytes: () => number;
  /** Processor time taken so far, in seconds. */
  readonly processorSeconds: () => number;
  /** What is on the heap after everything that can go has gone; needs `inspected`. */
  readonly liveMegabytes: () => Promise<number>;
  /** A metric without labels; NaN when it was never set. */
  readonly metric: (name: string) => Promise<number>;
  readonly metrics: () => Promise<string>;
  /** Sends the signal and waits for the end. */
  readonly end: (signal: NodeJS.Signals) => Promise<void>;
};

/** Linux counts in ticks of a hundredth of a second, whatever the machine. */
const TICKS = 100;

/** Processor time of a process and of the children it has waited for, in seconds. */
export const processorSecondsOf = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index] ?? 0), 0) / TICKS;
};

/** Asks the inspector for a full collection and for what it left. */
const liveMegabytes = async (inspector: number): Promise<number> => {
  const targets = (await (await fetch(`http://127.0.0.1:${inspector}/json/list`)).json()) as readonly {
    readonly webSocketDebuggerUrl: string;
  }[];
  const socket = new WebSocket(targets[0]?.webSocketDebuggerUrl ?? '');
  const answers = new Map<number, (result: unknown) => void>();
  socket.addEventListener('message', ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { readonly id: number; readonly result: unknown };
    answers.get(id)?.(result);
  });
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', reject);
  });
  const ask = (id: number, method: string): Promise<unknown> =>
    new Promise((resolve) => {
      answers.set(id, resolve);
      socket.send(JSON.stringify({ id, method }));
    });
  await ask(1, 'HeapProfiler.collectGarbage');
  const { usedSize } = (await ask(2, 'Runtime.getHeapUsage')) as { readonly usedSize: number };
  socket.close();
  return usedSize / 1_048_576;
};

const PAGE_BYTES = 4096;
const START_TRIES = 600;

/** Starts it and waits until it listens. */
export const startApp = async (options: AppProcessOptions): Promise<AppProcess> => {
  const { identity, store, port } = options;
  const program = options.program ?? new URL('../../src/main.ts', import.meta.url);
  const inspector = options.inspected === true ? await freePort() : null;
  const flags = [
    ...(inspector === null ? [] : [`--inspect=127.0.0.1:${inspector}`]),
    ...(options.flags ?? []),
  ];
  const env: Record<string, string | undefined> = {
    PATH: process.env.PATH,
    NODE_ENV: 'production',
    APP_ID: String(identity.id),
    PRIVATE_KEY: identity.privateKey,
    WEBHOOK_SECRET: identity.webhookSecret,
    GITHUB_API_URL: options.api,
    HOST: '127.0.0.1',
    PORT: String(port),
    SLOTS: String(options.slots),
    HEAL_SECONDS: String(options.heal),
    // Nothing but the forge is asked, so that nobody else's answers are measured.
    REGISTRY_LOOKUPS: 'off',
    LOG_LEVEL: process.env.BENCH_LOG ?? 'fatal',
    ...('url' in store ? { DATABASE_URL: store.url } : { DATA_FOLDER: store.folder }),
  };
  const child = spawn(process.execPath, [...flags, program.pathname], {
    env: env as NodeJS.ProcessEnv,
    // Node announces its inspector there.
    stdio: [
      'ignore',
      process.env.BENCH_LOG === undefined ? 'ignore' : 'inherit',
      inspector === null ? 'inherit' : 'ignore',
    ],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; !(await fetch(`${url}/ping`).catch(() => null))?.ok; tries += 1) {
    if (tries === START_TRIES || child.exitCode !== null) throw new Error('the app does not start');
    await sleep(50);
  }
  const pid = child.pid ?? 0;
  const metrics = (): Promise<string> => fetch(`${url}/metrics`).then((answer) => answer.text());
  return {
    url,
    pid,
    liveMegabytes: async () => {
      if (inspector === null) throw new Error('the process was not started to be looked at');
      return liveMegabytes(inspector);
    },
    metrics,
    residentMegabytes: () =>
      (Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES) / 1_048_576,
    processorSeconds: () => processorSecondsOf(pid),
    metric: async (name) => {
      const line = (await metrics()).split('\n').find((each) => each.startsWith(`${name} `));
      return line === undefined ? Number.NaN : Number(line.slice(name.length + 1));
    },
    end: async (signal) => {
      child.kill(signal);
      await ended;
    },
  };
};

/** What `post` needs of a delivery. */
export type Posted = { readonly event: string; readonly guid: string; readonly payload: string };

/** Posts a webhook as GitHub signs it; answers the status and how long the answer took, in milliseconds. */
export const post = async (
  url: string,
  secret: string,
  { event, guid, payload }: Posted,
): Promise<{ readonly status: number; readonly milliseconds: number }> => {
  const signature = createHmac('sha256', secret).update(payload).digest('hex');
  const start = performance.now();
  const answer = await fetch(`${url}/api/github/webhooks`, {
    method: 'POST',
    body: payload,
    headers: {
      'content-type': 'application/json',
      'x-github-event': event,
      'x-github-delivery': guid,
      'x-hub-signature-256': `sha256=${signature}`,
    },
  });
  await answer.arrayBuffer();
  return { status: answer.status, milliseconds: performance.now() - start };
};
