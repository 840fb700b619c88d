// The registry client against a registry that behaves, asks for credentials, or misbehaves.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import nock from 'nock';
import { createRegistryClient, DEFAULT_LIMITS, type RegistryOptions } from '../../src/registry/client.ts';
import { type Credential, readDockerConfig } from '../../src/registry/credentials.ts';
import { digestOf, MANIFEST, putImage } from './support/images.ts';
import { basic, type Fault, type Registry, startRegistry, stop, TOKEN } from './support/registry.ts';

let registry: Registry;
const closing: (() => unknown)[] = [];

beforeEach(async () => {
  // The client guards its own connections, which is part of what is tested.
  nock.restore();
  registry = await startRegistry();
  closing.push(registry.close);
});

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const LOOPBACK = { host: '127.0.0.1', scheme: 'http', private: true } as const;

/** Pauses are noted, not waited for. */
function clientWith(options: Partial<RegistryOptions> = {}) {
  const pauses: number[] = [];
  const client = createRegistryClient({
    hosts: [LOOPBACK],
    sleep: async (pause) => {
      pauses.push(pause);
    },
    ...options,
  });
  closing.push(client.close);
  const repository = { registry: registry.host, repository: 'acme/app' };
  return {
    client,
    pauses,
    manifest: (reference = '1') => client.manifest(repository, reference),
    repository,
  };
}

function putApp() {
  return putImage(registry.shelf('acme/app'), { layers: [['x', 'COPY x /']] }, '1');
}

function credentials(credential: Credential) {
  return { byRegistry: new Map([[registry.host, credential]]), notes: [] };
}

const USER = { kind: 'password', user: 'user', password: 'secret' } as const;

