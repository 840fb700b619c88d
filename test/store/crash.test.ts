import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { enqueue } from '../../src/store/enqueue.ts';
import { ledgerRecords } from '../../src/store/ledger.ts';
import { verifyLedger } from '../../src/store/ledger-verify.ts';
import { openQueue } from '../../src/store/queue.ts';
import { startWorker } from '../../src/store/queue-worker.ts';
import { onPostgres, temporaryFolder } from './support.ts';

const CHILD = fileURLToPath(new URL('./crash-child.ts', import.meta.url));

const start = (...args: readonly string[]) => {
  const child: ChildProcessWithoutNullStreams = spawn(process.execPath, [CHILD, ...args]);
  const output = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    output.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output.err += chunk;
  });
  const ended = once(child, 'close');
  return {
    output,
    kill: async (): Promise<void> => {
      child.kill('SIGKILL');
      await ended;
    },
    until: async (text: string, times = 1): Promise<void> => {
      const end = Date.now() + 30_000;
      while (output.out.split(text).length - 1 < times) {
        if (child.exitCode !== null || Date.now() > end) {
          throw new Error(`the child never said ${text}: ${output.err || output.out.slice(-500)}`);
        }
        await sleep(5);
      }
    },
  };
};

/** What the child was told is safe must be there. */
const expectKept = async (database: Database, acknowledged: string): Promise<void> => {
  // The last line may have been cut by the kill.
  const lines = acknowledged.split('\n').slice(0, -1);
  const entries = lines.filter((line) => line.startsWith('entry '));
  const jobs = lines.filter((line) => line.startsWith('job '));
  const kept = new Set<string>();
  for await (const record of ledgerRecords(database.handle, 1))
    kept.add(`entry ${record.sequence} ${record.hash}`);
  expect(entries.filter((line) => !kept.has(line))).toEqual([]);
  const waiting = await database.handle.selectFrom('pending_jobs').select('key').execute();
  const keys = new Set(waiting.map((row) => `job ${row.key}`));
  expect(jobs.filter((line) => !keys.has(line))).toEqual([]);
  expect(jobs.length).toBeGreaterThan(0);
  expect(await verifyLedger(database, 1)).toMatchObject({ ok: true });
};

const writeAndKill = async (location: string, rounds: number): Promise<string> => {
  let acknowledged = '';
  for (let round = 0; round < rounds; round += 1) {
    const child = start(location, 'write', String(round));
    await child.until('entry ', 5);
    await sleep(37 * round);
    await child.kill();
    acknowledged += child.output.out;
  }
  return acknowledged;
};

describe('killed while it writes', () => {
  const folder = temporaryFolder();

  test('the embedded database has everything it acknowledged, and the chain verifies', async () => {
    const location = join(folder, 'writes');
    const acknowledged = await writeAndKill(location, 4);
    // The lock of the dead process is there, and is no obstacle.
    expect(existsSync(join(location, 'lock'))).toBe(true);
    const database = await openDatabase({ folder: location });
    await expectKept(database, acknowledged);
    await database.close();
  }, 120_000);

  test('a job at work in the embedded database is run again by the next process', async () => {
    const location = join(folder, 'works');
    const first = await openDatabase({ folder: location });
    const queue = await openQueue(first);
    const pull = { installation: 1, repositoryId: 1, owner: 'acme', repository: 'shop', number: 1 };
    await enqueue(queue, { pull, cause: 'opened', delivery: null, refresh: false, again: false });
    await queue.close();
    await first.close();
    const child = start(location, 'hang');
    await child.until('working opened 1');
    await child.kill();
    const again = start(location, 'hang');
    await again.until('working opened 2');
    await again.kill();
  }, 120_000);
});

onPostgres('killed while it writes', ({ database, url }) => {
  test('everything that was acknowledged is there, and the chain verifies', async () => {
    const acknowledged = await writeAndKill(url() ?? '', 6);
    await expectKept(database(), acknowledged);
    await database().handle.deleteFrom('pending_jobs').execute();
  }, 120_000);

  test('a job at work is run again by another process once the dead one is missed', async () => {
    const queue = await openQueue(database(), {
      timing: { heartbeat: 10, supervise: 1, retryDelay: 1, retryDelayMax: 1 },
    });
    await queue.boss.deleteAllJobs();
    const pull = { installation: 1, repositoryId: 1, owner: 'acme', repository: 'shop', number: 1 };
    await enqueue(queue, { pull, cause: 'opened', delivery: null, refresh: false, again: false });
    const child = start(url() ?? '', 'hang');
    await child.until('working opened 1');
    const seen: string[] = [];
    const worker = startWorker(
      queue,
      async (turn) => {
        seen.push(`${turn.job.cause} ${turn.attempt}`);
      },
      { slots: 1, poll: 50 },
    );
    await sleep(1_000);
    // As long as the other lives, the job is its own.
    expect(seen).toEqual([]);
    await child.kill();
    const end = Date.now() + 30_000;
    while (seen.length === 0 && Date.now() < end) await sleep(50);
    expect(seen).toEqual(['opened 2']);
    await worker.stop(1_000);
    await queue.close();
  }, 120_000);
});
