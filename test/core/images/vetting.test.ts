// Whether somebody inside answers for an image, and which copy stands for it.
import { describe, expect, test } from '@jest/globals';
import { formatReference, parseReference } from '../../../src/core/images/reference.ts';
import {
  comparedTag,
  copiedFrom,
  copyOf,
  vettingOf,
  vettingOfCopy,
} from '../../../src/core/images/vetting.ts';
import type { ImageReference } from '../../../src/core/model/image.ts';
import type { VettedImage, Vetting } from '../../../src/core/model/policy.ts';
import { sampleDigest, sampleLineage } from '../../../src/core/rules/image-samples.ts';

const TODAY = '2026-11-21';
const [ONE, OTHER] = [sampleDigest('a1'), sampleDigest('b2')];

function named(name: string): ImageReference {
  const reference = parseReference(name);
  if ('problem' in reference) throw new Error(reference.problem);
  return reference;
}

function entry(image: string, change: Partial<VettedImage> = {}): VettedImage {
  return {
    image,
    digests: [],
    vettedBy: 'acme/security',
    on: '2026-01-01',
    scan: null,
    expires: '2026-12-31',
    copy: null,
    ...change,
  };
}

function registers(...lists: readonly (readonly VettedImage[])[]): Vetting {
  return { registers: lists, onlyCopies: false, requireDigests: false, requireLineage: false, warnDays: 30 };
}

const stateOf = (name: string, vetting: Vetting, record = null as ReturnType<typeof sampleLineage> | null) =>
  vettingOf(named(name), () => record, vetting, TODAY).kind;

describe('a register', () => {
  test.each([
    ['debian:13.1', 'docker.io/library/debian:13.*', 'vetted'],
    ['debian:12.7', 'docker.io/library/debian:13.*', 'unlisted'],
    ['debian', 'docker.io/library/debian:13.*', 'unlisted'],
    ['debian:13.1', 'docker.io/library/debian', 'vetted'],
    [`debian@${ONE}`, 'docker.io/library/debian', 'vetted'],
    // By digest alone nothing shows which tag it was.
    [`debian@${ONE}`, 'docker.io/library/debian:13.*', 'unlisted'],
    ['ghcr.io/a/b/c:1', 'ghcr.io/a/**', 'vetted'],
    ['ghcr.io/a/b/c:1', 'ghcr.io/a/*', 'unlisted'],
    ['evil.example/docker.io/library/debian:13.1', 'docker.io/library/debian:13.*', 'unlisted'],
  ])('%s against %s: %s', (name, image, expected) => {
    expect(stateOf(name, registers([entry(image)]))).toBe(expected);
  });

  test('ends with its last day', () => {
    const until = (expires: string) =>
      stateOf('debian:13.1', registers([entry('docker.io/library/debian', { expires })]));
    expect([until(TODAY), until('2026-11-20')]).toEqual(['vetted', 'expired']);
  });

  test('of an expired and a current entry the current one counts', () => {
    const list = [
      entry('docker.io/library/debian', { expires: '2026-01-01' }),
      entry('docker.io/library/debian:13.*'),
    ];
    expect(stateOf('debian:13.1', registers(list))).toBe('vetted');
  });

  test('has to have the image in every list', () => {
    const [all, few] = [[entry('docker.io/library/**')], [entry('docker.io/library/debian:13.*')]];
    expect(stateOf('debian:13.1', registers(all, few))).toBe('vetted');
    expect(stateOf('node:24', registers(all, few))).toBe('unlisted');
    expect(stateOf('node:24', registers())).toBe('vetted');
  });
});

describe('digests in a register', () => {
  const exact = registers([entry('docker.io/library/debian:13.1', { digests: [ONE] })]);

  test('are held against what the name stands for', () => {
    expect(stateOf('debian:13.1', exact)).toBe('unknown');
    expect(stateOf('debian:13.1', exact, sampleLineage('a1', 'debian:13.1'))).toBe('vetted');
    expect(stateOf('debian:13.1', exact, sampleLineage('b2', 'debian:13.1'))).toBe('other');
  });

  test('are held against the digest in the name, whatever a registry says of it', () => {
    expect(stateOf(`debian:13.1@${ONE}`, exact)).toBe('vetted');
    expect(stateOf(`debian:13.1@${OTHER}`, exact)).toBe('other');
    expect(stateOf(`debian:13.1@${OTHER}`, exact, sampleLineage('a1', 'debian:13.1'))).toBe('other');
  });

  test('may be those of the platform’s manifest in the index', () => {
    const record = sampleLineage('b2', 'debian:13.1');
    const [top] = record.lineage?.hops ?? [];
    if (top === undefined || record.lineage === null) throw new Error('a sample without hops');
    const indexed = { ...record, lineage: { ...record.lineage, hops: [{ ...top, manifest: ONE }] } };
    expect(stateOf('debian:13.1', exact, indexed)).toBe('vetted');
  });
});

