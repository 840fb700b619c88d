// A URL or a folder becomes one open, migrated database: Postgres, or PGlite embedded in this process.
import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, type KyselyPlugin, PGliteDialect, PostgresDialect, sql, type Transaction } from 'kysely';
import { Migrator } from 'kysely/migration';
import pg from 'pg';
import { fromPglite } from 'pg-boss';
import { lockFolder } from './folder-lock.ts';
import { createLanes, didNothing, type Lanes } from './lanes.ts';
import { migrationProvider } from './migrations.ts';
import { createPrepare, preparedPool } from './prepared.ts';
import type { Schema } from './schema.ts';

/** What queries run on: the root handle or a transaction. */
export type Handle = Kysely<Schema>;
export type Tx = Transaction<Schema>;

export type Statements = {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
};

/** What the hot paths use: a statement by itself, prepared, without the builder's work each time. */
export type Alone = <Row>(text: string, values: readonly unknown[]) => Promise<readonly Row[]>;

export type Database = {
  readonly engine: 'postgres' | 'pglite';
  /** Throws when used inside `transaction`: on PGlite it would wait for itself for ever. */
  readonly handle: Handle;
  readonly transaction: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
  /** As `transaction`, reading one unchanging state. */
  readonly snapshot: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
  /** Plain SQL outside any transaction, several statements at once when there are no values: what pg-boss needs. */
  readonly statements: Statements;
  /** One statement outside any transaction: it is one itself. Its columns have to be named at its end. */
  readonly alone: Alone;
  /** As `alone`, where somebody outside waits for the answer: never behind what the workers do. */
  readonly urgent: Alone;
  /** The whole embedded database as a gzipped tar; null on Postgres, which has pg_dump. */
  readonly dump: () => Promise<Blob | null>;
  readonly close: () => Promise<void>;
};

export type DatabaseOptions = {
  /** `postgres://…`; takes precedence over `folder`. */
  readonly url?: string;
  /** Folder of the embedded database; without url and folder it lives in memory. */
  readonly folder?: string;
  /** Connections to Postgres at most; 16 when left out, at least 3. */
  readonly connections?: number;
  /** A dump to start the embedded database from. */
  readonly template?: Blob;
  /** Hears of lost connections; the pool replaces them. */
  readonly onError?: (error: Error) => void;
};

/** Connections that single statements share, at most; see `lanes.ts`. The others are for transactions. */
const MOST_LANES = 6;
/** Of those who wait outside, each has its own until there are more of them. */
const URGENT_LANES = 2;
const INT8 = 20;
/** Any constant will do, as long as every replica takes the same one. */
const MIGRATION_LOCK = 7_212_020_611;

