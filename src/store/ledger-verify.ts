// Walks a chain from its first link to its head and finds the first one that is not what was recorded.
import type { Selectable } from 'kysely';
import { canonicalJson } from '../core/canonical-json.ts';
import type { Database, Tx } from './database.ts';
import { ledgerRows, recordOf } from './ledger.ts';
import { decidedAt, decidedFingerprints, GENESIS, type LedgerRecord, linkHash } from './ledger-entry.ts';
import { type Checkpoint, checkpointOf } from './ledger-prune.ts';
import type { LedgerEntryTable } from './schema.ts';

export type Verification =
  | { readonly ok: true; readonly entries: number; readonly sequence: number; readonly hash: string }
  /** `sequence` is the first broken entry; for missing entries the first that is not there. */
  | { readonly ok: false; readonly sequence: number; readonly reason: string };

const broken = (sequence: number, reason: string): Verification => ({ ok: false, sequence, reason });

/** Null where the text differs from what its hash was made of, though it may say the same to one reader and not to another. */
const asWritten = (row: Selectable<LedgerEntryTable>): LedgerRecord | null => {
  try {
    const record = recordOf(row);
    return canonicalJson(record.body) === row.body ? record : null;
  } catch {
    return null;
  }
};

const isIntact = (record: LedgerRecord): boolean => linkHash(record.previous, record) === record.hash;

/** The index rows as text, so that they compare with what the entries say. */
const storedMarks = async (tx: Tx, installation: number): Promise<ReadonlySet<string>> => {
  const rows = await tx
    .selectFrom('ledger_marks')
    .selectAll()
    .where('installation', '=', installation)
    .execute();
  return new Set(
    rows.map((row) =>
      [row.sequence, row.kind, row.repository_id, row.pull, row.fingerprint, timeOf(row.decided_at)].join(
        ' ',
      ),
    ),
  );
};

const timeOf = (instant: Date | string | null): string =>
  instant === null ? '' : new Date(instant).toISOString();

const marksOf = (record: LedgerRecord): readonly string[] =>
  decidedFingerprints(record).map((fingerprint) =>
    [
      record.sequence,
      record.kind,
      record.repository?.id,
      record.pull,
      fingerprint,
      timeOf(decidedAt(record)),
    ].join(' '),
  );

/** Looks for a difference between the index and the entries it was made from. */
const checkMarks = (
  stored: ReadonlySet<string>,
  links: readonly string[],
  carried: readonly string[],
): Verification | null => {
  const missing = links.find((mark) => !stored.has(mark));
  if (missing !== undefined) return broken(Number.parseInt(missing, 10), 'the index of decisions misses it');
  const known = new Set([...links, ...carried]);
  const invented = [...stored].filter((mark) => !known.has(mark)).sort()[0];
  return invented === undefined
    ? null
    : broken(Number.parseInt(invented, 10), 'the index of decisions holds a decision that no entry holds');
};

const verifyWithin = async (tx: Tx, installation: number): Promise<Verification> => {
  const head = await tx
    .selectFrom('ledger_heads')
    .selectAll()
    .where('installation', '=', installation)
    .executeTakeFirst();
  let first: LedgerRecord | null = null;
  let last: LedgerRecord | null = null;
  let entries = 0;
  let checkpoint: Checkpoint | null = null;
  const marks: string[] = [];
  for await (const row of ledgerRows(tx, installation)) {
    const record = asWritten(row);
    const expected: number = last === null ? row.sequence : last.sequence + 1;
    if (record === null) return broken(row.sequence, 'it is not as the app writes entries');
    if (record.sequence !== expected) return broken(expected, `entry ${expected} is missing`);
    if (last !== null && record.previous !== last.hash)
      return broken(expected, 'it does not follow the entry before it');
    if (!isIntact(record)) return broken(expected, 'its content does not match its hash');
    first ??= record;
    last = record;
    entries += 1;
    marks.push(...marksOf(record));
    checkpoint = checkpointOf(record) ?? checkpoint;
    const forged = checkpoint?.carried.find((one) => !isIntact(one));
    if (forged !== undefined)
      return broken(expected, `it carries entry ${forged.sequence} with a wrong hash`);
  }
  if (first === null || last === null) {
    if (head === undefined) return { ok: true, entries: 0, sequence: 0, hash: GENESIS };
    return broken(1, 'all entries are missing');
  }
  if (first.sequence === 1) {
    if (first.previous !== GENESIS) return broken(1, 'the first entry does not start the chain');
  } else if (checkpoint?.through !== first.sequence - 1 || checkpoint.hash !== first.previous) {
    return broken(first.sequence - 1, 'the entries before it are gone and no checkpoint stands for them');
  }
  if (head === undefined || head.sequence !== last.sequence || head.hash !== last.hash) {
    return broken(last.sequence + 1, 'the chain ends before its recorded head');
  }
  const carried = (checkpoint?.carried ?? []).flatMap(marksOf);
  return (
    checkMarks(await storedMarks(tx, installation), marks, carried) ?? {
      ok: true,
      entries,
      sequence: last.sequence,
      hash: last.hash,
    }
  );
};

/**
 * Checks every link, the checkpoint of pruned entries, the head and the index of decisions of an installation.
 *
 * Whoever can rewrite the whole database can also recompute every hash: keep the `hash` this returns somewhere else
 * from time to time, and compare.
 */
export const verifyLedger = (database: Database, installation: number): Promise<Verification> =>
  database.snapshot((tx) => verifyWithin(tx, installation));
