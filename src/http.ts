// The server's doors: signed webhooks, bounded before they are believed; and what operators ask for.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Logger } from 'pino';

const WEBHOOK_PATH = '/api/github/webhooks';

/** GitHub sends no larger payload (25 MB). */
const LARGEST_BODY = 25 * 1_048_576;
/** GitHub hangs up after 10 seconds; a body that takes longer to arrive is nobody's webhook. */
const BODY_MS = 10_000;

const LINGER_MS = 1_000;

type Webhook = {
  readonly id: string;
  readonly name: string;
  readonly signature: string;
  /** The body as it was signed. */
  readonly text: string;
};

export type Doors = {
  readonly log: Logger;
  /** Whether the webhook was signed with our secret. */
  readonly verify: (webhook: Webhook) => Promise<boolean>;
  /** Resolves once what the webhook brought is durable. */
  readonly receive: (webhook: Webhook, payload: unknown) => Promise<void>;
  /** Rejects when the store can't be written. */
  readonly ready: () => Promise<void>;
  readonly metrics: () => Promise<string>;
  /** JSON schemas of the files that people write, by path: editors check what is typed against them. */
  readonly schemas: ReadonlyMap<string, string>;
  readonly answered: (event: string, status: number, seconds: number) => void;
};

type Answer = { readonly status: number; readonly text: string; readonly type?: string };

export function createDoors(doors: Doors): Server {
  const server = createServer((request, response) => {
    handle(doors, request)
      .catch((error: unknown): Answer => {
        doors.log.error({ err: error, path: request.url }, 'request failed');
        return { status: 500, text: 'the request could not be handled; it may be sent again\n' };
      })
      .then((answer) => send(request, response, answer))
      .catch((error: unknown) => doors.log.debug({ err: error }, 'the caller is gone'));
  });
  server.headersTimeout = BODY_MS;
  server.requestTimeout = BODY_MS * 3;
  return server;
}

async function handle(doors: Doors, request: IncomingMessage): Promise<Answer> {
  const path = (request.url ?? '/').split('?', 1)[0];
  if (path === WEBHOOK_PATH) return webhook(doors, request);
  if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 405, text: 'GET only\n' };
  switch (path) {
    case '/livez':
    case '/ping':
      return { status: 200, text: 'alive\n' };
    case '/readyz':
      return readiness(doors);
    case '/metrics':
      return {
        status: 200,
        text: await doors.metrics(),
        type: 'text/plain; version=0.0.4; charset=utf-8',
      };
    default: {
      const text = doors.schemas.get(path ?? '');
      return text === undefined
        ? { status: 404, text: 'there is nothing here\n' }
        : { status: 200, text, type: 'application/schema+json; charset=utf-8' };
    }
  }
}

async function readiness({ ready, log }: Doors): Promise<Answer> {
  try {
    await ready();
    return { status: 200, text: 'ready\n' };
  } catch (error) {
    log.warn({ err: error }, 'not ready');
    return { status: 503, text: 'the store can not be written\n' };
  }
}

/** Nothing of a body is parsed before its size and its signature are known. */
async function webhook(doors: Doors, request: IncomingMessage): Promise<Answer> {
  const start = performance.now();
  const name = header(request, 'x-github-event');
  const answered = (event: string, status: number): void =>
    doors.answered(event, status, (performance.now() - start) / 1000);
  try {
    const answer = await admit(doors, request, name);
    answered(answer.status < 300 ? (name ?? '') : 'refused', answer.status);
    return answer;
  } catch (error) {
    answered('failed', 500);
    throw error;
  }
}

async function admit(doors: Doors, request: IncomingMessage, name: string | null): Promise<Answer> {
  if (request.method !== 'POST') return { status: 405, text: 'webhooks are posted\n' };
  if (!/^application\/json\b/.test(header(request, 'content-type') ?? ''))
    return { status: 415, text: 'webhooks are application/json\n' };
  const id = header(request, 'x-github-delivery');
  const signature = header(request, 'x-hub-signature-256');
  if (id === null || name === null || signature === null)
    return { status: 400, text: 'the headers of a signed webhook are missing\n' };
  if (Number(header(request, 'content-length') ?? 0) > LARGEST_BODY)
    return { status: 413, text: 'too large\n' };
  const text = await bodyOf(request);
  if (text === null) return { status: 413, text: 'too large\n' };
  const hook = { id, name, signature, text };
  if (!(await doors.verify(hook))) return { status: 400, text: 'the signature does not match\n' };
  let payload: unknown;
  try {
    payload = JSON.parse(text);
  } catch {
    return { status: 400, text: 'the body is not JSON\n' };
  }
  await doors.receive(hook, payload);
  return { status: 200, text: 'ok\n' };
}

function header(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Null as soon as it is larger than allowed; the rest is left unread, and the connection open for the answer. */
function bodyOf(request: IncomingMessage): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= LARGEST_BODY) chunks.push(chunk);
      else {
        request.pause();
        resolve(null);
      }
    });
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.on('error', reject);
    request.on('close', () => reject(new Error('the caller hung up')));
  });
}

function send(request: IncomingMessage, response: ServerResponse, { status, text, type }: Answer): void {
  // What is left of a body nobody wants is not read: the connection ends once the answer had time to arrive.
  const close = request.complete ? {} : { connection: 'close' };
  if (!request.complete) setTimeout(() => request.socket.destroy(), LINGER_MS).unref();
  response
    .writeHead(status, { 'content-type': type ?? 'text/plain; charset=utf-8', ...close })
    .end(request.method === 'HEAD' ? undefined : text);
}

/** Takes no more connections, and ends those that are left after `patience` milliseconds. */
export function shut(server: Server, patience: number): Promise<void> {
  return new Promise((resolve) => {
    const end = setTimeout(() => server.closeAllConnections(), patience);
    server.close(() => {
      clearTimeout(end);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** @throws Error in words for whoever started the server. */
export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE'
          ? `something listens on ${host}:${port} already; set PORT to another one`
          : `can't listen on ${host}:${port}: ${error.message}`;
      reject(new Error(reason));
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