async function otherServer(fault: Fault): Promise<{ url: string; authorizations: (string | undefined)[] }> {
  const authorizations: (string | undefined)[] = [];
  const server: Server = createServer((request, response) => {
    authorizations.push(request.headers.authorization);
    fault(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => stop(server));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, authorizations };
}

const gap = (reason: string | RegExp) =>
  expect.objectContaining({
    location: null,
    reason: typeof reason === 'string' ? expect.stringContaining(reason) : expect.stringMatching(reason),
    remedy: expect.stringMatching(/\.$/),
  });

describe('authorization', () => {
  test('an anonymous token is fetched once, for reading only, and used again', async () => {
    registry.authentication = 'bearer';
    const { digest } = putApp();
    const { manifest } = clientWith();
    expect(await manifest()).toMatchObject({ digest });
    expect(await manifest(digest)).toMatchObject({ digest });
    expect(registry.log).toEqual([
      'GET /v2/acme/app/manifests/1 -',
      'GET /token?service=here&scope=repository%3Aacme%2Fapp%3Apull -',
      `GET /v2/acme/app/manifests/1 Bearer ${TOKEN}`,
      `GET /v2/acme/app/manifests/${digest} Bearer ${TOKEN}`,
    ]);
  });

  test('a registry that asked once is believed to ask for its other repositories too', async () => {
    registry.authentication = 'bearer';
    putApp();
    const other = putImage(registry.shelf('acme/other'), { layers: [['y', 'COPY y /']] }, '1');
    const { client, manifest } = clientWith();
    await manifest();
    const before = registry.log.length;
    const asked = { registry: registry.host, repository: 'acme/other' };
    const both = await Promise.all([client.manifest(asked, '1'), client.manifest(asked, other.digest)]);
    expect(both).toMatchObject([{ digest: other.digest }, { digest: other.digest }]);
    // One token for both, and no refusal.
    expect(registry.log.slice(before).filter((line) => line.includes('/token?'))).toHaveLength(1);
    expect(registry.log).toHaveLength(before + 3);
  });

  test('a token that is not granted beforehand is asked for as if nothing had been foreseen', async () => {
    registry.authentication = 'bearer';
    putApp();
    const { client, manifest } = clientWith();
    await manifest();
    registry.authentication = 'none';
    registry.fault = (request, response) => {
      if (!request.url?.startsWith('/token')) return false;
      response.writeHead(503).end();
      return true;
    };
    const open = putImage(registry.shelf('acme/open'), { layers: [['y', 'COPY y /']] }, '1');
    expect(await client.manifest({ registry: registry.host, repository: 'acme/open' }, '1')).toMatchObject({
      digest: open.digest,
    });
  });

  test('a password goes to the token server, or to the registry if that asks for it', async () => {
    putApp();
    registry.password = 'secret';
    for (const kind of ['bearer', 'basic'] as const) {
      registry.authentication = kind;
      const { manifest } = clientWith({ credentials: credentials(USER) });
      expect(await manifest()).toMatchObject({ mediaType: MANIFEST });
    }
    expect(registry.log.filter((line) => line.endsWith(basic('user', 'secret')))).toEqual([
      expect.stringContaining('/token?'),
      expect.stringContaining('/manifests/1'),
    ]);
  });

  test('an identity token is exchanged by a form, a registry token used as it is', async () => {
    putApp();
    registry.authentication = 'bearer';
    const identity = clientWith({ credentials: credentials({ kind: 'identity-token', token: 'refresh' }) });
    expect(await identity.manifest()).toMatchObject({ mediaType: MANIFEST });
    expect(registry.log[1]).toBe('POST /token -');
    const direct = clientWith({ credentials: credentials({ kind: 'registry-token', token: TOKEN }) });
    expect(await direct.manifest()).toMatchObject({ mediaType: MANIFEST });
    expect(registry.log.at(-1)).toContain(`Bearer ${TOKEN}`);
    expect(registry.log.filter((line) => line.includes('/token'))).toHaveLength(1);
  });

  test('a wrong password, and none where one is needed, are gaps', async () => {
    putApp();
    registry.password = 'other';
    registry.authentication = 'bearer';
    expect(await clientWith({ credentials: credentials(USER) }).manifest()).toEqual(
      gap('refused to let acme/app be read'),
    );
    registry.authentication = 'basic';
    expect(await clientWith({ credentials: credentials(USER) }).manifest()).toEqual(gap('HTTP 401'));
    expect(await clientWith().manifest()).toEqual(gap('none are known for it'));
  });

  test('a registry that refuses its own tokens is asked twice, not for ever', async () => {
    registry.fault = ({ url }, response) => {
      if (url?.startsWith('/token')) return false;
      response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${registry.host}/token"` }).end();
      return true;
    };
    expect(await clientWith().manifest()).toEqual(gap('refuses to show it (HTTP 401)'));
    expect(registry.log).toHaveLength(3);
  });

  test.each([
    ['Bearer realm="http://169.254.169.254/token"', 'not of its domain'],
    ['Bearer realm="https://tokens.example.com/"', 'not of its domain'],
    ['Bearer realm="https://user:pass@127.0.0.1/"', 'no usable address'],
    ['Bearer realm="nowhere"', 'no usable address'],
    ['Bearer realm="ftp://127.0.0.1/"', 'without encryption'],
    ['Negotiate', 'not understood'],
    ['', 'not understood'],
  ])('challenge %s: nothing is sent there', async (challenge, reason) => {
    registry.fault = (_request, response) => {
      response.writeHead(401, { 'www-authenticate': challenge }).end();
      return true;
    };
    expect(await clientWith({ credentials: credentials(USER) }).manifest()).toEqual(gap(reason));
    expect(registry.log).toHaveLength(1);
  });

  test.each([['{}'], ['no json'], ['{"token":"a\\r\\nx: y"}'], ['[]'], ['null']])(
    'a token server that answers %s',
    async (body) => {
      registry.authentication = 'bearer';
      registry.fault = ({ url }, response) => {
        if (!url?.startsWith('/token')) return false;
        response.writeHead(200).end(body);
        return true;
      };
      expect(await clientWith().manifest()).toEqual(gap('answered without a token'));
    },
  );
});

describe('digests', () => {
  test('a manifest that is not what was asked for by digest', async () => {
    const { digest } = putApp();
    registry.shelf('acme/app').manifests.set(digest, { mediaType: MANIFEST, bytes: Buffer.from('{}') });
    expect(await clientWith().manifest(digest)).toEqual(gap(`not what its digest ${digest} says`));
  });

  test('a tag whose header promises another digest', async () => {
    registry.fault = (_request, response) => {
      const promised = digestOf(Buffer.from('other'));
      response.writeHead(200, { 'content-type': MANIFEST, 'docker-content-digest': promised }).end('{}');
      return true;
    };
    expect(await clientWith().manifest()).toEqual(gap('is not what its digest'));
  });

  test('a digest of a kind that could not be checked is not asked for', async () => {
    expect(await clientWith().manifest(`sha384:${'a'.repeat(96)}`)).toEqual(
      gap('of a kind that is not checked'),
    );
    expect(registry.log).toEqual([]);
  });

  test('a blob with other bytes, or another size', async () => {
    const { client, repository } = clientWith();
    const wanted = Buffer.from('wanted');
    const digest = digestOf(wanted);
    registry.shelf('acme/app').blobs.set(digest, Buffer.from('wanter'));
    expect(await client.blob(repository, { digest, size: 6 }, 'config')).toEqual(
      gap('not what its digest says'),
    );
    registry.shelf('acme/app').blobs.set(digest, wanted);
    expect(await client.blob(repository, { digest, size: 7 }, 'config')).toEqual(
      gap('6 bytes where its manifest says 7'),
    );
    expect(await client.blob(repository, { digest, size: 6 }, 'config')).toMatchObject({ bytes: wanted });
    expect(await client.blob(repository, { digest: digestOf(Buffer.from('no')), size: 6 }, 'config')).toEqual(
      { absent: true },
    );
  });
});

describe('limits', () => {
  const LIMITS = { ...DEFAULT_LIMITS, manifest: { bytes: 1000, time: 200 } };

  test('a claim of 10 GB is not read, whoever makes it', async () => {
    const { client, repository } = clientWith();
    const size = 10_000_000_000;
    expect(await client.blob(repository, { digest: digestOf(Buffer.from('')), size }, 'config')).toEqual(
      gap('10000000000 bytes'),
    );
    expect(registry.log).toEqual([]);
    registry.fault = (_request, response) => {
      response.writeHead(200, { 'content-length': size });
      response.write('{');
      return true;
    };
    expect(await clientWith().manifest()).toEqual(gap('sends 10000000000 bytes'));
  });

  test('a body without an end is read up to the limit', async () => {
    let sent = 0;
    registry.fault = (_request, response) => {
      response.writeHead(200);
      const more = (): void => {
        for (let full = false; !full && !response.destroyed; sent += 500)
          full = !response.write('x'.repeat(500));
      };
      response.on('drain', more);
      more();
      return true;
    };
    const limits = { ...LIMITS, manifest: { bytes: 1000, time: 20_000 } };
    expect(await clientWith({ limits }).manifest()).toEqual(gap('more than 1000 bytes'));
    expect(sent).toBeLessThan(50_000_000);
  });

  test.each<[string, Fault]>([
    ['no answer', () => true],
    [
      'a body that drips',
      (_request, response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(timer));
        return true;
      },
    ],
  ])('%s ends in time', async (_name, fault) => {
    registry.fault = fault;
    const { manifest, pauses } = clientWith({ limits: LIMITS });
    const start = performance.now();
    expect(await manifest()).toEqual(gap('within 200 ms'));
    expect(performance.now() - start).toBeLessThan(2000);
    expect(pauses).toEqual([]);
  });

  test('the deadline of the whole ends what is under way', async () => {
    registry.fault = () => true;
    const { manifest } = clientWith({ signal: AbortSignal.timeout(100) });
    expect(await manifest()).toEqual(gap('did not answer in full'));
  });

  test('a body that is encoded without being asked for', async () => {
    registry.fault = (_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('x');
      return true;
    };
    expect(await clientWith().manifest()).toEqual(gap('in the encoding gzip'));
  });

  test('a truncated body is tried again, then a gap that time may close', async () => {
    registry.fault = (_request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('{');
      setTimeout(() => response.destroy(), 10);
      return true;
    };
    const { manifest, pauses } = clientWith();
    expect(await manifest()).toMatchObject({ cause: 'world', kind: 'unreachable' });
    expect(pauses).toEqual([500, 1500, 4000]);
  });

  test('no more than four requests at the same time', async () => {
    putApp();
    let running = 0;
    let most = 0;
    registry.fault = ({ url }, response) => {
      running += 1;
      most = Math.max(most, running);
      setTimeout(() => {
        running -= 1;
        response.writeHead(404).end(url);
      }, 20);
      return true;
    };
    const { manifest } = clientWith();
    const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => manifest(`t${index}`)));
    expect(answers).toEqual(answers.map(() => ({ absent: true })));
    expect(most).toBe(4);
  });
});

