import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import pg from 'pg';
import type { Job } from '../../src/ports.ts';
import { enqueue } from '../../src/store/enqueue.ts';
import { openQueue } from '../../src/store/queue.ts';
import { startWorker } from '../../src/store/queue-worker.ts';
import { onPostgres } from './support.ts';

const job = (number: number): Job => ({
  pull: { installation: 1, repositoryId: 10, owner: 'acme', repository: 'shop', number },
  cause: 'opened',
  delivery: null,
  refresh: false,
  again: false,
});

/** What a fail-over or a restart of the server does to every connection. */
const cutConnections = async (url: string): Promise<number> => {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  const { rowCount } = await admin.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where pid <> pg_backend_pid() and datname = current_database()`,
  );
  await admin.end();
  return rowCount ?? 0;
};

onPostgres('outage', ({ database, url }) => {
  test('a connection that dies between two statements of a transaction fails it, and nothing else', async () => {
    await expect(
      database().transaction(async (tx) => {
        await sql`insert into ledger_heads values (1, 1, 'x')`.execute(tx);
        await cutConnections(url() ?? '');
        await sleep(100);
        await sql`select 1`.execute(tx);
      }),
    ).rejects.toThrow();
    expect(await database().handle.selectFrom('ledger_heads').selectAll().execute()).toEqual([]);
  });

  test('a worker outlives the loss of all connections, and every job is done', async () => {
    const errors: Error[] = [];
    const queue = await openQueue(database(), {
      timing: { heartbeat: 10, supervise: 1, retryDelay: 1, retryDelayMax: 1 },
      onError: (error) => errors.push(error),
    });
    const done = new Set<number>();
    const worker = startWorker(
      queue,
      async (turn) => {
        await sleep(20);
        await database().transaction(async (tx) => turn.fence(tx));
        done.add(turn.job.pull.number);
      },
      { slots: 4, poll: 50, onError: (error) => errors.push(error) },
    );
    const accepted: number[] = [];
    for (let number = 1; number <= 120; number += 1) {
      // The forge delivers again what was not answered.
      for (;;) {
        try {
          await enqueue(queue, job(number));
          accepted.push(number);
          break;
        } catch {
          await sleep(20);
        }
      }
      if (number % 40 === 0) await cutConnections(url() ?? '');
    }
    const end = Date.now() + 45_000;
    for (;;) {
      const rows = await database()
        .handle.selectFrom('pending_jobs')
        .select('key')
        .execute()
        .catch(() => null);
      if (rows?.length === 0 || Date.now() > end) break;
      await sleep(100);
    }
    await worker.stop(1_000);
    await queue.close();
    expect(accepted.filter((number) => !done.has(number))).toEqual([]);
    expect(await database().handle.selectFrom('pending_jobs').select('key').execute()).toEqual([]);
  }, 90_000);
});
