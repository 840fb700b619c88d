// The gate's ports on one open database and its queue.
import type {
  AnswerCache,
  BlobCache,
  Claims,
  Clearances,
  Estate,
  Inbox,
  Job,
  Ledger,
  Published,
  PullRequests,
  SeenDockerfiles,
} from '../ports.ts';
import { answerCacheOn, blobCacheOn, pruneCache } from './cache.ts';
import { openClaims, pruneClaims } from './claims.ts';
import { clearancesOn } from './clearances.ts';
import type { Database } from './database.ts';
import { doubtPullRequest } from './doubts.ts';
import { acceptingOn, enqueueWithin } from './enqueue.ts';
import { preparingOn, pruneEvidence } from './kept-evidence.ts';
import { ledgerInstallations } from './ledger.ts';
import { decisionsOn } from './ledger-decisions.ts';
import { type Follow, type LedgerShared, ledgerOn, recordedVerdicts } from './ledger-port.ts';
import { pruneLedger } from './ledger-prune.ts';
import { LEDGER_MINIMUM_DAYS } from './migrations.ts';
import { prunePublished, publishedOn } from './published.ts';
import {
  closePullRequests,
  expectChange,
  isBaseBranch,
  leaningPullRequests,
  openPullRequests,
  prunePullRequests,
  pullRequestsShowing,
  recallPullRequest,
  rememberPullRequest,
} from './pull-requests.ts';
import { isIdle, type Queue } from './queue.ts';
import type { Urgency } from './queue-share.ts';
import type { Fence } from './queue-turn.ts';
import { forgetSeen, pruneSeen, seenDockerfilesOn } from './seen-dockerfiles.ts';
import { rememberingTurn } from './turn-memory.ts';
import { pruneRedeliveries } from './upkeep.ts';

export type Store = {
  readonly ledger: Ledger;
  /** The ledger for one turn of a worker: nothing is recorded once another worker has the job. */
  readonly ledgerBehind: (fence: Fence) => Ledger;
  /** What was published, for one turn of a worker. */
  readonly publishedBehind: (fence: Fence) => Published;
  readonly claims: Claims;
  readonly pulls: PullRequests;
  /** The two for one turn of a worker, which looks once. */
  readonly forTurn: () => { readonly pulls: PullRequests; readonly claims: Claims };
  readonly inbox: Inbox;
  readonly blobs: BlobCache;
  readonly answers: AnswerCache;
  readonly published: Published;
  readonly seenDockerfiles: SeenDockerfiles;
  readonly clearances: Clearances;
  readonly estate: Estate;
  /** Whether no job waits or is at work. */
  readonly idle: () => Promise<boolean>;
};

const followOn = (queue: Queue): Follow => ({
  async within(tx, jobs) {
    for (const job of jobs) await enqueueWithin(queue, tx, job, urgencyOf(job));
  },
  committed: queue.nudge,
});

/** What the app asks itself comes behind what people wait for. */
const urgencyOf = ({ cause }: Job): Urgency => (cause.startsWith('sweep') ? 'sweep' : 'live');

const inboxOn = (queue: Queue): Inbox => {
  const accept = acceptingOn(queue);
  return { accept: (event) => accept({ ...event, urgency: urgencyOf(event.job) }) };
};

export const openStore = (database: Database, queue: Queue): Store => {
  const ledger: LedgerShared = {
    database,
    follow: followOn(queue),
    verdicts: recordedVerdicts(database),
    prepare: preparingOn(database),
    decisions: decisionsOn(database),
  };
  const claims: Claims = { open: (pull) => openClaims(database.handle, pull) };
  const pulls: PullRequests = {
    remember: (state) => database.transaction((tx) => rememberPullRequest(tx, state)),
    recall: (pull) => recallPullRequest(database.handle, pull),
    open: (installation, repositoryId) => openPullRequests(database.handle, installation, repositoryId),
    expects: (pull, expiry, leansOn) => expectChange(database.handle, pull, expiry, leansOn),
    leaning: (installation, project) => leaningPullRequests(database.handle, installation, project),
    doubt: (pull, until) => doubtPullRequest(database.handle, pull, until),
  };
  return {
    claims,
    pulls,
    forTurn: () => rememberingTurn(database.alone, pulls, claims),
    ledger: ledgerOn(ledger),
    ledgerBehind: (fence) => ledgerOn(ledger, fence),
    publishedBehind: (fence) => publishedOn(database, followOn(queue), fence),
    inbox: inboxOn(queue),
    blobs: blobCacheOn(database),
    answers: answerCacheOn(database),
    published: publishedOn(database, followOn(queue)),
    seenDockerfiles: seenDockerfilesOn(database),
    clearances: clearancesOn(database),
    estate: {
      isBase: (repositoryId, branch) => isBaseBranch(database.handle, repositoryId, branch),
      // No pull request has the number 0.
      showing: (repositoryId, headSha) =>
        pullRequestsShowing(database.handle, { repositoryId, number: 0 }, headSha),
      leave: (installation, repositoryId) =>
        database.transaction(async (tx) => {
          await closePullRequests(tx, installation, repositoryId);
          await forgetSeen(tx, { installation, repositoryId });
        }),
      forgetFiles: (repositoryId) => forgetSeen(database.handle, { installation: null, repositoryId }),
    },
    idle: () => isIdle(queue),
  };
};

export type Retention = {
  /** Days that ledger entries are kept; never less than 180. */
  readonly ledgerDays: number;
  /** Bytes that the cache may hold. */
  readonly cacheBytes: number;
  /** Days that handled claims and records of publishing are kept. */
  readonly workDays: number;
};

/** A repository that nobody changed for so long is seen anew at its next pull request. */
const SEEN = { days: 400, perInstallation: 20_000 };

/** Removes what has had its time. Run it now and then, in any process; running it twice at once does no harm. */
export const tidyStore = async (database: Database, retention: Retention, now: Date): Promise<void> => {
  const { handle } = database;
  await pruneCache(handle, retention.cacheBytes);
  await pruneClaims(handle, retention.workDays);
  await prunePublished(handle, retention.workDays);
  await pruneRedeliveries(handle, retention.workDays, now);
  await prunePullRequests(handle, retention.workDays, now);
  await pruneSeen(handle, SEEN, now);
  await pruneEvidence(handle, Math.max(retention.ledgerDays, LEDGER_MINIMUM_DAYS));
  for (const installation of await ledgerInstallations(handle)) {
    await database.transaction((tx) => pruneLedger(tx, installation, retention.ledgerDays, now));
  }
};
