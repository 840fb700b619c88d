// The way to GitHub: what is asked again and when, how many at once, and what of an answer is believed.
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { Probot } from 'probot';
import type { Api } from '../../src/github/api.ts';
import { gateOctokit } from '../../src/github/octokit.ts';

type Asked = {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
};
type Reply = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};
/** What the forge does with a request: answers, or does something odd with the connection. */
type Act = Reply | ((response: ServerResponse) => void | Promise<void>);

let privateKey = '';
beforeAll(() => {
  ({ privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }));
});

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const reply = async (response: ServerResponse, act: Act): Promise<void> => {
  if (typeof act === 'function') return act(response);
  const { status = 200, headers = {}, body = {} } = act;
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
    .end(typeof body === 'string' ? body : JSON.stringify(body));
};

const listening = async (handle: (asked: Asked, response: ServerResponse) => void | Promise<void>) => {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      void handle({ method, url, headers, body: Buffer.concat(parts).toString() }, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** A forge that takes one act after the other, the last one for ever, and an installation's client for it. */
const forge = async (acts: readonly Act[], { answerMs = 5_000, base = '' } = {}) => {
  const asked: Asked[] = [];
  const tokens: Asked[] = [];
  const waits: number[] = [];
  const seen: string[] = [];
  const url = await listening(async (request, response) => {
    if (request.url.endsWith('/access_tokens')) {
      tokens.push(request);
      const expires = new Date(Date.now() + 3_600_000).toISOString();
      return reply(response, {
        status: 201,
        body: { token: 'ghs_test', expires_at: expires, permissions: {} },
      });
    }
    asked.push(request);
    await reply(response, acts[Math.min(asked.length, acts.length) - 1] ?? {});
  });
  const probot = new Probot({
    appId: 7,
    privateKey,
    secret: 'secret',
    log: pino({ level: 'silent' }),
    baseUrl: `${url}${base}`,
    Octokit: gateOctokit(
      ({ method }, status) => seen.push(`${method} ${status}`),
      answerMs,
      async (milliseconds) => {
        waits.push(Math.round(milliseconds / 1_000));
      },
    ),
  });
  const client = async (installation: number): Promise<Api> =>
    (await probot.auth(installation)) as unknown as Api;
  return { url, asked, tokens, waits, seen, client, api: await client(5), probot };
};

const place = { owner: 'acme', repo: 'api' };
const compare = (api: Api) =>
  api.rest.repos.compareCommitsWithBasehead({ ...place, basehead: 'main...a/b#c' });
const comment = (api: Api) => api.rest.issues.createComment({ ...place, issue_number: 1, body: 'hello' });

const SECONDARY = (seconds?: number): Reply => ({
  status: 403,
  headers: seconds === undefined ? {} : { 'retry-after': String(seconds) },
  body: { message: 'You have exceeded a secondary rate limit.' },
});

describe('what is sent', () => {
  test('a comparison carries the token, and says its parameters in the address', async () => {
    const { api, asked, tokens, seen } = await forge([{ body: { total_commits: 3 } }]);
    const { data, status } = await compare(api);
    expect([status, data.total_commits]).toEqual([200, 3]);
    expect(asked[0]?.url).toBe('/repos/acme/api/compare/main...a%2Fb%23c');
    expect(asked[0]?.headers).toMatchObject({ authorization: 'token ghs_test', 'accept-encoding': 'gzip' });
    expect(tokens[0]?.headers.authorization).toMatch(/^bearer ey/);
    expect(seen).toEqual(['POST 201', 'GET 200']);
  });

  test('one token serves until it ends, whoever asks', async () => {
    const { client, tokens } = await forge([{}]);
    const [one, other] = [await client(1), await client(1)];
    await Promise.all([compare(one), compare(one), compare(other)]);
    await compare(await client(2));
    expect(tokens.map(({ url }) => url)).toEqual([
      '/app/installations/1/access_tokens',
      '/app/installations/2/access_tokens',
    ]);
  });

  test.each([
    ['', '/graphql'],
    ['/api/v3', '/api/graphql'],
  ])('a query below %p goes to %p', async (base, path) => {
    const { api, asked } = await forge([{ body: { data: { viewer: { login: 'bot' } } } }], { base });
    await expect(api.graphql('query($a: Int!) { viewer { login } }', { a: 1 })).resolves.toEqual({
      viewer: { login: 'bot' },
    });
    expect(asked[0]?.url).toBe(path);
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual({
      query: 'query($a: Int!) { viewer { login } }',
      variables: { a: 1 },
    });
  });

  test('a body is measured in bytes', async () => {
    const { api, asked } = await forge([{ status: 201 }]);
    await api.rest.issues.createComment({ ...place, issue_number: 1, body: 'größer 🚢' });
    expect(asked[0]?.headers['content-length']).toBe(String(Buffer.byteLength('{"body":"größer 🚢"}')));
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual({ body: 'größer 🚢' });
  });
});

describe('what is believed', () => {
  test('numbers beyond a double’s reach arrive whole, the others as numbers', async () => {
    const { api } = await forge([
      {
        body: '{"id": 12345678901234567890, "near": 9007199254740991, "text": ": 12345678901234567", "n": 1.5}',
      },
    ]);
    const { data } = await api.request('GET /app/hook/deliveries/{id}', { id: '1' });
    expect(data).toEqual({
      id: 12345678901234567890n,
      near: 9007199254740991,
      text: ': 12345678901234567',
      n: 1.5,
    });
  });

  test('a packed answer is unpacked, wherever it is torn', async () => {
    const packed = gzipSync(JSON.stringify({ total_commits: 9, commits: ['é'.repeat(5_000)] }));
    const { api } = await forge([
      async (response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
        for (const byte of packed) response.write(Buffer.of(byte));
        response.end();
      },
    ]);
    const { data } = await compare(api);
    expect(data).toEqual({ total_commits: 9, commits: ['é'.repeat(5_000)] });
  });

  test.each<[string, Act]>([
    ['is no JSON', { body: '{"total_commits": 3' }],
    [
      'breaks off',
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
        response.write('{}');
        setImmediate(() => response.destroy());
      },
    ],
    ['never comes', (response) => void response.destroy()],
    ['is packed and broken', { headers: { 'content-encoding': 'gzip' }, body: '{}' }],
    ['is an error of the server', { status: 502, body: '<html>' }],
  ])('an answer that %s is asked for again', async (_, act) => {
    const { api, asked, waits } = await forge([act, act, { body: { total_commits: 1 } }]);
    const { data } = await compare(api);
    expect(data.total_commits).toBe(1);
    expect([asked.length, waits]).toEqual([3, [1, 4]]);
  });

  test('a failure that lasts is thrown as Octokit does, with status, request and answer', async () => {
    const { api, asked, waits, seen } = await forge([{ status: 500, body: { message: 'Oh no' } }]);
    await expect(compare(api)).rejects.toMatchObject({
      name: 'HttpError',
      status: 500,
      message: 'Oh no',
      response: { data: { message: 'Oh no' } },
    });
    expect([asked.length, waits]).toEqual([4, [1, 4, 9]]);
    expect(seen.filter((each) => each === 'GET 500')).toHaveLength(4);
  });

  test('silence ends after a while, and counts as no answer', async () => {
    const { api, seen, waits } = await forge([() => undefined, { body: { total_commits: 1 } }], {
      answerMs: 1_000,
    });
    await expect(compare(api)).resolves.toMatchObject({ status: 200 });
    expect(seen.slice(1)).toEqual(['GET 0', 'GET 200']);
    expect(waits).toEqual([1]);
  });

  test.each([400, 403, 404, 410, 422, 451])('a refusal with %d is final', async (status) => {
    const { api, asked } = await forge([{ status, body: { message: 'No' } }]);
    await expect(compare(api)).rejects.toMatchObject({ message: 'No' });
    expect(asked).toHaveLength(1);
  });

  test('errors of a query reach the caller with what there is of data', async () => {
    const { api, asked } = await forge([
      { body: { data: { repository: { a: 1 } }, errors: [{ type: 'NOT_FOUND', message: 'no such file' }] } },
    ]);
    await expect(api.graphql('query { repository { a b } }')).rejects.toMatchObject({
      name: 'GraphqlResponseError',
      errors: [{ type: 'NOT_FOUND' }],
      data: { repository: { a: 1 } },
    });
    expect(asked).toHaveLength(1);
  });
});

describe('what is asked again', () => {
  test('a create that people read is sent once where its answer fails, and again where it was refused', async () => {
    const lost = await forge([{ status: 500 }]);
    const once = { ...place, issue_number: 1, body: 'hello', request: { retries: 0 } };
    await expect(lost.api.rest.issues.createComment(once)).rejects.toMatchObject({ status: 500 });
    expect(lost.asked).toHaveLength(1);
    const limited = await forge([SECONDARY(3), { status: 201 }]);
    await limited.api.rest.issues.createComment(once);
    expect(limited.asked).toHaveLength(2);
    expect(limited.waits).toContain(3);
  });

  test.each<[string, Reply, number]>([
    ['403 with a time', SECONDARY(7), 7],
    ['403 without a time', SECONDARY(), 60],
    ['429 with a time and no words', { status: 429, headers: { 'retry-after': '2' }, body: {} }, 2],
  ])('the secondary limit, %s, is waited for twice', async (_, limit, seconds) => {
    const { api, asked, waits } = await forge([limit]);
    await expect(compare(api)).rejects.toMatchObject({ status: limit.status });
    expect(asked).toHaveLength(3);
    expect(waits.filter((wait) => wait === seconds).length).toBeGreaterThanOrEqual(2);
  });

  test('the secondary limit of one request holds back the others of its installation only', async () => {
    const { client, waits } = await forge([SECONDARY(1_000), {}]);
    const [limited, other] = [await client(1), await client(2)];
    await compare(limited);
    waits.length = 0;
    await compare(other);
    expect(waits).toEqual([]);
    await compare(await client(1));
    // What is left of it by then.
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBeGreaterThan(900);
    expect(waits[0]).toBeLessThanOrEqual(1_000);
  });

  test('a used-up quota is waited for until its reset', async () => {
    const reset = Math.ceil(Date.now() / 1000) + 40;
    const spent = {
      status: 403,
      headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset) },
      body: { message: 'API rate limit exceeded' },
    };
    const { api, waits } = await forge([spent, {}]);
    await compare(api);
    expect(waits).toHaveLength(1);
    // As long as it was until then when it was refused, and a second more.
    expect(waits[0]).toBeGreaterThanOrEqual(20);
    expect(waits[0]).toBeLessThanOrEqual(43);
  });

  test('a query refused with a 200 for its quota waits for the reset, and tells in the end', async () => {
    const headers = { 'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 20) };
    const spent = {
      headers,
      body: { errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded' }] },
    };
    const mended = await forge([spent, { body: { data: { a: 1 } } }]);
    await expect(mended.api.graphql('query { a }')).resolves.toEqual({ a: 1 });
    expect(mended.waits[0]).toBeGreaterThanOrEqual(10);
    const lasting = await forge([spent]);
    await expect(lasting.api.graphql('query { a }')).rejects.toMatchObject({
      name: 'GraphqlResponseError',
      errors: [{ type: 'RATE_LIMITED' }],
    });
    expect(lasting.asked).toHaveLength(4);
  });

  test('a query that GitHub stumbled over is repeated', async () => {
    const stumbled = {
      body: { errors: [{ message: 'Something went wrong while executing your query. Please include `1`' }] },
    };
    const { api, waits } = await forge([stumbled, { body: { data: { a: 1 } } }]);
    await expect(api.graphql('mutation { a }')).resolves.toEqual({ a: 1 });
    expect(waits).toEqual([1]);
  });

  test('whoever asked may stop waiting', async () => {
    const { api, asked } = await forge([() => undefined]);
    const controller = new AbortController();
    const answer = api.graphql('query { a }', { request: { signal: controller.signal } });
    while (asked.length === 0) await new Promise(setImmediate);
    controller.abort();
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
    expect(asked).toHaveLength(1);
  });
});

describe('how many at once', () => {
  const counted = async (send: (api: Api) => Promise<unknown>) => {
    const open: ServerResponse[] = [];
    const { api, asked, client } = await forge([(response) => void open.push(response)]);
    const most = new Set<number>();
    const all = Promise.all(Array.from({ length: 25 }, () => send(api)));
    let left = 25;
    while (left > 0) {
      // As many as come without one being answered.
      const before = asked.length;
      for (let turns = 0; turns < 50; turns += 1) await new Promise(setImmediate);
      if (asked.length > before || open.length === 0) continue;
      most.add(open.length);
      left -= 1;
      open.shift()?.writeHead(200, { 'content-type': 'application/json' }).end('{"data":{}}');
    }
    await all;
    return { most: Math.max(...most), client };
  };

  test('ten reads of an installation', async () => {
    expect((await counted(compare)).most).toBe(10);
  });

  test('five writes of an installation', async () => {
    expect((await counted((api) => api.graphql('mutation { a }'))).most).toBe(5);
  });

  test('writes that wait for the first token wait for nothing else', async () => {
    const { api, tokens } = await forge([{ status: 201, body: { data: {} } }]);
    await Promise.all(Array.from({ length: 20 }, () => api.graphql('mutation { a }')));
    expect(tokens).toHaveLength(1);
  });

  test('comments are a second apart, labels are not', async () => {
    const { api, waits } = await forge([{ status: 201, body: {} }]);
    await Promise.all([comment(api), comment(api), comment(api)]);
    expect(waits).toEqual([1, 2]);
    await Promise.all(
      Array.from({ length: 3 }, () =>
        api.rest.issues.addLabels({ ...place, issue_number: 1, labels: ['a'] }),
      ),
    );
    expect(waits).toHaveLength(2);
  });
});

describe('redirects', () => {
  test('a renamed repository is followed, with the token and the body', async () => {
    const { api, asked } = await forge([
      { status: 307, headers: { location: '/repositories/9/issues/1/labels' } },
      { body: [] },
    ]);
    await api.rest.issues.addLabels({ ...place, issue_number: 1, labels: ['a'] });
    expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /repos/acme/api/issues/1/labels',
      'POST /repositories/9/issues/1/labels',
    ]);
    expect(asked[1]?.body).toBe(asked[0]?.body);
    expect(asked[1]?.headers.authorization).toBe('token ghs_test');
  });

  test('another origin is asked without the token', async () => {
    const elsewhere: Asked[] = [];
    const other = await listening((request, response) => {
      elsewhere.push(request);
      return reply(response, { body: { total_commits: 4 } });
    });
    const { api } = await forge([{ status: 301, headers: { location: `${other}/somewhere` } }]);
    const { data, url } = await compare(api);
    expect([data.total_commits, url]).toEqual([4, `${other}/somewhere`]);
    expect(elsewhere[0]?.headers.authorization).toBeUndefined();
  });

  test('a circle ends', async () => {
    const { api, asked } = await forge([{ status: 302, headers: { location: '/again' } }]);
    await expect(compare(api)).rejects.toThrow('redirects more than 5 times');
    expect(asked.length).toBe(6 * 4);
  });
});
