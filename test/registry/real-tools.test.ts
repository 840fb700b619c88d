// Images made by umoci, moved by skopeo, kept by Debian's docker-registry: what our own registry might get wrong.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import nock from 'nock';
import { main } from '../../src/cli.ts';
import { fakeConsole } from '../cli/console.ts';
import { ecKeys, publicPem } from '../support/trust/certificates.ts';
import { jws, notary } from '../support/trust/notation.ts';
import { keySignature, statement } from '../support/trust/sigstore.ts';
import { removeFolders, temporaryFolder } from '../workspace/folders.ts';
import { type DebianRegistry, push, startDebianRegistry } from './support/debian-registry.ts';
import { putAttestation, putImage, putIndex, shelf } from './support/images.ts';
import { putSignatures } from './support/signed.ts';
import { layoutFiles } from './support/tar.ts';
import { startTokenServer, type TokenServer } from './support/token-server.ts';
import { areToolsInstalled, copy, notRun, tool, writeFiles } from './support/tools.ts';

jest.setTimeout(120_000);

const real = areToolsInstalled ? describe : describe.skip;

let registry: DebianRegistry;

beforeEach(() => nock.restore());
afterAll(removeFolders);

async function clearToShip(...args: readonly string[]) {
  const { effects, out, err } = fakeConsole();
  const code = await main([...args, '--insecure-host', '127.0.0.1', '--format', 'json'], effects);
  if (out() === '') throw new Error(err());
  return { code, ...JSON.parse(out()) };
}

const NAMES = ['root', 'tools', 'runtime', 'framework', 'app'] as const;

/** Five images, each with one more layer and an annotation that names the one below; digests as the registry has them. */
async function buildChain(host: string): Promise<readonly string[]> {
  const folder = temporaryFolder();
  const layout = join(folder, 'layout');
  await tool('umoci', 'init', '--layout', layout);
  await tool('umoci', 'new', '--image', `${layout}:root`);
  const digests: string[] = [];
  for (const [index, name] of NAMES.entries()) {
    const below = NAMES[index - 1];
    if (below !== undefined) await tool('umoci', 'tag', '--image', `${layout}:${below}`, name);
    const file = join(folder, name);
    const content = index === 0 ? 'PRETTY_NAME="Test 1"\nID=test\nVERSION_ID=1\n' : `content of ${name}\n`;
    writeFileSync(file, content);
    const at = index === 0 ? '/etc/os-release' : `/opt/${name}`;
    await tool('umoci', 'insert', '--rootless', '--image', `${layout}:${name}`, file, at);
    const base = below === undefined ? 'scratch' : `${host}/acme/${below}:1`;
    const digest = below === undefined ? [] : [`org.opencontainers.image.base.digest=${digests[index - 1]}`];
    await tool(
      'umoci',
      'config',
      '--image',
      `${layout}:${name}`,
      ...[`org.opencontainers.image.base.name=${base}`, ...digest].flatMap((each) => [
        '--manifest.annotation',
        each,
      ]),
      '--config.user',
      `${1000 + index}`,
    );
    await copy(`oci:${layout}:${name}`, `docker://${host}/acme/${name}:1`);
    digests.push(
      await tool(
        'skopeo',
        'inspect',
        '--tls-verify=false',
        '--format',
        '{{.Digest}}',
        `docker://${host}/acme/${name}:1`,
      ),
    );
  }
  return digests;
}

real(`a chain of five, made by umoci and pushed by skopeo${notRun}`, () => {
  let digests: readonly string[];

  beforeAll(async () => {
    registry = await startDebianRegistry();
    digests = await buildChain(registry.host);
  });

  afterAll(() => registry?.stop());

  test('is followed to scratch, with the digests that skopeo sees', async () => {
    const sheet = await clearToShip('vet', `${registry.host}/acme/app:1`);
    expect(sheet).toMatchObject({ code: 0, end: 'scratch', gaps: [] });
    expect(sheet.hops.map(({ digest }: { digest: string }) => digest)).toEqual([...digests].reverse());
    expect(sheet.hops.map(({ sure }: { sure: string }) => sure)).toEqual([
      'proven',
      'proven',
      'proven',
      'proven',
      'stated',
    ]);
  });

  test('says of layers and how it starts what skopeo says', async () => {
    const name = `${registry.host}/acme/app:1`;
    const config = JSON.parse(
      await tool('skopeo', 'inspect', '--tls-verify=false', '--config', `docker://${name}`),
    );
    const sheet = await clearToShip('inspect', name, '--os-release');
    expect(sheet.image.diffIds).toEqual(config.rootfs.diff_ids);
    expect(sheet.runtime.user).toBe('1004');
    expect(sheet.osRelease).toEqual({ id: 'test', release: '1', name: 'Test 1', layer: 1 });
    expect(sheet.layers.map(({ owner }: { owner: { kind: string } }) => owner.kind)).toEqual([
      'base',
      'base',
      'base',
      'base',
      'own',
    ]);
  });

  test.each([
    ['docker-archive', 'docker save archive', ':acme/app:1'],
    ['oci-archive', 'OCI layout', ':acme/app:1'],
    ['oci', 'OCI layout', ':acme/app:1'],
  ])('is the same image in skopeo’s %s', async (transport, form, name) => {
    const path = join(temporaryFolder(), 'image');
    await copy(`docker://${registry.host}/acme/app:1`, `${transport}:${path}${name}`);
    const [saved, pushed] = [
      await clearToShip('inspect', path),
      await clearToShip('inspect', `${registry.host}/acme/app:1`),
    ];
    expect(saved.form).toBe(form);
    expect(saved.image.diffIds).toEqual(pushed.image.diffIds);
    expect(saved.runtime).toEqual(pushed.runtime);
    expect(saved.osRelease).toMatchObject({ id: 'test' });
    expect(saved.names.join()).toContain('acme/app:1');
  });
});

