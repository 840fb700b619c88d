// What can go wrong between the App and GitHub, arranged by a test: statuses, rate limits, silence, delay.

/** A request as faults and counters see it. */
export type Seen = {
  readonly method: string;
  /** Path as asked for, without query. */
  readonly path: string;
  /** GitHub's template, `graphql`, or null for what is not served. */
  readonly template: string | null;
  /** GitHub's operation id such as `checks/create`, or `graphql`. */
  readonly operation: string;
};

export type Failure =
  /** An HTTP status with GitHub's error body, or with that of your own. */
  | { readonly status: number; readonly message?: string }
  /** 403 with `retry-after`, the way GitHub slows a client down. */
  | { readonly secondaryRateLimit: { readonly retryAfter: number } }
  /** 403 with no requests left until the reset, in seconds from now. */
  | { readonly primaryRateLimit: { readonly resetIn: number } }
  /** No answer, ever. */
  | 'hang'
  /** The connection breaks before an answer. */
  | 'reset'
  /** The request is carried out, but the answer gets lost. */
  | 'lose-answer'
  /** The right answer, so many milliseconds late. */
  | { readonly latency: number };

export type Fault = {
  /** An operation id, a path template, `graphql`, `*`, or a test of the request. */
  readonly on: string | ((request: Seen) => boolean);
  readonly failure: Failure;
  /** Fails only the nth matching request, counted from 1 … */
  readonly nth?: number;
  /** … or the first so many. Without either, all of them. */
  readonly times?: number;
};

export type Faults = {
  /** Arranges a fault; the returned function takes it back. */
  readonly add: (fault: Fault) => () => void;
  readonly clear: () => void;
  /** The failure that strikes this request, or null. Counts the request for every fault it matches. */
  readonly strike: (request: Seen) => Failure | null;
};

const matches = (fault: Fault, request: Seen): boolean =>
  typeof fault.on === 'function'
    ? fault.on(request)
    : fault.on === '*' || fault.on === request.operation || fault.on === request.template;

export const createFaults = (): Faults => {
  const faults = new Map<Fault, number>();
  return {
    add: (fault) => {
      faults.set(fault, 0);
      return () => {
        faults.delete(fault);
      };
    },
    clear: () => faults.clear(),
    strike: (request) => {
      let struck: Failure | null = null;
      for (const [fault, count] of faults) {
        if (!matches(fault, request)) continue;
        faults.set(fault, count + 1);
        const hit =
          fault.nth !== undefined
            ? count + 1 === fault.nth
            : count < (fault.times ?? Number.POSITIVE_INFINITY);
        if (hit) struck ??= fault.failure;
      }
      return struck;
    },
  };
};
