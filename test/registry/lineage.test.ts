// The lineage of images on a registry on loopback, over real HTTP.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import nock from 'nock';
import { parseReference } from '../../src/core/images/reference.ts';
import type { Lineage } from '../../src/core/model/lineage.ts';
import { createRegistryClient, type RegistryClient } from '../../src/registry/client.ts';
import { lookUpImage } from '../../src/registry/walk.ts';
import { ecKeys } from '../support/trust/certificates.ts';
import { envelope } from '../support/trust/sigstore.ts';
import { COMMIT, putFamily, putStatic } from './support/family.ts';
import {
  type Descriptor,
  MANIFEST,
  material,
  provenanceV1,
  putArtifact,
  putAttestation,
  putBlob,
  putImage,
  putIndex,
  putManifest,
} from './support/images.ts';
import { type Registry, startRegistry } from './support/registry.ts';
import { putSignatures } from './support/signed.ts';

let registry: Registry;
let client: RegistryClient;

beforeEach(async () => {
  // The client guards its own connections, which is part of what is tested.
  nock.restore();
  registry = await startRegistry();
  client = createRegistryClient({ hosts: [{ host: '127.0.0.1', scheme: 'http', private: true }] });
});

afterEach(async () => {
  client.close();
  await registry.close();
});

async function lineageOf(name: string, platform: string | null = null): Promise<Lineage> {
  const reference = parseReference(`${registry.host}/${name}`);
  if ('problem' in reference) throw new Error(reference.problem);
  return (await lookUpImage({ client: client, files: null }, reference, platform)).lineage;
}

describe('a chain of five', () => {
  test('is followed to scratch, each hop with how it is known', async () => {
    const family = putFamily(registry);
    const lineage = await lineageOf('acme/app:1');
    expect(lineage.gaps).toEqual([]);
    expect(lineage.end).toBe('scratch');
    const name = (short: string, digest: string) => `${registry.host}/acme/${short}@${digest}`;
    expect(lineage.hops.map(({ name: at, sure, base }) => [at, sure, base])).toEqual([
      [`${registry.host}/acme/app:1`, 'proven', name('framework:2', family.framework.digest)],
      [name('framework:2', family.framework.digest), 'proven', name('runtime:3', family.runtime.digest)],
      [name('runtime:3', family.runtime.digest), 'proven', name('tools:4', family.tools.digest)],
      [name('tools:4', family.tools.digest), 'proven', name('debian:12', family.root.digest)],
      [name('debian:12', family.root.digest), 'stated', 'scratch'],
    ]);
    expect(lineage.hops.map(({ layers }) => [layers.total, layers.own])).toEqual([
      [5, 1],
      [4, 1],
      [3, 1],
      [2, 1],
      [1, 1],
    ]);
  });

  test('shows sources at their commits, inherited licences, ingredients and attestations', async () => {
    const family = putFamily(registry);
    const { hops } = await lineageOf('acme/app:1');
    expect(hops[0]).toMatchObject({
      created: '2026-01-02T03:04:05.123Z',
      source: { link: `https://github.com/acme/app/blob/${COMMIT}/Dockerfile`, from: 'provenance' },
      ingredients: [`${registry.host}/acme/builder:5@${family.builder.digest}`],
      attestations: ['https://slsa.dev/provenance/v1', 'https://spdx.dev/Document'],
      signed: 'absent',
    });
    expect(hops[4]?.source).toMatchObject({
      link: `https://github.com/acme/debian/blob/${COMMIT}/bookworm/Dockerfile`,
      from: 'index annotation',
    });
    expect(hops.map(({ licenses }) => licenses)).toEqual([
      null,
      null,
      null,
      { expression: 'GPL-2.0-only', inherited: true },
      { expression: 'GPL-2.0-only', inherited: false },
    ]);
  });

  test('takes a label that the base has as well for inherited, not for a conflict', async () => {
    putFamily(registry);
    const { hops } = await lineageOf('acme/app:1');
    const label = hops[0]?.evidence.find(({ source }) => source === 'label');
    expect(label).toMatchObject({ agrees: 'unknown', says: expect.stringContaining('inherited') });
    expect(hops.flatMap(({ conflicts }) => conflicts)).toEqual([]);
  });

  test('is asked for once: a second look costs no request', async () => {
    putFamily(registry);
    const first = await lineageOf('acme/app:1');
    const cold = client.requests();
    expect(await lineageOf('acme/app:1')).toEqual(first);
    expect(client.requests()).toBe(cold);
    // Per image its manifests and configuration; per hop its attestations, and what hangs on the digest it is named by.
    expect(cold).toBe(36);
  });

  test('costs one refusal in all, and nothing but the layers of an image that turns out to be no base', async () => {
    putFamily(registry);
    registry.authentication = 'bearer';
    await lineageOf('acme/app:1');
    // A token for each of six repositories, and the refusal that showed where to get the first.
    expect(client.requests()).toBe(36 + 7);
    expect(registry.log.filter((line) => line.endsWith(' -') && !line.includes('/token?'))).toHaveLength(1);
    const ofBuilder = registry.log.filter((line) => line.includes('/v2/acme/builder/'));
    expect(ofBuilder.map((line) => line.replace(/sha256:.*/, ''))).toEqual([
      'GET /v2/acme/builder/manifests/',
      'GET /v2/acme/builder/blobs/',
    ]);
  });
});

