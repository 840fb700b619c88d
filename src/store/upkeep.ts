// What healing remembers: which deliveries were asked for again, and how the queue stands.
import { sql } from 'kysely';
import type { Handle } from './database.ts';

/**
 * Whether a failed delivery is due to be asked for again: a guid whose newest failure we asked for already either arrived
 * since or is under way.
 */
export const mayRedeliver = async (
  handle: Handle,
  { id, guid }: { readonly id: string; readonly guid: string },
  most: number,
  pauseSeconds: number,
  now: Date,
): Promise<boolean> => {
  const held = await handle
    .selectFrom('redeliveries')
    .select('guid')
    .where('guid', '=', guid)
    .where(({ not, and, eb }) =>
      not(
        and([
          // An older failure of it says nothing about the attempt that followed.
          sql<boolean>`redeliveries.delivery::numeric < ${id}::numeric`,
          eb('attempts', '<', most),
          // What was asked for may still be under way; and what fails again and again is asked for ever more seldom.
          sql<boolean>`redeliveries.at + make_interval(secs => ${pauseSeconds} * power(2, redeliveries.attempts - 1)) <= ${now.toISOString()}::timestamptz`,
        ]),
      ),
    )
    .executeTakeFirst();
  return held === undefined;
};

/** Remembers that it was asked for: after GitHub took the request, or a failure in between would count as an attempt. */
export const noteRedelivery = async (
  handle: Handle,
  { id, guid }: { readonly id: string; readonly guid: string },
  now: Date,
): Promise<void> => {
  await handle
    .insertInto('redeliveries')
    .values({ guid, delivery: id, attempts: 1, at: now })
    .onConflict((conflict) =>
      conflict.column('guid').doUpdateSet(({ ref }) => ({
        delivery: ref('excluded.delivery'),
        attempts: sql<number>`redeliveries.attempts + 1`,
        at: now,
      })),
    )
    .execute();
};

/** Forgets deliveries that GitHub has forgotten too. */
export const pruneRedeliveries = async (handle: Handle, days: number, now: Date): Promise<void> => {
  await handle
    .deleteFrom('redeliveries')
    .where('at', '<', new Date(now.getTime() - days * 86_400_000))
    .execute();
};

/** Jobs that wait or are at work, and how long the oldest has (seconds). */
export const queueStanding = async (
  handle: Handle,
): Promise<{ readonly jobs: number; readonly age: number }> => {
  const { rows } = await sql<{ jobs: number; age: number }>`
    select count(*)::int as jobs, coalesce(extract(epoch from now() - min(asked_at)), 0)::float8 as age
      from pending_jobs`.execute(handle);
  return rows[0] ?? { jobs: 0, age: 0 };
};

/** Rejects unless the store takes a write and makes it durable. */
export const proveWritable = async (handle: Handle): Promise<void> => {
  await sql`insert into chores (name, due_at) values ('proof of writing', now())
    on conflict (name) do update set due_at = excluded.due_at`.execute(handle);
};

/** Whether any pull request of the installation was ever heard of. */
export const knowsInstallation = async (handle: Handle, installation: number): Promise<boolean> => {
  const row = await handle
    .selectFrom('pull_requests')
    .select('number')
    .where('installation', '=', installation)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
};
