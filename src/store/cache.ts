// What the forge was asked before: blobs by their content's id for good, answers for as long as they stay true.
import { sql } from 'kysely';
import type { Blob, Oid } from '../core/model/evidence.ts';
import type { AnswerCache, BlobCache } from '../ports.ts';
import type { Database, Handle } from './database.ts';

/**
 * Rows larger than this (bytes of UTF-8) are not kept: they would push out hundreds of useful ones. The list of
 * 70,000 files still fits.
 */
const LARGEST_ROW = 8 * 1_048_576;
/** Rows per statement: Postgres takes at most 65,535 parameters. */
const BATCH = 500;
/** Using a row again within this time does not count: reading must not become writing. */
const FRESH = sql<Date>`now() - interval '1 hour'`;

type Kind = 'blob' | 'answer';

const batches = <T>(items: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / BATCH) }, (_, index) =>
    items.slice(index * BATCH, (index + 1) * BATCH),
  );

/** Kept contents by key; what has expired is not found. */
const read = async (
  handle: Handle,
  kind: Kind,
  keys: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const found = new Map<string, string>();
  for (const batch of batches(keys)) {
    const rows = await handle
      .selectFrom('cache')
      .select(({ eb, ref }) => ['key', 'content', eb(ref('used_at'), '<', FRESH).as('stale')])
      .where('kind', '=', kind)
      .where('key', 'in', [...batch])
      .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', sql<Date>`now()`)]))
      .execute();
    for (const row of rows) found.set(row.key, row.content);
    const stale = rows.filter((row) => row.stale).map((row) => row.key);
    if (stale.length > 0) await touch(handle, kind, stale);
  }
  return found;
};

const touch = async (handle: Handle, kind: Kind, keys: readonly string[]): Promise<void> => {
  // Two readers of the same rows would deadlock if each waited for a row the other has: whoever comes second skips.
  await sql`update cache set used_at = now() where (kind, key) in (
    select kind, key from cache where kind = ${kind} and key in (${sql.join(keys)}) for update skip locked)`.execute(
    handle,
  );
};

type Row = { readonly key: string; readonly content: string; readonly expires: Date | null };

const write = async (handle: Handle, kind: Kind, rows: readonly Row[]): Promise<void> => {
  const kept = rows
    .map((row) => ({ ...row, bytes: Buffer.byteLength(row.content) }))
    .filter((row) => row.bytes <= LARGEST_ROW)
    // In one order everywhere, so that writers of the same keys wait for each other instead of deadlocking.
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const batch of batches(kept)) {
    await handle
      .insertInto('cache')
      .values(
        batch.map(({ key, content, bytes, expires }) => ({ kind, key, content, bytes, expires_at: expires })),
      )
      .onConflict((conflict) =>
        conflict.columns(['kind', 'key']).doUpdateSet(({ ref }) => ({
          content: ref('excluded.content'),
          bytes: ref('excluded.bytes'),
          expires_at: ref('excluded.expires_at'),
          used_at: sql<Date>`now()`,
        })),
      )
      .execute();
  }
};

export const blobCacheOn = ({ handle }: Database): BlobCache => ({
  async get(oids: readonly Oid[]) {
    const rows = await read(handle, 'blob', [...new Set(oids)]);
    return new Map([...rows].map(([oid, content]): [Oid, Blob] => [oid, JSON.parse(content)]));
  },
  async put(blobs) {
    const rows = [...blobs].map(([key, blob]) => ({ key, content: JSON.stringify(blob), expires: null }));
    await write(handle, 'blob', rows);
  },
});

export const answerCacheOn = ({ handle }: Database): AnswerCache => ({
  async through<T>(key: string, ask: () => Promise<T>, keep: (value: T) => number): Promise<T> {
    const kept = (await read(handle, 'answer', [key])).get(key);
    if (kept !== undefined) return JSON.parse(kept);
    const value = await ask();
    const milliseconds = keep(value);
    const content: string | undefined = JSON.stringify(value);
    if (milliseconds > 0 && content !== undefined) {
      const expires = Number.isFinite(milliseconds) ? new Date(Date.now() + milliseconds) : null;
      await write(handle, 'answer', [{ key, content, expires }]);
    }
    return value;
  },
  async forget(prefix) {
    await handle
      .deleteFrom('cache')
      .where('kind', '=', 'answer')
      .where(sql<boolean>`starts_with(key, ${prefix})`)
      .execute();
  },
});

/** Removes what has expired, then what was used longest ago until at most `bytes` are left. Returns the rows removed. */
export const pruneCache = async (handle: Handle, bytes: number): Promise<number> => {
  const expired = await handle
    .deleteFrom('cache')
    .where('expires_at', '<=', sql<Date>`now()`)
    .executeTakeFirst();
  const { numAffectedRows } = await sql`
    delete from cache where (kind, key) in (
      select kind, key from (
        select kind, key, sum(bytes) over (order by used_at desc, kind, key) as running from cache) as line
       where running > ${bytes})`.execute(handle);
  return Number(expired.numDeletedRows) + Number(numAffectedRows ?? 0n);
};
