// Durable jobs, one line per pull request, on pg-boss: enqueued in the caller's transaction, run one at a time per key.
import { sql } from 'kysely';
import { fromKysely, PgBoss } from 'pg-boss';
import type { Alone, Database, Statements, Tx } from './database.ts';
import { priorityOf } from './queue-share.ts';

/** Live tokens: at most one per pull request, waiting or active. pg-boss keeps that by its `exclusive` policy. */
export const REVIEW = 'review';
/** Tokens whose attempts are used up. */
export const DEAD = 'review-dead';

type QueueTiming = {
  /** Attempts after the first; then the job goes to the dead-letter handler. */
  readonly retries: number;
  /** First delay before an attempt is repeated, in seconds; it doubles, with jitter. */
  readonly retryDelay: number;
  /** Longest delay, in seconds. */
  readonly retryDelayMax: number;
  /** A worker not heard of for so long (seconds, at least 10) is dead, and its job runs again. */
  readonly heartbeat: number;
  /** A job that runs longer (seconds) is given up and repeated. */
  readonly expire: number;
  /** How often the dead are looked for, in seconds. */
  readonly supervise: number;
};

const queueTiming: QueueTiming = {
  retries: 6,
  retryDelay: 2,
  retryDelayMax: 300,
  heartbeat: 20,
  expire: 600,
  supervise: 5,
};

export type Queue = {
  readonly database: Database;
  readonly boss: PgBoss;
  /** pg-boss's view of the database for single statements, which are prepared. */
  readonly alone: Statements;
  /** The same, where somebody outside waits. */
  readonly urgent: Statements;
  readonly timing: QueueTiming;
  /** Wakes this process's worker, if it has one. */
  readonly nudge: () => void;
  /** What `nudge` calls; the worker sets itself. */
  readonly listeners: Set<() => void>;
  readonly close: () => Promise<void>;
};

export type QueueOptions = {
  readonly timing?: Partial<QueueTiming>;
  readonly onError?: (error: Error) => void;
};

const NOBODY = '00000000-0000-0000-0000-000000000000';
const YEAR = 365 * 24 * 3600;

/**
 * Starts the queue on an open database; several processes may do so on one Postgres.
 * Close the queue before the database.
 */
export const openQueue = async (database: Database, options: QueueOptions = {}): Promise<Queue> => {
  const timing = { ...queueTiming, ...options.timing };
  const boss = new PgBoss({
    db: database.statements,
    backend: database.engine,
    supervise: true,
    schedule: false,
    superviseIntervalSeconds: timing.supervise,
    monitorIntervalSeconds: timing.supervise,
    maintenanceIntervalSeconds: 300,
  });
  boss.on('error', (error) => options.onError?.(error));
  await boss.start();
  const shared = {
    retryLimit: timing.retries,
    retryDelay: timing.retryDelay,
    retryBackoff: true,
    retryDelayMax: timing.retryDelayMax,
    expireInSeconds: timing.expire,
    heartbeatSeconds: timing.heartbeat,
    // A waiting job is never dropped for its age in practice; a finished token is of no use to anybody.
    retentionSeconds: YEAR,
    deleteAfterSeconds: 600,
  };
  await boss.createQueue(DEAD, { ...shared, retryLimit: 1_000_000 });
  await boss.createQueue(REVIEW, { ...shared, policy: 'exclusive', deadLetter: DEAD });
  // A queue that was there before keeps its old settings otherwise.
  await boss.updateQueue(DEAD, { ...shared, retryLimit: 1_000_000 });
  await boss.updateQueue(REVIEW, { ...shared, deadLetter: DEAD });
  // pg-boss looks a queue up outside the caller's transaction when it does not remember it: make it remember.
  for (const name of [DEAD, REVIEW]) await boss.findJobs(name, { id: NOBODY });
  const listeners = new Set<() => void>();
  const queue: Queue = {
    database,
    boss,
    alone: statementsOn(database.alone),
    urgent: statementsOn(database.urgent),
    timing,
    listeners,
    nudge: () => {
      for (const listener of listeners) listener();
    },
    close: () => boss.stop({ graceful: false, close: false }),
  };
  if (database.engine === 'pglite') await releaseAbandoned(queue);
  await callForgotten(queue);
  return queue;
};

const statementsOn = (alone: Alone): Statements => ({
  executeSql: async (text, values = []) => ({
    rows: [...(await alone<Record<string, unknown>>(text, values))],
  }),
});

/** A folder has one process, and it is this one: whatever is active was left by one that died. */
const releaseAbandoned = async ({ database, boss }: Queue): Promise<void> => {
  const { rows } = await sql<{ name: string; id: string }>`
    select name, id from pgboss.job where name in (${REVIEW}, ${DEAD}) and state = 'active'`.execute(
    database.handle,
  );
  for (const { name, id } of rows)
    await boss.fail(name, id, { message: 'the process died while it worked on this' });
};

/** Jobs that no token calls for any more, because somebody emptied pg-boss's tables: called again. */
const callForgotten = async (queue: Queue): Promise<void> => {
  const { rows } = await sql<{ key: string; installation: number; urgency: number; rank: number }>`
    select p.key, p.installation, p.urgency, p.rank from pending_jobs p
     where not exists (select 1 from pgboss.job j
                        where j.name in (${REVIEW}, ${DEAD}) and j.singleton_key = p.key
                          and j.state < 'completed')`.execute(queue.database.handle);
  for (const row of rows) await queue.database.transaction((tx) => callWorker(queue, tx, row.key, row));
};

type Place = { readonly installation: number; readonly urgency: number; readonly rank: number };

const callOptions = (db: Statements, key: string, { installation, urgency, rank }: Place) => ({
  db,
  singletonKey: key,
  priority: priorityOf(urgency, rank),
  group: { id: String(installation) },
});

/** A worker is called to this key already, perhaps at the end of a back-off: what is new is worth an attempt at once. */
export const callWaiting = async (queue: Queue, on: Statements, key: string, place: Place): Promise<void> => {
  await queue.boss.update(REVIEW, undefined, { ...callOptions(on, key, place), startAfter: 0 });
};

/** Makes sure a live token calls a worker to this key now, unless one is being worked on already. */
export const callWorker = async (queue: Queue, tx: Tx, key: string, place: Place): Promise<void> => {
  const on = fromKysely(tx);
  const sent = await queue.boss.send(REVIEW, { key }, callOptions(on, key, place));
  if (sent === null) await callWaiting(queue, on, key, place);
};

/** Whether no job waits, is at work, or waits to be tried again. */
export const isIdle = async ({ database }: Queue): Promise<boolean> => {
  const row = await database.handle.selectFrom('pending_jobs').select('key').limit(1).executeTakeFirst();
  return row === undefined;
};
