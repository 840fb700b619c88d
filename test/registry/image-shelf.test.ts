// Answers of registries kept for those who judge: what is known, when it is asked again, what costs no request.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import nock from 'nock';
import { parseReference } from '../../src/core/images/reference.ts';
import type { ImageReference } from '../../src/core/model/image.ts';
import type { AnswerCache, Images } from '../../src/ports.ts';
import { NO_CREDENTIALS } from '../../src/registry/credentials.ts';
import { createImageShelf } from '../../src/registry/image-shelf.ts';
import { putGenerations } from './support/generations.ts';
import { putImage, putIndex } from './support/images.ts';
import { type Registry, startRegistry } from './support/registry.ts';

const MINUTE = 60_000;

let registry: Registry;
let kept: Map<string, string>;
let now: number;
let shelf: Images;

/** As the store keeps answers, without its expiry. */
function answers(): AnswerCache {
  return {
    async through<T>(key: string, ask: () => Promise<T>, keep: (value: T) => number): Promise<T> {
      const found = kept.get(key);
      if (found !== undefined) return JSON.parse(found) as T;
      const value = await ask();
      if (keep(value) > 0) kept.set(key, JSON.stringify(value));
      return value;
    },
    always: () => Promise.reject(new Error('images change')),
    async keep(key, value) {
      kept.set(key, JSON.stringify(value));
    },
    async forget(prefix) {
      for (const key of kept.keys()) if (key.startsWith(prefix)) kept.delete(key);
    },
  };
}

beforeEach(async () => {
  nock.restore();
  registry = await startRegistry();
  putGenerations(registry);
  kept = new Map();
  now = Date.parse('2026-11-21T12:00:00Z');
  shelf = createImageShelf({
    answers: answers(),
    clock: () => new Date(now),
    hosts: [{ host: registry.host, scheme: 'http', private: true }],
    credentials: NO_CREDENTIALS,
  });
});
afterEach(() => registry.close());

function named(name: string): ImageReference {
  const reference = parseReference(`${registry.host}/${name}`);
  if ('problem' in reference) throw new Error(reference.problem);
  return reference;
}

/** As whoever judges asks: with what is known by then. */
async function known(reference: ImageReference): Promise<Parameters<Images['lookUp']>[0]> {
  const [record] = await shelf.recall([reference]);
  return [{ reference, askedAt: record?.askedAt ?? null }];
}

describe('what is known without asking', () => {
  test('is nothing at first, and says so', async () => {
    const [record] = await shelf.recall([named('base/runtime:3')]);
    expect(record).toMatchObject({
      askedAt: null,
      lineage: null,
      gaps: [{ kind: 'unreachable', cause: 'world', reason: 'It has not been looked up yet.' }],
    });
    expect(record && shelf.isDue(record)).toBe(true);
    expect(registry.log).toEqual([]);
  });

  test('is the whole lineage afterwards, at no cost', async () => {
    const image = named('base/runtime:3');
    expect(await shelf.lookUp(await known(image), [registry.host], null)).toEqual({
      changed: true,
      passing: [],
    });
    const asked = registry.log.length;
    const [record] = await shelf.recall([image]);
    expect(record?.lineage?.hops.map(({ name }) => name)).toEqual([
      `${registry.host}/base/runtime:3`,
      `${registry.host}/base/tools:3`,
      `${registry.host}/base/debian:12`,
    ]);
    expect(record).toMatchObject({ askedAt: '2026-11-21T12:00:00.000Z', gaps: [] });
    expect(registry.log).toHaveLength(asked);
  });
});