test('older provenance and elimination lead to scratch', async () => {
  const { builder } = putFamily(registry);
  putStatic(registry, builder);
  const { hops, end, gaps } = await lineageOf('acme/static:1');
  expect([end, gaps]).toEqual(['scratch', []]);
  expect(hops[0]).toMatchObject({
    sure: 'stated',
    layers: { own: 2, total: 2 },
    ingredients: [`${registry.host}/acme/builder:5@${builder.digest}`],
    source: { link: `https://github.com/acme/static/blob/${COMMIT}/build/Dockerfile` },
  });
});

describe('what is not known is said', () => {
  test('no evidence at all', async () => {
    putImage(
      registry.shelf('acme/bare'),
      {
        layers: [
          ['a', 'ADD a /'],
          ['b', 'RUN b'],
        ],
      },
      '1',
    );
    const lineage = await lineageOf('acme/bare:1');
    expect(lineage.end).toBe('unknown');
    expect(lineage.gaps).toEqual([
      expect.objectContaining({ reason: expect.stringContaining('Nothing says') }),
    ]);
  });

  test('a single layer is no proof of scratch', async () => {
    putImage(registry.shelf('acme/one'), { layers: [['a', 'ADD a /']] }, '1');
    const lineage = await lineageOf('acme/one:1');
    expect(lineage.hops[0]).toMatchObject({ sure: 'inferred', base: 'scratch' });
    expect(lineage.gaps).toHaveLength(1);
  });

  test('a base whose layers are not in the image', async () => {
    const family = putFamily(registry);
    const annotations = {
      'org.opencontainers.image.base.name': `${registry.host}/acme/builder:5`,
      'org.opencontainers.image.base.digest': family.builder.digest,
    };
    putImage(registry.shelf('acme/liar'), { layers: [['x', 'ADD x /']], annotations }, '1');
    const lineage = await lineageOf('acme/liar:1');
    expect(lineage.hops[0]).toMatchObject({ sure: 'contradicted', layers: { own: null } });
    expect(lineage.gaps.map(({ reason }) => reason).join()).toContain(
      'do not begin with those of that image',
    );
  });

  test('annotation and provenance that name different bases', async () => {
    const family = putFamily(registry);
    const shelf = registry.shelf('acme/torn');
    const image = putImage(shelf, {
      layers: [
        ['root file system', 'ADD rootfs.tar.xz / # buildkit'],
        ['tools', 'RUN /bin/sh -c install tools # buildkit'],
        ['mine', 'COPY mine /'],
      ],
      annotations: {
        'org.opencontainers.image.base.name': `${registry.host}/acme/debian:12`,
        'org.opencontainers.image.base.digest': family.root.digest,
      },
    });
    const statement = provenanceV1(image.digest, [
      material(`${registry.host}/acme/tools@4`, family.tools.digest),
    ]);
    putIndex(shelf, [image, putAttestation(shelf, image.digest, [statement])], '1');
    const lineage = await lineageOf('acme/torn:1');
    expect(lineage.hops[0]?.base).toBe(`${registry.host}/acme/tools:4@${family.tools.digest}`);
    expect(lineage.hops[0]?.conflicts).toEqual([
      expect.stringMatching(/^The manifest annotation names .*debian:12.* as base, other evidence .*tools:4/),
    ]);
    expect(lineage.gaps).toEqual([expect.objectContaining({ reason: lineage.hops[0]?.conflicts[0] })]);
  });

  test('a provenance about another image', async () => {
    const family = putFamily(registry);
    const shelf = registry.shelf('acme/lent');
    const image = putImage(shelf, { layers: [['x', 'COPY x /']] });
    putIndex(
      shelf,
      [image, putAttestation(shelf, image.digest, [provenanceV1(family.root.digest, [])])],
      '1',
    );
    const lineage = await lineageOf('acme/lent:1');
    expect(lineage.end).toBe('scratch');
    expect(lineage.hops[0]?.sure).toBe('inferred');
    expect(lineage.gaps.map(({ reason }) => reason).join()).toContain('is about another image');
  });

  test('a base that is gone, and one on a host nobody allowed', async () => {
    const at = (name: string) => ({ 'org.opencontainers.image.base.name': name });
    putImage(
      registry.shelf('acme/orphan'),
      { layers: [['x', 'COPY x /']], annotations: at(`${registry.host}/acme/gone:1`) },
      '1',
    );
    putImage(
      registry.shelf('acme/lure'),
      { layers: [['x', 'COPY x /']], annotations: at('169.254.169.254/latest/meta:1') },
      '1',
    );
    const orphan = await lineageOf('acme/orphan:1');
    expect(orphan.gaps).toEqual([expect.objectContaining({ reason: 'There is no such image.' })]);
    expect(orphan.hops[0]).toMatchObject({ sure: 'stated', base: `${registry.host}/acme/gone:1` });
    const lure = await lineageOf('acme/lure:1');
    expect(lure.gaps).toEqual([
      expect.objectContaining({ reason: '169.254.169.254 is no registry that may be asked.' }),
    ]);
  });

  test('an image that names itself', async () => {
    const annotations = { 'org.opencontainers.image.base.name': `${registry.host}/acme/loop:1` };
    putImage(registry.shelf('acme/loop'), { layers: [['x', 'COPY x /']], annotations }, '1');
    const lineage = await lineageOf('acme/loop:1');
    expect(lineage.gaps).toEqual([expect.objectContaining({ reason: 'It names itself as its base.' })]);
  });

  test('an image that is not there for the platform', async () => {
    putFamily(registry);
    const lineage = await lineageOf('acme/app:1', 'linux/arm/v7');
    expect(lineage.hops).toEqual([]);
    expect(lineage.gaps).toEqual([
      expect.objectContaining({ reason: 'It is not there for linux/arm/v7, only for linux/amd64.' }),
    ]);
  });
});

