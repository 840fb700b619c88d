// A stand-in GitHub on loopback: state in memory, REST, GraphQL and webhooks in GitHub's own shapes.
import { generateKeyPairSync } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Clock, createClock } from './clock.ts';
import { createFaults, type Fault } from './faults.ts';
import { servePage } from './pages/pages.ts';
import type { Scene } from './pages/pull-page.ts';
import { createTokens } from './rest/authentication.ts';
import { listen } from './server.ts';
import {
  createOrganization,
  type OrganizationSpec,
  type OrganizationStory,
  type PullStory,
} from './story.ts';
import { countOf, createTraffic, type ServedRequest } from './traffic.ts';
import { createDeliveries, type Deliveries } from './webhooks/deliveries.ts';
import { accountOf } from './world/accounts.ts';
import type { Account, App, Permissions, PullRequest, World } from './world/state.ts';

/** The permissions and events the App's manifest asks for; a test may leave some out. */
const PERMISSIONS: Permissions = {
  checks: 'write',
  contents: 'read',
  issues: 'write',
  members: 'read',
  merge_queues: 'read',
  metadata: 'read',
  pull_requests: 'write',
  statuses: 'write',
};

const EVENTS = [
  'check_run',
  'check_suite',
  'label',
  'membership',
  'merge_group',
  'organization',
  'pull_request',
  'pull_request_review',
  'push',
  'repository',
  'team',
];

export type StandInOptions = {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Default: a clock of its own that starts on 5 January 2026. */
  readonly clock?: Clock;
  /** Milliseconds every answer takes; see `countRequests`. Default 0. */
  readonly latency?: number;
  /** Real time in milliseconds, by which tokens expire. */
  readonly wallClock?: () => number;
  readonly permissions?: Permissions;
  readonly events?: readonly string[];
};

export type StandIn = {
  /** Base of REST (also under `/api/v3`), GraphQL (`/graphql`) and the pages. */
  readonly url: string;
  readonly world: World;
  readonly clock: Clock;
  readonly app: {
    readonly id: number;
    readonly slug: string;
    readonly clientId: string;
    /** PEM. */
    readonly privateKey: string;
    readonly webhookSecret: string;
    /** Where webhooks go from now on; events before that are lost. */
    readonly listen: (url: string, secret?: string) => void;
  };
  readonly webhooks: Deliveries;
  readonly faults: { readonly add: (fault: Fault) => () => void; readonly clear: () => void };
  /** Everything served so far, oldest first. */
  readonly requests: readonly ServedRequest[];
  /** A place in `requests` to count from. */
  readonly mark: () => number;
  /**
   * Requests since the mark, and how many had to wait for another. Round trips are only right with a `latency` longer
   * than the client needs to send what it sends together (25 ms).
   */
  readonly countRequests: (since?: number) => { readonly requests: number; readonly roundTrips: number };
  /** Answers and webhooks that GitHub's schemas don't allow, and what was asked for but isn't served. Empty when all is well. */
  readonly schemaProblems: readonly string[];
  readonly user: (login: string, type?: Account['type']) => Account;
  /** A personal access token of that person. */
  readonly token: (login: string) => string;
  /** Somebody else's App, installed everywhere. */
  readonly otherApp: (slug: string) => App;
  /** Makes all installation tokens expire at once. */
  readonly expireTokens: () => void;
  readonly setLatency: (milliseconds: number) => void;
  readonly organization: (login: string, spec?: OrganizationSpec) => OrganizationStory;
  /** Offers a prepared act as a button on the pull request's page. */
  readonly scene: (pull: PullStory, name: string, play: () => Promise<void>) => void;
  /** Resolves when all webhooks are answered and nothing was asked for `quiet` milliseconds (default 60). */
  readonly settled: (options?: {
    readonly quiet?: number;
    readonly within?: number;
    /** Asked as well: e.g. whether the App's queue is empty. */
    readonly idle?: () => boolean | Promise<boolean>;
  }) => Promise<void>;
  readonly close: () => Promise<void>;
};

// One key for all stand-ins of a process: making one takes longer than most tests.
let keys: { readonly publicKey: string; readonly privateKey: string } | null = null;
const keyPair = (): { readonly publicKey: string; readonly privateKey: string } => {
  keys ??= generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return keys;
};

