// Probot's Octokit on a wire and at a pace of our own: what every evaluation asks goes through here three times.
import { ProbotOctokit } from 'probot';
import { createPace, type Pace, type Sleep, sleepBySystem } from './pacing.ts';
import { createFetch, type Observe } from './wire.ts';

/** GitHub ends a request after 10 seconds itself. */
const ANSWER_MS = 15_000;

type Options = { readonly request?: object; readonly auth?: { readonly installationId?: number } };

/** Octokit's description of a request, as its hooks get it: the address is a template. */
type Asked = {
  readonly method: string;
  readonly url: string;
  readonly query?: string;
  request: {
    readonly retries?: number;
    readonly signal?: AbortSignal;
    readonly parseSuccessResponseBody?: boolean;
  };
};
type Answered = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  data: unknown;
};
/** Sends what the hook was called with, whatever it is called with itself. */
type Send = () => Promise<Answered>;

/** The plugins of which ours do the work: two make a scheduler for every request, one parses it twice to log it. */
const REPLACED: ReadonlySet<string> = new Set(['throttling', 'retry', 'probotRequestLogging']);

/**
 * Probot's defaults let one write a second through, GraphQL queries included, which makes one evaluation take seconds.
 * Defaults have to be given as a function: Probot merges an object over them, and loses.
 */
export function gateOctokit(
  observe: Observe = () => undefined,
  answerMs: number = ANSWER_MS,
  sleep: Sleep = sleepBySystem,
): typeof ProbotOctokit {
  const fetch = createFetch(observe, answerMs);
  // By installation, whose clients are made and forgotten.
  const paces = new Map<number, Pace>();
  const paced = (octokit: ProbotOctokit, { auth }: Options): object => {
    const installation = auth?.installationId ?? 0;
    const pace =
      paces.get(installation) ??
      createPace(sleep, ({ why, seconds }) =>
        octokit.log.warn(`GitHub asks for patience: ${why} of installation ${installation}, ${seconds} s`),
      );
    paces.set(installation, pace);
    octokit.hook.wrap('request', ((send: Send, asked: Asked) => answerTo(pace, send, asked)) as never);
    return {};
  };
  const plugins = [...ProbotOctokit.plugins.filter(({ name }) => !REPLACED.has(name)), paced];
  return Object.assign(class extends ProbotOctokit {}, { plugins }).defaults((options: Options) => ({
    ...options,
    request: { ...options.request, fetch },
  }));
}

/** What GraphQL refuses with a 200. */
class QueryRefused extends Error {
  readonly why: 'quota' | 'failure';
  readonly request: Asked;
  readonly response: Answered;
  constructor(why: 'quota' | 'failure', request: Asked, response: Answered) {
    super(`the query was refused: ${why}`);
    this.name = 'QueryRefused';
    this.why = why;
    this.request = request;
    this.response = response;
  }
}

async function answerTo(pace: Pace, send: Send, asked: Asked): Promise<Answered> {
  const { method, url, request } = asked;
  asked.request = { ...request, parseSuccessResponseBody: false };
  const ask = async (): Promise<Answered> => {
    const answer = await send();
    answer.data = read(answer, asked);
    refuse(answer, asked);
    return answer;
  };
  // Asked for within a request that has its place already, and repeated with that.
  if (/\/access_tokens$/.test(url)) return ask();
  try {
    return await pace.run({ kind: kindOf(method, url, asked.query), ...request }, ask);
  } catch (error) {
    // Octokit makes an error of what a query's answer says.
    if (error instanceof QueryRefused) return error.response;
    throw error;
  }
}

function kindOf(method: string, url: string, query: string | undefined): 'read' | 'write' | 'comment' {
  if (method === 'GET' || method === 'HEAD') return 'read';
  if (query !== undefined) return query.startsWith('mutation') ? 'write' : 'read';
  return method === 'POST' && /\/(?:issues|comments|replies|reviews)$/.test(url) ? 'comment' : 'write';
}

/** An answer without a body has no text either. */
function read({ data, headers }: Answered, request: Asked): unknown {
  if (typeof data !== 'string' || data === '' || !/^application\/json\b/.test(headers['content-type'] ?? ''))
    return data;
  try {
    return parse(data);
  } catch (error) {
    throw Object.assign(new Error('the answer is no JSON', { cause: error }), { status: 500, request });
  }
}

/** As Octokit does it, but for looking at every value: numbers that a double can't hold become bigints. */
function parse(text: string): unknown {
  return /[\s:[,]-?\d{16}/.test(text) ? JSON.parse(text, exactly) : JSON.parse(text);
}

function exactly(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source ?? '';
  return typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source)
    ? BigInt(source)
    : value;
}

type Refusal = { readonly type?: string; readonly message?: string };

/** GraphQL says with a 200 that it is not now. */
function refuse(response: Answered, request: Asked): void {
  const errors = (response.data as { readonly errors?: readonly Refusal[] } | null)?.errors;
  if (request.query === undefined || errors === undefined) return;
  if (errors.some(({ type }) => type === 'RATE_LIMITED')) throw new QueryRefused('quota', request, response);
  if (errors.some(({ message }) => message?.includes('Something went wrong while executing your query')))
    throw new QueryRefused('failure', request, response);
}
