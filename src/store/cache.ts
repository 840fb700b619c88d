// What the forge was asked before: blobs by their content's id for good, answers for as long as they stay true.
import { sql } from 'kysely';
import type { Blob, Oid } from '../core/model/evidence.ts';
import type { AnswerCache, BlobCache } from '../ports.ts';
import type { Database, Handle } from './database.ts';
import { createRecent } from './recent.ts';

/**
 * Rows larger than this (bytes of UTF-8) are not kept: they would push out hundreds of useful ones. The list of
 * 70,000 files still fits.
 */
const LARGEST_ROW = 8 * 1_048_576;
/** Rows per statement: Postgres takes at most 65,535 parameters. */
const BATCH = 500;

type Kind = 'blob' | 'answer';

const batches = <T>(items: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / BATCH) }, (_, index) =>
    items.slice(index * BATCH, (index + 1) * BATCH),
  );

type ReadRow = { readonly key: string; readonly content: string; readonly stale: boolean };

/** Key by key: a plan made when there were few would walk over all of them. */
const READ = `
  select asked.key, kept.content, kept.stale
    from unnest($2::text[]) as asked (key) cross join lateral (
      select content, used_at < now() - interval '1 hour' as stale from cache
       where kind = $1::text and cache.key = asked.key and (expires_at is null or expires_at > now())
      offset 0) as kept`;