describe('when it is asked again', () => {
  test('a tag after minutes, a digest after a day', async () => {
    const tag = named('base/runtime:3');
    await shelf.lookUp(await known(tag), [registry.host], null);
    const [first] = await shelf.recall([tag]);
    const digest = { ...tag, tag: null, digest: first?.digest ?? '' };
    await shelf.lookUp(await known(digest), [registry.host], null);
    const due = async (image: ImageReference): Promise<boolean> => {
      const [record] = await shelf.recall([image]);
      return record !== undefined && shelf.isDue(record);
    };
    expect([await due(tag), await due(digest)]).toEqual([false, false]);
    now += 15 * MINUTE;
    expect([await due(tag), await due(digest)]).toEqual([true, false]);
    now += 24 * 60 * MINUTE;
    expect(await due(digest)).toBe(true);
  });

  test('a tag that has not moved costs headers alone, which no registry counts as a pull', async () => {
    const image = named('base/runtime:3');
    await shelf.lookUp(await known(image), [registry.host], null);
    now += 20 * MINUTE;
    const asked = registry.log.length;
    await shelf.lookUp(await known(image), [registry.host], null);
    const manifests = registry.log.slice(asked).filter((line) => line.includes('/manifests/'));
    expect(manifests.length).toBeGreaterThan(0);
    expect(manifests.filter((line) => !line.startsWith('HEAD '))).toEqual([]);
  });

  test('a registry that does not answer by headers is asked as everybody asks', async () => {
    registry.fault = (request, response) => {
      if (request.method !== 'HEAD') return false;
      response.writeHead(405).end();
      return true;
    };
    const image = named('base/runtime:3');
    const { passing } = await shelf.lookUp(await known(image), [registry.host], null);
    const [record] = await shelf.recall([image]);
    expect([passing, record?.gaps]).toEqual([[], []]);
  });

  test('a registry whose headers name what it does not have is asked as everybody asks', async () => {
    registry.fault = (request, response) => {
      if (request.method !== 'HEAD' || !request.url?.endsWith('/manifests/3')) return false;
      response.writeHead(200, { 'docker-content-digest': `sha256:${'0'.repeat(64)}` }).end();
      return true;
    };
    const image = named('base/runtime:3');
    await shelf.lookUp(await known(image), [registry.host], null);
    const [record] = await shelf.recall([image]);
    expect(record?.gaps).toEqual([]);
    expect(record?.digest).not.toContain('0000');
  });

  test('nothing that a digest names is fetched a second time, and the same answer is no news', async () => {
    const image = named('base/runtime:3');
    await shelf.lookUp(await known(image), [registry.host], null);
    const asked = registry.log.length;
    now += 20 * MINUTE;
    expect(await shelf.lookUp(await known(image), [registry.host], null)).toEqual({
      changed: false,
      passing: [],
    });
    const again = registry.log.slice(asked);
    expect(again.length).toBeGreaterThan(0);
    expect(again.filter((line) => /\/(?:manifests|blobs)\/sha256:/.test(line))).toEqual([]);
  });

  test('a tag that has moved is news', async () => {
    const image = named('base/runtime:3');
    await shelf.lookUp(await known(image), [registry.host], null);
    const content = registry.shelf('base/runtime');
    const newer = content.manifests.get('4');
    if (newer === undefined) throw new Error('there is no newer one');
    content.manifests.set('3', newer);
    now += 20 * MINUTE;
    expect(await shelf.lookUp(await known(image), [registry.host], null)).toMatchObject({ changed: true });
  });
});

describe('a registry', () => {
  test('that policy does not name is not asked, whatever the server allows', async () => {
    await shelf.lookUp(await known(named('base/runtime:3')), ['quay.io'], null);
    expect(registry.log).toEqual([]);
    const [record] = await shelf.recall([named('base/runtime:3')]);
    expect(record?.gaps[0]?.reason).toContain('is no registry that may be asked');
  });

  test('that only policy names is not asked at a private address', async () => {
    const careful = createImageShelf({
      answers: answers(),
      clock: () => new Date(now),
      hosts: [],
      credentials: NO_CREDENTIALS,
    });
    await careful.lookUp([{ reference: named('base/runtime:3'), askedAt: null }], [registry.host], null);
    expect(registry.log).toEqual([]);
    const [record] = await careful.recall([named('base/runtime:3')]);
    expect(record?.gaps[0]?.reason).toContain('which is no public address');
  });

  test('that does not answer leaves a gap that may pass, and is asked again soon', async () => {
    registry.fault = (_, response) => {
      response.writeHead(429, { 'retry-after': '600' }).end();
      return true;
    };
    const image = named('base/runtime:3');
    const { passing } = await shelf.lookUp(await known(image), [registry.host], null);
    expect(passing).toMatchObject([{ kind: 'unreachable', cause: 'world' }]);
    const [record] = await shelf.recall([image]);
    expect(record).toMatchObject({ lineage: null, askedAt: '2026-11-21T12:00:00.000Z' });
    registry.fault = null;
    now += MINUTE;
    expect(await shelf.lookUp(await known(image), [registry.host], null)).toEqual({
      changed: true,
      passing: [],
    });
  });

  test('that does not answer any more takes back nothing of what it said', async () => {
    const image = named('base/runtime:3');
    await shelf.lookUp(await known(image), [registry.host], null);
    const [before] = await shelf.recall([image]);
    now += 20 * MINUTE;
    registry.fault = (_, response) => {
      response.writeHead(429, { 'retry-after': '600' }).end();
      return true;
    };
    const { changed, passing } = await shelf.lookUp(await known(image), [registry.host], null);
    expect(changed).toBe(false);
    expect(passing).toHaveLength(1);
    expect(await shelf.recall([image])).toEqual([before]);
  });
});