describe('what hangs on an image', () => {
  test.each([true, false])('referrers API there: %s', async (hasReferrers) => {
    registry.referrers = hasReferrers;
    const shelf = registry.shelf('acme/signed');
    const image = putImage(shelf, { layers: [['x', 'COPY x /']] }, '1');
    const bundle = putArtifact(shelf, 'application/vnd.dev.sigstore.bundle.v0.3+json', image);
    const attested = putArtifact(shelf, 'application/vnd.docker.attestation.manifest.v1+json', image, [
      provenanceV1(image.digest, []),
    ]);
    if (!hasReferrers) putIndex(shelf, [bundle, attested], image.digest.replace(':', '-'));
    const lineage = await lineageOf('acme/signed:1');
    expect(lineage).toMatchObject({ end: 'scratch', gaps: [] });
    expect(lineage.hops[0]).toMatchObject({
      sure: 'stated',
      signed: 'present',
      signatures: [{ kind: 'sigstore-bundle', subject: image.digest, digest: bundle.digest }],
    });
  });

  test('cosign’s tag', async () => {
    const shelf = registry.shelf('acme/cosigned');
    const image = putImage(shelf, { layers: [['x', 'COPY x /']] }, '1');
    putArtifact(shelf, 'none', image, [], `${image.digest.replace(':', '-')}.sig`);
    const { hops } = await lineageOf('acme/cosigned:1');
    expect(hops[0]?.signatures).toMatchObject([{ kind: 'cosign', subject: image.digest }]);
  });

  test('an answer that fails leaves signatures unknown, with a gap', async () => {
    putImage(registry.shelf('acme/shy'), { layers: [['x', 'COPY x /']] }, '1');
    registry.fault = ({ url }, response) => {
      if (!url?.includes('/referrers/')) return false;
      response.writeHead(403).end();
      return true;
    };
    const lineage = await lineageOf('acme/shy:1');
    expect(lineage.hops[0]?.signed).toBe('unknown');
    expect(lineage.gaps.map(({ subject }) => subject).join()).toContain('the referrers of');
  });
});

