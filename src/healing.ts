// What got lost is found again: failed deliveries, pull requests without a current verdict, approvals that ended.
import type { Logger } from 'pino';
import type {
  Doubted,
  FailedDeliveries,
  FailedDelivery,
  Inbox,
  InstalledOn,
  Listed,
  PullRequestRef,
  PullRequestState,
} from './ports.ts';

export type Upkeep = {
  readonly failed: (since: Date, pages: number, from: string | null) => Promise<FailedDeliveries>;
  readonly redeliver: (id: string) => Promise<void>;
  readonly installations: () => Promise<readonly InstalledOn[]>;
  readonly changed: (installation: InstalledOn, since: Date) => Promise<readonly Listed[]>;
  /** The part (0 to 1) of its requests that GitHub still allows the installation; 1 while nothing is known. */
  readonly quota: (installation: number) => number;
  /** The newest run of ours of each name on the commit. */
  readonly shownRuns: (pull: PullRequestRef, headSha: string) => Promise<ReadonlyMap<string, number>>;
};

export type Memory = {
  /** True for one process at most once in `seconds`. */
  readonly takeChore: (name: string, seconds: number, now: Date) => Promise<boolean>;
  /** Whether the failed delivery was not asked for again yet, and may be. */
  readonly mayRedeliver: (
    delivery: FailedDelivery,
    most: number,
    pauseSeconds: number,
    now: Date,
  ) => Promise<boolean>;
  /** GitHub took the request for it. */
  readonly redelivered: (delivery: FailedDelivery, now: Date) => Promise<void>;
  readonly standing: (
    pull: PullRequestRef,
  ) => Promise<{ readonly state: PullRequestState; readonly shown: string | null } | null>;
  readonly knows: (installation: number) => Promise<boolean>;
  readonly expired: (now: Date, most: number) => Promise<readonly PullRequestRef[]>;
  readonly doubted: (most: number) => Promise<readonly Doubted[]>;
  readonly endDoubt: (doubted: Doubted) => Promise<void>;
  readonly tidy: (now: Date) => Promise<void>;
};

export type HealingOptions = {
  readonly upkeep: Upkeep;
  readonly memory: Memory;
  readonly inbox: Inbox;
  readonly log: Logger;
  /** How often the rounds are made. */
  readonly roundSeconds: number;
  readonly healed: (
    kind: 'redelivered' | 'swept' | 'expired' | 'discovered' | 'repainted',
    count: number,
  ) => void;
};

/**
 * How often each chore is due, in rounds. With a round every 30 seconds a lost event heals within two sweeps, which is
 * less than ten minutes.
 */
const PACE = { deliveries: 4, sweep: 8, expiry: 2, doubts: 16, tidy: 120, vettings: 2880 };

/** GitHub keeps deliveries, and redelivers them, for three days (seven on Enterprise Server). */
const DELIVERY_DAYS = 3;
/** Pages of 100 failed deliveries that one round reads of the newest, and as many of those further back. */
const DELIVERY_PAGES = 10;
/** A delivery that fails so often fails for its content. */
const MOST_REDELIVERIES = 8;
/** So many failed requests in one round say that GitHub takes none at the moment. */
const MOST_REFUSED = 10;
/** A sweep looks back further than the time since the last one: GitHub's search lags behind. */
const OVERLAP_MS = 15 * 60_000;
const DAY_MS = 86_400_000;
/** Live events come first: below this part of the quota nothing is swept. */
const RESERVED = 0.3;
/** Requests that GitHub allows an installation in an hour, at least. */
const SMALLEST_QUOTA = 5_000;
/** What judging a pull request again takes where nothing of it is known. */
const REQUESTS_EACH = 7;
const MOST_EXPIRED = 500;
/** Requests of one round that ask what is shown. */
const MOST_DOUBTED = 100;

