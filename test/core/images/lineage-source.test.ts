import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readProvenance } from '../../../src/core/images/lineage-provenance.ts';
import { buildSource } from '../../../src/core/images/lineage-source.ts';
import { formatReference } from '../../../src/core/images/reference.ts';

const COMMIT = 'c'.repeat(40);

describe('a source becomes a link at a commit', () => {
  test.each<[string, string | null, string | null, string | null]>([
    ['https://github.com/a/b', COMMIT, null, `https://github.com/a/b/tree/${COMMIT}`],
    ['https://github.com/a/b.git', COMMIT, 'Dockerfile', `https://github.com/a/b/blob/${COMMIT}/Dockerfile`],
    [
      `https://github.com/a/b.git#${COMMIT}:3.12/slim`,
      null,
      null,
      `https://github.com/a/b/blob/${COMMIT}/3.12/slim/Dockerfile`,
    ],
    [
      'https://github.com/a/b.git#main:sub',
      COMMIT,
      'x.Dockerfile',
      `https://github.com/a/b/blob/${COMMIT}/sub/x.Dockerfile`,
    ],
    ['git@github.com:a/b.git', COMMIT, null, `https://github.com/a/b/tree/${COMMIT}`],
    ['ssh://git@github.com/a/b.git', COMMIT, null, `https://github.com/a/b/tree/${COMMIT}`],
    ['git+https://github.com/a/b@refs', COMMIT, null, null],
    ['git://gitlab.com/g/h/b.git', COMMIT, 'D', `https://gitlab.com/g/h/b/-/blob/${COMMIT}/D`],
    ['github.com/a/b', COMMIT, null, `https://github.com/a/b/tree/${COMMIT}`],
    ['https://github.com/a/b', 'main', null, null],
    ['https://github.com/a/b', null, null, null],
    ['https://git.example.com/a/b', COMMIT, null, null],
    ['https://github.com/a/b', COMMIT, '../../x', `https://github.com/a/b/tree/${COMMIT}`],
    ['https://github.com/a/b', COMMIT, 'a b/D', `https://github.com/a/b/blob/${COMMIT}/a%20b/D`],
  ])('%s at %s, %s', (address, revision, path, link) => {
    expect(buildSource('label', address, revision, path)?.link ?? null).toBe(link);
  });

  test.each([
    ['javascript:alert(1)//github.com/a/b'],
    ['file:///etc/passwd'],
    ['https://github.com/'],
    ['https://github.com/a/b"><script>'],
    ['not an address'],
    [''],
    [`https://github.com/a/${'b'.repeat(3000)}`],
  ])('%s is none', (address) => {
    expect(buildSource('label', address, COMMIT, null)).toBeNull();
  });

  test('whatever is written, a link only leads to a forge', () => {
    fc.assert(
      fc.property(fc.oneof(fc.webUrl(), fc.string()), fc.string(), (address, path) => {
        const link = buildSource('label', address, COMMIT, path)?.link ?? null;
        if (link !== null)
          expect(link).toMatch(/^https:\/\/(?:github\.com|gitlab\.com|codeberg\.org)\/[\w.~%/@+-]+$/);
      }),
    );
  });
});

describe('provenance', () => {
  const hex = 'a'.repeat(64);
  const statement = (predicateType: string, predicate: unknown) => ({
    predicateType,
    digest: `sha256:${hex}`,
    content: { predicateType, subject: [{ digest: { sha256: hex } }], predicate },
  });
  const uris = (...all: readonly string[]) => all.map((uri) => ({ uri, digest: { sha256: hex } }));

  test.each([
    ['pkg:docker/debian@12?platform=linux%2Famd64', 'docker.io/library/debian:12'],
    ['pkg:docker/acme/app@1.0', 'docker.io/acme/app:1.0'],
    ['pkg:docker/ghcr.io/acme/app@v1?platform=linux%2Farm64', 'ghcr.io/acme/app:v1'],
    ['pkg:docker/localhost%3A5000/app@1', 'localhost:5000/app:1'],
    ['pkg:docker/acme/app', 'docker.io/acme/app'],
    ['pkg:docker/app@1?repository_url=quay.io/acme', 'quay.io/acme/app:1'],
    ['pkg:oci/app@sha256%3Aff?repository_url=quay.io/acme/app&tag=2', 'quay.io/acme/app:2'],
  ])('%s is %s', (uri, expected) => {
    const read = readProvenance(statement('https://slsa.dev/provenance/v0.2', { materials: uris(uri) }));
    expect(read?.images.map(({ reference }) => formatReference(reference))).toEqual([
      `${expected}@sha256:${hex}`,
    ]);
  });

  test('of a git context and of a local one, in both versions', () => {
    const v1 = {
      buildDefinition: {
        buildType: 'https://example.com/other',
        externalParameters: {
          configSource: { uri: 'https://github.com/a/b.git#v1', digest: { sha1: COMMIT }, path: 'D' },
        },
        resolvedDependencies: uris(
          'pkg:docker/debian@12',
          'https://github.com/a/b.git#v1',
          'pkg:docker/BAD@x',
        ),
      },
      runDetails: { metadata: { buildkit_completeness: { resolvedDependencies: true } } },
    };
    expect(readProvenance(statement('https://slsa.dev/provenance/v1', v1))).toMatchObject({
      subjects: [`sha256:${hex}`],
      unreadable: ['pkg:docker/BAD@x'],
      complete: true,
      source: { link: `https://github.com/a/b/blob/${COMMIT}/D` },
    });
    const v02 = {
      buildType: 'https://mobyproject.org/buildkit@v1',
      materials: [],
      invocation: { configSource: { entryPoint: 'D' } },
      metadata: {
        completeness: { materials: false },
        'https://mobyproject.org/buildkit@v1#metadata': {
          vcs: { source: 'https://github.com/a/b', revision: COMMIT, 'localdir:dockerfile': 'build' },
        },
      },
    };
    expect(readProvenance(statement('https://slsa.dev/provenance/v0.2', v02))).toMatchObject({
      images: [],
      complete: true,
      source: { link: `https://github.com/a/b/blob/${COMMIT}/build/D` },
    });
  });

  test('of a builder that may leave images out is not complete', () => {
    const predicate = { buildType: 'https://example.com/other', materials: [] };
    expect(readProvenance(statement('https://slsa.dev/provenance/v0.2', predicate))?.complete).toBe(false);
  });

  test.each([
    [null],
    [[]],
    [{}],
    [{ predicateType: 'https://slsa.dev/provenance/v1' }],
    [{ predicateType: 'https://spdx.dev/Document', predicate: {} }],
  ])('%j is none', (content) => {
    expect(readProvenance({ predicateType: '', digest: '', content })).toBeNull();
  });

  test('any JSON is read or refused, never thrown at', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        for (const version of ['https://slsa.dev/provenance/v1', 'https://slsa.dev/provenance/v0.2']) {
          const predicate = {
            buildDefinition: {
              resolvedDependencies: [one, { uri: other, digest: one }],
              externalParameters: other,
            },
            materials: [{ uri: one, digest: other }],
            metadata: one,
            invocation: other,
          };
          expect(readProvenance(statement(version, predicate))).not.toBeUndefined();
          expect(readProvenance(statement(version, one))).not.toBeUndefined();
        }
      }),
    );
  });
});
