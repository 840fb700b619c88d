// Every request the stand-in served → how many there were and how many had to wait for each other.
import type { Seen } from './faults.ts';

export type ServedRequest = Seen & {
  /** 0 while it is under way, and when no answer was sent. */
  status: number;
  /** Milliseconds of a monotonic clock. `end` is infinite while it is under way. */
  readonly start: number;
  end: number;
};

export type Traffic = {
  readonly requests: readonly ServedRequest[];
  readonly begin: (seen: Seen) => ServedRequest;
  readonly finish: (request: ServedRequest, status: number) => void;
  readonly underWay: () => number;
};

export const createTraffic = (): Traffic => {
  const requests: ServedRequest[] = [];
  return {
    requests,
    begin: (seen) => {
      const request = { ...seen, status: 0, start: performance.now(), end: Number.POSITIVE_INFINITY };
      requests.push(request);
      return request;
    },
    finish: (request, status) => {
      request.status = status;
      request.end = performance.now();
    },
    underWay: () => requests.filter(({ end }) => end === Number.POSITIVE_INFINITY).length,
  };
};

/**
 * Requests, and the longest chain in which each starts after the one before has ended. For requests sent together to
 * overlap, the stand-in needs a latency longer than the client takes to send them (25 ms is plenty).
 */
export const countOf = (
  requests: readonly ServedRequest[],
): { readonly requests: number; readonly roundTrips: number } => {
  let [roundTrips, last] = [0, Number.NEGATIVE_INFINITY];
  for (const { start, end } of [...requests].sort((a, b) => a.end - b.end)) {
    if (start < last) continue;
    roundTrips += 1;
    last = end;
  }
  return { requests: requests.length, roundTrips };
};
