// Bills of materials on images → packages by licence, who vouches for the list, and what policy says of the licences.
import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ImageSbom, ImageVouchers, SignatureMaterial } from '../../../src/core/model/trust.ts';
import { readImageSbom } from '../../../src/core/trust/sbom.ts';
import { judgeSboms, licenseTroubles } from '../../../src/core/trust/sboms.ts';
import { ecKeys, publicPem } from '../../support/trust/certificates.ts';
import {
  bundleMaterial,
  bundleOf,
  envelope,
  identitySigner,
  keySignature,
  sigstoreInstance,
  statement,
} from '../../support/trust/sigstore.ts';

const digestOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const [INDEX, IMAGE, OTHER] = ['index', 'image', 'other'].map(digestOf) as [string, string, string];
const AT = '2026-11-22T00:00:00.000Z';
const SPDX_TYPE = 'https://spdx.dev/Document';

const SPDX = {
  spdxVersion: 'SPDX-2.3',
  packages: [
    { name: 'zlib1g', versionInfo: '1:1.2', licenseDeclared: 'Zlib' },
    {
      name: 'bash',
      versionInfo: '5.2',
      licenseConcluded: 'GPL-3.0-or-later',
      licenseDeclared: 'NOASSERTION',
    },
    { name: 'libc6', versionInfo: '2.36', licenseDeclared: 'LGPL-2.1-only AND GPL-2.0-only' },
    { name: 'odd', licenseDeclared: 'NOASSERTION' },
  ],
};
const CYCLONEDX = {
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  components: [
    { name: 'bash', version: '5.2', licenses: [{ license: { id: 'GPL-3.0-or-later' } }] },
    {
      name: 'left',
      group: 'acme',
      version: '1',
      licenses: [{ license: { id: 'MIT' } }, { expression: 'ISC OR MIT' }],
    },
  ],
};

const FROM = { digest: OTHER, listed: true };

function read(content: unknown): ImageSbom {
  const sbom = readImageSbom(content, [INDEX, IMAGE], FROM);
  if ('problem' in sbom) throw new Error(sbom.problem);
  return sbom;
}

