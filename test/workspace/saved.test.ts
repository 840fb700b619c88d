import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Evidence } from '../../src/core/model/evidence.ts';
import { isProblem } from '../../src/workspace/problem.ts';
import { loadEvidence, parseEvidence, saveEvidence } from '../../src/workspace/saved.ts';
import { evidenceOf, removeFolders, repository, temporaryFolder, write } from './folders.ts';

afterEach(removeFolders);

const FULL: Evidence = {
  version: 1,
  subject: {
    kind: 'pull-request',
    server: 'https://github.com',
    owner: 'acme',
    repository: 'product',
    number: 7,
    title: 'A title',
    baseRef: 'main',
    baseSha: 'b'.repeat(40),
    headSha: 'c'.repeat(40),
    isDraft: false,
    isFork: true,
    visibility: 'public',
    author: { id: 1, login: 'dev', type: 'User' },
  },
  collectedAt: '2026-11-21T20:00:00.000Z',
  base: { commit: 'b'.repeat(40), entries: [] },
  head: {
    commit: 'c'.repeat(40),
    entries: [{ path: 'Dockerfile', kind: 'executable', oid: 'd'.repeat(40) }],
  },
  changes: [{ path: 'Dockerfile', status: 'renamed', previousPath: 'old', shownLines: [[1, 3]] }],
  blobs: {
    a: { kind: 'text', text: 'FROM a\n' },
    b: { kind: 'binary', bytes: 1 },
    c: { kind: 'encoded', encoding: 'UTF-16LE', bytes: 2 },
    d: { kind: 'too-large', bytes: 9, limit: 8 },
    e: { kind: 'lfs-pointer', bytes: 130 },
  },
  policies: [{ origin: 'organization', label: 'l', path: 'p', oid: 'o', text: 'version: 1\n' }],
  contributors: [{ role: 'pusher', actor: null, name: 'somebody' }],
  decisions: [
    {
      id: '1',
      kind: 'approved',
      actor: { id: 2, login: 'reviewer', type: 'User' },
      team: 'acme/ospo',
      at: '2026-11-20T20:00:00.000Z',
      expires: null,
      headSha: 'c'.repeat(40),
      fingerprints: ['f'],
      described: { f: { image: ['a', 'b'] } },
      note: 'fine',
    },
  ],
  images: [
    {
      reference: { registry: 'docker.io', repository: 'library/a', tag: '1', digest: null },
      digest: 'sha256:0',
      created: '2026-01-01T00:00:00.000Z',
      labels: { a: 'b' },
      askedAt: '2026-11-20T20:00:00.000Z',
      lineage: {
        platform: 'linux/amd64',
        hops: [
          {
            name: 'docker.io/library/a:1',
            digest: 'sha256:0',
            manifest: 'sha256:1',
            platform: 'linux/amd64',
            created: '2026-01-01T00:00:00.000Z',
            distribution: { name: 'debian', release: '13', from: 'image name', supported: '2028-08-09' },
            licenses: { expression: 'MIT', inherited: false },
            supplier: 'Acme',
            source: {
              repository: 'https://github.com/acme/a',
              commit: null,
              path: null,
              link: null,
              from: 'label',
            },
            layers: { total: 2, own: 1, bytes: 20, ownBytes: 10 },
            signed: 'present',
            signatures: [{ kind: 'cosign', subject: 'sha256:0', digest: 'sha256:2' }],
            attestations: ['https://slsa.dev/provenance/v1'],
            base: 'scratch',
            sure: 'stated',
            evidence: [{ source: 'label', names: 'scratch', agrees: 'yes', says: 'Names it.' }],
            ingredients: [],
            conflicts: ['c'],
          },
        ],
        end: 'scratch',
        gaps: [],
      },
      vouchers: {
        digests: ['sha256:0'],
        signatures: [
          {
            kind: 'notation',
            subject: 'sha256:0',
            digest: 'sha256:3',
            material: { kind: 'notation', mediaType: 'application/jose+json', envelope: 'e30=' },
          },
          {
            kind: 'cosign',
            subject: 'sha256:0',
            digest: 'sha256:4',
            material: { problem: 'it is too large' },
          },
        ],
        sboms: [
          {
            format: 'SPDX-2.3',
            digest: 'sha256:5',
            listed: true,
            packages: [{ name: 'libc', version: null, license: 'LGPL-2.1-only' }],
          },
        ],
        gaps: [],
        sbomGaps: [],
      },
      gaps: [],
    },
  ],
  gaps: [
    {
      kind: 'missing-policy',
      cause: 'world',
      subject: 's',
      location: { path: 'p', range: { start: { line: 1, column: 1 }, end: { line: 1, column: 2 } } },
      reason: 'r',
      remedy: 'm',
    },
  ],
};

test('what is saved is loaded again, every part of it', async () => {
  const file = join(temporaryFolder(), 'evidence.json');
  await saveEvidence(file, FULL);
  expect(await loadEvidence(file)).toEqual(FULL);
});

test('evidence of a real checkout survives, odd names and all', async () => {
  const folder = repository({ 'a\nb': 'x', 'ünï/Dockerfile': 'FROM a\n' });
  write(folder, { bin: new Uint8Array([0]) });
  const evidence = await evidenceOf(folder, { base: 'main' });
  const file = join(temporaryFolder(), 'evidence.json');
  await saveEvidence(file, evidence);
  expect(await loadEvidence(file)).toEqual(evidence);
});

describe('a wrong file is refused, and the wrong place named', () => {
  const refusal = (changes: Readonly<Record<string, unknown>>): string => {
    const result = parseEvidence(JSON.stringify({ ...FULL, ...changes }), 'e.json');
    if (!isProblem(result)) throw new Error('accepted');
    return result.what;
  };

  test.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['another version', { version: 2 }, 'at version:'],
    ['a field too many', { extra: 1 }, 'extra'],
    ['a field too few', { changes: undefined }, 'at changes:'],
    ['a wrong kind of gap', { gaps: [{ ...FULL.gaps[0], kind: 'x' }] }, 'at gaps.0.kind:'],
    ['half a line', { changes: [{ ...FULL.changes[0], shownLines: [[0.5, 1]] }] }, 'shownLines'],
    ['no time', { collectedAt: 'yesterday' }, 'at collectedAt:'],
  ])('%s', (_what, changes, named) => {
    expect(refusal(changes)).toContain(named);
  });

  test('no JSON, no object, no file', async () => {
    const file = join(temporaryFolder(), 'evidence.json');
    writeFileSync(file, '{"version": 1,');
    expect(await loadEvidence(file)).toMatchObject({ what: expect.stringContaining('is no valid JSON') });
    expect(parseEvidence('[]', 'e.json')).toMatchObject({
      what: expect.stringContaining('e.json is no saved evidence of this version'),
    });
    expect(await loadEvidence(join(file, 'nowhere'))).toMatchObject({
      what: expect.stringContaining("can't be read (ENOTDIR)"),
    });
  });
});
