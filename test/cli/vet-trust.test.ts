// `clear-to-ship vet`: signatures and bills of materials on images of a registry on loopback, by the policy's word.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import nock from 'nock';
import { main } from '../../src/cli.ts';
import type { SignatureMaterial } from '../../src/core/model/trust.ts';
import {
  type Descriptor,
  putAttestation,
  putImage,
  putIndex,
  type Shelf,
} from '../registry/support/images.ts';
import { type Registry, startRegistry } from '../registry/support/registry.ts';
import { putDocument, putSignatures } from '../registry/support/signed.ts';
import { certificatePem, ecKeys, publicPem } from '../support/trust/certificates.ts';
import { cose, jws, notary } from '../support/trust/notation.ts';
import {
  bundleMaterial,
  bundleOf,
  envelope,
  IDENTITY,
  ISSUER,
  keylessSignature,
  keySignature,
  shortLived,
  sigstoreInstance,
  statement,
} from '../support/trust/sigstore.ts';
import { removeFolders, temporaryFolder } from '../workspace/folders.ts';
import { fakeConsole } from './console.ts';

jest.setTimeout(30_000);

const SIGN = 'https://sigstore.dev/cosign/sign/v1';
const SPDX = {
  spdxVersion: 'SPDX-2.3',
  packages: [
    { name: 'bash', versionInfo: '5.2', licenseDeclared: 'GPL-3.0-or-later' },
    { name: 'zlib1g', versionInfo: '1.2', licenseDeclared: 'Zlib' },
    { name: 'odd', licenseDeclared: 'NOASSERTION' },
  ],
};

const instance = sigstoreInstance();
const keys = ecKeys();
const ours = notary();

let registry: Registry;
let policy: string;

beforeAll(async () => {
  registry = await startRegistry();
  policy = policyFile({});
});

beforeEach(() => {
  nock.restore();
  registry.fault = null;
});

afterAll(async () => {
  await registry.close();
  removeFolders();
});

function policyFile(rest: object): string {
  const file = join(temporaryFolder(), 'policy.yml');
  const contentTrust = {
    signers: [
      { name: 'release', sigstore: { identity: IDENTITY, issuer: ISSUER, 'trusted-root': instance.root } },
      { name: 'key', key: publicPem(keys) },
      { name: 'partner', notation: { roots: certificatePem(ours.root), subject: { O: 'Acme' } } },
    ],
    require: [{ image: '127.0.0.1:*/acme/**', by: ['release', 'key', 'partner'] }],
  };
  writeFileSync(file, JSON.stringify({ version: 1, 'content-trust': contentTrust, ...rest }));
  return file;
}

let count = 0;

/** An image on nothing, with what hangs on it. */
function put(
  hang: (to: Shelf, image: Descriptor, index: Descriptor) => void,
  sbom: object | null = null,
): string {
  count += 1;
  const name = `acme/image${count}`;
  const to = registry.shelf(name);
  const annotations = { 'org.opencontainers.image.base.name': 'scratch' };
  const image = { ...putImage(to, { layers: [[name, 'COPY x /']] }), annotations };
  const attested =
    sbom === null
      ? []
      : [putAttestation(to, image.digest, [statement(image.digest, 'https://spdx.dev/Document', sbom)])];
  const index = putIndex(to, [image, ...attested], '1');
  hang(to, image, index);
  return `${registry.host}/${name}:1`;
}

async function vet(name: string, ...args: readonly string[]) {
  const { effects, out, err } = fakeConsole({ columns: 300 });
  const code = await main(
    ['vet', name, '--insecure-host', '127.0.0.1', '--policy', policy, ...args],
    effects,
  );
  return { code, out: out(), err: err() };
}

/** Without the breaks of lines. */
function plain(out: string): string {
  return out.replace(/\s+/g, ' ');
}

async function trustOf(name: string, ...args: readonly string[]) {
  const { out, code } = await vet(name, '--format', 'json', ...args);
  const { trust, gaps } = JSON.parse(out);
  return { code, gaps, ...trust[0] };
}