/** Kept contents by key; what has expired is not found. Using a row again within the hour does not count: reading must not become writing. */
const read = async (
  { alone, handle }: Pick<Database, 'alone' | 'handle'>,
  kind: Kind,
  keys: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const found = new Map<string, string>();
  for (const batch of batches(keys)) {
    const rows = await alone<ReadRow>(READ, [kind, [...batch]]);
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

/** Small rows are one statement whose text is always the same. What gets lost with the server is asked for again: nobody waits for its disk. */
const WRITE = `
  insert into cache (kind, key, content, bytes, expires_at)
  select $1::text, made.key, made.content, made.bytes, made.expires_at
    from unnest($2::text[], $3::text[], $4::bigint[], $5::timestamptz[]) as made (key, content, bytes, expires_at),
         set_config('synchronous_commit', 'off', true)
  on conflict (kind, key) do update
    set content = excluded.content, bytes = excluded.bytes, expires_at = excluded.expires_at, used_at = now()`;

/** Lists are quoted once more on their way: larger contents (in bytes) are sent as they are. */
const SMALL_ROWS = 16_384;

const write = async (
  { handle, alone }: Pick<Database, 'alone' | 'handle'>,
  kind: Kind,
  rows: readonly Row[],
): Promise<void> => {
  const kept = rows
    .map((row) => ({ ...row, bytes: Buffer.byteLength(row.content) }))
    .filter((row) => row.bytes <= LARGEST_ROW)
    // In one order everywhere, so that writers of the same keys wait for each other instead of deadlocking.
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const batch of batches(kept)) {
    if (batch.reduce((sum, { bytes }) => sum + bytes, 0) <= SMALL_ROWS) {
      const columns = [
        batch.map(({ key }) => key),
        batch.map(({ content }) => content),
        batch.map(({ bytes }) => bytes),
        batch.map(({ expires }) => expires),
      ];
      await alone(WRITE, [kind, ...columns]);
      continue;
    }
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

/** What this process remembers itself, in bytes of JSON; as objects it takes about twice as much. */
const RECENT_BLOBS = 16 * 1_048_576;
const RECENT_ANSWERS = 24 * 1_048_576;

export const blobCacheOn = (database: Database): BlobCache => {
  const recent = createRecent<Blob>(RECENT_BLOBS);
  return {
    async get(oids: readonly Oid[]) {
      const found = new Map<Oid, Blob>();
      const asked: Oid[] = [];
      for (const oid of new Set(oids)) {
        const blob = recent.get(oid);
        if (blob === undefined) asked.push(oid);
        else found.set(oid, blob);
      }
      if (asked.length === 0) return found;
      for (const [oid, content] of await read(database, 'blob', asked)) {
        const blob = JSON.parse(content) as Blob;
        recent.put(oid, blob, content.length);
        found.set(oid, blob);
      }
      return found;
    },
    async put(blobs) {
      const rows: Row[] = [];
      for (const [key, blob] of blobs) {
        if (recent.get(key) !== undefined) continue;
        const content = JSON.stringify(blob);
        recent.put(key, blob, content.length);
        rows.push({ key, content, expires: null });
      }
      await write(database, 'blob', rows);
    },
  };
};

/** Reads asked for at the same time become one statement. */
const readingTogether = (database: Database): ((key: string) => Promise<string | undefined>) => {
  let next: { readonly keys: Set<string>; readonly rows: Promise<ReadonlyMap<string, string>> } | null = null;
  return async (key) => {
    if (next === null) {
      const keys = new Set<string>();
      const rows = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
        next = null;
        return read(database, 'answer', [...keys]);
      });
      next = { keys, rows };
    }
    next.keys.add(key);
    return (await next.rows).get(key);
  };
};

/** How long answers wait for others to be written with them, in milliseconds. */
const GATHER_MS = 20;

/**
 * Rows that nobody waits for, several at once. One that gets lost with the process, or because the database is away, is asked
 * for again.
 */
const writingLater = (database: Database) => {
  const waiting = new Map<string, Row>();
  let under: { readonly rows: ReadonlyMap<string, Row>; readonly done: Promise<void> } | null = null;
  let isDue = false;
  const begin = async (): Promise<void> => {
    isDue = false;
    await under?.done;
    const rows = new Map(waiting);
    waiting.clear();
    if (rows.size === 0) return;
    const done = write(database, 'answer', [...rows.values()]).catch(() => undefined);
    under = { rows, done };
    await done;
    if (under.rows === rows) under = null;
  };
  return {
    put(row: Row): void {
      waiting.set(row.key, row);
      if (!isDue) setTimeout(begin, GATHER_MS).unref();
      isDue = true;
    },
    get: (key: string): string | undefined => (waiting.get(key) ?? under?.rows.get(key))?.content,
    async forget(prefix: string): Promise<void> {
      for (const key of waiting.keys()) if (key.startsWith(prefix)) waiting.delete(key);
      await under?.done;
    },
  };
};

export const answerCacheOn = (database: Database): AnswerCache => {
  const { handle } = database;
  const recent = createRecent<unknown>(RECENT_ANSWERS);
  const later = writingLater(database);
  const readTogether = readingTogether(database);
  const lookUp = async (key: string): Promise<string | undefined> => later.get(key) ?? readTogether(key);
  const keepAnswer = async (key: string, value: unknown, milliseconds: number): Promise<void> => {
    const content: string | undefined = JSON.stringify(value);
    if (milliseconds <= 0 || content === undefined) return;
    const expires = Number.isFinite(milliseconds) ? new Date(Date.now() + milliseconds) : null;
    await write(database, 'answer', [{ key, content, expires }]);
  };
  /** What stays true for ever may as well be written a little later. */
  const keepLater = async (key: string, value: unknown, milliseconds: number): Promise<void> => {
    if (Number.isFinite(milliseconds)) return keepAnswer(key, value, milliseconds);
    later.put({ key, content: JSON.stringify(value), expires: null });
  };
  return {
    async through<T>(key: string, ask: () => Promise<T>, keep: (value: T) => number): Promise<T> {
      const kept = await lookUp(key);
      if (kept !== undefined) return JSON.parse(kept);
      const value = await ask();
      await keepLater(key, value, keep(value));
      return value;
    },
    async always<T>(key: string, ask: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
      const near = recent.get(key);
      if (near !== undefined) return near as T;
      const kept = await lookUp(key);
      const value = kept === undefined ? await ask() : (JSON.parse(kept) as T);
      if (kept === undefined && !holds(value)) return value;
      recent.put(key, value, kept?.length ?? JSON.stringify(value).length);
      if (kept === undefined) await keepAnswer(key, value, Number.POSITIVE_INFINITY);
      return value;
    },
    async keep(key, value, when) {
      await (when === 'soon' ? keepLater : keepAnswer)(key, value, Number.POSITIVE_INFINITY);
    },
    async forget(prefix) {
      await later.forget(prefix);
      await handle
        .deleteFrom('cache')
        .where('kind', '=', 'answer')
        .where(sql<boolean>`starts_with(key, ${prefix})`)
        .execute();
    },
  };
};

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
