// An OCI registry on loopback over real HTTP: it serves shelves, asks for tokens if told to, and fails as told.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { digestOf, INDEX, type Shelf, type Stored, shelf } from './images.ts';

/** Answers a request instead of the registry; false lets it through. */
export type Fault = (request: IncomingMessage, response: ServerResponse) => boolean;

export type Registry = {
  /** `127.0.0.1:port`. */
  readonly host: string;
  readonly port: number;
  /** The repository's content, empty at first. */
  readonly shelf: (repository: string) => Shelf;
  /** `METHOD path authorization`, in the order in which they came. */
  readonly log: string[];
  fault: Fault | null;
  /** What to ask for: nothing, a token of this very server, or a password. */
  authentication: 'none' | 'bearer' | 'basic';
  /** What the token server demands. */
  password: string | null;
  /** Whether the referrers API is there. */
  referrers: boolean;
  readonly close: () => Promise<void>;
};

export const TOKEN = 'a-token';

export async function startRegistry(): Promise<Registry> {
  const shelves = new Map<string, Shelf>();
  const log: string[] = [];
  const server = createServer((request, response) => {
    log.push(`${request.method} ${request.url} ${request.headers.authorization ?? '-'}`);
    if (registry.fault?.(request, response)) return;
    answer(registry, shelves, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const registry: Registry = {
    host: `127.0.0.1:${port}`,
    port,
    shelf: (repository) => {
      const found = shelves.get(repository) ?? shelf();
      shelves.set(repository, found);
      return found;
    },
    log,
    fault: null,
    authentication: 'none',
    password: null,
    referrers: true,
    close: () => stop(server),
  };
  return registry;
}

export function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function answer(
  registry: Registry,
  shelves: ReadonlyMap<string, Shelf>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const url = new URL(request.url ?? '/', `http://${registry.host}`);
  if (url.pathname === '/token') token(registry, request, response);
  // What other clients ask first.
  else if (url.pathname === '/v2/')
    send(response, { mediaType: 'application/json', bytes: Buffer.from('{}') });
  else if (isAuthorized(registry, request, response)) {
    const [, repository = '', kind = '', reference = ''] =
      /^\/v2\/(.+)\/(manifests|blobs|referrers)\/([^/]+)$/.exec(url.pathname) ?? [];
    const found = shelves.get(repository);
    if (kind === 'blobs') send(response, blob(found, reference));
    else if (kind === 'referrers') send(response, registry.referrers ? referrers(found, reference) : null);
    else sendManifest(found?.manifests.get(reference) ?? null, request, response);
  }
}

function sendManifest(stored: Stored | null, request: IncomingMessage, response: ServerResponse): void {
  const digest = stored === null ? '' : digestOf(stored.bytes);
  const etag = `"${digest}"`;
  if (stored !== null && request.headers['if-none-match'] === etag) response.writeHead(304, { etag }).end();
  else send(response, stored, stored === null ? {} : { etag, 'docker-content-digest': digest });
}

function blob(from: Shelf | undefined, digest: string): Stored | null {
  const bytes = from?.blobs.get(digest);
  return bytes === undefined ? null : { mediaType: 'application/octet-stream', bytes };
}

function referrers(from: Shelf | undefined, digest: string): Stored {
  const manifests = [...(from?.manifests ?? [])].flatMap(([key, { bytes, mediaType }]) => {
    const content = JSON.parse(bytes.toString()) as {
      subject?: { digest: string };
      artifactType?: string;
      annotations?: Record<string, string>;
    };
    return key.startsWith('sha256:') && content.subject?.digest === digest
      ? [
          {
            mediaType,
            digest: key,
            size: bytes.length,
            artifactType: content.artifactType,
            annotations: content.annotations,
          },
        ]
      : [];
  });
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests }));
  return { mediaType: INDEX, bytes };
}

function send(response: ServerResponse, stored: Stored | null, headers: Record<string, string> = {}): void {
  if (stored === null) response.writeHead(404, { 'content-type': 'application/json' }).end('{"errors":[]}');
  else
    response
      .writeHead(200, { ...headers, 'content-type': stored.mediaType, 'content-length': stored.bytes.length })
      .end(stored.bytes);
}

function token(registry: Registry, request: IncomingMessage, response: ServerResponse): void {
  const allowed =
    registry.password === null || request.headers.authorization === basic('user', registry.password);
  response
    .writeHead(allowed ? 200 : 401, { 'content-type': 'application/json' })
    .end(allowed ? JSON.stringify({ token: TOKEN, expires_in: 300 }) : '{}');
}

function isAuthorized(registry: Registry, request: IncomingMessage, response: ServerResponse): boolean {
  const { authentication, host, password } = registry;
  const given = request.headers.authorization;
  const wanted = authentication === 'bearer' ? `Bearer ${TOKEN}` : basic('user', password ?? '');
  if (authentication === 'none' || given === wanted) return true;
  const challenge =
    authentication === 'bearer'
      ? `Bearer realm="http://${host}/token",service="here",scope="repository:x:pull,push"`
      : 'Basic realm="here"';
  response.writeHead(401, { 'www-authenticate': challenge }).end('{}');
  return false;
}
