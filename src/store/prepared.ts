// A pool of connections on which every statement with values is prepared once: parsing and planning it anew would take
// the server longer than running it.
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type pg from 'pg';

/** Texts that vary with the length of a list must not fill the server's memory. */
const MOST_STATEMENTS = 400;

/** The result of `*` changes with a migration, and a prepared statement may not: replicas of two versions run together. */
const NOT_PREPARED = /\b(select|returning) ([a-z_"]+\.)?\*/i;

/** `alone`: the text is one statement, and its columns are named at its end, whatever stands inside it. */
export type Prepare = (text: string, values?: readonly unknown[], alone?: boolean) => pg.QueryConfig;

/** Names statements by their text; what is not to be prepared stays without a name. */
export const createPrepare = (): Prepare => {
  const names = new Map<string, string | null>();
  const nameOf = (text: string, alone: boolean): string | null => {
    const known = names.get(text);
    if (known !== undefined) return known;
    if (names.size >= MOST_STATEMENTS) return null;
    const name = !alone && NOT_PREPARED.test(text) ? null : `cts${names.size}`;
    names.set(text, name);
    return name;
  };
  return (text, values = [], alone = false) => {
    // Without values it may be several statements, which can't be prepared.
    if (values.length === 0 && !alone) return { text };
    const name = nameOf(text, alone);
    return name === null ? { text, values: [...values] } : { name, text, values: [...values] };
  };
};

/** Kysely's view of the pool. The same connection is always the same client, as Kysely expects. */
export const preparedPool = (pool: pg.Pool, prepare: Prepare): PostgresPool => {
  const clients = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  const clientOf = (client: pg.PoolClient): PostgresPoolClient => {
    const known = clients.get(client);
    if (known !== undefined) return known;
    const query = (text: unknown, values?: readonly unknown[]): unknown =>
      typeof text === 'string'
        ? client.query(prepare(text, values))
        : client.query(text as Parameters<pg.PoolClient['query']>[0]);
    const made: PostgresPoolClient = {
      query: query as PostgresPoolClient['query'],
      release: (destroy) => client.release(destroy),
    };
    clients.set(client, made);
    return made;
  };
  return {
    options: pool.options,
    connect: async () => clientOf(await pool.connect()),
    end: () => pool.end(),
  };
};
