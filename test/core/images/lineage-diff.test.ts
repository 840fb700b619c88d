import { describe, expect, test } from '@jest/globals';
import { diffLineages } from '../../../src/core/images/lineage-diff.ts';
import type { Hop, Lineage } from '../../../src/core/model/lineage.ts';
import { sampleLineage } from '../../../src/core/rules/image-samples.ts';

function lineage(...names: readonly string[]): Lineage {
  const { lineage: whole } = sampleLineage('a1', ...names);
  if (whole === null) throw new Error('a sample without its lineage');
  // Content is what the name says, so that the same name is the same image.
  const hops = whole.hops.map((hop): Hop => ({ ...hop, manifest: hop.name, digest: hop.name }));
  return { ...whole, hops };
}

function changes(before: Lineage, after: Lineage): readonly string[] {
  return diffLineages(before, after).hops.map(
    ({ change, before: old, after: now }) => `${change} ${(now ?? old)?.name.replace(/^.*\//, '')}`,
  );
}

describe('what changes in an ancestry', () => {
  test('nothing, where the images are the same', () => {
    const one = lineage('node:24', 'debian:13');
    expect(changes(one, one)).toEqual(['same node:24', 'same debian:13']);
    expect(diffLineages(one, one)).toMatchObject({ distribution: null, licenses: null });
  });

  test('the image alone, on the same base', () => {
    expect(changes(lineage('node:24', 'debian:13'), lineage('node:25', 'debian:13'))).toEqual([
      'changed node:25',
      'same debian:13',
    ]);
  });

  test('an ancestor more, one less, and one in the place of another', () => {
    const before = lineage('app:1', 'php:8', 'debian:12');
    const after = lineage('app:2', 'node:24', 'tools:1', 'debian:13');
    expect(changes(before, after)).toEqual([
      'changed app:2',
      'added node:24',
      'added tools:1',
      'removed php:8',
      'changed debian:13',
    ]);
  });

  test('another image altogether stands where the old one stood', () => {
    expect(changes(lineage('node:24', 'debian:13'), lineage('python:3.14', 'alpine:3.22'))).toEqual([
      'changed python:3.14',
      'added alpine:3.22',
      'removed debian:13',
    ]);
  });

  test('the distribution at the root, and the licences that the image names', () => {
    const dressed = (base: Lineage, release: string, expression: string): Lineage => ({
      ...base,
      hops: base.hops.map(
        (hop, index): Hop => ({
          ...hop,
          licenses: index === 0 ? { expression, inherited: false } : null,
          distribution: { name: 'debian', release, from: 'layers', supported: null },
        }),
      ),
    });
    const base = lineage('node:24', 'debian:13');
    expect(diffLineages(dressed(base, '12', 'MIT'), dressed(base, '13', 'GPL-3.0-only'))).toMatchObject({
      distribution: { before: 'debian 12', after: 'debian 13' },
      licenses: { before: 'MIT', after: 'GPL-3.0-only' },
    });
    expect(diffLineages(dressed(base, '13', 'MIT'), base).distribution).toBeNull();
  });

  test('against nothing everything is new, and the other way round gone', () => {
    const one = lineage('node:24', 'debian:13');
    const none: Lineage = { ...one, hops: [], end: 'unknown' };
    expect(changes(none, one)).toEqual(['added node:24', 'added debian:13']);
    expect(changes(one, none)).toEqual(['removed node:24', 'removed debian:13']);
  });
});
