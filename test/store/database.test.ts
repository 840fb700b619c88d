import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import pg from 'pg';
import { openDatabase } from '../../src/store/database.ts';
import { FolderInUse, lockFolder } from '../../src/store/folder-lock.ts';
import { openQueue } from '../../src/store/queue.ts';
import { onEachEngine, onPostgres, temporaryFolder } from './support.ts';

describe('the lock of a folder', () => {
  const base = temporaryFolder();
  let folders = 0;
  const freshFolder = (): string => {
    folders += 1;
    const folder = join(base, String(folders));
    mkdirSync(folder);
    return folder;
  };

  /** Boot and pid namespace of this process, as a lock records them. */
  const worldOf = async (folder: string): Promise<unknown> => {
    const lock = await lockFolder(folder);
    const { world }: { readonly world: unknown } = JSON.parse(readFileSync(join(folder, 'lock'), 'utf8'));
    lock.release();
    return world;
  };

  test('keeps a second opener out, with an error that says who and what to do, until it is released', async () => {
    const folder = freshFolder();
    const lock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toThrow(FolderInUse);
    await expect(lockFolder(folder)).rejects.toThrow(new RegExp(`process ${process.pid} on .*DATABASE_URL`));
    lock.release();
    expect(existsSync(join(folder, 'lock'))).toBe(false);
    (await lockFolder(folder)).release();
  });

  test('is not taken from another living process', async () => {
    const folder = freshFolder();
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    writeFileSync(
      join(folder, 'lock'),
      JSON.stringify({
        token: 'other',
        pid: child.pid,
        host: hostname(),
        started: null,
        world: await worldOf(folder),
      }),
    );
    await expect(lockFolder(folder)).rejects.toThrow(`process ${child.pid}`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    (await lockFolder(folder)).release();
  });

  test.each([
    ['this process id before a restart', { pid: process.pid, started: '1' }],
    ['a process id that somebody else has now', { pid: process.ppid, started: '1' }],
  ])('is taken over from %s', async (_, holder) => {
    const folder = freshFolder();
    const stale = { token: 'dead', host: hostname(), world: await worldOf(folder), ...holder };
    writeFileSync(join(folder, 'lock'), JSON.stringify(stale));
    const lock = await lockFolder(folder);
    expect(readFileSync(join(folder, 'lock'), 'utf8')).not.toContain('dead');
    lock.release();
  });

  test.each([
    ['another machine', 'elsewhere', null],
    ['another container or boot of the same name', hostname(), 'earlier pid:[1]'],
  ])('is taken over from %s only after a long silence', async (_, host, world) => {
    const folder = freshFolder();
    const path = join(folder, 'lock');
    // The very id of this process, as containers have it: everybody is process 1.
    const content = JSON.stringify({ token: 'x', pid: process.pid, host, started: null, world });
    writeFileSync(path, content);
    const renewal = setInterval(() => utimesSync(path, new Date(), new Date()), 100);
    await expect(lockFolder(folder)).rejects.toThrow(`process ${process.pid} on ${host}`);
    clearInterval(renewal);
    const silence = new Date(Date.now() - 60_000);
    utimesSync(path, silence, silence);
    (await lockFolder(folder)).release();
  });

  test('goes to exactly one of many that find a dead one', async () => {
    const folder = freshFolder();
    writeFileSync(
      join(folder, 'lock'),
      JSON.stringify({
        token: 'dead',
        pid: process.pid,
        host: hostname(),
        started: '1',
        world: await worldOf(folder),
      }),
    );
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder)));
    const winners = results.filter((result) => result.status === 'fulfilled');
    expect(winners.length).toBe(1);
    for (const winner of winners) winner.value.release();
  });
});

describe('an embedded database', () => {
  const folder = temporaryFolder();

  test('is kept in its folder, refuses a second opener, and can be dumped and restored', async () => {
    const location = join(folder, 'data');
    const first = await openDatabase({ folder: location });
    await sql`insert into ledger_heads (installation, sequence, hash) values (${2 ** 40}, 1, 'x')`.execute(
      first.handle,
    );
    await expect(openDatabase({ folder: location })).rejects.toThrow(FolderInUse);
    await first.close();
    const second = await openDatabase({ folder: location });
    const heads = await second.handle.selectFrom('ledger_heads').selectAll().execute();
    expect(heads).toEqual([{ installation: 2 ** 40, sequence: 1, hash: 'x', previous: null }]);
    const template = await second.dump();
    await second.close();
    if (template === null) throw new Error('an embedded database can be dumped');
    const copy = await openDatabase({ template });
    expect(await copy.handle.selectFrom('ledger_heads').selectAll().execute()).toEqual(heads);
    await copy.close();
  }, 60_000);
});

onEachEngine('database', ({ database }) => {
  test('a bigint that JavaScript would round is an error, not another number', async () => {
    const { rows } = await sql<{ n: number }>`select 9007199254740991::bigint as n`.execute(
      database().handle,
    );
    expect(rows).toEqual([{ n: Number.MAX_SAFE_INTEGER }]);
    await expect(sql`select 9007199254740993::bigint as n`.execute(database().handle)).rejects.toThrow(
      '9007199254740993',
    );
    expect((await sql`select 1 as n`.execute(database().handle)).rows).toEqual([{ n: 1 }]);
  });

  test('a failed statement ends its transaction and nothing else', async () => {
    await expect(database().transaction((tx) => sql`select 1/0`.execute(tx))).rejects.toThrow(
      'division by zero',
    );
    await expect(database().statements.executeSql('select 1/0')).rejects.toThrow('division by zero');
    expect((await database().statements.executeSql('select $1::int as n', [3])).rows).toEqual([{ n: 3 }]);
  });
});

onPostgres('database of several replicas', ({ url }) => {
  test('many that start at once on an empty database migrate it once', async () => {
    const name = `race_${process.pid}`;
    const admin = new pg.Client({ connectionString: url() ?? '' });
    await admin.connect();
    await admin.query(`create database ${name}`);
    const address = new URL(url() ?? '');
    address.pathname = `/${name}`;
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, async () => {
        const database = await openDatabase({ url: address.href, connections: 3 });
        const queue = await openQueue(database);
        const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(
          database.handle,
        );
        await queue.close();
        await database.close();
        return rows.map((row) => row.name);
      }),
    );
    await admin.query(`drop database ${name} with (force)`);
    await admin.end();
    expect(results.map((result) => (result.status === 'rejected' ? String(result.reason) : 'up'))).toEqual(
      Array(8).fill('up'),
    );
    const names = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    for (const one of names) expect(new Set(one).size).toBe(one.length);
    expect(names[0]?.[0]).toBe('0001-initial');
  }, 60_000);

  test('a server that is not there is an error within seconds', async () => {
    await expect(openDatabase({ url: 'postgres://nobody@127.0.0.1:1/none' })).rejects.toThrow('ECONNREFUSED');
  });
});
