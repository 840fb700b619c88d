// Files of the library of official images: which commit a tag is built from.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { libraryEntry } from '../../../src/core/images/official-library.ts';

const A = 'a'.repeat(40);
const B = 'b'.repeat(40);
const C = 'c'.repeat(40);

const TEXT = `# written by a program
Maintainers: Somebody <somebody@example.org> (@somebody),
             Another <another@example.org> (@another)
GitRepo: https://github.com/acme/runtime.git
GitCommit: ${C}
amd64-GitCommit: ${B}

# 3.1
Tags: 3.1.4-trixie, 3.1-trixie
SharedTags: 3.1.4, 3.1,
  latest
Architectures: amd64, arm32v7, arm64v8
GitCommit: ${A}
Directory: 3.1/trixie

Tags: 3.1.4-alpine
Architectures: amd64, arm64v8
Directory: 3.1/alpine
arm64v8-Directory: 3.1/alpine-arm/
arm64v8-File: Dockerfile.arm

Tags: 3.1.4-windows
SharedTags: 3.1.4
Architectures: windows-amd64
GitCommit: ${A}
Directory: 3.1/windows

Tags: rootfs
Builder: oci-import
Directory: rootfs/oci
File: index.json

Tags: elsewhere
GitRepo: file:///etc
Directory: x

Tags: above
GitCommit: main
amd64-GitCommit: main
`;

const place = (tag: string, platform = 'linux/amd64') => {
  const entry = libraryEntry(TEXT, tag, platform);
  return entry === null ? null : [entry.source.commit, entry.source.path, entry.builder];
};

describe('the entry of a tag', () => {
  test.each([
    ['3.1.4-trixie', 'linux/amd64', [B, '3.1/trixie/Dockerfile', 'dockerfile']],
    ['latest', 'linux/arm/v7', [A, '3.1/trixie/Dockerfile', 'dockerfile']],
    ['latest', 'linux/arm', [A, '3.1/trixie/Dockerfile', 'dockerfile']],
    ['3.1.4', 'windows/amd64', [A, '3.1/windows/Dockerfile', 'dockerfile']],
    ['3.1.4-alpine', 'linux/arm64', [C, '3.1/alpine-arm/Dockerfile.arm', 'dockerfile']],
    ['rootfs', 'linux/amd64', [B, 'rootfs/oci/index.json', 'import']],
  ])('%s for %s', (tag, platform, expected) => {
    expect(place(tag, platform)).toEqual(expected);
  });

  test.each([
    ['a tag that is not built any more', '2.7', 'linux/amd64'],
    ['a platform it is not built for', '3.1.4-trixie', 'linux/s390x'],
    ['a platform nobody builds for', '3.1.4', 'plan9/amd64'],
    ['a repository that is none', 'elsewhere', 'linux/amd64'],
    ['a branch where a commit belongs', 'above', 'linux/amd64'],
  ])('null for %s', (_, tag, platform) => {
    expect(place(tag, platform)).toBeNull();
  });

  test('links to the Dockerfile at its commit', () => {
    expect(libraryEntry(TEXT, 'latest', 'linux/arm64')?.source).toEqual({
      repository: 'https://github.com/acme/runtime',
      commit: A,
      path: '3.1/trixie/Dockerfile',
      link: `https://github.com/acme/runtime/blob/${A}/3.1/trixie/Dockerfile`,
      from: 'official library',
    });
  });

  test('of any text never throws', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, tag) => {
        libraryEntry(text, tag, 'linux/amd64');
        libraryEntry(`${TEXT}\n\n${text}`, tag, 'linux/amd64');
      }),
    );
  });
});
