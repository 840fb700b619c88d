// A request of Octokit's → GitHub's answer, read to its end. Through Node's own client: fetch with its web streams takes
// several times the processor time, which is what the gate's pace ends at.
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

/** What Octokit says of a request; it has no other kind of body. */
type Outgoing = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
};

/** What Octokit reads of a `Response`, and as `body` the text itself. */
export type Answer = {
  readonly url: string;
  readonly status: number;
  readonly statusText: string;
  readonly headers: Iterable<readonly [string, string]> & { readonly get: (name: string) => string | null };
  readonly body: string;
  readonly text: () => Promise<string>;
};

/** Every answer, and every request that got none (status 0). */
export type Observe = (request: { readonly method: string; readonly url: string }, status: number) => void;

const MOST_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

const unzip = promisify(gunzip);

/**
 * A `fetch` for Octokit: follows redirects (a renamed repository is one) without showing another origin our token, and
 * takes an answer that breaks off for none.
 *
 * @throws Error in words, also after `answerMs` milliseconds without the whole answer; AbortError when the caller's signal says so.
 */
export function createFetch(
  observe: Observe,
  answerMs: number,
): (url: string, outgoing?: Outgoing) => Promise<Answer> {
  return async (url, outgoing = {}) => {
    const end = performance.now() + answerMs;
    let [at, asked] = [url, outgoing];
    for (let redirects = 0; ; redirects += 1) {
      const method = asked.method ?? 'GET';
      let answer: Answer;
      try {
        answer = await exchange(new URL(at), asked, end - performance.now());
        observe({ method, url: at }, answer.status);
      } catch (error) {
        observe({ method, url: at }, 0);
        throw error;
      }
      const location = REDIRECTS.has(answer.status) ? answer.headers.get('location') : null;
      if (location === null) return answer;
      if (redirects === MOST_REDIRECTS) throw new Error(`${url} redirects more than ${MOST_REDIRECTS} times`);
      const next = new URL(location, at);
      asked = redirected(asked, answer.status, next.origin === new URL(at).origin);
      at = next.href;
    }
  };
}

/** As the Fetch Standard has it: some redirects make a GET of a POST, and what identifies us is for one origin. */
function redirected(asked: Outgoing, status: number, isSameOrigin: boolean): Outgoing {
  const becomesGet = status === 303 || (status < 303 && asked.method === 'POST');
  const dropped = new Set([
    ...(becomesGet ? ['content-type', 'content-length'] : []),
    ...(isSameOrigin ? [] : ['authorization', 'cookie']),
  ]);
  const headers = Object.fromEntries(
    Object.entries(asked.headers ?? {}).filter(([name]) => !dropped.has(name.toLowerCase())),
  );
  if (!becomesGet) return { ...asked, headers };
  const { body: _, ...rest } = asked;
  return { ...rest, method: 'GET', headers };
}

function exchange(
  url: URL,
  { method = 'GET', headers, body, signal }: Outgoing,
  ms: number,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const secure = url.protocol === 'https:';
    // Without a pool of its own, so that Node's settings for proxies and idle connections count here as well.
    const request = (secure ? https : http).request(url, {
      method,
      headers: {
        ...headers,
        'accept-encoding': 'gzip',
        ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
      },
    });
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    };
    const fail = (error: Error): void => {
      settle();
      reject(error);
      request.destroy();
    };
    const timer = setTimeout(() => fail(new Error('the whole answer did not come in time')), ms);
    const stop = (): void =>
      fail(Object.assign(new Error('the caller waits no longer'), { name: 'AbortError' }));
    request.on('error', fail);
    request.on('response', (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', fail);
      response.on('end', () => {
        settle();
        textOf(response, parts).then((text) => resolve(answerOf(url, response, text)), reject);
      });
    });
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
    request.end(body);
  });
}

async function textOf({ headers }: IncomingMessage, parts: readonly Buffer[]): Promise<string> {
  const [first] = parts;
  if (first === undefined) return '';
  const bytes = parts.length === 1 ? first : Buffer.concat(parts);
  return (headers['content-encoding'] === 'gzip' ? await unzip(bytes) : bytes).toString('utf8');
}

function answerOf({ href }: URL, response: IncomingMessage, text: string): Answer {
  const headers = new Map(
    Object.entries(response.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
  return {
    url: href,
    status: response.statusCode ?? 0,
    statusText: response.statusMessage ?? '',
    headers: {
      get: (name) => headers.get(name.toLowerCase()) ?? null,
      [Symbol.iterator]: () => headers[Symbol.iterator](),
    },
    body: text,
    text: () => Promise.resolve(text),
  };
}
