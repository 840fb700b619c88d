// Old entries become one checkpoint that keeps the chain verifiable and carries the approvals that still stand.
import { sql } from 'kysely';
import type { Handle, Tx } from './database.ts';
import { appendToLedger, endsAfter, recordOf } from './ledger.ts';
import type { Json, LedgerRecord } from './ledger-entry.ts';
import { LEDGER_MINIMUM_DAYS } from './migrations.ts';

/** Body of a checkpoint: what it stands for. */
export type Checkpoint = {
  /** Number of the last entry that was removed. */
  readonly through: number;
  /** The hash of that entry, which the first entry that is left points to. */
  readonly hash: string;
  /** Removed entries whose approvals still stand, with their own hashes; by sequence. */
  readonly carried: readonly LedgerRecord[];
};

/** The checkpoint an entry holds; null when its body is not one. */
export const checkpointOf = (record: LedgerRecord): Checkpoint | null => {
  const { through, hash, carried } = record.body;
  return record.kind === 'checkpoint' &&
    typeof through === 'number' &&
    typeof hash === 'string' &&
    Array.isArray(carried)
    ? { through, hash, carried: carried as unknown as readonly LedgerRecord[] }
    : null;
};

/** The newest checkpoint of an installation; null when nothing was ever pruned. */
const latestCheckpoint = async (tx: Handle, installation: number): Promise<Checkpoint | null> => {
  const row = await tx
    .selectFrom('ledger_entries')
    .selectAll()
    .where('installation', '=', installation)
    .where('kind', '=', 'checkpoint')
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : checkpointOf(recordOf(row));
};

/** Entries by number, whether they are still links of the chain or carried by the newest checkpoint; by sequence. */
export const recordsBySequence = async (
  tx: Handle,
  installation: number,
  sequences: readonly number[],
): Promise<readonly LedgerRecord[]> => {
  if (sequences.length === 0) return [];
  const rows = await tx
    .selectFrom('ledger_entries')
    .selectAll()
    .where('installation', '=', installation)
    .where('sequence', 'in', [...sequences])
    .orderBy('sequence')
    .execute();
  if (rows.length === sequences.length) return rows.map(recordOf);
  const found = new Set(rows.map((row) => row.sequence));
  const missing = new Set(sequences.filter((sequence) => !found.has(sequence)));
  const carried = (await latestCheckpoint(tx, installation))?.carried ?? [];
  return [...carried.filter((record) => missing.has(record.sequence)), ...rows.map(recordOf)];
};

/** Numbers of the entries up to `through` with an approval that nothing later has ended. */
const standingApprovals = async (
  tx: Tx,
  installation: number,
  through: number,
): Promise<readonly number[]> => {
  const rows = await tx
    .selectFrom('ledger_marks as mark')
    .select('mark.sequence')
    .distinct()
    .where('mark.installation', '=', installation)
    .where('mark.sequence', '<=', through)
    .where('mark.kind', '=', 'approved')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('ledger_marks as later')
            .select('later.sequence')
            .whereRef('later.installation', '=', 'mark.installation')
            .whereRef('later.repository_id', '=', 'mark.repository_id')
            .whereRef('later.fingerprint', '=', 'mark.fingerprint')
            .where(endsAfter('later', 'mark'))
            .where('later.kind', '<>', 'approved'),
        ),
      ),
    )
    .orderBy('mark.sequence')
    .execute();
  return rows.map((row) => row.sequence);
};

export type Pruned = { readonly removed: number; readonly carried: number };

/**
 * Removes the entries of an installation that lie before the first one younger than `retentionDays` (at least 180,
 * whatever is asked for), and records a checkpoint in their place. Does nothing when there is nothing to remove.
 */
export const pruneLedger = async (
  tx: Tx,
  installation: number,
  retentionDays: number,
  now: Date,
): Promise<Pruned> => {
  const days = Math.max(LEDGER_MINIMUM_DAYS, retentionDays);
  // The database refuses to lose what is too young by its own clock; a process whose clock is ahead must not ask for that.
  const limit = sql<Date>`least(${now.toISOString()}::timestamptz, now()) - make_interval(hours => ${days * 24})`;
  // The lock of appends: nothing may come in between choosing the cut and recording it.
  const head = await tx
    .selectFrom('ledger_heads')
    .selectAll()
    .where('installation', '=', installation)
    .forUpdate()
    .executeTakeFirst();
  if (head === undefined) return { removed: 0, carried: 0 };
  const { young } = await tx
    .selectFrom('ledger_entries')
    .select((eb) => eb.fn.min('sequence').as('young'))
    .where('installation', '=', installation)
    .where('at', '>=', limit)
    .executeTakeFirstOrThrow();
  const last = await tx
    .selectFrom('ledger_entries')
    .select(['sequence', 'hash', 'kind'])
    .where('installation', '=', installation)
    .where('sequence', '<=', young === null ? head.sequence : young - 1)
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  // A chain that is nothing but its checkpoint would only be replaced by another one, for ever.
  if (last === undefined || (last.kind === 'checkpoint' && last.sequence === head.sequence)) {
    return { removed: 0, carried: 0 };
  }
  const standing = await standingApprovals(tx, installation, last.sequence);
  const carried = await recordsBySequence(tx, installation, standing);
  await appendToLedger(tx, [
    {
      installation,
      at: now.toISOString(),
      kind: 'checkpoint',
      repository: null,
      pull: null,
      headSha: null,
      body: { through: last.sequence, hash: last.hash, carried: carried as unknown as Json },
    },
  ]);
  const { rows } = await sql<{ removed: number }>`
    select ledger_prune(${installation}, ${last.sequence}) as removed`.execute(tx);
  return { removed: rows[0]?.removed ?? 0, carried: carried.length };
};
