// A real Postgres for tests and benches: a server of its own on loopback, or the one TEST_DATABASE_URL names.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

export type PostgresServer = {
  /** A new, empty database. */
  readonly createDatabase: () => Promise<string>;
  readonly stop: () => Promise<void>;
};

const DEBIAN = '/usr/lib/postgresql';

/** The newest installed server's folder of programs; null when there is none. */
const findBinaries = (): string | null => {
  if (!existsSync(DEBIAN)) return null;
  const versions = readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a));
  return (
    versions.map((version) => join(DEBIAN, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb'))) ??
    null
  );
};

const idOf = (flag: '-u' | '-g'): number =>
  Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

const connect = async (url: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
};

const withDatabases = (admin: string, stop: () => Promise<void>): PostgresServer => {
  const made: string[] = [];
  const run = async (statements: readonly string[]): Promise<void> => {
    const client = await connect(admin);
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  };
  return {
    async createDatabase() {
      const name = `store_test_${randomUUID().replaceAll('-', '')}`;
      await run([`create database ${name}`]);
      made.push(name);
      const url = new URL(admin);
      url.pathname = `/${name}`;
      return url.href;
    },
    async stop() {
      await run(made.map((name) => `drop database if exists ${name} with (force)`));
      await stop();
    },
  };
};

/** Starts a server of its own on loopback, in a temporary folder. It won't run as root, so root lends it `postgres`. */
const launch = async (bin: string): Promise<PostgresServer> => {
  const folder = mkdtempSync(join(tmpdir(), 'store-postgres-'));
  const asRoot = process.getuid?.() === 0;
  const owner = asRoot ? { uid: idOf('-u'), gid: idOf('-g') } : {};
  if (asRoot) chownSync(folder, idOf('-u'), idOf('-g'));
  const data = join(folder, 'data');
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--no-sync'],
    {
      ...owner,
      cwd: folder,
      stdio: 'ignore',
    },
  );
  const port = await freePort();
  const server: ChildProcess = spawn(
    join(bin, 'postgres'),
    ['-D', data, '-p', String(port), '-k', folder, '-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=off'],
    { ...owner, cwd: folder, stdio: 'ignore' },
  );
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const admin = `postgres://postgres@127.0.0.1:${port}/postgres`;
  for (let tries = 0; ; tries += 1) {
    try {
      await (await connect(admin)).end();
      break;
    } catch (error) {
      if (tries === 100 || server.exitCode !== null) throw error;
      await sleep(100);
    }
  }
  return withDatabases(admin, async () => {
    server.kill('SIGINT');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
};

const configured = process.env.TEST_DATABASE_URL;
const binaries = findBinaries();
export const hasPostgres = configured !== undefined || binaries !== null;

export const startPostgres = async (): Promise<PostgresServer> => {
  if (configured !== undefined) return withDatabases(configured, async () => undefined);
  if (binaries === null) throw new Error('there is no Postgres to start');
  return launch(binaries);
};