describe('signed provenance', () => {
  const HOLDER = ecKeys();
  const ROOT = ['root', 'ADD root /'] as const;
  const layers = { layers: [ROOT, ['app', 'COPY app /'] as const] };

  async function signed(about: (image: Descriptor) => string, put: 'att' | 'bundle') {
    const to = registry.shelf('acme/signed');
    const root = putImage(registry.shelf('acme/debian'), { layers: [ROOT] }, '12');
    const image = putImage(to, layers);
    const index = putIndex(to, [image], '1');
    const statement = provenanceV1(about(put === 'att' ? image : index), [
      material(`${registry.host}/acme/debian@12`, root.digest),
    ]);
    if (put === 'att') {
      const text = JSON.stringify(envelope(statement, HOLDER));
      putSignatures(to, index, { kind: 'cosign-attestation', envelope: text, annotations: {} });
    } else {
      const bundle = Buffer.from(JSON.stringify({ dsseEnvelope: envelope(statement, HOLDER) }));
      const type = 'application/vnd.dev.sigstore.bundle.v0.3+json';
      const annotations = { 'dev.sigstore.bundle.predicateType': 'https://slsa.dev/provenance/v1' };
      const artifact = putManifest(
        to,
        MANIFEST,
        {
          artifactType: type,
          config: putBlob(to, 'application/vnd.oci.empty.v1+json', Buffer.from('{}')),
          layers: [putBlob(to, type, bundle)],
          annotations,
          subject: { mediaType: index.mediaType, digest: index.digest, size: index.size },
        },
        null,
      );
      expect(artifact.digest).toMatch(/^sha256:/);
    }
    return { root, lineage: await lineageOf('acme/signed:1') };
  }

  test.each(['att', 'bundle'] as const)('in cosign’s way (%s) names the base', async (put) => {
    const { root, lineage } = await signed(({ digest }) => digest, put);
    expect(lineage.hops[0]).toMatchObject({
      sure: 'proven',
      base: `${registry.host}/acme/debian:12@${root.digest}`,
      attestations: ['https://slsa.dev/provenance/v1'],
    });
  });

  test('about another image is a gap and names nothing', async () => {
    const { lineage } = await signed(() => `sha256:${'0'.repeat(64)}`, 'att');
    expect(lineage.hops[0]).toMatchObject({ base: null, sure: 'unknown' });
    expect(lineage.gaps.map(({ reason }) => reason).join()).toContain('is about another image');
  });
});