const APP = { id: 4711, slug: 'clear-to-ship', clientId: 'Iv23liClearToShip000' };
const WEBHOOK_SECRET = 'only between the stand-in and the app';

const createWorld = (options: StandInOptions): World => {
  const clock = options.clock ?? createClock();
  const counters = new Map<string, number>();
  const accounts = new Map<string, Account>();
  const world = {
    clock,
    address: { url: 'http://127.0.0.1' },
    accounts,
    organizations: new Map(),
    repositories: new Map(),
    installations: new Map(),
    nextId: (kind: string): number => {
      const next = (counters.get(kind) ?? 0) + 1;
      counters.set(kind, next);
      return next;
    },
    emit: () => undefined,
    version: 0,
  } as Omit<World, 'app'>;
  const app = {
    ...APP,
    name: 'Clear to Ship',
    owner: accountOf(world as World, 'app-owner'),
    bot: accountOf(world as World, `${APP.slug}[bot]`),
    publicKey: keyPair().publicKey,
    permissions: options.permissions ?? PERMISSIONS,
    events: options.events ?? EVENTS,
    createdAt: clock.now(),
  };
  return Object.assign(world, { app });
};

/** Starts a stand-in on 127.0.0.1. Close it when done. */
export const startStandIn = async (options: StandInOptions = {}): Promise<StandIn> => {
  const world = createWorld(options);
  const schemaProblems: string[] = [];
  const problem = (text: string): void => {
    schemaProblems.push(text);
  };
  const tokens = createTokens(world.app.id, options.wallClock);
  const deliveries = createDeliveries(world, problem);
  const faults = createFaults();
  const traffic = createTraffic();
  let latency = options.latency ?? 0;
  world.emit = (event) => {
    world.version += 1;
    deliveries.announce(event);
  };
  const parts = { world, tokens, deliveries, faults, traffic, problem };
  const scenes = new Map<PullRequest, Scene[]>();
  const pages = {
    world,
    scenesOf: (pull: PullRequest) => scenes.get(pull) ?? [],
    busy: () => deliveries.pending() > 0 || traffic.underWay() > 0,
  };
  const server = await listen(
    { ...parts, latency: () => latency, page: (method, url, body) => servePage(pages, method, url, body) },
    options.port ?? 0,
  );
  const delivered = async (): Promise<void> => {
    while (deliveries.sending() > 0) await pause(2);
  };
  return {
    url: world.address.url,
    world,
    clock: world.clock,
    app: {
      ...APP,
      privateKey: keyPair().privateKey,
      webhookSecret: WEBHOOK_SECRET,
      listen: (url, secret = WEBHOOK_SECRET) => deliveries.register({ url, secret }),
    },
    webhooks: deliveries,
    faults,
    requests: traffic.requests,
    mark: () => traffic.requests.length,
    countRequests: (since = 0) => countOf(traffic.requests.slice(since)),
    schemaProblems,
    user: (login, type) => accountOf(world, login, type),
    token: (login) => tokens.issue({ kind: 'user', account: accountOf(world, login) }).token,
    otherApp: (slug) => ({
      ...world.app,
      id: APP.id + world.nextId('app'),
      slug,
      name: slug,
      clientId: `Iv23li${slug}`,
      owner: accountOf(world, `${slug}-owner`),
      bot: accountOf(world, `${slug}[bot]`),
    }),
    expireTokens: tokens.expireAll,
    setLatency: (milliseconds) => {
      latency = milliseconds;
    },
    organization: (login, spec) => createOrganization(world, delivered, login, spec),
    scene: ({ pull }, name, play) => {
      scenes.set(pull, [...(scenes.get(pull) ?? []), { name, play }]);
    },
    settled: async ({ quiet = 60, within = 50_000, idle = () => true } = {}) => {
      const deadline = performance.now() + within;
      let seen = traffic.requests.length;
      for (let calmSince: number | null = null; ; await pause(5)) {
        const busy = deliveries.pending() > 0 || traffic.underWay() > 0 || !(await idle());
        const now = performance.now();
        if (busy || traffic.requests.length !== seen) calmSince = null;
        else calmSince ??= now;
        seen = traffic.requests.length;
        if (calmSince !== null && now - calmSince >= quiet) return;
        if (now > deadline) throw new Error(`not settled within ${within} ms`);
      }
    },
    close: async () => {
      deliveries.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
};