describe('two that wait for the same image', () => {
  test('cost one look-up, and both hear of the answer', async () => {
    const image = named('base/runtime:3');
    const asking = await known(image);
    await shelf.lookUp(asking, [registry.host], null);
    const asked = registry.log.length;
    expect(await shelf.lookUp(asking, [registry.host], null)).toEqual({ changed: true, passing: [] });
    expect(await shelf.lookUp(await known(image), [registry.host], null)).toEqual({
      changed: false,
      passing: [],
    });
    expect(registry.log).toHaveLength(asked);
  });
});

test('a kept document that is not what its digest says is fetched anew', async () => {
  const image = named('base/runtime:3');
  await shelf.lookUp(await known(image), [registry.host], null);
  const [before] = await shelf.recall([image]);
  for (const [key, value] of kept)
    if (/^(?:manifest|blob) /.test(key)) kept.set(key, value.replaceAll('runtime', 'runtima'));
  now += 20 * MINUTE;
  expect(await shelf.lookUp(await known(image), [registry.host], null)).toEqual({
    changed: false,
    passing: [],
  });
  const [after] = await shelf.recall([image]);
  expect(after?.lineage).toEqual(before?.lineage);
});

describe('for several platforms', () => {
  const PLATFORMS = ['linux/amd64', 'linux/arm64'];
  const BASE = 'org.opencontainers.image.base.name';

  async function lookedUp(architectures: readonly string[], other: Record<string, string> = {}) {
    const to = registry.shelf('acme/multi');
    const entries = architectures.map((architecture) => ({
      ...putImage(to, { layers: [[architecture, 'COPY x /']], architecture }),
      annotations: { [BASE]: 'scratch', ...(architecture === 'arm64' ? other : {}) },
    }));
    putIndex(to, entries, '1');
    const image = named('acme/multi:1');
    await shelf.lookUp([{ reference: image, askedAt: null }], [registry.host], null, PLATFORMS);
    const [record] = await shelf.recall([image], PLATFORMS);
    return record;
  }

  test('each has its lineage', async () => {
    const record = await lookedUp(['amd64', 'arm64']);
    expect(record).toMatchObject({
      gaps: [],
      lineage: { platform: 'linux/amd64', end: 'scratch' },
      elsewhere: [{ platform: 'linux/arm64', lineage: { platform: 'linux/arm64', end: 'scratch' } }],
    });
    // What is known of one set of platforms is not taken for another.
    expect((await shelf.recall([named('acme/multi:1')]))[0]?.askedAt).toBeNull();
  });

  test('one that is not there is a gap', async () => {
    const record = await lookedUp(['amd64', 's390x']);
    expect(record?.gaps.map(({ reason }) => reason)).toEqual([
      'For linux/arm64: It is not there for linux/arm64, only for linux/amd64, linux/s390x.',
    ]);
    expect(record?.elsewhere).toEqual([{ platform: 'linux/arm64', lineage: null }]);
  });

  test('one with another base is told of for itself', async () => {
    const record = await lookedUp(['amd64', 'arm64'], { [BASE]: `${registry.host}/base/none:1` });
    expect(record?.lineage?.end).toBe('scratch');
    expect(record?.gaps.map(({ reason }) => reason)).toEqual(['For linux/arm64: There is no such image.']);
  });
});
