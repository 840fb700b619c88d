// Probot's Octokit with limits that fit a gate: per installation, writes side by side, secondary limits obeyed and retried.
import Bottleneck from 'bottleneck';
import { ProbotOctokit } from 'probot';

/** GitHub's secondary limit on content is 80 a minute and installation; checks are no content, comments are. */
const COMMENTS_APART_MS = 1_000;
const WRITES_AT_ONCE = 5;
const SECONDARY_RETRIES = 2;
/** GitHub ends a request after 10 seconds itself. */
const ANSWER_MS = 15_000;

type ProbotOptions = { readonly throttle?: object; readonly request?: object };

/** Every answer, and every request that got none (status 0). */
export type Observe = (request: { readonly method: string; readonly url: string }, status: number) => void;

/**
 * Probot's defaults let one write a second through, GraphQL queries included, which makes one evaluation take seconds.
 * Defaults have to be given as a function: Probot merges an object over them, and loses.
 */
export function gateOctokit(observe: Observe = () => undefined, answerMs: number = ANSWER_MS) {
  const patient = async (url: string, init: RequestInit = {}): Promise<Response> => {
    const limit = AbortSignal.timeout(answerMs);
    const signal = init.signal ? AbortSignal.any([init.signal, limit]) : limit;
    const method = init.method ?? 'GET';
    try {
      const response = await fetch(url, { ...init, signal });
      observe({ method, url }, response.status);
      return response;
    } catch (error) {
      observe({ method, url }, 0);
      throw error;
    }
  };
  // Once for all clients: every turn makes its own, and a group of its own would limit nothing and never be freed.
  const write = new Bottleneck.Group({ maxConcurrent: WRITES_AT_ONCE, minTime: 0, timeout: 120_000 });
  const notifications = new Bottleneck.Group({
    maxConcurrent: 1,
    minTime: COMMENTS_APART_MS,
    timeout: 120_000,
  });
  return ProbotOctokit.defaults((options: ProbotOptions) => ({
    ...options,
    request: { ...options.request, fetch: patient },
    throttle: {
      ...options.throttle,
      write,
      notifications,
      onSecondaryRateLimit: (_seconds: number, _options: unknown, _octokit: unknown, retries: number) =>
        retries < SECONDARY_RETRIES,
    },
  }));
}
