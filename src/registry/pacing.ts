// How often and how fast a host is asked: few requests side by side, and a pause before asking again.
import type { IncomingHttpHeaders } from 'node:http';

/** Requests to one host at the same time. */
const SIDE_BY_SIDE = 4;

export type Turns = <T>(host: string, work: () => Promise<T>) => Promise<T>;

/** Requests beyond the limit wait in the order in which they came. */
export function createTurns(limit = SIDE_BY_SIDE): Turns {
  const hosts = new Map<string, { running: number; readonly waiting: (() => void)[] }>();
  return async (host, work) => {
    const lane = hosts.get(host) ?? { running: 0, waiting: [] };
    hosts.set(host, lane);
    if (lane.running >= limit) await new Promise<void>((resolve) => lane.waiting.push(resolve));
    else lane.running += 1;
    try {
      return await work();
    } finally {
      const next = lane.waiting.shift();
      // The turn is handed over as it is, so that nobody slips in between.
      if (next === undefined) lane.running -= 1;
      else next();
    }
  };
}

/** Attempts in all, and the pauses before the second and later ones in milliseconds. */
export const ATTEMPTS = 4;
const PAUSES = [500, 1500, 4000] as const;

/** The longest pause a registry may ask for, in milliseconds; after that a gap is better than waiting. */
export const LONGEST_PAUSE = 20_000;

export function isPassing(status: number): boolean {
  return status === 408 || status === 429 || (status >= 500 && status !== 501 && status !== 505);
}

/** Milliseconds before attempt number `attempt` (2 is the first repetition); `Retry-After` is seconds or a date. */
export function pauseBefore(attempt: number, headers: IncomingHttpHeaders | null, now: number): number {
  const planned = PAUSES[Math.min(attempt - 2, PAUSES.length - 1)] ?? 0;
  const asked = headers?.['retry-after'];
  if (asked === undefined) return planned;
  const wait = /^\d+$/.test(asked) ? Number(asked) * 1000 : Date.parse(asked) - now;
  return Number.isFinite(wait) ? Math.max(wait, 0) : planned;
}
