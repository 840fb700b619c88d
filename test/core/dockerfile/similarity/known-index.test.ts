import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import ids from 'spdx-license-ids/index.json' with { type: 'json' };
import data from '../../../../src/core/dockerfile/similarity/index.json' with { type: 'json' };
import { decodeIndex, encodeIndex, indexOf } from '../../../../src/core/dockerfile/similarity/known-index.ts';
import { shinglesOf } from '../../../../src/core/dockerfile/similarity/sketch.ts';
import { fingerprintsOf } from '../../../../src/core/dockerfile/similarity/well-known.ts';
import { isGnuText } from '../../../../src/core/licenses/gnu.ts';
import type { SketchedFile } from '../../../../src/core/model/copy.ts';
import { read } from '../reading.ts';
import { known, TILES } from './originals.ts';

const print = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const sketched = fc
  .record({
    repository: fc.constantFrom('a/b', 'a/c', 'd/e'),
    path: fc.stringMatching(/^[a-z ./-]{1,12}$/),
    commit: fc.constantFrom('0'.repeat(40), '1'.repeat(40)),
    fingerprints: fc.uniqueArray(print, { minLength: 1 }),
  })
  .map(
    ({ fingerprints, repository, ...about }): SketchedFile => ({
      ...about,
      repository,
      server: 'https://github.com',
      license: repository === 'a/b' ? 'MIT' : null,
      copyrights: repository === 'a/b' ? ['Copyright 2014 A'] : [],
      fingerprints: fingerprints.sort((a, b) => a - b),
    }),
  );

describe('the data form of an index', () => {
  test('gives the same index back', () => {
    fc.assert(
      fc.property(fc.array(sketched), fc.uniqueArray(print), (files, common) => {
        const index = indexOf(files);
        const written = JSON.stringify(encodeIndex(index, new Set(common)));
        const decoded = decodeIndex(JSON.parse(written));
        expect(decoded.index.files).toEqual(index.files);
        expect(new Map([...decoded.index.holders].sort())).toEqual(new Map([...index.holders].sort()));
        expect([...decoded.common].sort()).toEqual([...common].sort());
      }),
    );
  });

  test('keeps equal files of a repository once, the first', () => {
    const index = indexOf([known('b/Dockerfile', TILES), known('a/Dockerfile', TILES)]);
    expect(index.files.map(({ file }) => file.path)).toEqual(['b/Dockerfile']);
  });

  test('is refused when it was built for other fingerprints', () => {
    expect(() => decodeIndex({ ...data, shingle: data.shingle + 1 })).toThrow('other fingerprints');
    expect(() => decodeIndex({ ...data, files: ['999999 3 Dockerfile'] })).toThrow('lacks the snapshot');
  });
});

describe('the shipped index', () => {
  const { index, common } = decodeIndex(data);

  test('is well under a megabyte', () => {
    const file = new URL('../../../../src/core/dockerfile/similarity/index.json', import.meta.url);
    expect(readFileSync(file).length).toBeLessThan(700_000);
  });

  test('holds numbers, paths, commits, SPDX ids and copyright lines, and no text', () => {
    for (const { server, repository, commit, license, copyrights, ...rest } of data.snapshots) {
      expect(rest).toEqual({});
      expect(server).toBe('https://github.com');
      expect(repository).toMatch(/^[\w.-]+\/[\w.-]+$/);
      expect(commit).toMatch(/^[0-9a-f]{40}$/);
      expect(license === null || ids.includes(license) || isGnuText(license)).toBe(true);
      for (const line of copyrights) expect(line).toMatch(/^copyright\b.*\d{4}/i);
    }
    const odd = {
      postings: data.postings.filter((line) => !/^[0-9a-z ]+\|[0-9a-z ]+$/.test(line)),
      files: data.files.filter((line) => !/^\d+ \d+ \S+$/.test(line)),
      common: data.common.replace(/[0-9a-z ]+/g, ''),
    };
    expect(odd).toEqual({ postings: [], files: [], common: '' });
  });

  test('counts the fingerprints of each file', () => {
    const counts = index.files.map(() => 0);
    for (const holders of index.holders.values()) {
      for (const holder of holders) counts[holder] = (counts[holder] ?? 0) + 1;
    }
    expect(counts).toEqual(index.files.map(({ size }) => size));
    expect(Math.min(...counts)).toBeGreaterThan(10);
  });

  test('leaves out what is common', () => {
    expect([...index.holders.keys()].filter((each) => common.has(each))).toEqual([]);
    expect(common.size).toBeGreaterThan(300);
  });

  test('was built with the words as they are read now', () => {
    // The install step of thousands of files: it is on the list only if today's hashes are those of the build.
    const everyday =
      'FROM debian\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n';
    expect(shinglesOf(read(everyday)).filter((shingle) => common.has(shingle)).length).toBeGreaterThan(6);
    expect(fingerprintsOf(read(everyday)).length).toBeLessThan(3);
  });

  test('knows the official images and others of note', () => {
    const repositories = new Set(index.files.map(({ file }) => file.repository));
    for (const name of ['php', 'python', 'postgres', 'golang', 'ruby', 'redis', 'mysql', 'wordpress']) {
      expect(repositories).toContain(`docker-library/${name}`);
    }
    expect(repositories).toContain('nodejs/docker-node');
    expect(repositories).toContain('adoptium/containers');
  });
});
