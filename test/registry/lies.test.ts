// Registries and publishers that lie: each lie ends in a gap that says so, or in a refusal, and never in a known lineage.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import nock from 'nock';
import { parseReference } from '../../src/core/images/reference.ts';
import type { Lineage } from '../../src/core/model/lineage.ts';
import type { ImageVouchers } from '../../src/core/model/trust.ts';
import { createRegistryClient, type RegistryClient } from '../../src/registry/client.ts';
import { vouchersOf } from '../../src/registry/vouchers.ts';
import { lookUpImage } from '../../src/registry/walk.ts';
import {
  bom,
  type Descriptor,
  MANIFEST,
  material,
  provenanceV1,
  putAttestation,
  putBlob,
  putImage,
  putIndex,
  putManifest,
} from './support/images.ts';
import { type Registry, startRegistry } from './support/registry.ts';

let registry: Registry;
let client: RegistryClient;
let root: Descriptor;

const ROOT = ['root', 'ADD rootfs.tar /'] as const;
const APP = ['app', 'COPY app /app'] as const;
const NAME = 'org.opencontainers.image.base.name';
const DIGEST = 'org.opencontainers.image.base.digest';
const OTHER = `sha256:${'0'.repeat(64)}`;

beforeEach(async () => {
  nock.restore();
  registry = await startRegistry();
  client = createRegistryClient({ hosts: [{ host: '127.0.0.1', scheme: 'http', private: true }] });
  root = putImage(registry.shelf('acme/root'), { layers: [ROOT], annotations: { [NAME]: 'scratch' } }, '1');
});

afterEach(async () => {
  client.close();
  await registry.close();
});

async function lineageOf(name: string): Promise<Lineage> {
  const reference = parseReference(`${registry.host}/${name}`);
  if ('problem' in reference) throw new Error(reference.problem);
  return (await lookUpImage({ client, files: null }, reference, null)).lineage;
}

const reasons = ({ gaps }: Lineage): string => gaps.map(({ reason }) => reason).join('\n');

test('without a lie all is known', async () => {
  putImage(
    registry.shelf('acme/app'),
    {
      layers: [ROOT, APP],
      annotations: { [NAME]: `${registry.host}/acme/root:1`, [DIGEST]: root.digest },
    },
    '1',
  );
  expect(await lineageOf('acme/app:1')).toMatchObject({ end: 'scratch', gaps: [] });
});

describe('a forged base', () => {
  test('whose digest is of no image', async () => {
    putImage(
      registry.shelf('acme/app'),
      { layers: [ROOT, APP], annotations: { [NAME]: `${registry.host}/acme/root:1`, [DIGEST]: OTHER } },
      '1',
    );
    const lineage = await lineageOf('acme/app:1');
    expect(lineage.end).toBe('unknown');
    expect(reasons(lineage)).toContain('There is no such image.');
  });

  test('whose digest is of an image with other layers', async () => {
    const other = putImage(registry.shelf('acme/root'), { layers: [['trusted', 'ADD trusted.tar /']] }, '2');
    putImage(
      registry.shelf('acme/app'),
      {
        layers: [ROOT, APP],
        annotations: { [NAME]: `${registry.host}/acme/root:2`, [DIGEST]: other.digest },
      },
      '1',
    );
    const lineage = await lineageOf('acme/app:1');
    expect(lineage.hops[0]?.sure).toBe('contradicted');
    expect(reasons(lineage)).toContain('do not begin with those of that image');
  });

  test('that a provenance of the same image does not know', async () => {
    const trusted = putImage(
      registry.shelf('acme/trusted'),
      { layers: [ROOT], annotations: { [NAME]: 'scratch' }, labels: { a: 'b' } },
      '1',
    );
    const to = registry.shelf('acme/app');
    const image = putImage(to, {
      layers: [ROOT, APP],
      annotations: { [NAME]: `${registry.host}/acme/trusted:1`, [DIGEST]: trusted.digest },
    });
    const statement = provenanceV1(image.digest, [material(`${registry.host}/acme/root@1`, root.digest)]);
    putIndex(to, [image, putAttestation(to, image.digest, [statement])], '1');
    const lineage = await lineageOf('acme/app:1');
    expect(lineage.hops[0]?.conflicts).not.toEqual([]);
    expect(lineage.gaps).not.toEqual([]);
  });
});