/** One round: whatever is due is done, by one process at a time. What fails is logged and due again. */
export function createHealing(options: HealingOptions): (now: Date) => Promise<void> {
  const { memory, log } = options;
  /** Installation → when it was last swept whole. */
  const swept = new Map<number, number>();
  const backlog: Backlog = { from: null, refused: new Set() };
  const chores: readonly (readonly [keyof typeof PACE, (now: Date) => Promise<void>])[] = [
    ['deliveries', (now) => redeliverFailed(options, backlog, now)],
    ['sweep', (now) => sweepChanged(options, swept, now)],
    ['expiry', (now) => reviewExpired(options, now)],
    ['doubts', (now) => lookAtDoubted(options, now)],
    ['tidy', memory.tidy],
    ['vettings', () => warnOfVettings(options)],
  ];
  return async (now) => {
    for (const [name, chore] of chores) {
      try {
        if (await memory.takeChore(name, PACE[name] * options.roundSeconds, now)) await chore(now);
      } catch (error) {
        log.warn({ err: error, chore: name }, 'healing failed; it is tried again');
      }
    }
  };
}

/** Where the last round stopped among the failures that the newest pages don't reach; null to begin behind those. */
type Backlog = {
  from: string | null;
  /** Deliveries that could not be asked for in the last round. */
  refused: Set<string>;
};

async function redeliverFailed(
  { upkeep, memory, healed, log, roundSeconds }: HealingOptions,
  backlog: Backlog,
  now: Date,
): Promise<void> {
  const since = new Date(now.getTime() - DELIVERY_DAYS * DAY_MS);
  const pause = roundSeconds * PACE.deliveries;
  const newest = new Map<string, FailedDelivery>();
  const latest = await upkeep.failed(since, DELIVERY_PAGES, null);
  const failed = [...latest.deliveries];
  // A failure stays listed when its redelivery arrived: after a long outage the newest pages are always the same.
  if (latest.next !== null) {
    const from = backlog.from ?? latest.next;
    backlog.from = null;
    const further = await upkeep.failed(since, DELIVERY_PAGES, from);
    backlog.from = further.next;
    failed.push(...further.deliveries);
  }
  for (const delivery of failed) if (!newest.has(delivery.guid)) newest.set(delivery.guid, delivery);
  // What GitHub did not take last time goes behind everything else, or the newest of it would keep the rest waiting.
  const refused = backlog.refused;
  backlog.refused = new Set();
  const inTurn = [...newest.values()].sort(
    (one, other) => Number(refused.has(one.guid)) - Number(refused.has(other.guid)),
  );
  for (const delivery of inTurn) {
    if (!(await memory.mayRedeliver(delivery, MOST_REDELIVERIES, pause, now))) continue;
    try {
      await upkeep.redeliver(delivery.id);
    } catch (error) {
      log.warn({ err: error, delivery: delivery.guid }, 'GitHub did not take a failed delivery again');
      backlog.refused.add(delivery.guid);
      if (backlog.refused.size >= MOST_REFUSED) return;
      continue;
    }
    await memory.redelivered(delivery, now);
    log.info({ delivery: delivery.guid }, 'asked GitHub for a failed delivery again');
    healed('redelivered', 1);
  }
}

async function sweepChanged(options: HealingOptions, swept: Map<number, number>, now: Date): Promise<void> {
  const { upkeep, log } = options;
  for (const installation of await upkeep.installations()) {
    if (installation.suspended) continue;
    if (upkeep.quota(installation.id) < RESERVED) {
      log.info({ installation: installation.id }, 'not swept: the quota is kept for live events');
      continue;
    }
    const last = swept.get(installation.id);
    const since = new Date(last === undefined ? now.getTime() - DELIVERY_DAYS * DAY_MS : last - OVERLAP_MS);
    try {
      const isWhole = await sweepInstallation(options, installation, since);
      // What there was no quota for is found again, from where this sweep began.
      if (isWhole) swept.set(installation.id, now.getTime());
    } catch (error) {
      log.warn({ err: error, installation: installation.id }, 'sweep failed; it is tried again');
    }
  }
}

