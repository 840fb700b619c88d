import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import pg from 'pg';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { onPostgres } from './support.ts';

type One = { readonly one: number };

// Its own connections are closed before the server is: inner hooks run first.
onPostgres('single statements', ({ database: first, url }) =>
  describe('that share connections', () => {
    let database: Database;
    let admin: pg.Client;
    const lost: Error[] = [];
    /** Keeps what `statement` locks until the promise it gets is done. */
    const locking = async (statement: string, meanwhile: () => Promise<void>): Promise<void> => {
      const holder = new pg.Client({ connectionString: url() ?? '' });
      await holder.connect();
      try {
        await holder.query('begin');
        await holder.query(statement);
        await meanwhile();
      } finally {
        await holder.end();
      }
    };
    const rank = async (key: string): Promise<number | undefined> => {
      const row = await first()
        .handle.selectFrom('pending_jobs')
        .select('rank')
        .where('key', '=', key)
        .executeTakeFirst();
      return row?.rank;
    };
    const raise = (key: string): Promise<readonly unknown[]> =>
      database.alone('update pending_jobs set rank = rank + 1 where key = $1::text returning rank', [key]);

    beforeAll(async () => {
      database = await openDatabase({
        url: url() ?? '',
        connections: 3,
        onError: (error) => lost.push(error),
      });
      admin = new pg.Client({ connectionString: url() ?? '' });
      await admin.connect();
      await sql`insert into pending_jobs (key, installation, job, urgency, generation, rank)
              select 'line ' || n, 1, '{}', 1, 1, 0 from generate_series(1, 9) n`.execute(first().handle);
    }, 60_000);
    afterAll(async () => {
      await admin.end();
      await database.close();
    });

    test('each gets its own answer, and an error is only its own', async () => {
      const asked = Array.from({ length: 200 }, (_, each) => each);
      const answers = await Promise.allSettled(
        asked.map(async (each) => {
          const text = each % 3 === 0 ? 'select 1 / ($1::int - $1::int) as one' : 'select $1::int as one';
          return (await database.alone<One>(text, [each]))[0]?.one;
        }),
      );
      for (const [each, answer] of answers.entries())
        expect(answer).toMatchObject(
          each % 3 === 0
            ? { status: 'rejected', reason: { code: '22012' } }
            : { status: 'fulfilled', value: each },
        );
    });

    test('there are never more connections than were asked for', async () => {
      const address = new URL(url() ?? '');
      address.searchParams.set('application_name', 'three');
      const three = await openDatabase({ url: address.href, connections: 3 });
      const asked = Array.from({ length: 60 }, (_, each) => each);
      const busy = asked.map((each) =>
        each % 2 === 0
          ? three.alone('select pg_sleep(0.01)::text as slept', [])
          : three.transaction(async (tx) => {
              await sql`select pg_sleep(0.01)`.execute(tx);
            }),
      );
      const counts: number[] = [];
      for (let look = 0; look < 10; look += 1) {
        const { rows } = await admin.query<{ count: number }>(
          `select count(*)::int as count from pg_stat_activity where application_name = 'three'`,
        );
        counts.push(rows[0]?.count ?? 0);
        await busy[look * 5];
      }
      await Promise.all(busy);
      await three.close();
      expect(Math.max(...counts)).toBe(3);
    });

    test('what somebody outside waits for is not behind what the workers do', async () => {
      const six = await openDatabase({ url: url() ?? '', connections: 6 });
      await six.urgent<One>('select $1::int as one', [0]);
      let settled = 0;
      const slow = Array.from({ length: 40 }, () =>
        six.alone('select pg_sleep(0.02)::text as slept', []).finally(() => {
          settled += 1;
        }),
      );
      expect(await six.urgent<One>('select $1::int as one', [1])).toEqual([{ one: 1 }]);
      expect(settled).toBeLessThan(20);
      await Promise.all(slow);
      await six.close();
    });

    test.each([3, 16])(
      'with %d connections there is a way for what somebody waits for',
      async (connections) => {
        const open = await openDatabase({ url: url() ?? '', connections });
        expect(await open.urgent<One>('select $1::int as one', [connections])).toEqual([
          { one: connections },
        ]);
        await open.close();
      },
    );

    test('one that waits for a lock holds up nobody, and is done when the lock is free', async () => {
      const waiting: { rank: Promise<readonly unknown[]> | null } = { rank: null };
      let isDone = false;
      await locking(`update pending_jobs set rank = 10 where key = 'line 1'`, async () => {
        waiting.rank = raise('line 1').finally(() => {
          isDone = true;
        });
        for (let each = 0; each < 20; each += 1)
          expect(await database.alone<One>('select $1::int as one', [each])).toEqual([{ one: each }]);
        expect(await raise('line 2')).toEqual([{ rank: 1 }]);
        expect(isDone).toBe(false);
      });
      expect(await waiting.rank).toEqual([{ rank: 1 }]);
      expect(await rank('line 1')).toBe(1);
    });

    test('many that wait for the same lock are each done exactly once', async () => {
      const waiting: Promise<unknown>[] = [];
      await locking(`select from pending_jobs where key = 'line 3' for update`, async () => {
        for (let each = 0; each < 25; each += 1) waiting.push(raise('line 3'));
        await database.alone<One>('select $1::int as one', [1]);
      });
      await Promise.all(waiting);
      expect(await rank('line 3')).toBe(25);
    });

    test('those that rest on one that could not be prepared are done as well', async () => {
      const waiting: Promise<readonly One[]>[] = [];
      await locking('lock table chores in access exclusive mode', async () => {
        for (let each = 0; each < 5; each += 1)
          waiting.push(database.alone<One>('select $1::int + count(*)::int as one from chores', [each]));
        await database.alone<One>('select $1::int as one', [1]);
      });
      expect((await Promise.all(waiting)).map(([row]) => row?.one)).toEqual([0, 1, 2, 3, 4]);
    });

    test('a connection that dies fails what is under way, and the next statement has another', async () => {
      const cut = (): Promise<unknown> =>
        admin.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
          where application_name = 'clear-to-ship' and datname = current_database()`,
        );
      const sleeping = database.alone('select pg_sleep(30)::text as slept', []);
      const behind = database.alone('select $1::int as one', [7]);
      const both = Promise.allSettled([sleeping, behind]);
      for (;;) {
        const { rowCount } = await admin.query(
          `select 1 from pg_stat_activity where query like 'select pg_sleep(30)%' and state = 'active'`,
        );
        if (rowCount === 1) break;
      }
      await cut();
      expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      expect(await database.alone<One>('select $1::int as one', [8])).toEqual([{ one: 8 }]);
      expect(lost.length).toBeGreaterThan(0);
    });

    test('inside a transaction they are refused: its locks might be what they wait for', async () => {
      await expect(database.transaction(() => database.alone('select $1::int as one', [1]))).rejects.toThrow(
        'inside a transaction',
      );
    });

    test('closing waits for the answers that are under way, and takes nothing more', async () => {
      const closing = await openDatabase({ url: url() ?? '' });
      const slow = closing.alone<One>('select 1 as one from pg_sleep(0.05)', []);
      await new Promise((resolve) => setImmediate(resolve));
      await Promise.all([closing.close(), expect(slow).resolves.toEqual([{ one: 1 }])]);
      await expect(closing.alone('select $1::int as one', [1])).rejects.toThrow('closed');
    });
  }),
);
