import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { Job } from '../../src/ports.ts';
import { openDatabase } from '../../src/store/database.ts';
import { enqueue, enqueueWithin } from '../../src/store/enqueue.ts';
import { openQueue, type Queue, REVIEW } from '../../src/store/queue.ts';
import { type Turn, TurnLost } from '../../src/store/queue-turn.ts';
import { type Handler, startWorker, type Worker, type WorkerOptions } from '../../src/store/queue-worker.ts';
import { onEachEngine, onPostgres } from './support.ts';

let numbers = 0;
const job = (cause: string, number: number, installation = 1, repositoryId = 10): Job => ({
  pull: { installation, repositoryId, owner: 'acme', repository: 'shop', number },
  cause,
  delivery: null,
  refresh: false,
  again: false,
});
const freshNumber = (): number => {
  numbers += 1;
  return numbers;
};

const until = async (condition: () => boolean | Promise<boolean>, milliseconds = 10_000): Promise<void> => {
  const end = Date.now() + milliseconds;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('it did not happen in time');
    await sleep(10);
  }
};

/** A door that a handler waits at until the test opens it. */
const door = () => {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
};

onEachEngine('queue', ({ database }) => {
  let queue: Queue;
  const workers: Worker[] = [];
  const errors: Error[] = [];
  const work = (handler: Handler, options: Partial<WorkerOptions> = {}): Worker => {
    const worker = startWorker(queue, handler, {
      slots: 4,
      poll: 50,
      onError: (error) => errors.push(error),
      ...options,
    });
    workers.push(worker);
    return worker;
  };
  const pendingCount = async (): Promise<number> => {
    const rows = await database().handle.selectFrom('pending_jobs').select('key').execute();
    return rows.length;
  };

  beforeAll(async () => {
    queue = await openQueue(database(), {
      timing: { retries: 2, retryDelay: 1, retryDelayMax: 1, heartbeat: 10, supervise: 1 },
      onError: (error) => errors.push(error),
    });
  }, 60_000);
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.stop(1_000)));
    await queue.boss.deleteAllJobs();
    await database().handle.deleteFrom('pending_jobs').execute();
    expect(errors.splice(0).map((error) => error.message)).toEqual([]);
  });
  afterAll(async () => {
    await queue.close();
  });

  test('a job is done once and then forgotten', async () => {
    const seen: string[] = [];
    work(async (turn) => {
      seen.push(`${turn.job.cause} ${turn.attempt}`);
    });
    await enqueue(queue, job('opened', freshNumber()));
    await until(async () => seen.length === 1 && (await pendingCount()) === 0);
    await sleep(150);
    expect(seen).toEqual(['opened 1']);
  });

  test('waiting jobs of one pull request become one, the newest; others are left alone', async () => {
    const [one, two] = [freshNumber(), freshNumber()];
    for (const cause of ['opened', 'labeled', 'synchronize']) await enqueue(queue, job(cause, one));
    await enqueue(queue, job('opened', two));
    const seen: string[] = [];
    work(async (turn) => {
      seen.push(`${turn.job.pull.number === one ? 'one' : 'two'} ${turn.job.cause}`);
    });
    await until(async () => (await pendingCount()) === 0);
    expect(seen.sort()).toEqual(['one synchronize', 'two opened']);
  });

  test('a sweep never replaces a live event, a live event replaces a sweep', async () => {
    const [one, two] = [freshNumber(), freshNumber()];
    await enqueue(queue, job('synchronize', one), 'live');
    await enqueue(queue, job('sweep', one), 'sweep');
    await enqueue(queue, job('sweep', two), 'sweep');
    await enqueue(queue, job('reopened', two), 'live');
    const seen: string[] = [];
    work(async (turn) => {
      seen.push(turn.job.cause);
    });
    await until(async () => (await pendingCount()) === 0);
    expect(seen.sort()).toEqual(['reopened', 'synchronize']);
  });

  test('what comes in while a job runs starts one more run afterwards, never beside it', async () => {
    const number = freshNumber();
    const gate = door();
    const seen: string[] = [];
    let running = 0;
    let most = 0;
    work(async (turn) => {
      running += 1;
      most = Math.max(most, running);
      seen.push(turn.job.cause);
      if (turn.job.cause === 'opened') await gate.opened;
      running -= 1;
    });
    await enqueue(queue, job('opened', number));
    await until(() => seen.length === 1);
    await enqueue(queue, job('labeled', number));
    await enqueue(queue, job('synchronize', number));
    await sleep(200);
    expect(seen).toEqual(['opened']);
    gate.open();
    await until(async () => (await pendingCount()) === 0);
    expect(seen).toEqual(['opened', 'synchronize']);
    expect(most).toBe(1);
  });

  test('an enqueue that is rolled back never runs', async () => {
    const number = freshNumber();
    await expect(
      database().transaction(async (tx) => {
        await enqueueWithin(queue, tx, job('opened', number), 'live');
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    expect(await pendingCount()).toBe(0);
    expect(await queue.boss.findJobs(REVIEW, { key: `10/${number}` })).toEqual([]);
  });

  test('a failed attempt is repeated after a pause', async () => {
    const number = freshNumber();
    const seen: { readonly cause: string; readonly at: number }[] = [];
    work(async (turn) => {
      seen.push({ cause: turn.job.cause, at: Date.now() });
      if (seen.length === 1) throw new Error('the forge is down');
    });
    await enqueue(queue, job('opened', number));
    await until(async () => (await pendingCount()) === 0);
    expect(seen.map((one) => one.cause)).toEqual(['opened', 'opened']);
    expect((seen[1]?.at ?? 0) - (seen[0]?.at ?? 0)).toBeGreaterThan(400);
  });

  test('attempts that are used up end in a turn that carries the failure, and that one is repeated until it works', async () => {
    const number = freshNumber();
    const seen: string[] = [];
    work(async (turn) => {
      seen.push(turn.failure ?? 'review');
      if (turn.failure === null) throw new Error('cannot read the tree');
      if (seen.filter((one) => one !== 'review').length === 1) throw new Error('cannot publish either');
    });
    await enqueue(queue, job('opened', number));
    await until(async () => seen.length > 0 && (await pendingCount()) === 0, 20_000);
    expect(seen).toEqual(['review', 'review', 'review', 'cannot read the tree', 'cannot read the tree']);
  }, 30_000);

  test('a newer event after the attempts are used up is reviewed, not buried', async () => {
    const number = freshNumber();
    const seen: string[] = [];
    const gate = door();
    work(async (turn) => {
      seen.push(`${turn.job.cause} ${turn.failure ?? '-'}`);
      if (turn.job.cause !== 'opened') return;
      if (turn.attempt === 3) await gate.opened;
      throw new Error('no');
    });
    await enqueue(queue, job('opened', number));
    await until(() => seen.length === 3, 20_000);
    await enqueue(queue, job('synchronize', number));
    gate.open();
    await until(async () => (await pendingCount()) === 0);
    expect(seen.at(-1)).toBe('synchronize -');
    expect(seen.length).toBe(4);
  }, 30_000);

  test('a quiet installation is served in turn, however much a busy one has waiting', async () => {
    const served: number[] = [];
    for (let index = 0; index < 60; index += 1) await enqueue(queue, job('opened', freshNumber(), 71, 710));
    for (let index = 0; index < 5; index += 1) await enqueue(queue, job('opened', freshNumber(), 72, 720));
    work(
      async (turn) => {
        served.push(turn.job.pull.installation);
      },
      { slots: 1 },
    );
    await until(async () => (await pendingCount()) === 0, 20_000);
    expect(served.length).toBe(65);
    expect(served.lastIndexOf(72)).toBeLessThan(12);
  }, 30_000);

  test('live events come before sweeps', async () => {
    const served: string[] = [];
    for (let index = 0; index < 10; index += 1) await enqueue(queue, job('sweep', freshNumber()), 'sweep');
    for (let index = 0; index < 3; index += 1) await enqueue(queue, job('opened', freshNumber()), 'live');
    work(
      async (turn) => {
        served.push(turn.job.cause);
      },
      { slots: 1 },
    );
    await until(async () => (await pendingCount()) === 0);
    expect(served.slice(0, 3)).toEqual(['opened', 'opened', 'opened']);
  });

  test('an installation whose jobs hang leaves a slot to the others', async () => {
    const gate = door();
    const served: number[] = [];
    for (let index = 0; index < 8; index += 1) await enqueue(queue, job('opened', freshNumber(), 81, 810));
    work(async (turn) => {
      if (turn.job.pull.installation === 81) await gate.opened;
      served.push(turn.job.pull.installation);
    });
    await sleep(300);
    await enqueue(queue, job('opened', freshNumber(), 82, 820));
    await until(() => served.length === 1);
    expect(served).toEqual([82]);
    gate.open();
    await until(async () => (await pendingCount()) === 0);
  });

  test('stopping waits for the jobs at work; after the grace they are aborted and given back', async () => {
    const [quick, slow] = [freshNumber(), freshNumber()];
    const seen: string[] = [];
    const handler = async (turn: Turn): Promise<void> => {
      seen.push(`start ${turn.job.cause}`);
      if (turn.job.cause === 'quick') await sleep(150);
      else await sleep(60_000, undefined, { signal: turn.signal });
      seen.push(`end ${turn.job.cause}`);
    };
    const worker = work(handler);
    await enqueue(queue, job('quick', quick));
    await enqueue(queue, job('slow', slow));
    await until(() => seen.length === 2);
    await worker.stop(400);
    expect(seen.sort()).toEqual(['end quick', 'start quick', 'start slow']);
    expect(await pendingCount()).toBe(1);
    const again: string[] = [];
    work(async (turn) => {
      again.push(turn.job.cause);
    });
    const started = Date.now();
    await until(() => again.length === 1);
    expect(Date.now() - started).toBeLessThan(900);
    await until(async () => (await pendingCount()) === 0);
  });

  test('a handler that ignores the abort does not keep the process from stopping', async () => {
    const gate = door();
    let started = false;
    const worker = work(async () => {
      started = true;
      await gate.opened;
    });
    await enqueue(queue, job('opened', freshNumber()));
    await until(() => started);
    const before = Date.now();
    await worker.stop(100);
    expect(Date.now() - before).toBeLessThan(3_000);
    expect(await pendingCount()).toBe(1);
    gate.open();
    await until(async () => (await pendingCount()) === 0);
  });

  test('a newer event does not wait for the end of a back-off', async () => {
    const number = freshNumber();
    const failing = await openQueue(database(), { timing: { retryDelay: 60, retryDelayMax: 60 } });
    const seen: string[] = [];
    work(async (turn) => {
      seen.push(turn.job.cause);
      if (turn.job.cause === 'opened') throw new Error('the forge is down');
    });
    await enqueue(failing, job('opened', number));
    await until(async () => {
      const [token] = await queue.boss.findJobs(REVIEW, { key: `10/${number}` });
      return token?.state === 'retry';
    });
    await sleep(300);
    expect(seen).toEqual(['opened']);
    const before = Date.now();
    await enqueue(failing, job('synchronize', number));
    await until(async () => (await pendingCount()) === 0);
    expect(Date.now() - before).toBeLessThan(2_000);
    expect(seen).toEqual(['opened', 'synchronize']);
    await failing.close();
    await (
      await openQueue(database(), {
        timing: { retries: 2, retryDelay: 1, retryDelayMax: 1, heartbeat: 10, supervise: 1 },
      })
    ).close();
  });

  test('a worker that lost its claim is told, and can no longer write', async () => {
    const number = freshNumber();
    const results: string[] = [];
    const gate = door();
    let first = true;
    work(async (turn) => {
      await database().transaction(async (tx) => turn.fence(tx));
      if (!first) {
        results.push('second ran');
        return;
      }
      first = false;
      // What the supervisor does when a process no longer gives signs of life.
      await sql`update pgboss.job set heartbeat_on = now() - interval '1 hour'
                 where name = ${REVIEW} and state = 'active'`.execute(database().handle);
      await gate.opened;
      await database()
        .transaction(async (tx) => turn.fence(tx))
        .catch((error: Error) => results.push(error.name));
    });
    await enqueue(queue, job('opened', number));
    await until(() => results.includes('second ran'), 15_000);
    gate.open();
    await until(async () => results.length === 2 && (await pendingCount()) === 0);
    expect(results).toEqual(['second ran', 'TurnLost']);
    await until(() => errors.some((error) => error instanceof TurnLost));
    errors.splice(0);
  }, 30_000);

  test('jobs whose tokens somebody deleted are called again at the next start', async () => {
    const number = freshNumber();
    await enqueue(queue, job('opened', number));
    await queue.boss.deleteAllJobs();
    const reopened = await openQueue(database());
    await reopened.close();
    const seen: string[] = [];
    work(async (turn) => {
      seen.push(turn.job.cause);
    });
    await until(async () => (await pendingCount()) === 0);
    expect(seen).toEqual(['opened']);
  });
});

onPostgres('queue of several processes', ({ url }) => {
  describe('on one database', () => {
    test('replicas that start at the same time all come up, and share the work without overlap', async () => {
      const address = url() ?? '';
      const running = new Map<string, number>();
      const order = new Map<string, string[]>();
      let overlaps = 0;
      const replicas = await Promise.all(
        [0, 1, 2, 3].map(async (replica) => {
          const database = await openDatabase({ url: address, connections: 4 });
          const queue = await openQueue(database);
          const done: string[] = [];
          const worker = startWorker(
            queue,
            async (turn) => {
              const key = `${turn.job.pull.number}`;
              running.set(key, (running.get(key) ?? 0) + 1);
              if ((running.get(key) ?? 0) > 1) overlaps += 1;
              await sleep(5);
              running.set(key, (running.get(key) ?? 0) - 1);
              order.set(key, [...(order.get(key) ?? []), turn.job.cause]);
              done.push(key);
            },
            { slots: 4, poll: 20 },
          );
          return { replica, database, queue, worker, done };
        }),
      );
      try {
        const events = Array.from({ length: 300 }, (_, index) => ({
          number: index % 20,
          cause: `event ${index}`,
        }));
        await Promise.all(
          replicas.map(async ({ queue, replica }) => {
            for (const event of events.filter((_, index) => index % 4 === replica)) {
              await enqueue(queue, job(event.cause, event.number, 3, 33));
            }
          }),
        );
        const [first] = replicas;
        await until(async () => {
          const rows = await first?.database.handle.selectFrom('pending_jobs').select('key').execute();
          return rows?.length === 0;
        }, 20_000);
        expect(overlaps).toBe(0);
        expect(order.size).toBe(20);
        expect(replicas.filter(({ done }) => done.length > 0).length).toBeGreaterThan(1);
      } finally {
        for (const { worker, queue, database } of replicas) {
          await worker.stop(1_000);
          await queue.close();
          await database.close();
        }
      }
    }, 60_000);
  });
});