/** False when more than the installation's quota allows would have to be judged again. */
async function sweepInstallation(
  { upkeep, memory, inbox, healed, log }: HealingOptions,
  installation: InstalledOn,
  since: Date,
): Promise<boolean> {
  const job = { cause: 'sweep', delivery: null, again: false };
  if (!(await memory.knows(installation.id))) {
    const { id, login } = installation;
    const pull = { installation: id, repositoryId: 0, owner: login, repository: '', number: 0 };
    const errand = { kind: 'sweep', discover: true } as const;
    await inbox.accept({ state: null, claim: null, job: { ...job, pull, refresh: false, errand } });
    healed('discovered', 1);
  }
  let affordable = affordableSwept(upkeep.quota(installation.id));
  for (const listed of await upkeep.changed(installation, since)) {
    const standing = await memory.standing(listed.pull);
    if (isCurrent(listed, standing)) continue;
    if (affordable === 0) {
      log.info({ installation: installation.id }, 'swept in part: the quota is kept for live events');
      return false;
    }
    affordable -= 1;
    await inbox.accept({ state: null, claim: null, job: { ...job, pull: listed.pull, refresh: true } });
    healed('swept', 1);
  }
  return true;
}

/** How many pull requests may be judged again before only what is reserved would be left, and one in any case. */
function affordableSwept(quota: number): number {
  return Math.max(1, Math.floor(((quota - RESERVED) * SMALLEST_QUOTA) / REQUESTS_EACH));
}

/** Whether what the store knows, and shows, is what GitHub has. */
function isCurrent(listed: Listed, standing: Awaited<ReturnType<Memory['standing']>>): boolean {
  if (standing === null) return !listed.open;
  const { state, shown } = standing;
  if (!listed.open) return !state.open;
  const [known, now] = [state.pull, listed.pull];
  return (
    state.open &&
    // Under another name, or in another organisation: what it was called may be somebody else's by now.
    known.installation === now.installation &&
    known.owner === now.owner &&
    known.repository === now.repository &&
    state.headSha === listed.headSha &&
    shown === listed.headSha &&
    state.baseRef === listed.baseRef &&
    state.isDraft === listed.isDraft &&
    [...state.labels].sort().join('\n') === [...listed.labels].sort().join('\n')
  );
}

/** Once a day each organisation's register is looked at: its owners are told before a vetting ends. */
async function warnOfVettings({ upkeep, inbox }: HealingOptions): Promise<void> {
  for (const { id, login, suspended } of await upkeep.installations()) {
    if (suspended) continue;
    const pull = { installation: id, repositoryId: 0, owner: login, repository: '', number: 0 };
    const cause = 'sweep for vettings that end';
    const errand = { kind: 'vettings' } as const;
    await inbox.accept({
      state: null,
      claim: null,
      job: { pull, cause, delivery: null, refresh: false, again: false, errand },
    });
  }
}

/** Expiry is judged at an evaluation, so there has to be one when the time comes. */
async function reviewExpired({ memory, inbox, healed }: HealingOptions, now: Date): Promise<void> {
  const pulls = await memory.expired(now, MOST_EXPIRED);
  for (const pull of pulls)
    await inbox.accept({
      state: null,
      claim: null,
      job: { pull, cause: 'sweep for what time changes', delivery: null, refresh: false, again: false },
    });
  if (pulls.length > 0) healed('expired', pulls.length);
}

/** Where a worker died or was lost, it may have shown something older since: then the newest result is shown again. */
async function lookAtDoubted(options: HealingOptions, now: Date): Promise<void> {
  const { upkeep, memory, log } = options;
  for (const doubted of await memory.doubted(MOST_DOUBTED)) {
    if (upkeep.quota(doubted.pull.installation) < RESERVED) continue;
    try {
      await repaintIfOlder(options, doubted);
    } catch (error) {
      log.warn({ err: error, pull: doubted.pull.number }, 'what is shown could not be seen');
    }
    // A last look after its time; what can't be seen even then is gone, or heard of otherwise.
    if (doubted.until <= now) await memory.endDoubt(doubted);
  }
}

async function repaintIfOlder(
  { upkeep, inbox, healed, log }: HealingOptions,
  { pull, headSha, runs }: Doubted,
): Promise<void> {
  const shown = await upkeep.shownRuns(pull, headSha);
  if ([...runs].every(([name, id]) => shown.get(name) === id)) return;
  log.warn(
    { pull: `${pull.owner}/${pull.repository}#${pull.number}` },
    'shows what is not its newest result',
  );
  await inbox.accept({
    state: null,
    claim: null,
    job: { pull, cause: 'sweep for what a lost worker left', delivery: null, refresh: true, again: true },
  });
  healed('repainted', 1);
}
