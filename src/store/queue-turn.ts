// One attempt at one job: keeping the claim alive, and settling it so that nothing newer is lost.
import { sql } from 'kysely';
import { fromKysely, type Job as Token } from 'pg-boss';
import type { Job } from '../ports.ts';
import type { Database, Handle, Tx } from './database.ts';
import { callWorker, DEAD, type Queue, REVIEW } from './queue.ts';
import { lastRank } from './queue-share.ts';
import type { TokenData } from './queue-take.ts';

/** What the handler of a job gets. */
export type Turn = {
  readonly job: Job;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Why earlier attempts failed, once they are used up; the handler then has to publish that. Otherwise null. */
  readonly failure: string | null;
  /** Aborted when the claim is lost or the process has to stop: another worker may have the job now. */
  readonly signal: AbortSignal;
  readonly fence: Fence;
};

/** The attempt was taken over by another worker. */
export class TurnLost extends Error {
  override readonly name = 'TurnLost';
}

const attemptOf = (token: Token<TokenData>): { id: string; retryCount: number } => ({
  id: token.id,
  retryCount: token.retryCount,
});

/** pg-boss types its answer as an empty object. */
const affected = (response: unknown): number => (response as { readonly affected: number }).affected;

/** An attempt as the queue knows it. */
export type Claimed = { readonly queue: string; readonly id: string; readonly retryCount: number };

/** SQL that finds a row, and holds it, as long as the attempt has its job; parameters from `$first` on. */
export const heldSql = (first: number): string => `
  select 1 from pgboss.job
   where name = $${first}::text and id = $${first + 1}::uuid and retry_count = $${first + 2}::integer and state = 'active'
     for share`;

export const heldValues = ({ queue, id, retryCount }: Claimed): readonly unknown[] => [queue, id, retryCount];

/**
 * Makes `tx` fail unless this attempt still holds the job, and holds it until `tx` ends; outside a transaction it only
 * tells. A worker that was frozen and comes back can't write behind its successor.
 */
export type Fence = ((tx: Handle) => Promise<void>) & {
  /** For statements that ask themselves; see `heldSql`. Without it everything takes a transaction. */
  readonly claimed?: Claimed;
};

const lost = (key: string): TurnLost => new TurnLost(`another worker took over ${key}`);

/** Asks whether the attempt still holds its job, and holds nothing itself. @throws TurnLost when it does not. */
export const askHeld = async ({ alone, handle }: Database, fence: Fence): Promise<void> => {
  if (fence.claimed === undefined) return fence(handle);
  const rows = await alone(
    `select 1 as held from pgboss.job
      where name = $1::text and id = $2::uuid and retry_count = $3::integer and state = 'active'`,
    heldValues(fence.claimed),
  );
  if (rows.length === 0) throw new TurnLost('another worker took over');
};

const claimedBy = (token: Token<TokenData>): Claimed => ({
  queue: token.name,
  id: token.id,
  retryCount: token.retryCount,
});

export const fenceOf = (token: Token<TokenData>): Fence => {
  const claimed = claimedBy(token);
  const fence = async (tx: Handle): Promise<void> => {
    const { rows } = await sql`
      select 1 from pgboss.job
       where name = ${token.name} and id = ${token.id} and retry_count = ${token.retryCount} and state = 'active'
         for share`.execute(tx);
    if (rows.length === 0) throw lost(token.data.key);
  };
  return Object.assign(fence, { claimed });
};

/** Tells that the worker lives; false when the claim is gone. */
export const touch = async (queue: Queue, token: Token<TokenData>): Promise<boolean> =>
  affected(await queue.boss.touch(token.name, attemptOf(token))) > 0;

/** The row every arrival for the key locks first, so that none slips in between settling and forgetting. */
const lockJob = (tx: Tx, key: string) =>
  tx.selectFrom('pending_jobs').selectAll().where('key', '=', key).forUpdate().executeTakeFirst();

/** Calls a worker to the newest generation, at the end of the installation's line. */
const callAgain = async (
  queue: Queue,
  tx: Tx,
  row: { readonly key: string; readonly installation: number; readonly urgency: number },
): Promise<void> => {
  const { rank } = await tx
    .updateTable('pending_jobs')
    .set({ rank: lastRank })
    .where('key', '=', row.key)
    .returning('rank')
    .executeTakeFirstOrThrow();
  await callWorker(queue, tx, row.key, { ...row, rank });
};

/**
 * Forgets a token and its line while nothing newer waits there, and does nothing otherwise. The line is locked first, as
 * every arrival does. pg-boss would keep the token for a while: of no use to anybody, and in the way of every other.
 */
const DONE = `
  with line as (select generation from pending_jobs where key = $4::text for update),
  done as (
    delete from pgboss.job
     where name = $1::text and id = $2::uuid and retry_count = $3::integer and state = 'active'
       and (select generation from line) = $5::bigint
    returning 1),
  gone as (
    delete from pending_jobs where key = $4::text and generation = $5::bigint and exists (select from done))
  select 1 as done from done`;

/** The attempt succeeded: the job is forgotten, unless something newer has come in meanwhile. */
export const settleDone = async (
  queue: Queue,
  token: Token<TokenData>,
  generation: number | null,
): Promise<void> => {
  const { key } = token.data;
  if (generation !== null) {
    // What nearly always is so, in one statement; whatever else it may be is told apart below.
    const claimed = heldValues(claimedBy(token));
    const done = await queue.database.alone(DONE, [...claimed, key, generation]);
    if (done.length > 0) return;
  }
  await queue.database.transaction(async (tx) => {
    const row = await lockJob(tx, key);
    const done = await queue.boss.complete(REVIEW, attemptOf(token), null, { db: fromKysely(tx) });
    if (affected(done) === 0) throw lost(key);
    if (row === undefined) return;
    if (row.generation === generation) await tx.deleteFrom('pending_jobs').where('key', '=', key).execute();
    else await callAgain(queue, tx, row);
  });
};

/** The attempt failed: it is repeated after a back-off or goes to the dead letters; what is newer runs at once. */
export const settleFailed = async (
  queue: Queue,
  token: Token<TokenData>,
  generation: number | null,
  reason: string,
): Promise<void> => {
  const { key } = token.data;
  await queue.database.transaction(async (tx) => {
    const row = await lockJob(tx, key);
    const failed = await queue.boss.fail(
      REVIEW,
      attemptOf(token),
      { message: reason },
      { db: fromKysely(tx) },
    );
    if (affected(failed) === 0) throw lost(key);
    if (row !== undefined && row.generation !== generation) await callAgain(queue, tx, row);
  });
};

/** The process stops in the middle of it: whoever is free goes on at once. */
export const giveBack = async (queue: Queue, token: Token<TokenData>): Promise<void> => {
  await settleFailed(queue, token, null, 'the worker was stopped while it worked on this');
};

/**
 * A dead letter returns to its line as a turn that carries the failure, so that publishing it never overlaps with a
 * review of the same pull request; something newer than what failed is reviewed instead.
 */
export const reviveDead = async (queue: Queue, token: Token<TokenData>, reason: string): Promise<void> => {
  const { key } = token.data;
  await queue.database.transaction(async (tx) => {
    const row = await lockJob(tx, key);
    if (row !== undefined) {
      if (row.generation === row.taken) {
        await tx
          .updateTable('pending_jobs')
          .set({ failure: row.failure ?? reason })
          .where('key', '=', key)
          .execute();
      }
      await callAgain(queue, tx, row);
    }
    await queue.boss.complete(DEAD, attemptOf(token), null, { db: fromKysely(tx) });
  });
};
