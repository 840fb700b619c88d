// The inbox of claims: each signed label or review event is kept (see `enqueue.ts`) until a worker has decided on it.
import { sql } from 'kysely';
import type { Claim, PullRequestRef } from '../ports.ts';
import type { Handle } from './database.ts';

/** Claims on a pull request that nobody has decided on yet, in the order they arrived. */
export const openClaims = async (
  handle: Handle,
  pull: Pick<PullRequestRef, 'repositoryId' | 'number'>,
): Promise<readonly Claim[]> => {
  const rows = await handle
    .selectFrom('claims')
    .select('claim')
    .where('repository_id', '=', pull.repositoryId)
    .where('pull', '=', pull.number)
    .where('handled_at', 'is', null)
    .orderBy('arrival')
    .execute();
  return rows.map((row) => JSON.parse(row.claim));
};

/** Claims are handled once: do it in the transaction that records the decision. Returns how many were still open. */
export const closeClaims = async (handle: Handle, ids: readonly string[]): Promise<number> => {
  if (ids.length === 0) return 0;
  const result = await handle
    .updateTable('claims')
    .set({ handled_at: sql<Date>`now()` })
    .where('id', 'in', [...ids])
    .where('handled_at', 'is', null)
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
};

/**
 * Forgets claims handled more than `days` ago. Keep them longer than the forge redelivers (GitHub: 3 days), or a
 * redelivered claim counts as new.
 */
export const pruneClaims = async (handle: Handle, days: number): Promise<number> => {
  const result = await handle
    .deleteFrom('claims')
    .where('handled_at', '<', sql<Date>`now() - make_interval(days => ${Math.max(4, days)})`)
    .executeTakeFirst();
  return Number(result.numDeletedRows);
};
