// Takes jobs from the queue, as many at once as there are slots, and hands each to its handler.
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobWithMetadata } from 'pg-boss';
import { DEAD, type Queue } from './queue.ts';
import { type Fetched, type TokenData, takeJob, takeJobs } from './queue-take.ts';
import {
  fenceOf,
  giveBack,
  reviveDead,
  settleDone,
  settleFailed,
  type Turn,
  TurnLost,
  touch,
} from './queue-turn.ts';

export type WorkerOptions = {
  /** Jobs worked on at the same time in this process. */
  readonly slots: number;
  /** How long an idle worker waits before it looks again (milliseconds); enqueueing in this process wakes it at once. */
  readonly poll?: number;
  /** Hears of whatever goes wrong outside a handler; the worker goes on. */
  readonly onError?: (error: Error) => void;
};

export type Worker = {
  /**
   * Takes no more jobs and waits for those at work; after `grace` milliseconds they are aborted and given back. One that
   * does not end even then is left to its claim's running out, once this process gives no more signs of life.
   */
  readonly stop: (grace: number) => Promise<void>;
};

/** Throwing repeats the job later; `turn.failure` tells that the attempts are used up and the failure is to be shown. */
export type Handler = (turn: Turn) => Promise<void>;

/** How long an aborted job has to give itself back, in milliseconds. */
const LAST_WORD = 2_000;

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));

const reasonOf = (output: unknown): string =>
  typeof output === 'object' && output !== null && 'message' in output && typeof output.message === 'string'
    ? output.message
    : JSON.stringify(output ?? 'no reason was recorded');

/** A wait that `wake` ends early. */
const alarm = () => {
  let ring: (() => void) | null = null;
  let rung = false;
  return {
    wake: (): void => {
      rung = true;
      ring?.();
    },
    wait: async (milliseconds: number): Promise<void> => {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, milliseconds);
          ring = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      ring = null;
      rung = false;
    },
  };
};

/**
 * Who may not take more of the slots, and how many jobs may be fetched at once so that nobody gets too many: no
 * installation may fill the last quarter, which stays free for the others.
 */
const sharing = (active: ReadonlyMap<string, string>, slots: number) => {
  const share = Math.max(1, slots - Math.ceil(slots / 4));
  const counts = new Map<string, number>();
  for (const installation of active.values()) counts.set(installation, (counts.get(installation) ?? 0) + 1);
  const crowded = [...counts].filter(([, count]) => count >= share).map(([installation]) => installation);
  const most = Math.max(0, ...[...counts.values()].filter((count) => count < share));
  return { ignoreGroups: crowded, batchSize: Math.min(slots - active.size, share - most) };
};

/** Settles in spite of a short outage: what is not settled runs again, though it was done. */
const insist = async (settle: () => Promise<void>): Promise<void> => {
  for (let pause = 200; ; pause *= 3) {
    try {
      return await settle();
    } catch (error) {
      if (error instanceof TurnLost || pause > 2_000) throw error;
      await sleep(pause);
    }
  }
};

/** Runs one attempt to its end and settles it; never rejects. */
const runTurn = async (
  queue: Queue,
  { token, taken: already }: Fetched,
  handler: Handler,
  stopping: AbortSignal,
  onError: (error: Error) => void,
): Promise<void> => {
  const lost = new AbortController();
  let seen = Date.now();
  const beat = setInterval(
    () => {
      touch(queue, token).then(
        (held) => {
          if (held) seen = Date.now();
          else lost.abort(new TurnLost(`the claim on ${token.data.key} is gone`));
        },
        (error) => {
          onError(asError(error));
          if (Date.now() - seen > queue.timing.heartbeat * 1000) {
            lost.abort(new TurnLost(`no sign of life could be given for ${token.data.key}`));
          }
        },
      );
    },
    (queue.timing.heartbeat * 1000) / 3,
  );
  const signal = AbortSignal.any([lost.signal, stopping]);
  try {
    const taken = already ?? (await takeJob(queue, token));
    if (taken === null) return await insist(() => settleDone(queue, token, null));
    const { job, failure, generation } = taken;
    try {
      await handler({ job, attempt: token.retryCount + 1, failure, signal, fence: fenceOf(token) });
    } catch (thrown) {
      if (lost.signal.aborted) return;
      const reason = asError(thrown).message;
      return await insist(() =>
        stopping.aborted ? giveBack(queue, token) : settleFailed(queue, token, generation, reason),
      );
    }
    await insist(() => settleDone(queue, token, generation));
  } catch (error) {
    // The claim runs out and the job is repeated: by this worker or another.
    onError(asError(error));
  } finally {
    clearInterval(beat);
  }
};

/** Starts taking jobs. One worker per process is enough: it works on `slots` jobs at once. */
export const startWorker = (queue: Queue, handler: Handler, options: WorkerOptions): Worker => {
  const { slots, poll = 500, onError = () => undefined } = options;
  const bell = alarm();
  const stopping = new AbortController();
  const active = new Map<string, string>();
  const running = new Set<Promise<void>>();
  let open = true;
  queue.listeners.add(bell.wake);

  const take = async (): Promise<boolean> => {
    const { ignoreGroups, batchSize } = sharing(active, slots);
    const fetched = await takeJobs(queue, { batchSize, ignoreGroups });
    for (const one of fetched) {
      const { token } = one;
      active.set(token.id, token.groupId ?? '');
      const turn = runTurn(queue, one, handler, stopping.signal, onError).finally(() => {
        active.delete(token.id);
        running.delete(turn);
        bell.wake();
      });
      running.add(turn);
    }
    // Fewer than there was room for: nobody else waits, and whoever comes rings.
    return fetched.length >= batchSize;
  };

  const bury = async (): Promise<boolean> => {
    const [token] = await queue.boss.fetch<TokenData>(DEAD, { includeMetadata: true });
    if (token === undefined) return false;
    await reviveDead(queue, token, reasonOf((token as JobWithMetadata<TokenData>).sourceOutput));
    return true;
  };

  const loop = (async () => {
    let lookedForDead = 0;
    while (open) {
      try {
        if (Date.now() - lookedForDead >= poll) {
          while (await bury());
          lookedForDead = Date.now();
        }
        while (open && active.size < slots && (await take()));
      } catch (error) {
        onError(asError(error));
      }
      if (open) await bell.wait(poll);
    }
  })();

  return {
    async stop(grace) {
      open = false;
      queue.listeners.delete(bell.wake);
      bell.wake();
      await loop;
      const done = async (): Promise<void> => {
        while (running.size > 0) await Promise.all(running);
      };
      const patience = new AbortController();
      const waited = sleep(grace, undefined, { signal: patience.signal }).then(async () => {
        stopping.abort(new Error('the process is stopping'));
        await sleep(LAST_WORD, undefined, { signal: patience.signal });
      });
      await Promise.race([done(), waited]);
      patience.abort();
      await waited.catch(() => undefined);
    },
  };
};