const toSafeInteger = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} does not fit a JavaScript number`);
  return value;
};

const migrate = async (db: Handle): Promise<void> => {
  const { error, results } = await new Migrator({ db, provider: migrationProvider }).migrateToLatest();
  if (error === undefined) return;
  const failed = results?.find((result) => result.status === 'Error')?.migrationName ?? 'the schema';
  throw new Error(`migration ${failed} failed: ${error instanceof Error ? error.message : String(error)}`, {
    cause: error,
  });
};

/** Guards the root handle, and gives the two ways to run a transaction. */
const databaseOf = (
  base: Handle,
  rest: Pick<Database, 'engine' | 'statements' | 'alone' | 'urgent' | 'dump' | 'close'>,
): Database => {
  const inside = new AsyncLocalStorage<true>();
  const refuse = (): void => {
    if (inside.getStore())
      throw new Error('the root handle was used inside a transaction: pass the transaction on');
  };
  const guard: KyselyPlugin = {
    transformQuery: ({ node }) => {
      refuse();
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  return {
    ...rest,
    statements: {
      async executeSql(text, values) {
        refuse();
        return rest.statements.executeSql(text, values);
      },
    },
    async alone(text, values) {
      refuse();
      return rest.alone(text, values);
    },
    async urgent(text, values) {
      refuse();
      return rest.urgent(text, values);
    },
    handle: base.withPlugin(guard),
    async transaction(work) {
      refuse();
      return base.transaction().execute((tx) => inside.run(true, () => work(tx)));
    },
    async snapshot(work) {
      refuse();
      // PGlite has one connection: a transaction is alone with the data whatever its level.
      const builder =
        rest.engine === 'postgres'
          ? base.transaction().setIsolationLevel('repeatable read')
          : base.transaction();
      return builder.execute((tx) => inside.run(true, () => work(tx)));
    },
  };
};

const openPostgres = async (url: string, options: DatabaseOptions): Promise<Database> => {
  const most = Math.max(3, options.connections ?? 16);
  const shared = Math.min(MOST_LANES, Math.floor(most / 2.5));
  const urgent = Math.min(URGENT_LANES, Math.floor(most / 6));
  const config: pg.ClientConfig = {
    connectionString: url,
    application_name: 'clear-to-ship',
    connectionTimeoutMillis: 10_000,
    idle_in_transaction_session_timeout: 60_000,
    types: {
      getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
        oid === INT8 && format !== 'binary'
          ? toSafeInteger
          : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
    },
  };
  const pool = new pg.Pool({ ...config, max: most - shared - urgent });
  // Without listeners, a connection that dies would end the process: idle ones are the pool's to report, those that a
  // transaction holds report themselves.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', (error) => options.onError?.(error)));
  const onError = (error: Error): void => options.onError?.(error);
  const lanes = createLanes(config, shared, onError);
  const express = urgent === 0 ? lanes : createLanes(config, urgent, onError, 1);
  const prepare = createPrepare();
  const base = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: preparedPool(pool, prepare) }) });
  try {
    // Kysely creates its own tables before it takes its lock: several replicas starting at once would collide there.
    await base.connection().execute(async (connection) => {
      await sql`select pg_advisory_lock(${MIGRATION_LOCK})`.execute(connection);
      try {
        await migrate(base);
      } finally {
        await sql`select pg_advisory_unlock(${MIGRATION_LOCK})`.execute(connection);
      }
    });
  } catch (error) {
    await base.destroy();
    throw error;
  }
  const aloneOn =
    (on: Lanes): Alone =>
    async <Row>(text: string, values: readonly unknown[]) => {
      const statement = prepare(text, values, true);
      const { rows } = await on.run(statement).catch((error: unknown) => {
        if (didNothing(error)) return pool.query(statement);
        throw error;
      });
      return rows as readonly Row[];
    };
  return databaseOf(base, {
    engine: 'postgres',
    statements: {
      async executeSql(text, values) {
        const result: unknown = await pool.query(prepare(text, values));
        // Several statements give several results.
        const results = (Array.isArray(result) ? result : [result]) as readonly pg.QueryResult[];
        return { rows: results.flatMap((one) => one.rows ?? []) };
      },
    },
    alone: aloneOn(lanes),
    urgent: aloneOn(express),
    dump: async () => null,
    async close() {
      await Promise.all([lanes.close(), express.close()]);
      await base.destroy();
    },
  });
};

const openPglite = async (options: DatabaseOptions): Promise<Database> => {
  const { folder } = options;
  if (folder !== undefined) mkdirSync(folder, { recursive: true });
  const lock = folder === undefined ? null : await lockFolder(folder);
  const opened: { pglite: PGlite | null } = { pglite: null };
  const close = async (): Promise<void> => {
    try {
      if (opened.pglite !== null && !opened.pglite.closed) await opened.pglite.close();
    } finally {
      lock?.release();
    }
  };
  try {
    const pglite = await PGlite.create({
      ...(folder === undefined ? {} : { dataDir: embeddedIn(folder) }),
      ...(options.template === undefined ? {} : { loadDataDir: options.template }),
      parsers: { [INT8]: toSafeInteger },
    });
    opened.pglite = pglite;
    const base = new Kysely<Schema>({ dialect: new PGliteDialect({ pglite }) });
    await migrate(base);
    const statements = fromPglite(pglite);
    const alone: Alone = async <Row>(text: string, values: readonly unknown[]) =>
      (await pglite.query<Row>(text, [...values])).rows;
    return databaseOf(base, {
      engine: 'pglite',
      statements: { executeSql: (text, values) => statements.executeSql(text, values) },
      alone,
      urgent: alone,
      dump: () => pglite.dumpDataDir('gzip'),
      close,
    });
  } catch (error) {
    await close();
    throw error;
  }
};

/**
 * Opens and migrates the store. Several processes may open one Postgres at the same time; a folder takes one.
 *
 * The embedded engine survives the death of the process at any line, but it never calls fsync: a power cut or a
 * kernel crash can lose or damage it. Production belongs on Postgres.
 *
 * @throws FolderInUse when another living process has the folder.
 */
export const openDatabase = (options: DatabaseOptions): Promise<Database> =>
  options.url === undefined ? openPglite(options) : openPostgres(options.url, options);

/** Where in a data folder the embedded database lives; nothing is there before a server was started on it. */
export function embeddedIn(folder: string): string {
  return join(folder, 'postgres');
}
