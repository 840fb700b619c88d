// One HTTP server for REST, GraphQL and the pages, on loopback, with faults and latency in front.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Failure, Faults, Seen } from './faults.ts';
import { executeGraphQL } from './graphql/execute.ts';
import type { PageAnswer } from './pages/pages.ts';
import { authenticate, type Tokens } from './rest/authentication.ts';
import type { Answer } from './rest/call.ts';
import { GitHubProblem } from './rest/problem.ts';
import { etagOf, findRoute, problemAnswer, serve } from './rest/router.ts';
import { operationId } from './shapes.ts';
import type { Traffic } from './traffic.ts';
import type { Deliveries } from './webhooks/deliveries.ts';
import type { World } from './world/state.ts';

export type ServerParts = {
  readonly world: World;
  readonly tokens: Tokens;
  readonly deliveries: Deliveries;
  readonly faults: Faults;
  readonly traffic: Traffic;
  /** Milliseconds every API answer takes at least. */
  readonly latency: () => number;
  readonly problem: (text: string) => void;
  readonly page: (method: string, url: URL, body: string) => Promise<PageAnswer | null>;
};

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};

const parsed = (body: string): unknown => {
  if (body === '') return undefined;
  try {
    return JSON.parse(body);
  } catch {
    throw new GitHubProblem(400, 'Problems parsing JSON');
  }
};

const API_PREFIX = /^\/api\/v3(?=\/|$)/;

// What is asked, as GitHub would name it; null for everything that is no API.
const seenOf = (method: string, path: string): Seen | null => {
  if (path === '/graphql' || path === '/api/graphql')
    return { method, path, template: 'graphql', operation: 'graphql' };
  const found = findRoute(method, path.replace(API_PREFIX, ''));
  if (found === null) return null;
  const template = found.route.path;
  return { method, path, template, operation: operationId(method, template) ?? template };
};

const api = async (parts: ServerParts, request: IncomingMessage, url: URL, body: string): Promise<Answer> => {
  const { world, tokens, deliveries, problem } = parts;
  try {
    const caller = authenticate(world, tokens, request.headers.authorization);
    const path = url.pathname.replace(API_PREFIX, '');
    if (url.pathname === '/graphql' || url.pathname === '/api/graphql') {
      if (caller.kind === 'anonymous' || caller.kind === 'app')
        throw new GitHubProblem(401, 'This endpoint requires you to be authenticated.');
      const query = (parsed(body) ?? {}) as Record<string, unknown>;
      return { status: 200, body: await executeGraphQL(world, caller, query, problem) };
    }
    const found = findRoute(request.method ?? 'GET', path);
    if (found === null) throw new GitHubProblem(404, 'Not Found');
    const call = {
      world,
      tokens,
      deliveries,
      caller,
      params: found.params,
      query: url.searchParams,
      body: parsed(body),
      accept: request.headers.accept ?? '',
    };
    return underPrefix(await serve(found, call, problem), world, url);
  } catch (error) {
    if (error instanceof GitHubProblem) return problemAnswer(error);
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    problem(text);
    return { status: 500, body: { message: text } };
  }
};

// A client that asks under `/api/v3` is sent on under `/api/v3`: it compares addresses with its own base.
const underPrefix = (answer: Answer, world: World, url: URL): Answer => {
  const link = answer.headers?.link;
  if (link === undefined || !API_PREFIX.test(url.pathname)) return answer;
  const moved = link.replaceAll(`<${world.address.url}/`, `<${world.address.url}/api/v3/`);
  return { ...answer, headers: { ...answer.headers, link: moved } };
};

const failedAnswer = (failure: Exclude<Failure, string | { latency: number }>): Answer => {
  if ('status' in failure)
    return problemAnswer(
      new GitHubProblem(failure.status, failure.message ?? `Server Error ${failure.status}`),
    );
  if ('secondaryRateLimit' in failure)
    return {
      ...problemAnswer(
        new GitHubProblem(
          403,
          'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
        ),
      ),
      headers: { 'retry-after': String(failure.secondaryRateLimit.retryAfter) },
    };
  const reset = Math.floor(Date.now() / 1000) + failure.primaryRateLimit.resetIn;
  return {
    ...problemAnswer(new GitHubProblem(403, 'API rate limit exceeded for installation.')),
    headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset) },
  };
};

