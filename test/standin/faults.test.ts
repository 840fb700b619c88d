// Arranged failures strike the requests they name, and requests are counted as round trips.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type StandIn, startStandIn } from '../support/stand-in.ts';

let gh: StandIn;
let token: string;

beforeEach(async () => {
  gh = await startStandIn();
  gh.organization('acme', { members: ['dev'] }).repository('api');
  token = gh.token('dev');
});

afterEach(async () => {
  await gh.close();
  expect(gh.schemaProblems).toEqual([]);
});

const get = (path = '/repos/acme/api', signal?: AbortSignal): Promise<Response> =>
  fetch(`${gh.url}${path}`, { headers: { authorization: `token ${token}` }, ...(signal ? { signal } : {}) });

const status = async (path?: string): Promise<number> => {
  const answer = await get(path);
  await answer.arrayBuffer();
  return answer.status;
};

test('the nth call, the first calls, or all of them fail', async () => {
  gh.faults.add({ on: 'repos/get', nth: 2, failure: { status: 502 } });
  expect([await status(), await status(), await status()]).toEqual([200, 502, 200]);
  gh.faults.clear();
  gh.faults.add({ on: '/repos/{owner}/{repo}', times: 1, failure: { status: 500 } });
  expect([await status(), await status('/repos/acme/api/labels'), await status()]).toEqual([500, 200, 200]);
  const takeBack = gh.faults.add({ on: '*', failure: { status: 503 } });
  expect(await status()).toBe(503);
  takeBack();
  expect(await status()).toBe(200);
});

test('rate limits come with the headers that tell when to go on', async () => {
  gh.faults.add({ on: '*', times: 1, failure: { secondaryRateLimit: { retryAfter: 7 } } });
  const secondary = await get();
  expect([secondary.status, secondary.headers.get('retry-after')]).toEqual([403, '7']);
  expect(((await secondary.json()) as { message: string }).message).toContain('secondary rate limit');
  gh.faults.add({ on: '*', nth: 1, failure: { primaryRateLimit: { resetIn: 60 } } });
  const primary = await get();
  expect([primary.status, primary.headers.get('x-ratelimit-remaining')]).toEqual([403, '0']);
});

test('silence, a broken connection, and an answer that gets lost after the deed', async () => {
  gh.faults.add({ on: '*', nth: 1, failure: 'hang' });
  await expect(get('/repos/acme/api', AbortSignal.timeout(80))).rejects.toThrow('timeout');
  gh.faults.add({ on: '*', nth: 1, failure: 'reset' });
  await expect(get()).rejects.toThrow();
  gh.faults.clear();
  gh.faults.add({ on: 'issues/create-label', failure: 'lose-answer' });
  const post = fetch(`${gh.url}/repos/acme/api/labels`, {
    method: 'POST',
    headers: { authorization: `token ${token}` },
    body: '{"name":"kept"}',
  });
  await expect(post).rejects.toThrow();
  expect(await status('/repos/acme/api/labels/kept')).toBe(200);
});

test('round trips are the longest chain of requests that waited for each other', async () => {
  gh.setLatency(40);
  const mark = gh.mark();
  await status();
  await Promise.all([status('/repos/acme/api/labels'), status(), status('/repos/acme/api/pulls')]);
  await status();
  expect(gh.countRequests(mark)).toEqual({ requests: 5, roundTrips: 3 });
  expect(gh.requests.slice(mark).map(({ operation }) => operation)).toContain('issues/list-labels-for-repo');
});

test('settled waits for what is under way and gives up in the end', async () => {
  gh.setLatency(100);
  const asked = status();
  await gh.settled({ quiet: 20 });
  expect(gh.requests.at(-1)?.status).toBe(200);
  await asked;
  await expect(gh.settled({ within: 50, idle: () => false })).rejects.toThrow('not settled within 50 ms');
});
