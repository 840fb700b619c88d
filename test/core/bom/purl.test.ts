import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addressPurl, imagePurl, packagePurl } from '../../../src/core/bom/purl.ts';
import { type Distribution, distributionOf } from '../../../src/core/images/distributions.ts';
import { parseReference } from '../../../src/core/images/reference.ts';
import type { ImageReference } from '../../../src/core/model/image.ts';

const SUM = `sha256:${'ab'.repeat(32)}`;

function reference(name: string): ImageReference {
  const parsed = parseReference(name);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed;
}

function below(name: string): Distribution | null {
  return distributionOf(reference(name));
}

describe('images', () => {
  test.each([
    ['debian', 'pkg:docker/debian'],
    ['debian:12', 'pkg:docker/debian@12'],
    ['acme/tool:1.0', 'pkg:docker/acme/tool@1.0'],
    ['ghcr.io/acme/tool:1.0', 'pkg:docker/acme/tool@1.0?repository_url=ghcr.io'],
    ['localhost:5000/a/b:1', 'pkg:docker/a/b@1?repository_url=localhost%3A5000'],
    [
      `debian:12@${SUM}`,
      `pkg:oci/debian@${encodeURIComponent(SUM)}?repository_url=docker.io/library/debian&tag=12`,
    ],
    [`quay.io/a/b@${SUM}`, `pkg:oci/b@${encodeURIComponent(SUM)}?repository_url=quay.io/a/b`],
  ])('%s is %s', (name, purl) => {
    expect(imagePurl(reference(name))).toBe(purl);
  });
});

describe('addresses', () => {
  test.each<[string, string, string | null]>([
    ['https://github.com/Foo/bar/releases/download/v1.2/bar.tgz', 'pkg:github/foo/bar@v1.2', 'v1.2'],
    ['https://github.com/foo/bar/archive/refs/tags/v1.2.tar.gz', 'pkg:github/foo/bar@v1.2', 'v1.2'],
    ['https://github.com/foo/bar/archive/v1.2.zip', 'pkg:github/foo/bar@v1.2', 'v1.2'],
    ['https://github.com/foo/bar.git', 'pkg:github/foo/bar', null],
    ['https://github.com/foo/bar.git#v3', 'pkg:github/foo/bar@v3', 'v3'],
    ['git@github.com:foo/bar.git', 'pkg:github/foo/bar', null],
    ['https://github.com/foo/bar/releases/latest/download/bar.tgz', 'pkg:github/foo/bar', null],
    [
      'https://dl.example/a b/c.tgz?x=1',
      'pkg:generic/c.tgz?download_url=https%3A%2F%2Fdl.example%2Fa%20b%2Fc.tgz%3Fx%3D1',
      null,
    ],
    ['https://dl.example', 'pkg:generic/dl.example?download_url=https%3A%2F%2Fdl.example', null],
  ])('%s is %s', (address, purl, version) => {
    expect(addressPurl(address)).toMatchObject({ purl, version });
  });
});

describe('packages', () => {
  test.each<[string, string, string | null, string | null, string | null]>([
    ['apt', 'curl=8.5.0-2', 'ubuntu:24.04', 'pkg:deb/ubuntu/curl@8.5.0-2?distro=ubuntu-24.04', '8.5.0-2'],
    ['apt', 'libc6:arm64', 'debian:bookworm', 'pkg:deb/debian/libc6?distro=debian-12', null],
    ['apt', 'g++', 'debian:12', 'pkg:deb/debian/g%2B%2B?distro=debian-12', null],
    ['apt', 'curl', null, null, null],
    ['apt', 'curl', 'alpine:3.20', null, null],
    ['apk', 'curl=8.9.0-r0', 'alpine:3.20', 'pkg:apk/alpine/curl@8.9.0-r0?distro=alpine-3.20', '8.9.0-r0'],
    ['apk', 'php~8.3', 'alpine:3.20', 'pkg:apk/alpine/php?distro=alpine-3.20', null],
    ['dnf', 'curl', 'fedora:41', 'pkg:rpm/fedora/curl?distro=fedora-41', null],
    ['dnf', 'curl-8.6.0', 'fedora:41', null, null],
    ['pip', 'Typing_Extensions==4.12.2', null, 'pkg:pypi/typing-extensions@4.12.2', '4.12.2'],
    ['pip', 'flask[async]>=3', null, 'pkg:pypi/flask', null],
    ['npm', '@acme/cli@2.0.1', null, 'pkg:npm/%40acme/cli@2.0.1', '2.0.1'],
    ['npm', 'npm@10', null, 'pkg:npm/npm', null],
    ['npm', 'typescript@^5.4.0', null, 'pkg:npm/typescript', null],
    ['go', 'example.org/x/tool@v1.4.0', null, 'pkg:golang/example.org/x/tool@v1.4.0', 'v1.4.0'],
    ['go', 'example.org/x/tool@latest', null, 'pkg:golang/example.org/x/tool', null],
    ['gem', 'bundler:2.5.1', null, 'pkg:gem/bundler@2.5.1', '2.5.1'],
    ['cargo', 'ripgrep@14.1.0', null, 'pkg:cargo/ripgrep@14.1.0', '14.1.0'],
    ['composer', 'acme/lib:1.2.3', null, 'pkg:composer/acme/lib@1.2.3', '1.2.3'],
    ['rosdep', 'whatever', null, null, null],
  ])('%s %s on %s', (manager, written, base, purl, version) => {
    const found = packagePurl(manager, written, base === null ? null : below(base));
    expect(found).toMatchObject({ purl, version });
  });
});

test('any text gives one line without blanks, or none', () => {
  const managers = fc.constantFrom(
    'apt',
    'apk',
    'dnf',
    'pip',
    'npm',
    'go',
    'gem',
    'cargo',
    'composer',
    'conda',
  );
  fc.assert(
    fc.property(managers, fc.string({ unit: 'binary' }), (manager, written) => {
      for (const { purl } of [
        packagePurl(manager, written, below('debian:12')),
        packagePurl(manager, written, below('alpine:3.20')),
        addressPurl(written),
        addressPurl(`https://github.com/${written}`),
      ])
        expect(purl ?? 'pkg:none/').toMatch(/^pkg:[a-z]+\/[!-~]*$/);
    }),
  );
});