describe('repetition', () => {
  function failing(times: number, status: number, headers: Record<string, string> = {}): Fault {
    let left = times;
    return (_request, response) => {
      left -= 1;
      if (left < 0) return false;
      response.writeHead(status, headers).end();
      return true;
    };
  }

  test.each([
    [429, { 'retry-after': '3' }, [3000]],
    [503, {}, [500]],
    [500, { 'retry-after': 'Sat, 21 Nov 2026 20:00:07 GMT' }, [7000]],
  ])('HTTP %s is tried again after the pause asked for', async (status, headers, expected) => {
    const { digest } = putApp();
    registry.fault = failing(1, status, headers);
    const { manifest, pauses } = clientWith({ now: () => Date.parse('2026-11-21T20:00:00Z') });
    expect(await manifest()).toMatchObject({ digest });
    expect(pauses).toEqual(expected);
  });

  test('four attempts, then a gap', async () => {
    registry.fault = failing(99, 502);
    const { manifest, pauses } = clientWith();
    expect(await manifest()).toEqual(gap('HTTP 502 (attempt 4)'));
    expect(pauses).toEqual([500, 1500, 4000]);
  });

  test('nobody waits for an hour', async () => {
    registry.fault = failing(99, 429, { 'retry-after': '3600' });
    const { manifest, pauses } = clientWith();
    expect(await manifest()).toEqual(gap('asks to wait 3600 seconds'));
    expect(pauses).toEqual([]);
  });

  test('a tag is asked about again after minutes, with what is known of it', async () => {
    let now = 0;
    const { digest } = putApp();
    const { manifest } = clientWith({ now: () => now });
    const first = await manifest();
    await manifest();
    expect(registry.log).toHaveLength(1);
    now = 6 * 60_000;
    const asked = jest.fn<Fault>(() => false);
    registry.fault = asked;
    expect(await manifest()).toBe(first);
    expect(asked.mock.calls[0]?.[0].headers['if-none-match']).toBe(`"${digest}"`);
    putImage(registry.shelf('acme/app'), { layers: [['y', 'COPY y /']] }, '1');
    now = 12 * 60_000;
    expect(await manifest()).not.toMatchObject({ digest });
  });
});

