// `clear-to-ship inspect`: images in registries, archives and folders, genuine and hostile.
import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import nock from 'nock';
import { main } from '../../src/cli.ts';
import { type Family, putFamily } from '../registry/support/family.ts';
import { type Descriptor, putAttestation, putImage, putIndex, shelf } from '../registry/support/images.ts';
import { type Registry, startRegistry } from '../registry/support/registry.ts';
import { putSignatures } from '../registry/support/signed.ts';
import { layoutFiles, type TarRecipe, tar } from '../registry/support/tar.ts';
import { ecKeys, publicPem } from '../support/trust/certificates.ts';
import {
  bundleMaterial,
  bundleOf,
  envelope,
  sigstoreInstance,
  statement,
} from '../support/trust/sigstore.ts';
import { removeFolders, temporaryFolder } from '../workspace/folders.ts';
import { fakeConsole } from './console.ts';

jest.setTimeout(30_000);

let registry: Registry;
let family: Family;

beforeAll(async () => {
  registry = await startRegistry();
  family = putFamily(registry);
});

beforeEach(() => nock.restore());

afterAll(async () => {
  await registry.close();
  removeFolders();
});

async function inspect(...args: readonly string[]) {
  const { effects, out, err } = fakeConsole({ columns: 300 });
  const code = await main(['inspect', ...args], effects);
  return { code, out: out(), err: err() };
}

async function sheetOf(...args: readonly string[]) {
  const { code, out, err } = await inspect(...args, '--format', 'json');
  if (out === '') throw new Error(err);
  return { code, ...JSON.parse(out) };
}

const LOOPBACK = ['--insecure-host', '127.0.0.1'];

function saved(name: string, bytes: Buffer): string {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, bytes);
  return file;
}

function unpacked(files: readonly TarRecipe[]): string {
  const folder = temporaryFolder();
  for (const { name, content = '' } of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

const OS_RELEASE = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n';
const ROOT = tar({ name: 'etc/', type: '5' }, { name: 'usr/lib/os-release', content: OS_RELEASE }).toString(
  'latin1',
);

/** An image of two real layers, with what it says about itself. */
function putReal(to = shelf()) {
  const image = putImage(to, {
    layers: [
      [ROOT, 'ADD rootfs.tar / # buildkit'],
      ['application', 'COPY app /app # buildkit'],
    ],
    labels: { 'org.opencontainers.image.vendor': 'Acme' },
  });
  return { to, image };
}

function entry({ mediaType, digest, size, platform }: Descriptor, name: string | null): object {
  const annotations = name === null ? {} : { 'io.containerd.image.name': name };
  return { mediaType, digest, size, platform, annotations };
}

function ociFiles(): readonly TarRecipe[] {
  const { to, image } = putReal();
  return layoutFiles(to, [entry(image, 'registry.acme.example/acme/app:1')]);
}

/** As `docker save` wrote until version 25. */
function dockerFiles(changes: { layer?: string; tags?: readonly string[] } = {}): readonly TarRecipe[] {
  const layers = [ROOT, 'application'];
  const digests = layers.map((content) => createHash('sha256').update(content).digest('hex'));
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    config: {
      User: 'app',
      Env: ['PATH=/bin', 'TOKEN=very-secret'],
      Entrypoint: ['/app'],
      ExposedPorts: { '80/tcp': {} },
      Labels: { b: '2', a: '1' },
    },
    rootfs: { type: 'layers', diff_ids: digests.map((hex) => `sha256:${hex}`) },
    history: [
      { created_by: 'ADD rootfs' },
      { created_by: 'ENV x', empty_layer: true },
      { created_by: 'COPY app' },
    ],
  });
  const id = createHash('sha256').update(config).digest('hex');
  return [
    { name: `${id}.json`, content: config },
    { name: 'one/', type: '5' },
    { name: 'one/layer.tar', content: layers[0] ?? '' },
    { name: 'two/layer.tar', content: changes.layer ?? layers[1] ?? '' },
    { name: 'three/layer.tar', type: '2', link: '../two/layer.tar' },
    {
      name: 'manifest.json',
      content: JSON.stringify([
        {
          Config: `${id}.json`,
          RepoTags: changes.tags ?? ['acme/app:1'],
          Layers: ['one/layer.tar', 'three/layer.tar'],
        },
      ]),
    },
  ];
}