describe('the copy inside', () => {
  const copied = (copy: string, expires = '2026-12-31') =>
    registers([entry('docker.io/library/debian:*', { copy, expires })]);
  const copyFor = (name: string, vetting: Vetting): string | null => {
    const copy = copyOf(named(name), vetting, TODAY);
    return copy === null ? null : formatReference(copy);
  };

  test.each([
    ['debian:13.1', 'registry.acme.example/base/debian:{tag}', 'registry.acme.example/base/debian:13.1'],
    ['debian:13.1', `registry.acme.example/debian@${ONE}`, `registry.acme.example/debian@${ONE}`],
    [`debian@${ONE}`, 'registry.acme.example/base/debian:{tag}', null],
    ['node:24', 'registry.acme.example/base/debian:{tag}', null],
    // A copy of itself is nothing to suggest.
    ['debian:13.1', 'docker.io/library/debian:{tag}', null],
  ])('%s as %s: %s', (name, copy, expected) => {
    expect(copyFor(name, copied(copy))).toBe(expected);
  });

  test('of an expired vetting is not suggested', () => {
    expect(
      copyFor('debian:13.1', copied('registry.acme.example/base/debian:{tag}', '2026-11-20')),
    ).toBeNull();
  });

  test.each([
    ['registry.acme.example/base/debian:13.1', 'registry.acme.example/base/debian:{tag}', true],
    [`registry.acme.example/base/debian:13.1@${ONE}`, 'registry.acme.example/base/debian:{tag}', true],
    ['registry.acme.example/base/other:13.1', 'registry.acme.example/base/debian:{tag}', false],
    [`registry.acme.example/debian@${ONE}`, `registry.acme.example/debian@${ONE}`, true],
    [`registry.acme.example/debian@${OTHER}`, `registry.acme.example/debian@${ONE}`, false],
    ['registry.acme.example/debian:13', `registry.acme.example/debian@${ONE}`, false],
  ])('%s is the copy %s: %s', (name, copy, expected) => {
    expect(copiedFrom(named(name), copied(copy), TODAY).length > 0).toBe(expected);
  });
});

describe('a digest beside a vetted tag', () => {
  const range = registers([entry('docker.io/library/debian:13.*')]);
  const pinned = (standsFor: string | null, vetting = range): string =>
    vettingOf(
      named(`debian:13.1@${ONE}`),
      ({ digest }) =>
        digest === null && standsFor !== null ? sampleLineage(standsFor, 'debian:13.1') : null,
      vetting,
      TODAY,
    ).kind;

  test('has to be what the tag stands for', () => {
    expect([pinned('a1'), pinned('b2'), pinned(null)]).toEqual(['vetted', 'moved', 'unknown']);
  });

  test('does not matter where every tag and digest of the repository was vetted', () => {
    expect(pinned(null, registers([entry('docker.io/library/debian')]))).toBe('vetted');
  });

  test('does not matter where the digest itself is in the register', () => {
    const both = registers([
      entry('docker.io/library/debian:13.*'),
      entry('docker.io/library/debian:13.1', { digests: [ONE] }),
    ]);
    expect(pinned('b2', both)).toBe('vetted');
  });

  test.each([
    [`debian:13.1@${ONE}`, 'docker.io/library/debian:13.*', 'docker.io/library/debian:13.1'],
    ['debian:13.1', 'docker.io/library/debian:13.*', null],
    [`debian@${ONE}`, 'docker.io/library/debian', null],
    [`debian:13.1@${ONE}`, 'docker.io/library/debian', null],
    [`node:24@${ONE}`, 'docker.io/library/debian:13.*', null],
  ])('%s against %s: asks for %s', (name, image, asked) => {
    const tag = comparedTag(named(name), registers([entry(image)]), TODAY);
    expect(tag === null ? null : formatReference(tag)).toBe(asked);
  });
});

describe('where only digests count', () => {
  const strict = (...entries: readonly VettedImage[]): Vetting => ({
    ...registers(entries),
    requireDigests: true,
  });
  const record = sampleLineage('a1', 'debian:13.1');

  test('a name alone is no vetting', () => {
    expect(stateOf('debian:13.1', strict(entry('docker.io/library/debian')), record)).toBe('by-name');
    expect(
      stateOf('debian:13.1', strict(entry('docker.io/library/debian', { digests: [ONE] })), record),
    ).toBe('vetted');
  });

  test('a name beside digests of other content is none either', () => {
    const list = strict(
      entry('docker.io/library/debian'),
      entry('docker.io/library/debian:13.1', { digests: [OTHER] }),
    );
    expect(stateOf('debian:13.1', list, record)).toBe('other');
  });

  test('a copy counts by what it holds: a tag inside can be overwritten as well', () => {
    const copy = 'registry.acme.example/base/debian:{tag}';
    const list = strict(entry('docker.io/library/debian:13.*', { copy, digests: [ONE] }));
    const held = (byte: string | null): string =>
      vettingOfCopy(
        named('registry.acme.example/base/debian:13.1'),
        () => (byte === null ? null : sampleLineage(byte, 'registry.acme.example/base/debian:13.1')),
        list,
        TODAY,
      ).kind;
    expect([held('a1'), held('b2'), held(null)]).toEqual(['vetted', 'other', 'unknown']);
  });

  test('a copy that the register names by its digest is the content itself', () => {
    const copy = `registry.acme.example/base/debian@${OTHER}`;
    const list = strict(entry('docker.io/library/debian:13.*', { copy, digests: [ONE] }));
    expect(vettingOfCopy(named(copy), () => null, list, TODAY).kind).toBe('vetted');
  });
});
