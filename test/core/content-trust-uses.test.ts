// Where Docker Content Trust is switched on or off, whatever language says it.
import { describe, expect, test } from '@jest/globals';
import { contentTrustUses } from '../../src/core/content-trust-uses.ts';
import type { Blob, TreeEntry } from '../../src/core/model/evidence.ts';

function usesIn(text: string, path = 'build.sh'): readonly string[] {
  const entry: TreeEntry = { path, kind: 'file', oid: 'a' };
  const blobs: Readonly<Record<string, Blob>> = { a: { kind: 'text', text } };
  return contentTrustUses({ commit: 'c', entries: [entry] }, blobs).map(
    ({ name, on, location: { range } }) => `${range.start.line}:${range.start.column} ${name} ${on}`,
  );
}

describe('what switches it on or off', () => {
  test.each([
    ['a shell', 'set -e\nexport DOCKER_CONTENT_TRUST=1', '2:8 DOCKER_CONTENT_TRUST yes'],
    ['in front of a command', 'DOCKER_CONTENT_TRUST=0 docker pull x', '1:1 DOCKER_CONTENT_TRUST no'],
    ['YAML', 'env:\n  DOCKER_CONTENT_TRUST: "true"', '2:3 DOCKER_CONTENT_TRUST yes'],
    ['a Makefile', 'export DOCKER_CONTENT_TRUST := 1', '1:8 DOCKER_CONTENT_TRUST yes'],
    ['a Dockerfile', 'ENV DOCKER_CONTENT_TRUST 1', '1:5 DOCKER_CONTENT_TRUST yes'],
    ['a variable', 'DOCKER_CONTENT_TRUST=$TRUST', '1:1 DOCKER_CONTENT_TRUST unknown'],
    ['PowerShell', '$env:DOCKER_CONTENT_TRUST = "1"', '1:6 DOCKER_CONTENT_TRUST yes'],
    ['the switch', 'docker push --disable-content-trust a/b', '1:13 --disable-content-trust no'],
    [
      'the switch, turned round',
      'docker push --disable-content-trust=false a/b',
      '1:13 --disable-content-trust yes',
    ],
    ['Docker’s command', 'docker trust sign a/b:1', '1:1 docker trust sign yes'],
    [
      'Notary’s command',
      'x && notary -s https://notary.example -d ~/.trust publish a/b',
      '1:6 notary publish yes',
    ],
  ])('%s', (_, text, expected) => {
    expect(usesIn(text)).toEqual([expected]);
  });

  test('both on one line', () => {
    expect(usesIn('DOCKER_CONTENT_TRUST=1 docker push a && docker trust inspect a')).toHaveLength(2);
  });
});

describe('what does not', () => {
  test.each([
    ['a comment', '# DOCKER_CONTENT_TRUST=1'],
    ['a comment behind a command', 'true # docker trust sign a'],
    ['reading the variable', 'if [ "$DOCKER_CONTENT_TRUST" ]; then true; fi'],
    ['another variable', 'MY_DOCKER_CONTENT_TRUST=1\nDOCKER_CONTENT_TRUST_SERVER=https://x'],
    ['another program', 'notation sign a/b\nmy-notary publish a\nnotaryctl add a'],
    ['a word of prose in a step name', 'name: ask the notary about it'],
  ])('%s', (_, text) => {
    expect(usesIn(text)).toEqual([]);
  });

  test('prose and data', () => {
    for (const path of ['README.md', 'LICENSE', 'data.json', 'docs/trust.rst'])
      expect(usesIn('DOCKER_CONTENT_TRUST=1', path)).toEqual([]);
  });

  test('what was not read, is no text, or is no file', () => {
    const entries: readonly TreeEntry[] = [
      { path: 'a.sh', kind: 'file', oid: 'unread' },
      { path: 'b.sh', kind: 'symlink', oid: 'b' },
      { path: 'c.sh', kind: 'file', oid: 'c' },
    ];
    const blobs: Readonly<Record<string, Blob>> = {
      b: { kind: 'text', text: 'DOCKER_CONTENT_TRUST=1' },
      c: { kind: 'binary', bytes: 1 },
    };
    expect(contentTrustUses({ commit: 'c', entries }, blobs)).toEqual([]);
  });
});

test('takes time in proportion to the text', () => {
  const long =
    `${'notary '.repeat(500)}\n`.repeat(100) + `${'DOCKER_CONTENT_TRUST '.repeat(190)}\n`.repeat(100);
  const start = performance.now();
  usesIn(long);
  expect(performance.now() - start).toBeLessThan(2000);
});
