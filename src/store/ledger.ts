// Appends to the hash-chained record of each installation, and reads it back.

import type { Selectable } from 'kysely';
import { type RawBuilder, sql } from 'kysely';
import { canonicalJson } from '../core/canonical-json.ts';
import type { Handle, Tx } from './database.ts';
import {
  assertRecordable,
  decidedAt,
  decidedFingerprints,
  GENESIS,
  type LedgerKind,
  type LedgerRecord,
  linkHashOf,
  type NewEntry,
} from './ledger-entry.ts';
import type { LedgerEntryTable } from './schema.ts';

/** Entries read at a time when a whole chain is walked. */
const PAGE = 500;

/** A table row as the record it stores, without trusting it: `verifyLedger` recomputes the hash from this. */
export const recordOf = (row: Selectable<LedgerEntryTable>): LedgerRecord => ({
  installation: row.installation,
  sequence: row.sequence,
  at: row.at.toISOString(),
  kind: row.kind as LedgerKind,
  repository: row.repository_id === null ? null : { id: row.repository_id, name: row.repository ?? '' },
  pull: row.pull,
  headSha: row.head_sha,
  body: JSON.parse(row.body),
  previous: row.previous,
  hash: row.hash,
});

/**
 * Adds entries of one installation, in order, at the end of its chain; other appends to it wait until `tx` ends.
 * Nothing is recorded unless `tx` commits.
 *
 * @throws TypeError when an entry can't be recorded exactly, or the entries belong to several installations.
 */
export const appendToLedger = async (
  tx: Tx,
  entries: readonly [NewEntry, ...NewEntry[]],
): Promise<readonly LedgerRecord[]> => {
  const { installation } = entries[0];
  for (const entry of entries) {
    assertRecordable(entry);
    if (entry.installation !== installation) throw new TypeError('one append is for one installation');
  }
  // Before others wait for the chain.
  const bodies = entries.map(({ body }) => canonicalJson(body));
  // Locks the head, and creates it at the first append.
  const head = await tx
    .insertInto('ledger_heads')
    .values({ installation, sequence: 0, hash: GENESIS, previous: null })
    .onConflict((conflict) =>
      conflict.column('installation').doUpdateSet({ sequence: sql.ref('ledger_heads.sequence') }),
    )
    .returning(['sequence', 'hash'])
    .executeTakeFirstOrThrow();
  const records: LedgerRecord[] = [];
  let { sequence, hash } = head;
  for (const [index, entry] of entries.entries()) {
    sequence += 1;
    const body = bodies[index] ?? '';
    const next = linkHashOf(hash, { ...entry, sequence }, body);
    // Through canonical JSON and back: what is returned is what will be read.
    records.push({ ...entry, body: JSON.parse(body), sequence, previous: hash, hash: next });
    hash = next;
  }
  await tx
    .insertInto('ledger_entries')
    .values(
      records.map((record, index) => ({
        installation,
        sequence: record.sequence,
        at: new Date(record.at),
        kind: record.kind,
        repository_id: record.repository?.id ?? null,
        repository: record.repository?.name ?? null,
        pull: record.pull,
        head_sha: record.headSha,
        body: bodies[index] ?? '',
        previous: record.previous,
        hash: record.hash,
      })),
    )
    .execute();
  const marks = records.flatMap((record) =>
    decidedFingerprints(record).map((fingerprint) => ({
      decided_at: dateOf(decidedAt(record)),
      installation,
      sequence: record.sequence,
      at: new Date(record.at),
      kind: record.kind,
      repository_id: record.repository?.id ?? 0,
      pull: record.pull,
      fingerprint,
    })),
  );
  if (marks.length > 0) await tx.insertInto('ledger_marks').values(marks).execute();
  await tx
    .updateTable('ledger_heads')
    .set({ sequence, hash })
    .where('installation', '=', installation)
    .execute();
  return records;
};

const dateOf = (instant: string | null): Date | null => (instant === null ? null : new Date(instant));

/**
 * By when people decided, not by when their events came in. Of the same instant an approval is the earlier one, as the judge
 * has it; what nobody decided comes in the order of the chain.
 */
export const endsAfter = (later: string, mark: string): RawBuilder<boolean> => {
  const [l, m] = [
    (name: string) => sql.ref(`${later}.${name}`),
    (name: string) => sql.ref(`${mark}.${name}`),
  ];
  const [ended, given] = [
    sql`coalesce(${l('decided_at')}, ${l('at')})`,
    sql`coalesce(${m('decided_at')}, ${m('at')})`,
  ];
  return sql<boolean>`(${ended} > ${given} or (${ended} = ${given} and (${l('sequence')} > ${m('sequence')}
    or (${l('decided_at')} is not null and ${m('decided_at')} is not null))))`;
};

/** Every entry of an installation in order, a page at a time. */
export async function* ledgerRecords(handle: Handle, installation: number): AsyncGenerator<LedgerRecord> {
  for await (const row of ledgerRows(handle, installation)) yield recordOf(row);
}

/** As they are stored, in the order of the chain. */
export async function* ledgerRows(
  handle: Handle,
  installation: number,
): AsyncGenerator<Selectable<LedgerEntryTable>> {
  let after = 0;
  for (;;) {
    const rows = await handle
      .selectFrom('ledger_entries')
      .selectAll()
      .where('installation', '=', installation)
      .where('sequence', '>', after)
      .orderBy('sequence')
      .limit(PAGE)
      .execute();
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.sequence;
  }
}

/** JSON Lines: one canonical line per entry, newline included, `previous` and `hash` among its members. */
export async function* exportLedger(handle: Handle, installation: number): AsyncGenerator<string> {
  for await (const record of ledgerRecords(handle, installation)) yield `${canonicalJson(record)}\n`;
}

/** What is recorded about one pull request, oldest first, under whichever installation it happened. */
export const pullHistory = async (
  handle: Handle,
  repositoryId: number,
  pull: number,
): Promise<readonly LedgerRecord[]> => {
  const rows = await handle
    .selectFrom('ledger_entries')
    .selectAll()
    .where('repository_id', '=', repositoryId)
    .where('pull', '=', pull)
    .orderBy('at')
    .orderBy('installation')
    .orderBy('sequence')
    .execute();
  return rows.map(recordOf);
};

/** Installations that have a ledger, ascending; also those of which only a part of it is left. */
export const ledgerInstallations = async (handle: Handle): Promise<readonly number[]> => {
  const rows = await handle
    .selectFrom('ledger_heads')
    .select('installation')
    .union(handle.selectFrom('ledger_entries').select('installation'))
    .union(handle.selectFrom('ledger_marks').select('installation'))
    .orderBy('installation')
    .execute();
  return rows.map((row) => row.installation);
};
