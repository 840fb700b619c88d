// Runs store tests on PGlite and on a real Postgres: one database of each engine per test file.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { hasPostgres, type PostgresServer, startPostgres } from './postgres.ts';

export type Bench = {
  /** The file's database on this engine; only inside tests and hooks. */
  readonly database: () => Database;
  /** Its address, for further connections; null on PGlite, where there can be none. */
  readonly url: () => string | null;
};

/** A folder of its own that goes away after the tests of the file. */
export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'store-test-'));
  mkdirSync(folder, { recursive: true });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** Describes the same tests once per engine. Postgres is skipped, visibly, where none is installed. */
export const onEachEngine = (title: string, tests: (bench: Bench) => void): void => {
  describe(`${title} on PGlite`, () => {
    let database: Database | null = null;
    beforeAll(async () => {
      database = await openDatabase({});
    }, 60_000);
    afterAll(async () => {
      await database?.close();
    });
    tests({ database: () => database as Database, url: () => null });
  });
  onPostgres(title, tests);
};

export const onPostgres = (title: string, tests: (bench: Bench) => void): void => {
  if (!hasPostgres) {
    process.stderr.write(`SKIPPED: "${title}" on Postgres: set TEST_DATABASE_URL or install postgresql\n`);
  }
  (hasPostgres ? describe : describe.skip)(`${title} on Postgres`, () => {
    let server: PostgresServer | null = null;
    let database: Database | null = null;
    let url: string | null = null;
    beforeAll(async () => {
      server = await startPostgres();
      url = await server.createDatabase();
      database = await openDatabase({ url });
    }, 60_000);
    afterAll(async () => {
      await database?.close();
      await server?.stop();
    }, 60_000);
    tests({ database: () => database as Database, url: () => url });
  });
};