describe('redirects', () => {
  const to =
    (location: string): Fault =>
    ({ url }, response) => {
      if (!url?.includes('/blobs/')) return false;
      response.writeHead(307, { location }).end();
      return true;
    };

  test('are followed without the credentials', async () => {
    registry.authentication = 'basic';
    registry.password = 'secret';
    const content = Buffer.from('content');
    const other = await otherServer((_request, response) => {
      response.end(content);
      return true;
    });
    registry.fault = to(`${other.url}/there?signature=1`);
    const { client, repository } = clientWith({ credentials: credentials(USER) });
    await client.manifest(repository, '1');
    const blob = await client.blob(repository, { digest: digestOf(content), size: content.length }, 'config');
    expect(blob).toMatchObject({ bytes: content });
    expect(registry.log.at(-1)).toContain(basic('user', 'secret'));
    expect(other.authorizations).toEqual([undefined]);
  });

  test.each([
    ['http://169.254.169.254/latest/meta-data/', 'without encryption'],
    ['https://169.254.169.254/latest/meta-data/', 'no public address'],
    ['https://10.0.0.7/', 'no public address'],
    ['https://[::1]/', 'no public address'],
    ['https://[::ffff:10.0.0.7]/', 'no public address'],
    ['https://0x7f.1/', 'no public address'],
    ['https://user:pass@example.com/', 'a password in the address'],
    ['file:///etc/passwd', 'without encryption'],
    ['', 'redirects to nowhere'],
    ['/v2/acme/app/blobs/again', 'more than 5 times'],
  ])('to %s come to nothing', async (location, reason) => {
    registry.fault = to(location);
    // Ports of the registry's own address only, so that nothing else is of the inside.
    const { client, repository } = clientWith({ hosts: [{ ...LOOPBACK, host: registry.host }] });
    const blob = await client.blob(repository, { digest: digestOf(Buffer.from('x')), size: 1 }, 'config');
    expect(blob).toEqual(gap(reason));
  });
});

