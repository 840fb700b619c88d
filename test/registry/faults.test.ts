// Every fault at every place of a look-up: each ends in a said gap, none in a hang, an exception, or less than the truth.
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import nock from 'nock';
import { parseReference } from '../../src/core/images/reference.ts';
import { createRegistryClient, DEFAULT_LIMITS } from '../../src/registry/client.ts';
import { vouchersOf } from '../../src/registry/vouchers.ts';
import { lookUpImage } from '../../src/registry/walk.ts';
import { ecKeys } from '../support/trust/certificates.ts';
import { keySignature } from '../support/trust/sigstore.ts';
import { type Family, putFamily } from './support/family.ts';
import { type Fault, type Registry, startRegistry } from './support/registry.ts';
import { putSignatures } from './support/signed.ts';

let registry: Registry;
let family: Family;

beforeAll(async () => {
  registry = await startRegistry();
  family = putFamily(registry);
  putSignatures(registry.shelf('acme/app'), family.app, keySignature(family.app.digest, ecKeys()));
});

beforeEach(() => {
  nock.restore();
  registry.fault = null;
});

afterAll(() => registry.close());

/** Only a body that never ends has to be waited for: a busy machine is slow by itself. */
const DRIPPING = 600;
const ENOUGH = 20_000;

/** What is known, and what is said not to be. Limits are small, and nobody waits between attempts. */
async function lookUp(time = ENOUGH) {
  const limits = Object.fromEntries(
    Object.entries(DEFAULT_LIMITS).map(([kind, { bytes }]) => [kind, { bytes, time }]),
  ) as typeof DEFAULT_LIMITS;
  const client = createRegistryClient({
    hosts: [{ host: registry.host, scheme: 'http', private: true }],
    limits,
    sleep: async () => undefined,
  });
  const reference = parseReference(`${registry.host}/acme/app:1`);
  if ('problem' in reference) throw new Error(reference.problem);
  try {
    const { lineage, image } = await lookUpImage({ client, files: null }, reference, null);
    const vouchers = 'remedy' in image ? null : await vouchersOf(client, reference, image);
    const unread = vouchers?.signatures.flatMap(({ material }) =>
      'problem' in material ? [material.problem] : [],
    );
    const gaps = [...lineage.gaps, ...(vouchers?.gaps ?? []), ...(vouchers?.sbomGaps ?? [])];
    return { lineage, vouchers, said: [...gaps.map(({ reason }) => reason), ...(unread ?? [])] };
  } finally {
    client.close();
  }
}

const PLACES: Readonly<Record<string, (url: string) => boolean>> = {
  'the tag': (url) => url.endsWith('/acme/app/manifests/1'),
  'a manifest by digest': (url) => /\/acme\/framework\/manifests\/sha256:/.test(url),
  'a configuration or statement': (url) => /\/acme\/runtime\/blobs\//.test(url),
  'what hangs on the image, by the API': (url) => url.includes('/acme/app/referrers/'),
  'a signature’s tag': (url) => /\/acme\/app\/manifests\/sha256-.*\.sig$/.test(url),
  'blobs of the image: provenance, packages, signature': (url) => /\/acme\/app\/blobs\//.test(url),
};

const FAULTS: Readonly<Record<string, Fault>> = {
  'credentials refused for ever': (_request, response) => {
    response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${registry.host}/token"` }).end();
    return true;
  },
  'not allowed': (_request, response) => {
    response.writeHead(403).end();
    return true;
  },
  'too many requests': (_request, response) => {
    response.writeHead(429, { 'retry-after': '1' }).end();
    return true;
  },
  'an error of the server': (_request, response) => {
    response.writeHead(502).end('<html>');
    return true;
  },
  'cut off in the middle': (_request, response) => {
    response.writeHead(200, {
      'content-type': 'application/vnd.oci.image.index.v1+json',
      'content-length': 1000,
    });
    response.write('{"schemaVersion":2');
    setTimeout(() => response.destroy(), 5);
    return true;
  },
  'a claim of ten gigabytes': (_request, response) => {
    response.writeHead(200, {
      'content-type': 'application/vnd.oci.image.index.v1+json',
      'content-length': 10_000_000_000,
    });
    response.write('{');
    return true;
  },
  'a body that drips': (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/vnd.oci.image.index.v1+json' });
    const timer = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(timer));
    return true;
  },
  'a redirect to the inside': (_request, response) => {
    response.writeHead(307, { location: 'https://169.254.169.254/latest/meta-data/' }).end();
    return true;
  },
  'a redirect in a circle': ({ url }, response) => {
    response.writeHead(302, { location: url }).end();
    return true;
  },
  'an index that is no index': (_request, response) => {
    response
      .writeHead(200, { 'content-type': 'application/vnd.oci.image.index.v1+json' })
      .end('{"manifests":[{}]}');
    return true;
  },
};

test('without faults everything is known', async () => {
  const { lineage, vouchers, said } = await lookUp();
  expect(said).toEqual([]);
  expect(lineage.end).toBe('scratch');
  expect(vouchers).toMatchObject({ signatures: [{ kind: 'cosign' }], sboms: [{ format: 'SPDX-2.3' }] });
});

test('a list of referrers that goes on elsewhere', async () => {
  registry.fault = ({ url }, response) => {
    if (!url?.includes('/acme/app/referrers/')) return false;
    const link = '</v2/acme/app/referrers/x?n=2>; rel="next"';
    response
      .writeHead(200, { 'content-type': 'application/vnd.oci.image.index.v1+json', link })
      .end('{"schemaVersion":2,"manifests":[]}');
    return true;
  };
  expect((await lookUp()).said).toContain('More hangs on it than its registry lists at once.');
});

test('a signature’s tag that is an index', async () => {
  registry.fault = ({ url }, response) => {
    if (!/sha256-.*\.sig$/.test(url ?? '')) return false;
    response
      .writeHead(200, { 'content-type': 'application/vnd.oci.image.index.v1+json' })
      .end('{"schemaVersion":2,"manifests":[]}');
    return true;
  };
  expect((await lookUp()).said.join()).toContain('.sig is an index.');
});

test.each(
  Object.keys(PLACES).flatMap((place) => Object.keys(FAULTS).map((fault) => [place, fault] as const)),
)('%s: %s', async (place, fault) => {
  let hits = 0;
  registry.fault = (request, response) => {
    if (!PLACES[place]?.(request.url ?? '')) return false;
    hits += 1;
    return FAULTS[fault]?.(request, response) ?? false;
  };
  const { said } = await lookUp(fault === 'a body that drips' ? DRIPPING : ENOUGH);
  expect(hits).toBeGreaterThan(0);
  expect(said).not.toEqual([]);
  for (const reason of said) expect(reason).not.toMatch(/undefined|\[object/);
});