describe('in a registry', () => {
  test('whose each layer is, down to the root', async () => {
    const sheet = await sheetOf(`${registry.host}/acme/app:1`, ...LOOPBACK);
    const name = (short: string, digest: string) => `${registry.host}/acme/${short}@${digest}`;
    expect(sheet.code).toBe(0);
    expect(sheet.layers.map(({ owner }: { owner: object }) => owner)).toEqual([
      { kind: 'base', name: name('debian:12', family.root.digest) },
      { kind: 'base', name: name('tools:4', family.tools.digest) },
      { kind: 'base', name: name('runtime:3', family.runtime.digest) },
      { kind: 'base', name: name('framework:2', family.framework.digest) },
      { kind: 'own' },
    ]);
    expect(sheet.trust.sbom).toMatchObject({ state: 'read', packages: 2 });
    expect(sheet.osRelease).toBeNull();
  });

  test('no layer is fetched, unless its os-release is asked for', async () => {
    const to = registry.shelf('acme/real');
    const { image } = putReal(to);
    to.manifests.set('1', to.manifests.get(image.digest) ?? { mediaType: '', bytes: Buffer.alloc(0) });
    const layers = JSON.parse(to.manifests.get(image.digest)?.bytes.toString() ?? '{}').layers as {
      digest: string;
    }[];
    const before = registry.log.length;
    await sheetOf(`${registry.host}/acme/real:1`, ...LOOPBACK);
    const asked = () =>
      registry.log.slice(before).filter((line) => layers.some(({ digest }) => line.includes(digest)));
    expect(asked()).toEqual([]);
    const { osRelease } = await sheetOf(`${registry.host}/acme/real:1`, ...LOOPBACK, '--os-release');
    expect(osRelease).toEqual({
      id: 'debian',
      release: '12',
      name: 'Debian GNU/Linux 12 (bookworm)',
      layer: 1,
    });
    expect(asked()).toHaveLength(1);
  });

  test('a name that is nowhere', async () => {
    expect(await inspect(`${registry.host}/acme/none:1`, ...LOOPBACK)).toMatchObject({
      code: 3,
      err: expect.stringContaining('There is no such image.'),
    });
    for (const path of ['nowhere.tar', 'image.tar.gz', './debian', '/nowhere/layout'])
      expect(await inspect(path, '--offline')).toMatchObject({
        code: 64,
        err: expect.stringContaining('There is no file or folder '),
      });
    expect(await inspect('No Name')).toMatchObject({
      code: 64,
      err: expect.stringContaining('is no file, and no image name'),
    });
    expect(await inspect('debian', '--offline')).toMatchObject({
      code: 3,
      err: expect.stringContaining('No registry is asked offline'),
    });
  });
});