describe('a document', () => {
  test.each<[string, unknown]>([
    ['itself', SPDX],
    ['in a statement', statement(IMAGE, SPDX_TYPE, SPDX)],
    ['in a statement about the index', statement(INDEX, `${SPDX_TYPE}/v2.3`, SPDX)],
    ['as a text in a statement', statement(IMAGE, SPDX_TYPE, JSON.stringify(SPDX))],
  ])('SPDX %s', (_name, content) => {
    expect(read(content)).toEqual({
      format: 'SPDX-2.3',
      ...FROM,
      packages: [
        { name: 'bash', version: '5.2', license: 'GPL-3.0-or-later' },
        { name: 'libc6', version: '2.36', license: 'LGPL-2.1-only AND GPL-2.0-only' },
        { name: 'odd', version: null, license: null },
        { name: 'zlib1g', version: '1:1.2', license: 'Zlib' },
      ],
    });
  });

  test('SPDX in lines', () => {
    const text =
      'SPDXVersion: SPDX-2.2\nPackageName: bash\nPackageVersion: 5.2\nPackageLicenseDeclared: GPL-3.0-only\n';
    expect(read(text)).toMatchObject({
      format: 'SPDX-2.2',
      packages: [{ name: 'bash', version: '5.2', license: 'GPL-3.0-only' }],
    });
  });

  test('SPDX 3: packages of its graph, with the licences that relationships name', () => {
    const relation = (relationshipType: string, from: string, to: readonly unknown[]) => ({
      type: 'Relationship',
      relationshipType,
      from,
      to,
    });
    const document = {
      '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld',
      '@graph': [
        { type: 'software_Package', spdxId: 'urn:bash', name: 'bash', software_packageVersion: '5.2' },
        { type: 'software_Package', spdxId: 'urn:zlib', name: 'zlib1g' },
        { type: 'software_Package', spdxId: 'urn:odd', name: 'odd' },
        { type: 'software_File', spdxId: 'urn:file', name: 'no package' },
        {
          type: 'simplelicensing_LicenseExpression',
          spdxId: 'urn:gpl',
          simplelicensing_licenseExpression: 'GPL-3.0-or-later',
        },
        relation('hasDeclaredLicense', 'urn:bash', ['https://spdx.org/licenses/MIT']),
        relation('hasConcludedLicense', 'urn:bash', ['urn:gpl']),
        relation('hasDeclaredLicense', 'urn:zlib', ['https://spdx.org/licenses/Zlib']),
        relation('hasDeclaredLicense', 'urn:odd', [
          'https://spdx.org/rdf/3.0.1/terms/Core/NoAssertionElement',
        ]),
        relation('contains', 'urn:bash', ['urn:zlib']),
        null,
      ],
    };
    expect(read(statement(IMAGE, `${SPDX_TYPE}/v3`, document))).toEqual({
      format: 'SPDX-3.0.1',
      ...FROM,
      packages: [
        { name: 'bash', version: '5.2', license: 'GPL-3.0-or-later' },
        { name: 'odd', version: null, license: null },
        { name: 'zlib1g', version: null, license: 'Zlib' },
      ],
    });
  });

  test('CycloneDX; several licences hold together', () => {
    expect(read(statement(IMAGE, 'https://cyclonedx.org/bom', CYCLONEDX))).toMatchObject({
      format: 'CycloneDX 1.6',
      packages: [
        { name: 'acme/left', version: '1', license: '(ISC OR MIT) AND MIT' },
        { name: 'bash', version: '5.2', license: 'GPL-3.0-or-later' },
      ],
    });
  });

  test.each<[string, unknown, string]>([
    ['about another image', statement(OTHER, SPDX_TYPE, SPDX), 'about another image'],
    ['about nothing', { ...statement(IMAGE, SPDX_TYPE, SPDX), subject: [] }, 'about another image'],
    [
      'of another type',
      statement(IMAGE, 'https://slsa.dev/provenance/v1', SPDX),
      'of the type https://slsa.dev',
    ],
    ['that is none', {}, 'neither that it is CycloneDX nor'],
    ['that is no JSON', null, 'neither that it is CycloneDX nor'],
    [
      'of SPDX 3 without a graph',
      { '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld' },
      'neither',
    ],
    [
      'with more packages than anybody reads',
      { ...SPDX, packages: Array.from({ length: 50_001 }, (_, index) => ({ name: `p${index}` })) },
      'at most 50000 are read',
    ],
  ])('%s can’t be used', (_name, content, problem) => {
    expect(readImageSbom(content, [INDEX, IMAGE], FROM)).toEqual({
      problem: expect.stringContaining(problem),
    });
  });

  test('of any shape never throws', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (predicate) => {
        for (const content of [
          predicate,
          statement(IMAGE, SPDX_TYPE, predicate),
          { spdxVersion: 'SPDX-2.3', packages: predicate },
          { bomFormat: 'CycloneDX', components: predicate },
          { '@context': 'https://spdx.org/rdf/3.0.1/x', '@graph': predicate },
          {
            '@context': 'https://spdx.org/rdf/3.0.1/x',
            '@graph': [predicate, { relationshipType: 'hasDeclaredLicense', from: 'a', to: predicate }],
          },
        ])
          expect(readImageSbom(content, [IMAGE], FROM)).toBeDefined();
      }),
    );
  });
});

const keys = ecKeys();
const signer = { name: 'acme', kind: 'key', key: publicPem(keys) } as const;

function vouchers(sboms: readonly ImageSbom[], ...materials: readonly SignatureMaterial[]): ImageVouchers {
  return {
    digests: [INDEX, IMAGE],
    sboms,
    signatures: materials.map((material) => ({
      kind: material.kind,
      subject: INDEX,
      digest: digestOf(material.kind),
      material,
    })),
    gaps: [],
    sbomGaps: [],
  };
}

