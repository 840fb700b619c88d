// Requests of one installation → sent as many at once as GitHub likes, and again where it asks for patience or stumbles.
import { setTimeout as sleepFor } from 'node:timers/promises';

/** What GitHub recommends is one after the other; what it refuses is more than 100 at once. */
const AT_ONCE = 10;
const WRITES_AT_ONCE = 5;
/** GitHub's secondary limit on content is 80 a minute and installation; checks are no content, comments are. */
const COMMENTS_APART_MS = 1_000;

/** Where GitHub names no time, it asks for at least a minute. */
const PATIENCE_SECONDS = 60;
const SECONDARY_RETRIES = 2;
const QUOTA_RETRIES = 3;
/** After 1, 4 and 9 seconds. */
const FAILURE_RETRIES = 3;
/** What stays as it is, however often it is asked. */
const FINAL: ReadonlySet<number> = new Set([400, 401, 403, 404, 410, 422, 451]);

/** Milliseconds; ends early with the caller's signal. */
export type Sleep = (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;

export const sleepBySystem: Sleep = (milliseconds, signal) =>
  sleepFor(milliseconds, undefined, signal === undefined ? {} : { signal });

type Asking = {
  readonly kind: 'read' | 'write' | 'comment';
  /** Most repeats after a failure of GitHub's; what makes something for people to read allows none. */
  readonly retries?: number | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** Why a request is sent once more, and after how many seconds. */
export type Delay = { readonly why: 'secondary limit' | 'quota' | 'failure'; readonly seconds: number };

export type Pace = {
  /** Sends until there is an answer, or a failure that repeating does not mend: that one is thrown. */
  readonly run: <T>(asking: Asking, send: () => Promise<T>) => Promise<T>;
};

/** One for all clients of an installation: what each limits by itself is not limited. */
export function createPace(sleep: Sleep, delayed: (delay: Delay) => void): Pace {
  const all = createSlots(AT_ONCE);
  const writes = createSlots(WRITES_AT_ONCE);
  /** On the clock of `performance`. */
  let [quietUntil, nextComment] = [0, 0];
  const until = async (time: number, signal: AbortSignal | undefined): Promise<void> => {
    const left = time - performance.now();
    if (left > 0) await sleep(left, signal);
  };
  const once = async <T>({ kind, signal }: Asking, send: () => Promise<T>): Promise<T> => {
    if (kind === 'comment') {
      const turn = Math.max(performance.now(), nextComment);
      nextComment = turn + COMMENTS_APART_MS;
      await until(turn, signal);
    }
    // A limit that one request met is all requests' limit.
    await until(quietUntil, signal);
    return kind === 'read' ? all(send) : writes(() => all(send));
  };
  return {
    async run(asking, send) {
      const tries = { 'secondary limit': 0, quota: 0, failure: 0 };
      for (;;) {
        try {
          return await once(asking, send);
        } catch (error) {
          const delay = asking.signal?.aborted ? null : delayAfter(error, tries, asking);
          if (delay === null) throw error;
          tries[delay.why] += 1;
          delayed(delay);
          const end = performance.now() + delay.seconds * 1000;
          if (delay.why === 'secondary limit') quietUntil = Math.max(quietUntil, end);
          await until(end, asking.signal);
        }
      }
    },
  };
}

/** An error of Octokit's, or an answer that is none: then `why` says it. */
type Refused = {
  readonly why?: 'quota' | 'failure';
  readonly status?: number;
  readonly request?: object;
  readonly response?: { readonly headers?: Readonly<Record<string, string | undefined>> };
};

function delayAfter(
  error: unknown,
  tries: Readonly<Record<Delay['why'], number>>,
  { retries }: Asking,
): Delay | null {
  const refused = error as Refused;
  // Whatever has no request never left the house, or was called back.
  if (!(error instanceof Error) || refused.request === undefined) return null;
  const headers = refused.response?.headers ?? {};
  const limited = refused.status === 403 || refused.status === 429;
  const retryAfter = Number(headers['retry-after']);
  if (limited && (retryAfter > 0 || /\bsecondary rate\b/i.test(error.message)))
    return tries['secondary limit'] < SECONDARY_RETRIES
      ? { why: 'secondary limit', seconds: retryAfter > 0 ? retryAfter : PATIENCE_SECONDS }
      : null;
  if (refused.why === 'quota' || (limited && headers['x-ratelimit-remaining'] === '0')) {
    // A second more, or the request comes before the reset.
    const seconds = Math.ceil(Number(headers['x-ratelimit-reset'] ?? 0) - Date.now() / 1000) + 1;
    return tries.quota < QUOTA_RETRIES ? { why: 'quota', seconds: Math.max(seconds, 0) } : null;
  }
  const { status = 0 } = refused;
  const mayPass = refused.why === 'failure' || (status >= 400 && !FINAL.has(status));
  return mayPass && tries.failure < (retries ?? FAILURE_RETRIES)
    ? { why: 'failure', seconds: (tries.failure + 1) ** 2 }
    : null;
}

type Slots = <T>(work: () => Promise<T>) => Promise<T>;

/** So many at once; whoever waits longest is next. */
function createSlots(most: number): Slots {
  const waiting: (() => void)[] = [];
  let free = most;
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
