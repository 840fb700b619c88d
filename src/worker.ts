// Takes jobs from the queue and hands them to the gate; retry and back-off are the queue's, the last word is `giveUp`.
import type { Logger } from 'pino';
import { type GatePorts, giveUp, handle, RetryLater } from './gate.ts';
import type { Turn } from './store/queue-turn.ts';

export type TurnHandler = (turn: Turn) => Promise<void>;

/** Throwing repeats the job later. */
export function createWorkerHandler(ports: GatePorts, log: Logger): TurnHandler {
  return async ({ job, attempt, failure }) => {
    const { owner, repository, number } = job.pull;
    const child = log.child({
      pull: `${owner}/${repository}#${number}`,
      cause: job.cause,
      delivery: job.delivery,
      attempt,
    });
    if (failure !== null) {
      child.error({ failure }, 'gave up; an undecided check says so');
      await giveUp(job, failure, ports);
      return;
    }
    try {
      const verdict = await handle(job, ports);
      child.info(
        { outcome: verdict.outcome, compliance: verdict.compliance, delivery: verdict.delivery },
        'judged',
      );
    } catch (error) {
      if (error instanceof RetryLater)
        child.warn({ gaps: error.gaps.map(({ subject }) => subject) }, 'undecided; trying again later');
      else child.error({ err: error }, 'failed; trying again later');
      throw error;
    }
  };
}
