// A forge that costs next to nothing: what one evaluation asks, answered from one recorded comparison. A program of its own.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** What the stand-in said, whose answers are checked against GitHub's schemas. */
export type Recorded = {
  readonly port: number;
  /** The answer to the comparison, with the commits it is about. */
  readonly comparison: string;
  readonly base: string;
  readonly head: string;
  /** The listing of the base commit. */
  readonly tree: string;
  /** Path → text of every file. */
  readonly files: Readonly<Record<string, string>>;
  readonly policy: string;
  /** Owner → id of its repository. */
  readonly ids: Readonly<Record<string, number>>;
};

const oidOf = (text: string): string =>
  createHash('sha1')
    .update(`blob ${Buffer.byteLength(text)}\0${text}`)
    .digest('hex');

const blobOf = (text: string): object => ({
  oid: oidOf(text),
  text,
  isBinary: false,
  isTruncated: false,
  byteSize: Buffer.byteLength(text),
});

const MODE = 0o100644;

type Trip = { readonly end: number; readonly depth: number };

/**
 * How many requests of an evaluation waited for another one's answer: the longest chain of requests about one head of which
 * each began after the one before was answered. Requests sent together may be taken for such, never the other way round.
 */
const roundTrips = () => {
  const open = new Map<string, Trip[]>();
  let [evaluations, sum] = [0, 0];
  return {
    saw(url: string, body: string, begun: number): void {
      const isLast = body.startsWith('{"query":"mutation');
      const head = (isLast ? /"headSha":"([0-9a-f]{40})"/ : /([0-9a-f]{40})(?!.*[0-9a-f]{40})/s).exec(
        isLast ? body : `${url} ${body}`,
      )?.[1];
      if (head === undefined) return;
      const before = open.get(head) ?? [];
      const depth = 1 + Math.max(0, ...before.filter(({ end }) => end <= begun).map((each) => each.depth));
      open.set(head, [...before, { end: performance.now(), depth }]);
      if (!isLast) return;
      open.delete(head);
      evaluations += 1;
      sum += depth;
    },
    /** Evaluations that published, and the round trips of all of them. */
    counted: () => ({ published: evaluations, trips: sum }),
  };
};

const serve = (recorded: Recorded): void => {
  const byPath = new Map(Object.entries(recorded.files).map(([path, text]) => [path, blobOf(text)]));
  const byOid = new Map(Object.values(recorded.files).map((text) => [oidOf(text), blobOf(text)]));
  let runs = 0;
  let requests = 0;
  const trips = roundTrips();

  const contents = (query: string, variables: Readonly<Record<string, string>>): object => {
    const repository: Record<string, unknown> = {};
    for (const [, name = '', value = ''] of query.matchAll(/(f\d+): object\(oid: \$(\w+)\)/g))
      repository[name] = byOid.get(variables[value] ?? '') ?? null;
    const files: Record<string, unknown> = {};
    for (const [, name = '', value = ''] of query.matchAll(/(f\d+): file\(path: \$(\w+)\)/g)) {
      const blob = byPath.get(variables[value] ?? '') as { readonly oid: string } | undefined;
      files[name] = blob === undefined ? null : { mode: MODE, oid: blob.oid, object: blob };
    }
    for (const [, name = ''] of query.matchAll(/(c\d+): object\(oid: \$c\d+\)/g)) repository[name] = files;
    return { data: { repository } };
  };

  const graphql = (text: string): object => {
    // The reports themselves are long and nothing is answered from them: parsing them would be most of the forge's work.
    if (text.startsWith('{"query":"mutation')) {
      const created = [...text.matchAll(/(r\d+): createCheckRun/g)].map(([, name]) => {
        runs += 1;
        return [name, { checkRun: { id: `CR_${runs}`, databaseId: runs } }];
      });
      return { data: Object.fromEntries(created) };
    }
    const { query, variables } = JSON.parse(text) as { query: string; variables: Record<string, string> };
    if (query.includes('organization: repository')) {
      const owner = { id: variables.owner };
      return {
        data: {
          organization: { owner, object: blobOf(recorded.policy) },
          own: { owner, databaseId: recorded.ids[variables.owner ?? ''], object: null },
        },
      };
    }
    return contents(query, variables);
  };

  const answer = (method: string, url: string, text: string): string | null => {
    if (url === '/count') return JSON.stringify({ requests: requests - 1, runs, ...trips.counted() });
    if (url === '/graphql' || url === '/api/graphql') return JSON.stringify(graphql(text));
    if (url.endsWith('/access_tokens'))
      return JSON.stringify({
        token: 'ghs_load',
        expires_at: new Date(Date.now() + 3_600_000).toISOString(),
        permissions: {},
        repository_selection: 'all',
      });
    const compared = /\/compare\/([0-9a-f]{40})\.\.\.([0-9a-f]{40})/.exec(url);
    if (compared !== null)
      return recorded.comparison
        .replaceAll(recorded.base, compared[1] ?? '')
        .replaceAll(recorded.head, compared[2] ?? '');
    if (url.includes('/git/trees/')) return recorded.tree;
    if (method === 'GET') return null;
    runs += url.endsWith('/check-runs') ? 1 : 0;
    return url.includes('/labels') ? '[]' : JSON.stringify({ id: runs + requests });
  };

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    const begun = performance.now();
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      requests += 1;
      const method = request.method ?? 'GET';
      const body = Buffer.concat(chunks).toString();
      const text = answer(method, request.url ?? '/', body);
      trips.saw(request.url ?? '/', body, begun);
      const status = text === null ? 404 : method === 'POST' && !request.url?.includes('graphql') ? 201 : 200;
      response
        .writeHead(status, {
          'content-type': 'application/json; charset=utf-8',
          'x-ratelimit-limit': '5000',
          'x-ratelimit-remaining': '4999',
          'x-ratelimit-resource': 'core',
        })
        .end(text ?? '{"message":"Not Found"}');
    });
  };
  createServer(handle).listen(recorded.port, '127.0.0.1');
};

if (import.meta.main) serve(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Recorded);