real(`signatures and bills of materials on a real registry, without its referrers API${notRun}`, () => {
  const keys = ecKeys();
  const ours = notary();

  beforeAll(async () => {
    registry = await startDebianRegistry();
  });

  afterAll(() => registry?.stop());

  test('an index that skopeo moved with its attestations, signed like cosign does', async () => {
    const to = shelf();
    const image = putImage(to, {
      layers: [['x', 'COPY x /']],
      annotations: { 'org.opencontainers.image.base.name': 'scratch' },
    });
    const spdx = { spdxVersion: 'SPDX-2.3', packages: [{ name: 'bash', licenseDeclared: 'GPL-3.0-only' }] };
    const attested = putAttestation(to, image.digest, [
      statement(image.digest, 'https://spdx.dev/Document', spdx),
    ]);
    const index = putIndex(to, [image, attested], null);
    const folder = temporaryFolder();
    const named = { ...index, annotations: { 'org.opencontainers.image.ref.name': '1' } };
    writeFiles(folder, layoutFiles(to, [named]));
    await copy(`oci:${folder}:1`, `docker://${registry.host}/acme/signed:1`, '--all');
    const beside = shelf();
    putSignatures(beside, index, keySignature(index.digest, keys), jws(index.digest, ours));
    await push(registry.host, 'acme/signed', withoutReferrers(beside, index.digest));
    const policy = join(temporaryFolder(), 'policy.yml');
    const signers = [{ name: 'key', key: publicPem(keys) }];
    writeFileSync(policy, JSON.stringify({ version: 1, 'content-trust': { signers } }));
    const sheet = await clearToShip('vet', `${registry.host}/acme/signed:1`, '--policy', policy);
    expect(sheet).toMatchObject({ code: 0, gaps: [] });
    expect(sheet.trust[0]).toMatchObject({
      signature: { state: 'verified', by: ['key'] },
      sbom: { state: 'read', packages: 1, by: ['key'] },
    });
    // The other signature is there as well, found by the tag that stands in for the API.
    expect(sheet.trust[0].signature.evidence).toHaveLength(2);
  });
});

/** What a client has to write where the registry has no list of referrers. */
function withoutReferrers(content: ReturnType<typeof shelf>, digest: string) {
  const artifacts = [...content.manifests].filter(([, { bytes }]) => bytes.includes('"subject"'));
  const entries = artifacts.map(([own, { mediaType, bytes }]) => {
    const { artifactType } = JSON.parse(bytes.toString()) as { artifactType: string };
    return { mediaType, digest: own, size: bytes.length, artifactType };
  });
  putIndex(content, entries, digest.replace(':', '-'));
  return content;
}

real(`a token server in front of a real registry${notRun}`, () => {
  let tokens: TokenServer;

  beforeAll(async () => {
    tokens = await startTokenServer();
    registry = await startDebianRegistry(tokens);
  });

  afterAll(async () => {
    await registry?.stop();
    await tokens?.close();
  });

  test('anonymous tokens are fetched for reading alone, once', async () => {
    const to = shelf();
    const image = putImage(to, {
      layers: [['x', 'COPY x /']],
      annotations: { 'org.opencontainers.image.base.name': 'scratch' },
    });
    const folder = temporaryFolder();
    writeFiles(
      folder,
      layoutFiles(to, [{ ...image, annotations: { 'org.opencontainers.image.ref.name': '1' } }]),
    );
    await copy(`oci:${folder}:1`, `docker://${registry.host}/acme/token:1`);
    const before = tokens.asked.length;
    const sheet = await clearToShip('vet', `${registry.host}/acme/token:1`);
    expect(sheet).toMatchObject({ code: 0, end: 'scratch' });
    expect(tokens.asked.slice(before)).toEqual(['repository:acme/token:pull']);
  });
});