describe('an archive', () => {
  const forms: readonly (readonly [name: string, path: () => string, form: string])[] = [
    ['OCI, as a folder', () => unpacked(ociFiles()), 'OCI layout'],
    ['OCI, as tar', () => saved('a.tar', tar(...ociFiles())), 'OCI layout'],
    ['OCI, as tar and gzip', () => saved('a.tar.gz', gzipSync(tar(...ociFiles()))), 'OCI layout'],
    ['OCI, as tar and zstd', () => saved('a.tar.zst', zstdCompressSync(tar(...ociFiles()))), 'OCI layout'],
    ['docker save', () => saved('b.tar', tar(...dockerFiles())), 'docker save archive'],
    ['docker save and gzip', () => saved('b.tgz', gzipSync(tar(...dockerFiles()))), 'docker save archive'],
  ];

  test.each(forms)('%s', async (name, path, form) => {
    const sheet = await sheetOf(path(), '--offline');
    expect(sheet).toMatchObject({ code: 3, form, image: { platform: 'linux/amd64' } });
    expect(sheet.layers.map(({ size }: { size: number }) => size > 0)).toEqual([true, true]);
    expect(sheet.lineage.gaps.map(({ reason }: { reason: string }) => reason)).toEqual([
      'Nothing says what it is built on: no provenance, annotation or label.',
    ]);
    const isCompressed = /gzip|zstd/.test(name);
    expect(sheet.osRelease).toEqual(
      isCompressed
        ? { unread: 'not looked for: the archive is compressed as a whole' }
        : { id: 'debian', release: '12', name: 'Debian GNU/Linux 12 (bookworm)', layer: 1 },
    );
  });

  test('as text: how it starts, its layers, and no secret', async () => {
    const { code, out } = await inspect(saved('b.tar', tar(...dockerFiles())), '--offline');
    expect(code).toBe(3);
    expect(out).toMatch(/names +acme\/app:1\n/);
    expect(out).toMatch(/user +app\n/);
    expect(out).toMatch(/entrypoint +\["\/app"\]\n/);
    expect(out).toMatch(/ports +80\/tcp\n/);
    expect(out).toMatch(/environment +PATH, TOKEN \(values not shown\)\n/);
    expect(out).toMatch(/label +a=1\n +label +b=2\n/);
    expect(out).toMatch(/ 1 +own or inherited, [\d.]+ kB,\s+sha256:\w{64}:\s+ADD\s+rootfs\n/);
    expect(out).toContain('Whose 2 of 2 layers are is not known. Undecided: one thing could not be known.\n');
    expect(out).not.toMatch(/very-secret|archive\.invalid/);
    // What is computed from such an archive is no digest that anybody else would know.
    expect(out).not.toMatch(/^ +digest/m);
  });

  test('as Markdown', async () => {
    const { out } = await inspect(unpacked(ociFiles()), '--offline', '--format', 'markdown');
    expect(out).toMatch(/^# `\S+` for `linux\/amd64`\n/);
    expect(out).toMatch(/\| digest \| `sha256:\w{64}` \|\n/);
    expect(out).toContain('## Layers, the lowest first');
  });

  test('whose base is known from elsewhere', async () => {
    const base = unpacked(layoutFilesOf((to) => putImage(to, { layers: [[ROOT, 'ADD rootfs']] })));
    const other = unpacked(layoutFilesOf((to) => putImage(to, { layers: [['other', 'ADD other']] })));
    const sheet = await sheetOf(unpacked(ociFiles()), '--offline', '--base', other, '--base', base);
    expect(sheet.layers.map(({ owner }: { owner: object }) => owner)).toEqual([
      { kind: 'base', name: base },
      { kind: 'own' },
    ]);
  });

  test('that names its base: the registry is asked for it', async () => {
    const files = layoutFilesOf((to) =>
      putImage(to, {
        layers: [
          ['root file system', 'ADD rootfs.tar.xz / # buildkit'],
          ['mine', 'COPY mine /'],
        ],
        annotations: {
          'org.opencontainers.image.base.name': `${registry.host}/acme/debian:12`,
          'org.opencontainers.image.base.digest': family.root.digest,
        },
      }),
    );
    const sheet = await sheetOf(saved('a.tar', tar(...files)), ...LOOPBACK);
    expect(sheet).toMatchObject({ code: 0, lineage: { end: 'scratch' } });
    expect(sheet.layers.map(({ owner }: { owner: { kind: string } }) => owner.kind)).toEqual(['base', 'own']);
  });

  test('with attestations and signatures in it', async () => {
    const keys = ecKeys();
    const instance = sigstoreInstance();
    const policy = saved(
      'policy.yml',
      Buffer.from(
        JSON.stringify({ version: 1, 'content-trust': { signers: [{ name: 'key', key: publicPem(keys) }] } }),
      ),
    );
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
    const signed = {
      dsseEnvelope: envelope(statement(index.digest, 'https://sigstore.dev/cosign/sign/v1'), keys),
    };
    const bundle = { ...bundleOf({}, instance), ...signed };
    putSignatures(to, index, bundleMaterial(bundle));
    const folder = unpacked(layoutFiles(to, [entry(index, 'acme/app:1')]));
    const sheet = await sheetOf(folder, '--offline', '--policy', policy);
    expect(sheet.trust).toMatchObject({
      signature: { state: 'verified', by: ['key'] },
      sbom: { state: 'read', packages: 1, by: ['key'] },
    });
    expect(sheet.code).toBe(0);
  });

  test('with several images', async () => {
    const to = shelf();
    const images = ['one', 'two'].map((content) =>
      entry(putImage(to, { layers: [[content, 'COPY x /']] }), `acme/${content}:1`),
    );
    const file = saved('a.tar', tar(...layoutFiles(to, images)));
    expect((await inspect(file, '--offline')).err).toMatch(
      /holds 2 images\.\nChoose one with --name: acme\/(?:one:1, acme\/two|two:1, acme\/one):1\.\n/,
    );
    expect((await sheetOf(file, '--offline', '--name', 'acme/two:1')).names).toEqual(['acme/two:1']);
    expect(await inspect(file, '--offline', '--name', 'acme/three:1')).toMatchObject({
      code: 64,
      err: expect.stringContaining('holds no image called acme/three:1'),
    });
  });
});

function layoutFilesOf(put: (to: ReturnType<typeof shelf>) => Descriptor): readonly TarRecipe[] {
  const to = shelf();
  const image = put(to);
  return layoutFiles(to, [entry(image, null)]);
}

describe('what is no archive, or means harm, ends in a clear error', () => {
  const without = (name: RegExp) => ociFiles().filter((each) => !name.test(each.name));
  const changed = (name: RegExp, content: string) =>
    ociFiles().map((each) => (name.test(each.name) ? { ...each, content } : each));

  test.each<[string, () => Buffer, string]>([
    ['an empty file', () => Buffer.alloc(0), 'neither an index.json (OCI) nor a manifest.json'],
    ['a text', () => Buffer.from('hello'.repeat(300)), 'no tar archive'],
    ['another archive', () => tar({ name: 'readme', content: 'x' }), 'neither an index.json'],
    ['half an archive', () => tar(...ociFiles()).subarray(0, 5000), 'cut off'],
    ['half an archive, compressed', () => gzipSync(tar(...ociFiles())).subarray(0, 300), 'broken or cut off'],
    [
      'a name that leads out',
      () => tar(...ociFiles(), { name: '../../etc/cron.d/x', content: 'x' }),
      'leads out of it',
    ],
    [
      'a link that leads out',
      () => tar(...ociFiles(), { name: 'l', type: '2', link: '/etc/passwd' }),
      'the link "l", which leads out',
    ],
    [
      'a file twice',
      () => tar(...ociFiles(), { name: 'index.json', content: '{}' }),
      'holds "index.json" twice',
    ],
    [
      'a blob that is not what it is called',
      () => tar(...changed(/^blobs/, 'x')),
      'is not what its name says',
    ],
    ['an index that is none', () => tar(...changed(/^index/, '[]')), 'index.json is no JSON object'],
    ['an index without images', () => tar(...changed(/^index/, '{"manifests":[]}')), 'holds no image'],
    ['a header without end', () => tar({ name: 'x', type: 'x', size: 2 ** 32 }), 'a header of'],
    [
      'a layer that the configuration does not know',
      () => tar(...dockerFiles({ layer: 'other' })),
      'Layer 2 is not what the configuration says',
    ],
    [
      'a layer that is not there',
      () => tar(...dockerFiles().filter(({ name }) => !name.startsWith('two'))),
      '"three/layer.tar", which is not there',
    ],
    [
      'a configuration that is not there',
      () => tar(...dockerFiles().filter(({ name }) => !/^\w{64}/.test(name))),
      'a configuration that is not there',
    ],
    ['a list that is none', () => tar({ name: 'manifest.json', content: '{}' }), 'manifest.json is no list'],
    [
      'documents without end',
      () =>
        tar(
          { name: 'index.json', content: '{}' },
          ...['a', 'b', 'c', 'd', 'e'].map((name) => ({ name, content: Buffer.alloc(15 * 2 ** 20, '{') })),
        ),
      'bytes of documents',
    ],
  ])('%s', async (_name, bytes, reason) => {
    const { code, out, err } = await inspect(saved('x.tar', bytes()), '--offline');
    expect([code, out]).toEqual([3, '']);
    expect(err).toContain(reason);
    expect(err).not.toContain('internal error');
  });

  test('a manifest that is not there', async () => {
    const { to, image } = putReal();
    to.manifests.delete(image.digest);
    const { code, err } = await inspect(
      saved('x.tar', tar(...layoutFiles(to, [entry(image, null)]))),
      '--offline',
    );
    expect([code, err]).toEqual([3, expect.stringContaining('There is no such image.')]);
  });

  test('an os-release of a hostile layer', async () => {
    const hostile = (content: string) =>
      unpacked(layoutFilesOf((to) => putImage(to, { layers: [[content, 'ADD x /']] })));
    const of = async (content: string) => (await sheetOf(hostile(content), '--offline')).osRelease;
    expect(await of('no tar at all'.repeat(100))).toEqual({
      unread: expect.stringContaining('layer 1 can’t be read'),
    });
    expect(await of(tar({ name: '../etc/os-release', content: 'ID=x' }).toString('latin1'))).toEqual({
      unread: expect.stringContaining('leads out'),
    });
    expect(
      await of(tar({ name: 'etc/os-release', content: 'x'.repeat(100_000) }).toString('latin1')),
    ).toEqual({ unread: expect.stringContaining('100000 bytes') });
    expect(
      await of(
        tar({ name: 'etc/os-release', content: 'ID="$(rm -rf /)"\nVERSION_ID=\'1\'\n' }).toString('latin1'),
      ),
    ).toEqual({ id: 'linux', release: '1', name: null, layer: 1 });
    expect(await of(tar({ name: 'etc/hostname', content: 'x' }).toString('latin1'))).toBeNull();
  });

  test('a folder with a link to elsewhere', async () => {
    const folder = unpacked(without(/^index/));
    symlinkSync('/etc/passwd', join(folder, 'index.json'));
    expect(await inspect(folder, '--offline')).toMatchObject({
      code: 3,
      err: expect.stringContaining('neither an index.json'),
    });
  });
});