describe('the state', () => {
  test('packages by licence, the most frequent first, those without one last', () => {
    const state = judgeSboms(vouchers([read(SPDX), read(CYCLONEDX)]), [signer], AT);
    expect(state).toMatchObject({
      state: 'read',
      packages: 5,
      by: [],
      formats: ['CycloneDX 1.6', 'SPDX-2.3'],
    });
    expect(state.licenses.map(({ license, packages }) => [license, packages.length])).toEqual([
      ['(ISC OR MIT) AND MIT', 1],
      ['GPL-3.0-or-later', 1],
      ['LGPL-2.1-only AND GPL-2.0-only', 1],
      ['Zlib', 1],
      [null, 1],
    ]);
    expect(state.evidence).toEqual([
      `The bill of materials ${OTHER} (SPDX-2.3) lists 4 packages; nobody of the policy vouches for it.`,
      `The bill of materials ${OTHER} (CycloneDX 1.6) lists 2 packages; nobody of the policy vouches for it.`,
    ]);
  });

  test('a signature on the index covers what the index lists, one on the image does not', () => {
    const by = (digest: string, listed: boolean) =>
      judgeSboms(vouchers([{ ...read(SPDX), listed }], keySignature(digest, keys)), [signer], AT).by;
    expect(by(INDEX, true)).toEqual(['acme']);
    expect(by(IMAGE, true)).toEqual([]);
    expect(by(INDEX, false)).toEqual([]);
  });

  test('an attestation is vouched for by whoever signed it', () => {
    const instance = sigstoreInstance();
    const content = statement(IMAGE, SPDX_TYPE, SPDX);
    const attested: SignatureMaterial = {
      kind: 'cosign-attestation',
      envelope: JSON.stringify(envelope(content, keys)),
      annotations: {},
    };
    const bundle = bundleMaterial(bundleOf(content, instance));
    expect(judgeSboms(vouchers([], attested), [signer], AT)).toMatchObject({
      state: 'read',
      by: ['acme'],
      packages: 4,
    });
    expect(judgeSboms(vouchers([], bundle), [identitySigner(instance)], AT)).toMatchObject({
      by: ['release'],
      packages: 4,
    });
    // Signed by one, and by another: nobody vouches for all of it.
    expect(judgeSboms(vouchers([], attested, bundle), [signer, identitySigner(instance)], AT)).toMatchObject({
      by: [],
      packages: 4,
    });
    const state = judgeSboms(vouchers([], attested), [], AT);
    expect(state).toMatchObject({ state: 'read', by: [] });
  });

  test('what can’t be read leaves it unknown, and is said', () => {
    const about = statement(OTHER, SPDX_TYPE, SPDX);
    const lent: SignatureMaterial = {
      kind: 'cosign-attestation',
      envelope: JSON.stringify(envelope(about, keys)),
      annotations: {},
    };
    expect(judgeSboms(vouchers([], lent), [signer], AT)).toMatchObject({
      state: 'unknown',
      evidence: [expect.stringContaining('it is about another image')],
    });
    const unread = vouchers([]);
    const signature = {
      kind: 'cosign-attestation',
      subject: IMAGE,
      digest: OTHER,
      material: { problem: 'it is too large' },
    } as const;
    expect(judgeSboms({ ...unread, signatures: [signature] }, [signer], AT)).toMatchObject({
      state: 'unknown',
      evidence: [expect.stringContaining('maybe a bill of materials: it is too large')],
    });
    expect(judgeSboms(unread, [signer], AT)).toMatchObject({ state: 'absent', packages: 0, evidence: [] });
  });
});

test('licences that policy denies come first, then those that can’t be told', () => {
  const state = judgeSboms(vouchers([read(SPDX), read(CYCLONEDX)]), [], AT);
  const terms = {
    allow: [['Zlib', 'MIT', 'ISC', 'LGPL-2.1-only', 'GPL-2.0-only']],
    deny: ['GPL-3.0-or-later'],
  };
  expect(licenseTroubles(state, terms)).toEqual([
    {
      license: 'GPL-3.0-or-later',
      verdict: 'denied',
      reason: 'the policy denies it',
      packages: [{ name: 'bash', version: '5.2', license: 'GPL-3.0-or-later' }],
    },
    {
      license: null,
      verdict: 'unknown',
      reason: 'no licence is given',
      packages: [expect.objectContaining({ name: 'odd' })],
    },
  ]);
});