describe('documents that contradict each other', () => {
  function put(configuration: object, layers: readonly string[]): Descriptor {
    const to = registry.shelf('acme/app');
    const type = 'application/vnd.oci.image';
    return putManifest(
      to,
      MANIFEST,
      {
        config: putBlob(to, `${type}.config.v1+json`, Buffer.from(JSON.stringify(configuration))),
        layers: layers.map((layer) => putBlob(to, `${type}.layer.v1.tar`, Buffer.from(layer))),
      },
      '1',
    );
  }

  test('fewer layers in the configuration than in the manifest', async () => {
    put({ os: 'linux', architecture: 'amd64', rootfs: { diff_ids: [OTHER] } }, ['a', 'b']);
    expect(reasons(await lineageOf('acme/app:1'))).toBe('Its manifest has 2 layers, its configuration 1.');
  });

  test('an index that lists an image of another platform', async () => {
    const image = putImage(registry.shelf('acme/app'), { layers: [ROOT], architecture: 's390x' });
    putIndex(
      registry.shelf('acme/app'),
      [{ ...image, platform: { os: 'linux', architecture: 'amd64' } }],
      '1',
    );
    expect(reasons(await lineageOf('acme/app:1'))).toBe(
      'Its index says it is for linux/amd64, its configuration for linux/s390x.',
    );
  });

  test('an index that lists what is not there, and one that lists itself by another name', async () => {
    const to = registry.shelf('acme/app');
    const platform = { os: 'linux', architecture: 'amd64' };
    putIndex(to, [{ mediaType: MANIFEST, digest: OTHER, size: 2, platform }], '1');
    expect(reasons(await lineageOf('acme/app:1'))).toBe(`There is no manifest ${OTHER}.`);
    let inner = putIndex(to, [{ mediaType: MANIFEST, digest: OTHER, size: 2, platform }], null);
    for (let depth = 0; depth < 5; depth += 1) inner = putIndex(to, [inner], depth === 4 ? '2' : null);
    expect(reasons(await lineageOf('acme/app:2'))).toBe('Its indexes are nested more than 3 deep.');
  });
});

test('a bill of materials of another image is not taken for its own', async () => {
  const to = registry.shelf('acme/app');
  const image = putImage(to, { layers: [ROOT] });
  const document = { spdxVersion: 'SPDX-2.3', packages: [{ name: 'a', licenseDeclared: 'MIT' }] };
  putIndex(to, [image, putAttestation(to, image.digest, [bom(OTHER, document)])], '1');
  const lineage = await lineageOf('acme/app:1');
  const [hop] = lineage.hops;
  if (hop === undefined) throw new Error('It was not read.');
  const repository = { registry: registry.host, repository: 'acme/app' };
  const vouchers: ImageVouchers = await vouchersOf(client, repository, hop);
  expect(vouchers.sboms).toEqual([]);
  expect(vouchers.sbomGaps).toHaveLength(1);
});

test('a tag that moves while it is looked up is told by the digest that was read', async () => {
  const to = registry.shelf('acme/app');
  const first = putImage(to, { layers: [ROOT] }, '1');
  registry.fault = ({ url }) => {
    // From the first answer on the tag is another image.
    if (url?.endsWith('/manifests/1')) setImmediate(() => putImage(to, { layers: [APP] }, '1'));
    return false;
  };
  const lineage = await lineageOf('acme/app:1');
  expect(lineage.hops.map(({ digest }) => digest)).toEqual([first.digest]);
});

describe('names that are made to be read as others', () => {
  test.each([
    'docker.io/library/../evil/debian',
    'docker.io/library/%2e%2e/evil',
    'docker.io//library/debian',
    'docker.io./library/debian',
    'docker.io/library/debian/',
    'docker.io/Library/debian',
    'dосker.io/library/debian',
    'docker.io@evil.example/debian',
    'docker.io/library/debian:12@sha256:00',
    'docker.io/library/debian:../12',
    'user:pass@docker.io/debian',
    'https://docker.io/library/debian',
    'docker.io/library/debian?x=y',
    'docker.io/library/debian#x',
    'docker.io\\evil/debian',
  ])('%s is no image name', (name) => {
    expect(parseReference(name)).toHaveProperty('problem');
  });

  test.each([
    ['docker.io:443/library/debian', 'docker.io:443'],
    ['xn--docker-9ua.io/library/debian', 'xn--docker-9ua.io'],
    ['docker.io.evil.example/library/debian', 'docker.io.evil.example'],
    ['127.1/library/debian', '127.1'],
  ])('%s is of %s and not of Docker Hub', (name, host) => {
    expect(parseReference(name)).toMatchObject({ registry: host });
  });
});