describe('a signature where tools put it', () => {
  const forms: readonly (readonly [name: string, by: string, make: (digest: string) => SignatureMaterial])[] =
    [
      ['cosign, by a key', 'key', (digest) => keySignature(digest, keys)],
      ['cosign, with a certificate', 'release', (digest) => keylessSignature(digest, instance)],
      ['a bundle', 'release', (digest) => bundleMaterial(bundleOf(statement(digest, SIGN), instance))],
      [
        'an attestation of cosign’s',
        'key',
        (digest) => ({
          kind: 'cosign-attestation',
          envelope: JSON.stringify(envelope(statement(digest, 'https://slsa.dev/provenance/v1'), keys)),
          annotations: {},
        }),
      ],
      ['Notation, JWS', 'partner', (digest) => jws(digest, ours)],
      ['Notation, COSE', 'partner', (digest) => cose(digest, ours)],
    ];

  test.each(forms)('%s, on the image', async (_name, by, make) => {
    const name = put((to, image) => putSignatures(to, image, make(image.digest)));
    expect(await trustOf(name)).toMatchObject({
      code: 0,
      gaps: [],
      unmet: [],
      signature: { state: 'verified', by: [by] },
    });
  });

  test.each(forms)('%s, on its index', async (_name, by, make) => {
    const name = put((to, _image, index) => putSignatures(to, index, make(index.digest)));
    expect(await trustOf(name)).toMatchObject({ code: 0, signature: { state: 'verified', by: [by] } });
  });

  test.each(forms)('%s, moved here from another image', async (_name, _by, make) => {
    const other = putImage(registry.shelf('acme/other'), { layers: [['other', 'COPY x /']] });
    const name = put((to, image) => putSignatures(to, image, make(other.digest)));
    const { code, signature, unmet } = await trustOf(name);
    expect([code, signature.state, signature.by]).toEqual([1, 'present', []]);
    expect(signature.evidence).toEqual([
      expect.stringContaining(`it is about ${other.digest}, not this image`),
    ]);
    expect(unmet).toHaveLength(1);
  });

  test('where the registry has no referrers API', async () => {
    registry.referrers = false;
    const name = put((to, image) => {
      const document = bundleMaterial(bundleOf(statement(image.digest, SIGN), instance));
      putSignatures(to, image, document);
      const [digest, stored] = [...to.manifests].find(([, { bytes }]) => bytes.includes('"subject"')) ?? [];
      const entry = {
        mediaType: stored?.mediaType ?? '',
        digest: digest ?? '',
        size: stored?.bytes.length ?? 0,
        artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      };
      putIndex(to, [entry], image.digest.replace(':', '-'));
    });
    const { signature } = await trustOf(name);
    registry.referrers = true;
    expect(signature).toMatchObject({ state: 'verified', by: ['release'] });
  });
});

describe('what is not verified', () => {
  test('by somebody else: who that is', async () => {
    const evil = 'https://github.com/acme/app-evil/.github/workflows/release.yml@refs/tags/v1';
    const name = put((to, image) =>
      putSignatures(
        to,
        image,
        bundleMaterial(bundleOf(statement(image.digest, SIGN), instance, shortLived(instance, evil))),
      ),
    );
    const { code, out } = await vet(name);
    expect(code).toBe(1);
    expect(out).toMatch(/signatures +present, not verified\n/);
    expect(plain(out)).toContain(`it was made by ${evil} (by ${ISSUER}), who is not release.`);
    expect(plain(out)).toContain(
      'not met Policy asks for a signature by release or key or partner on 127.0.0.1:*/acme/**. ',
    );
  });

  test('none at all, and no policy that asks', async () => {
    const name = put(() => undefined);
    expect(await trustOf(name)).toMatchObject({
      code: 1,
      signature: { state: 'absent' },
      sbom: { state: 'absent' },
    });
    const { effects, out } = fakeConsole();
    const code = await main(['vet', name, '--insecure-host', '127.0.0.1'], effects);
    expect(code).toBe(0);
    expect(out()).toMatch(/signatures +none found\n/);
    expect(out()).toMatch(/packages +no bill of materials found\n/);
  });

  test('signed, and nobody named who would be believed', async () => {
    const name = put((to, image) => putSignatures(to, image, keySignature(image.digest, keys)));
    const { effects, out } = fakeConsole({ columns: 300 });
    expect(await main(['vet', name, '--insecure-host', '127.0.0.1'], effects)).toBe(0);
    expect(out()).toMatch(/signatures +present, not verified\n/);
    expect(plain(out())).toContain('the policy names nobody whose signature counts');
  });

  test('a signature whose content the registry does not give', async () => {
    const name = put((to, image) => {
      putSignatures(to, image, keySignature(image.digest, keys));
      const signature = to.manifests.get(`${image.digest.replace(':', '-')}.sig`);
      const { layers } = JSON.parse(signature?.bytes.toString() ?? '{}') as { layers: { digest: string }[] };
      to.blobs.delete(layers[0]?.digest ?? '');
    });
    const { signature } = await trustOf(name);
    expect(signature).toMatchObject({
      state: 'present',
      by: [],
      evidence: [expect.stringContaining('its content is not there')],
    });
  });

  test('a registry that does not say what hangs on the image', async () => {
    const name = put((to, image) => putSignatures(to, image, jws(image.digest, ours)));
    registry.fault = ({ url }, response) => {
      if (!url?.includes('/referrers/')) return false;
      response.writeHead(403).end();
      return true;
    };
    const { code, signature, gaps } = await trustOf(name);
    expect([code, signature.state]).toEqual([3, 'unknown']);
    expect(gaps.length).toBeGreaterThan(0);
  });
});

