import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BOM_LIMIT, isBomPath, readBom } from '../../../src/core/bom/read.ts';
import type { BomComponent } from '../../../src/core/model/facts.ts';

const TOOL = {
  name: 'tool',
  version: '1.2',
  purl: 'pkg:github/other/tool@1.2',
  addresses: ['https://example.com/tool-1.2.tgz'],
  licenses: ['MIT'],
};

const CYCLONE = JSON.stringify({
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  components: [
    {
      type: 'application',
      name: 'tool',
      version: '1.2',
      purl: TOOL.purl,
      licenses: [{ license: { id: 'MIT' } }],
      externalReferences: [
        { type: 'distribution', url: 'https://example.com/tool-1.2.tgz' },
        { type: 'issue-tracker', url: 'https://example.com/issues' },
      ],
      components: [{ group: 'org.example', name: 'part', licenses: [{ expression: 'MIT OR ISC' }] }],
    },
  ],
});

const SPDX = JSON.stringify({
  spdxVersion: 'SPDX-2.3',
  packages: [
    {
      name: 'tool',
      versionInfo: '1.2',
      downloadLocation: 'https://example.com/tool-1.2.tgz',
      licenseConcluded: 'NOASSERTION',
      licenseDeclared: 'MIT',
      externalRefs: [
        { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: TOOL.purl },
      ],
    },
  ],
});

const TAGS = `SPDXVersion: SPDX-2.3
PackageName: tool
PackageVersion: 1.2
PackageDownloadLocation: https://example.com/tool-1.2.tgz
PackageLicenseConcluded: MIT
ExternalRef: PACKAGE-MANAGER purl ${TOOL.purl}
PackageName: other
PackageLicenseConcluded: NOASSERTION
`;

function components(path: string, text: string) {
  const read = readBom(path, text);
  return 'components' in read ? read.components : read.kind;
}

describe('readBom', () => {
  test('reads CycloneDX with nested components', () => {
    expect(components('bom.json', CYCLONE)).toEqual([
      TOOL,
      { name: 'org.example/part', version: null, purl: null, addresses: [], licenses: ['MIT OR ISC'] },
    ]);
  });

  test.each([
    [
      'bom.json',
      CYCLONE.replace(
        '"type":"application",',
        `"hashes":[{"alg":"MD5","content":"x"},{"alg":"SHA-256","content":"${'AB'.repeat(32)}"}],$&`,
      ),
    ],
    [
      'a.spdx.json',
      SPDX.replace(
        '"name":"tool",',
        `"checksums":[{"algorithm":"SHA256","checksumValue":"${'ab'.repeat(32)}"}],$&`,
      ),
    ],
    [
      'a.spdx',
      TAGS.replace(
        'PackageVersion',
        `PackageChecksum: SHA1: 00\nPackageChecksum: SHA256: ${'ab'.repeat(32)}\n$&`,
      ),
    ],
  ])('reads the digest in %s', (path, text) => {
    const [first, second] = components(path, text) as readonly BomComponent[];
    expect(first).toEqual({ ...TOOL, sha256: 'ab'.repeat(32) });
    expect(second?.sha256).toBeUndefined();
  });

  test.each([
    [
      'two of them',
      `{"alg":"SHA-256","content":"${'ab'.repeat(32)}"},{"alg":"SHA-256","content":"${'cd'.repeat(32)}"}`,
    ],
    ['something else', '{"alg":"SHA-256","content":"none"},{"alg":"SHA-512","content":"ab"}, 7'],
  ])('takes no digest from %s', (_, hashes) => {
    const [first] = components(
      'bom.json',
      CYCLONE.replace('"type":"application",', `"hashes":[${hashes}],$&`),
    ) as readonly BomComponent[];
    expect(first).toEqual(TOOL);
  });

  test('reads SPDX as JSON', () => {
    expect(components('a.spdx.json', `\uFEFF${SPDX}`)).toEqual([TOOL]);
  });

  test('reads SPDX as tag-value', () => {
    expect(components('a.spdx', TAGS.replaceAll('\n', '\r\n'))).toEqual([
      TOOL,
      { name: 'other', version: null, purl: null, addresses: [], licenses: [] },
    ]);
  });

  test.each([
    ['bom.json', '{', 'syntax'],
    ['bom.json', '[]', 'syntax'],
    ['bom.json', '{"bomFormat": "Other"}', 'syntax'],
    ['a.spdx', 'nothing', 'syntax'],
    ['bom.json', ' '.repeat(BOM_LIMIT + 1), 'limit'],
  ])('%s: %j is a gap', (path, text, kind) => {
    expect(components(path, text)).toBe(kind);
  });

  test('answers any JSON without throwing', () => {
    const documents = fc.record({
      bomFormat: fc.constantFrom('CycloneDX', 1),
      spdxVersion: fc.constantFrom('SPDX-2.3', null),
      components: fc.jsonValue(),
      packages: fc.jsonValue(),
    });
    fc.assert(
      fc.property(documents, (document) => {
        expect(readBom('bom.json', JSON.stringify(document))).toBeDefined();
      }),
    );
  });
});

test.each([
  ['bom.json', true],
  ['docs/SBOM.json', true],
  ['product.cdx.json', true],
  ['a/b.spdx.json', true],
  ['a/b.spdx', true],
  ['product-bom.json', true],
  ['bombs.json', false],
  ['test/bom.json', false],
  ['a/b/c/bom.json', false],
  ['a/b/bom.json', true],
  ['node_modules/x/bom.json', false],
  ['bom.json.md', false],
])('isBomPath(%s): %s', (path, expected) => {
  expect(isBomPath(path)).toBe(expected);
});
