// `clear-to-ship vet` against registries on loopback.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import nock from 'nock';
import type { Effects } from '../../src/cli/effects.ts';
import { main } from '../../src/cli.ts';
import { isInstalled, push, startDebianRegistry } from '../registry/support/debian-registry.ts';
import { putFamily } from '../registry/support/family.ts';
import { putImage, putIndex, type Shelf, shelf } from '../registry/support/images.ts';
import { type Registry, startRegistry } from '../registry/support/registry.ts';
import { tar } from '../registry/support/tar.ts';
import { removeFolders, temporaryFolder } from '../workspace/folders.ts';
import { fakeConsole } from './console.ts';

jest.setTimeout(30_000);

let registry: Registry;

beforeEach(async () => {
  nock.restore();
  registry = await startRegistry();
});

afterEach(async () => {
  await registry.close();
  removeFolders();
});

async function vet(args: readonly string[], changes: Partial<Effects> = {}) {
  const { effects, out, err } = fakeConsole(changes);
  const code = await main(['vet', ...args], effects);
  return { code, out: out(), err: err() };
}

const INSECURE = ['--insecure-host', '127.0.0.1'];

describe('a chain of five', () => {
  test('as text: every hop, links, evidence and the entry', async () => {
    putFamily(registry);
    const { code, out, err } = await vet([`${registry.host}/acme/app:1`, ...INSECURE]);
    expect([code, err]).toEqual([0, '']);
    // Ports and the digests that depend on them differ from run to run.
    const shown = out.replaceAll(registry.host, 'HOST').replace(/sha256:[0-9a-f]{64}/g, 'DIGEST');
    expect(shown).toMatchSnapshot();
  });

  test('as JSON, for programs', async () => {
    putFamily(registry);
    const { code, out } = await vet([...INSECURE, '--format', 'json', `${registry.host}/acme/app:1`]);
    const sheet = JSON.parse(out);
    expect(code).toBe(0);
    expect(sheet).toMatchObject({
      version: 1,
      image: `${registry.host}/acme/app:1`,
      end: 'scratch',
      gaps: [],
    });
    expect(sheet.hops).toHaveLength(5);
    expect(sheet.policyEntry).toContain('base-images:\n');
  });

  test('as Markdown, for an issue', async () => {
    putFamily(registry);
    const { code, out } = await vet([`${registry.host}/acme/app:1`, ...INSECURE, '--format', 'markdown']);
    expect(code).toBe(0);
    expect(out.match(/^## \d\. /gm)).toHaveLength(6);
    expect(out).toMatch(
      /\| source \| <https:\/\/github\.com\/acme\/app\/blob\/\w{40}\/Dockerfile> by its provenance \|/,
    );
    expect(out).toContain('```yaml\nbase-images:');
  });
});

describe('undecided', () => {
  test('an image that is not there', async () => {
    const { code, out } = await vet([`${registry.host}/acme/none:1`, ...INSECURE]);
    expect(code).toBe(3);
    expect(out).toContain('There is no such image.');
    expect(out).toContain('Undecided: one thing could not be known.\n');
  });

  test('a host nobody allowed, and one that is of the inside', async () => {
    const { code, out } = await vet([`${registry.host}/acme/app:1`]);
    expect([code, registry.log]).toEqual([3, []]);
    expect(out).toContain('is no registry that may be asked.');
  });

  test('without encryption only where that was said', async () => {
    putFamily(registry);
    const { code, out } = await vet([`${registry.host}/acme/app:1`, '--allow-host', registry.host]);
    expect([code, registry.log]).toEqual([3, []]);
    expect(out).toContain(`The connection to ${registry.host} failed`);
  });
});

test('takes the platform asked for', async () => {
  const to = registry.shelf('acme/multi');
  const both = ['amd64', 'arm64'].map((architecture) => ({
    ...putImage(to, { layers: [[architecture, 'COPY x /']], architecture }),
    annotations: { 'org.opencontainers.image.base.name': 'scratch' },
  }));
  putIndex(to, both, '1');
  const { out } = await vet([`${registry.host}/acme/multi:1`, ...INSECURE, '--platform', 'linux/arm64/v8']);
  expect(out).toContain(`for linux/arm64      ${both[1]?.digest}`);
  expect((await vet([`${registry.host}/acme/multi:1`, ...INSECURE])).out).toContain('for linux/amd64');
});

describe('the distribution', () => {
  const layered = (content: string): void => {
    const annotations = { 'org.opencontainers.image.base.name': 'scratch' };
    const layers = [
      [tar({ name: 'etc/os-release', content }).toString('latin1'), 'ADD rootfs.tar /'],
    ] as const;
    putImage(registry.shelf('acme/root'), { layers, annotations }, '1');
  };
  const hop = async (...args: readonly string[]) => {
    const { out } = await vet([`${registry.host}/acme/root:1`, ...INSECURE, '--format', 'json', ...args]);
    return (JSON.parse(out) as { hops: readonly Record<string, unknown>[] }).hops[0];
  };

  test('is read from a small layer of the root only where somebody asks for it', async () => {
    layered('ID=alpine\nVERSION_ID=3.20.3\n');
    expect(await hop()).toMatchObject({ distribution: null });
    expect(await hop('--os-release')).toMatchObject({
      distribution: { name: 'alpine', release: '3.20', from: 'os-release' },
    });
  });

  test('that can’t be read is said', async () => {
    layered('x'.repeat(100_000));
    const evidence = JSON.stringify((await hop('--os-release'))?.evidence);
    expect(evidence).toContain('Its distribution is not known');
  });
});

describe('credentials', () => {
  function home(config: object | string): Partial<Effects> {
    const folder = temporaryFolder();
    mkdirSync(join(folder, '.docker'));
    writeFileSync(
      join(folder, '.docker/config.json'),
      typeof config === 'string' ? config : JSON.stringify(config),
    );
    return { env: { HOME: folder } };
  }

  test('come from Docker’s configuration and never show', async () => {
    putFamily(registry);
    registry.authentication = 'bearer';
    registry.password = 'secret';
    const auths = { [registry.host]: { auth: Buffer.from('user:secret').toString('base64') } };
    const args = [`${registry.host}/acme/app:1`, ...INSECURE];
    const known = await vet(args, home({ auths }));
    expect(known.code).toBe(0);
    const unknown = await vet(args, home({}));
    expect(unknown.code).toBe(3);
    for (const { out, err } of [known, unknown]) expect(out + err).not.toMatch(/secret|dXNlcjp/);
  });

  test('in helpers are named and not executed', async () => {
    const config = home({ credHelpers: { [registry.host]: 'never' } });
    const { err } = await vet([`${registry.host}/acme/app:1`, ...INSECURE], config);
    expect(err).toBe(`Credentials for ${registry.host} are in a credential helper, which is not executed.\n`);
    expect((await vet([`${registry.host}/a:1`, ...INSECURE, '-q'], config)).err).toBe('');
  });

  test('in a broken file are said not to be used', async () => {
    const { err } = await vet([`${registry.host}/acme/app:1`, ...INSECURE], home('{'));
    expect(err).toBe('The Docker configuration is no JSON object: it is not used.\n');
  });
});

describe('wrong usage', () => {
  test.each([
    [['No Name'], 'is no image name'],
    [['debian', '--platform', 'linux'], 'linux is no platform'],
    [['debian', '--allow-host', 'https://x/'], 'https://x/ is no host'],
    [['debian', '--insecure-host', 'x/y'], 'x/y is no host'],
    [['debian', '--format', 'sarif'], 'is invalid'],
    [[], 'missing required argument'],
  ])('%j', async (args, problem) => {
    const { code, out, err } = await vet(args);
    expect([code, out]).toEqual([64, '']);
    expect(err).toContain(problem);
  });
});

test('help says what the exit codes mean, and what becomes of credentials', async () => {
  const { code, out } = await vet(['--help']);
  expect(code).toBe(0);
  const prose = out.replace(/\s+/g, ' ');
  expect(prose).toContain('Exit codes: 0 the lineage is known to scratch, 1 it lacks');
  expect(prose).toContain('helpers are not executed');
});

const real = isInstalled ? test : test.skip;

real(`on Debian’s docker-registry${isInstalled ? '' : ' (not run: it is not installed)'}`, async () => {
  const debian = await startDebianRegistry();
  try {
    const shelves = new Map<string, Shelf>();
    const family = putFamily({
      host: debian.host,
      shelf: (repository) => {
        const found = shelves.get(repository) ?? shelf();
        shelves.set(repository, found);
        return found;
      },
    });
    // Without the referrers API, a tag stands in for it.
    const framework = shelves.get('acme/framework') ?? shelf();
    const artifact = [...framework.manifests].find(([, { bytes }]) => bytes.includes('"subject"'));
    if (artifact === undefined) throw new Error('The framework has no artifact.');
    const [digest, { mediaType, bytes }] = artifact;
    const artifactType = 'application/vnd.docker.attestation.manifest.v1+json';
    const tag = family.framework.digest.replace(':', '-');
    putIndex(framework, [{ mediaType, digest, size: bytes.length, artifactType }], tag);
    for (const [repository, content] of shelves) await push(debian.host, repository, content);
    const { code, out } = await vet([`${debian.host}/acme/app:1`, ...INSECURE]);
    expect(out).toContain('Known to scratch: 5 images.\n');
    expect(code).toBe(0);
  } finally {
    await debian.stop();
  }
});
