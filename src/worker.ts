// Takes jobs from the queue and hands them to the gate; retry and back-off are the queue's, the last word is `giveUp`.
import type { Logger } from 'pino';
import type { Verdict } from './core/model/verdict.ts';
import { giveUpErrand, runErrand } from './errands.ts';
import { type GatePorts, giveUp, handle, RetryLater } from './gate.ts';
import type { Hold } from './ports.ts';
import { DOUBT_MS } from './repaint.ts';
import { type Turn, TurnLost } from './store/queue-turn.ts';

export type TurnHandler = (turn: Turn) => Promise<void>;

export type WorkerObserver = {
  /** `seconds` from the start of the turn to the published verdict. */
  readonly judged: (verdict: Verdict, seconds: number) => void;
  readonly failed: (kind: 'retry' | 'gave-up' | 'undecided' | 'lost') => void;
};

/** `portsFor` makes ports that write only as long as the turn is held. Throwing repeats the job later. */
export function createWorkerHandler(
  portsFor: (turn: Turn) => GatePorts,
  log: Logger,
  observer: WorkerObserver = { judged: () => undefined, failed: () => undefined },
): TurnHandler {
  return async (turn) => {
    const { job, attempt, failure } = turn;
    const start = performance.now();
    const { owner, repository, number } = job.pull;
    const child = log.child({
      pull: number === 0 ? `${owner}/${repository}` : `${owner}/${repository}#${number}`,
      ...(job.errand === undefined ? {} : { errand: job.errand.kind }),
      cause: job.cause,
      delivery: job.delivery,
      attempt,
    });
    const ports = portsFor(turn);
    if (failure !== null) {
      child.error({ failure }, 'gave up; an undecided check says so');
      observer.failed('gave-up');
      try {
        await (job.errand === undefined
          ? giveUp(job, failure, ports)
          : giveUpErrand(job, job.errand, failure, ports));
      } catch (error) {
        if (!isOutOfReach(error)) throw error;
        // Otherwise it would be tried for ever. Should the app be let in again, everything open is judged anew.
        child.error({ err: error }, 'nobody can be told: the app has no access there any more');
      }
      return;
    }
    try {
      // Whoever had it before may be frozen, and come back with what was true then.
      if (attempt > 1 && job.errand === undefined)
        await ports.pulls.doubt(job.pull, new Date(ports.clock().getTime() + DOUBT_MS));
      const verdict = await (job.errand === undefined
        ? handle(job, ports)
        : runErrand(job, job.errand, ports));
      if (verdict === null) {
        child.info('done');
        return;
      }
      observer.judged(verdict, (performance.now() - start) / 1000);
      child.info(
        { outcome: verdict.outcome, compliance: verdict.compliance, delivery: verdict.delivery },
        'judged',
      );
    } catch (error) {
      if (error instanceof RetryLater) {
        observer.failed('undecided');
        child.warn({ gaps: error.gaps.map(({ subject }) => subject) }, 'undecided; trying again later');
      } else if (error instanceof TurnLost) {
        observer.failed('lost');
        child.warn('another worker has the job; nothing more is written');
      } else {
        observer.failed('retry');
        child.error({ err: error }, 'failed; trying again later');
      }
      throw error;
    }
  };
}

type ForgeError = {
  readonly status?: unknown;
  readonly message?: unknown;
  readonly errors?: readonly { readonly type?: unknown }[];
};

/** The installation was removed or suspended, or its repository is gone: no later try says anything else. */
function isOutOfReach(error: unknown): boolean {
  const { status, message, errors } = error as ForgeError;
  if (status === 404 || status === 410) return true;
  if (status === 403) return /suspended|not accessible/i.test(String(message));
  return Array.isArray(errors) && errors.length > 0 && errors.every(({ type }) => type === 'NOT_FOUND');
}

/** Whether a turn is still held: asked of the database, and at once where its end was heard of. */
export function holdOf(turn: Turn, ask: (fence: Turn['fence']) => Promise<void>): Hold {
  return {
    async check() {
      turn.signal.throwIfAborted();
      await ask(turn.fence);
    },
  };
}