describe('bills of materials', () => {
  const deny = policyDenying('GPL-3.0-or-later');

  function policyDenying(license: string): () => string {
    return () => policyFile({ licenses: { deny: [license] } });
  }

  test('in the index, covered by a signature on it', async () => {
    const name = put((to, _image, index) => putSignatures(to, index, keySignature(index.digest, keys)), SPDX);
    const { sbom, code } = await trustOf(name);
    expect(code).toBe(0);
    expect(sbom).toMatchObject({ state: 'read', packages: 3, formats: ['SPDX-2.3'], by: ['key'] });
    const { out } = await vet(name);
    expect(out).toMatch(/packages +3 listed \(SPDX-2\.3\), vouched for by key\n/);
    expect(out).toMatch(/licences of packages +1 GPL-3\.0-or-later; 1 Zlib; 1 without a licence\n/);
  });

  test('a licence that policy denies', async () => {
    const name = put((to, _image, index) => putSignatures(to, index, keySignature(index.digest, keys)), SPDX);
    const { code, out } = await vet(name, '--policy', deny());
    expect(code).toBe(1);
    expect(out).toMatch(/denied +GPL-3\.0-or-later: the policy denies it \(bash 5\.2\)\.\n/);
    const { out: markdown } = await vet(name, '--policy', deny(), '--format', 'markdown');
    expect(markdown).toContain('| denied | GPL-3.0-or-later: the policy denies it (bash 5\\.2). |');
  });

  test('attested by cosign, and as a document of its own', async () => {
    const cyclonedx = {
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      components: [{ name: 'left', version: '1' }],
    };
    const name = put((to, image) => {
      const content = statement(image.digest, 'https://spdx.dev/Document', SPDX);
      putSignatures(to, image, keySignature(image.digest, keys), {
        kind: 'cosign-attestation',
        envelope: JSON.stringify(envelope(content, keys)),
        annotations: {},
      });
      putDocument(to, image, 'application/vnd.cyclonedx+json', cyclonedx);
    });
    const { sbom } = await trustOf(name);
    // Anybody who may push can have put the second there.
    expect(sbom).toMatchObject({
      state: 'read',
      packages: 4,
      by: [],
      formats: ['CycloneDX 1.6', 'SPDX-2.3'],
    });
    expect(sbom.evidence).toHaveLength(2);
  });

  test.each<[string, object | string, string]>([
    [
      'about another image',
      statement(`sha256:${'4b'.repeat(32)}`, 'https://spdx.dev/Document', SPDX),
      'about another image',
    ],
    ['that is none', {}, 'neither that it is CycloneDX nor'],
    ['that is no JSON', 'x', 'neither that it is CycloneDX nor'],
  ])('%s leaves the packages unknown', async (_name, document, problem) => {
    const name = put((to, image) => {
      putDocument(to, image, 'application/spdx+json', document);
    });
    const { sbom } = await trustOf(name);
    expect(sbom).toMatchObject({
      state: 'unknown',
      packages: 0,
      evidence: [expect.stringContaining(problem)],
    });
  });

  test('larger than anybody reads', async () => {
    const name = put((to, image) => {
      putDocument(to, image, 'application/spdx+json', SPDX, 10_000_000_000);
    });
    const { sbom } = await trustOf(name);
    expect(sbom).toMatchObject({
      state: 'unknown',
      evidence: [expect.stringContaining('10000000000 bytes')],
    });
  });
});

test('terminals are safe from what certificates and packages say', async () => {
  const name = put(
    (to, image) =>
      putSignatures(
        to,
        image,
        bundleMaterial(
          bundleOf(
            statement(image.digest, SIGN),
            instance,
            shortLived(instance, 'https://evil.example/\u001b[2J'),
          ),
        ),
      ),
    { ...SPDX, packages: [{ name: 'x\u001b[31m', versionInfo: '\u202e1', licenseDeclared: 'MIT\u0007' }] },
  );
  for (const format of ['text', 'json', 'markdown']) {
    const { out } = await vet(
      name,
      '--format',
      format,
      '--policy',
      policyFile({ licenses: { allow: ['Zlib'] } }),
    );
    expect(out.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  }
});

describe('the policy file', () => {
  test('that is not there', async () => {
    const { effects, err } = fakeConsole();
    expect(await main(['vet', 'debian', '--policy', '/nonexistent/p.yml'], effects)).toBe(64);
    expect(err()).toContain("can't be read (ENOENT)");
  });

  test('with a mistake is not used at all', async () => {
    const file = join(temporaryFolder(), 'policy.yml');
    writeFileSync(file, 'version: 1\ncontent-trust: {signers: [{name: x, key: nonsense}]}\n');
    const { effects, err } = fakeConsole();
    expect(await main(['vet', 'debian', '--policy', file], effects)).toBe(64);
    expect(err()).toContain('content-trust.signers[1].key: can’t be used');
  });
});