const send = (request: IncomingMessage, response: ServerResponse, answer: Answer, used: number): number => {
  const text = answer.raw ?? (answer.body === undefined ? '' : JSON.stringify(answer.body));
  const reset = String(Math.floor(Date.now() / 1000) + 3600);
  const etag = etagOf(text.toString());
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'x-github-media-type': 'github.v3; format=json',
    'x-github-request-id': `STAND:${used}`,
    'x-ratelimit-limit': '5000',
    'x-ratelimit-remaining': String(5000 - used),
    'x-ratelimit-used': String(used),
    'x-ratelimit-reset': reset,
    'x-ratelimit-resource': 'core',
    ...(request.method === 'GET' && answer.status === 200 ? { etag } : {}),
    ...answer.headers,
  };
  const unchanged =
    answer.status === 200 && request.method === 'GET' && request.headers['if-none-match'] === etag;
  const status = unchanged ? 304 : answer.status;
  response.writeHead(status, headers).end(unchanged || status === 204 ? undefined : text);
  return status;
};

const handleApi = async (
  parts: ServerParts,
  seen: Seen,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> => {
  const { traffic, faults, latency } = parts;
  const entry = traffic.begin(seen);
  const body = await readBody(request);
  const failure = faults.strike(seen);
  const late = typeof failure === 'object' && failure !== null && 'latency' in failure ? failure.latency : 0;
  const wait = latency() + late;
  if (wait > 0) await pause(wait, undefined, { ref: false });
  if (failure === 'hang') {
    request.socket.once('close', () => traffic.finish(entry, 0));
    return;
  }
  if (failure === 'reset') {
    traffic.finish(entry, 0);
    request.socket.destroy();
    return;
  }
  const struck = typeof failure === 'object' && failure !== null && !('latency' in failure);
  const answer = struck ? failedAnswer(failure) : await api(parts, request, url, body);
  if (failure === 'lose-answer') {
    traffic.finish(entry, 0);
    request.socket.destroy();
    return;
  }
  traffic.finish(entry, answer.status);
  entry.status = send(request, response, answer, traffic.requests.length);
};

const handle = async (
  parts: ServerParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const url = new URL(request.url ?? '/', parts.world.address.url);
  const method = request.method ?? 'GET';
  const seen = seenOf(method, url.pathname);
  if (seen !== null) return handleApi(parts, seen, request, response, url);
  const wantsPage = url.pathname.startsWith('/ui/') || !API_PREFIX.test(url.pathname);
  const page = wantsPage ? await parts.page(method, url, await readBody(request)) : null;
  if (page !== null) {
    response
      .writeHead(page.status, { 'content-type': 'text/html; charset=utf-8', ...page.headers })
      .end(page.body);
    return;
  }
  const unknown = { method, path: url.pathname, template: null, operation: 'unknown' };
  const entry = parts.traffic.begin(unknown);
  // GitHub may well have it, but the stand-in doesn't: that must not look like an honest 404.
  if (!url.pathname.startsWith('/favicon')) parts.problem(`not served: ${method} ${url.pathname}`);
  const answer = problemAnswer(new GitHubProblem(404, 'Not Found'));
  parts.traffic.finish(entry, 404);
  send(request, response, answer, parts.traffic.requests.length);
};

/** Listens on 127.0.0.1 and writes the address into the world. Port 0 takes a free one. */
export const listen = async (parts: ServerParts, port: number): Promise<Server> => {
  const server = createServer((request, response) => {
    handle(parts, request, response).catch((error: unknown) => {
      parts.problem(error instanceof Error ? (error.stack ?? error.message) : String(error));
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  parts.world.address.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return server;
};
