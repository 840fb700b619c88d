// What a worker shows that may have lost its job → shown once more by whoever has it.
import type { Hold, Inbox, Job } from './ports.ts';

type RepaintPorts = { readonly hold: Hold; readonly inbox: Inbox };

/**
 * A worker that froze after its last look may have written behind its successor. It can't take that back, but the newest
 * result is shown once more, also where it noticed in the middle of writing.
 *
 * @throws what `show` throws; TurnLost when the job is another worker's.
 */
export async function showing(
  job: Job,
  { hold, inbox }: RepaintPorts,
  show: () => Promise<void>,
): Promise<void> {
  let failed: { readonly error: unknown } | null = null;
  try {
    await show();
  } catch (error) {
    failed = { error };
  }
  try {
    await hold.check();
  } catch (lost) {
    await inbox.accept({ state: null, claim: null, job: repainting(job) });
    throw lost;
  }
  if (failed !== null) throw failed.error;
}

function repainting(job: Job): Job {
  const refresh = job.errand === undefined;
  return { ...job, cause: 'repainting after a lost turn', delivery: null, refresh, again: true };
}

/**
 * How long the forge is looked at after a worker died or was lost at its job. A frozen one that comes back writes with the
 * access it had; GitHub ends that after an hour, and then nothing of it can come any more.
 */
export const DOUBT_MS = 70 * 60_000;