describe('hosts', () => {
  const at = (host: string) => ({ registry: host, repository: 'acme/app' });

  test('that nobody allowed are not asked, nor resolved', async () => {
    const resolve = jest.fn(async () => []);
    const { client } = clientWith({ resolve });
    expect(await client.manifest(at('registry.example.com'), '1')).toEqual(
      gap('no registry that may be asked'),
    );
    expect(resolve).not.toHaveBeenCalled();
  });

  test.each([
    ['127.0.0.1'],
    ['10.1.2.3'],
    ['169.254.169.254'],
    ['100.64.0.1'],
    ['::1'],
    ['fe80::1'],
    ['fd00:ec2::254'],
    ['::ffff:192.168.0.1'],
  ])('that everybody knows and that are at %s are not contacted', async (address) => {
    const family = address.includes(':') ? 6 : 4;
    const resolve = async () => [
      { address: '1.1.1.1', family: 4 },
      { address, family },
    ];
    const { client } = clientWith({ resolve });
    expect(await client.manifest(at('docker.io'), '1')).toEqual(gap(`registry-1.docker.io is at ${address}`));
  });

  test('of the inside are contacted when allowed, at the address that was checked and no other', async () => {
    const { digest } = putApp();
    const resolve = jest.fn(async () => [{ address: '127.0.0.1', family: 4 }]);
    const host = `registry.invalid:${registry.port}`;
    const { client } = clientWith({ resolve, hosts: [{ host, scheme: 'http', private: true }] });
    expect(await client.manifest(at(host), '1')).toMatchObject({ digest });
    expect(resolve.mock.calls).toEqual([['registry.invalid']]);
  });

  test('at a metadata address are refused even when allowed', async () => {
    const host = '169.254.169.254';
    const { client } = clientWith({ hosts: [{ host, scheme: 'http', private: true }] });
    expect(await client.manifest(at(host), '1')).toEqual(gap('no public address'));
  });

  test('without an address are tried again', async () => {
    const resolve = async () => {
      throw new Error('ENOTFOUND');
    };
    const { client, pauses } = clientWith({ resolve });
    expect(await client.manifest(at('quay.io'), '1')).toEqual(gap('could not be resolved'));
    expect(pauses).toHaveLength(3);
  });
});

describe('Docker’s configuration file', () => {
  const encoded = Buffer.from('user:pass:word').toString('base64');

  test('gives credentials by registry', () => {
    const { byRegistry, notes } = readDockerConfig(
      JSON.stringify({
        auths: {
          'https://index.docker.io/v1/': { auth: encoded },
          'ghcr.io': { username: 'u', password: 'p' },
          'https://Registry.example.com:5000': { identitytoken: 't', auth: encoded },
          'empty.example.com': {},
          'broken.example.com': { auth: 'bm9jb2xvbg==' },
        },
      }),
    );
    expect([...byRegistry]).toEqual([
      ['docker.io', { kind: 'password', user: 'user', password: 'pass:word' }],
      ['ghcr.io', { kind: 'password', user: 'u', password: 'p' }],
      ['registry.example.com:5000', { kind: 'identity-token', token: 't' }],
    ]);
    expect(notes).toEqual([]);
  });

  test('says which helpers are not executed', () => {
    const { byRegistry, notes } = readDockerConfig(
      JSON.stringify({ credHelpers: { 'gcr.io': 'gcloud' }, credsStore: 'desktop' }),
    );
    expect(byRegistry.size).toBe(0);
    expect(notes).toEqual([expect.stringContaining('gcr.io'), expect.stringContaining('not executed')]);
  });

  test.each([['no json'], ['[]'], ['null'], ['{"auths":[1]}'], ['{"auths":{"x":null}}'], ['{"auths":"x"}']])(
    '%s gives none',
    (text) => {
      expect(readDockerConfig(text).byRegistry.size).toBe(0);
    },
  );
});
