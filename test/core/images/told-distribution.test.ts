// What os-release and bills of materials say of a distribution, beside what names say.
import { describe, expect, test } from '@jest/globals';
import {
  type ToldDistribution,
  toldByOsRelease,
  toldByPackages,
  withToldDistribution,
} from '../../../src/core/images/told-distribution.ts';
import type { Hop, Lineage } from '../../../src/core/model/lineage.ts';
import type { ImageSbom } from '../../../src/core/model/trust.ts';
import { sampleLineage } from '../../../src/core/rules/image-samples.ts';
import { readImageSbom } from '../../../src/core/trust/sbom.ts';

function lineage(...distributions: readonly Hop['distribution'][]): Lineage {
  const { lineage } = sampleLineage('a1', 'app:1');
  const [hop] = lineage?.hops ?? [];
  if (hop === undefined || lineage === null) throw new Error('a sample without hops');
  return { ...lineage, hops: distributions.map((distribution) => ({ ...hop, distribution })) };
}

const named = (name: string, release: string | null): NonNullable<Hop['distribution']> => ({
  name,
  release,
  from: 'image name',
  supported: null,
});
const told = (id: string, release: string | null): ToldDistribution => ({ id, release, from: 'os-release' });

describe('what is told of the root', () => {
  test('is that of all images above it which say nothing', () => {
    const { hops, gaps } = withToldDistribution(lineage(null, null, null), 2, told('debian', '12'));
    expect(hops.map(({ distribution }) => distribution)).toEqual([
      { name: 'debian', release: '12', supported: '2026-07-11', from: 'layers' },
      { name: 'debian', release: '12', supported: '2026-07-11', from: 'layers' },
      { name: 'debian', release: '12', supported: '2026-07-11', from: 'os-release' },
    ]);
    expect(gaps).toEqual([]);
  });

  test.each([
    ['alpine', '3.20.1', 'alpine', '3.20'],
    ['ol', '9.4', 'oracle', '9'],
    ['almalinux', '9.4', 'alma', '9'],
    ['amzn', '2023', 'amazon', '2023'],
    ['ubuntu', '24.04', 'ubuntu', '24.04'],
    ['wolfi', '20230201', 'wolfi', '20230201'],
    ['arch', null, 'arch', null],
  ])('%s %s is %s %s', (id, release, name, expected) => {
    const { hops } = withToldDistribution(lineage(null), 0, told(id, release));
    expect(hops[0]?.distribution).toMatchObject({ name, release: expected });
  });
});

describe('beside a name', () => {
  test('it says the release that the name leaves open', () => {
    const { hops } = withToldDistribution(lineage(named('debian', null)), 0, told('debian', '13'));
    expect(hops[0]).toMatchObject({ distribution: { release: '13', from: 'os-release' }, conflicts: [] });
  });

  test('it changes nothing where both agree', () => {
    const { hops } = withToldDistribution(lineage(named('alpine', '3.20')), 0, told('alpine', '3.20.3'));
    expect(hops[0]?.distribution).toEqual(named('alpine', '3.20'));
  });

  test('it counts where they don’t, and that is a conflict and a gap', () => {
    const { hops, gaps } = withToldDistribution(lineage(named('debian', '13')), 0, told('debian', '9'));
    expect(hops[0]?.distribution).toMatchObject({ name: 'debian', release: '9' });
    expect(hops[0]?.conflicts).toEqual(['By its os-release it is debian 9, by its image name debian 13.']);
    expect(gaps.map(({ reason }) => reason)).toEqual(hops[0]?.conflicts);
  });
});

describe('a bill of materials', () => {
  const sbom = (...purls: readonly string[]): ImageSbom => {
    const read = readImageSbom(
      {
        bomFormat: 'CycloneDX',
        components: purls.map((purl, index) => ({ name: `p${index}`, purl })),
      },
      [],
      { digest: 'sha256:0', listed: true },
    );
    if ('problem' in read) throw new Error(read.problem);
    return read;
  };
  const of = (...sboms: readonly ImageSbom[]) =>
    toldByPackages({ digests: [], signatures: [], sboms, gaps: [], sbomGaps: [] });

  test.each([
    [['pkg:deb/debian/bash@5.2?arch=amd64&distro=debian-12'], { id: 'debian', release: '12' }],
    [
      ['pkg:apk/alpine/musl@1?distro=alpine-3.20.1', 'pkg:npm/left-pad@1'],
      { id: 'alpine', release: '3.20.1' },
    ],
    [['pkg:rpm/opensuse/bash@5?distro=opensuse-leap-15.6'], { id: 'opensuse-leap', release: '15.6' }],
    [['pkg:deb/debian/a@1?distro=sid'], null],
    [['pkg:deb/debian/a@1?distro=debian-12', 'pkg:deb/debian/b@1?distro=debian-13'], null],
    [['pkg:npm/a@1?distro=debian-12'], null],
    [['pkg:deb/debian/a@1'], null],
  ])('%j tells %j', (purls, expected) => {
    expect(of(sbom(...purls))).toEqual(expected === null ? null : { ...expected, from: 'packages' });
  });

  test('that says otherwise than another tells nothing', () => {
    const [one, other] = [12, 13].map((release) => sbom(`pkg:deb/debian/a@1?distro=debian-${release}`));
    if (one === undefined || other === undefined) throw new Error('no samples');
    expect([of(one, one)?.release, of(one, other)]).toEqual(['12', null]);
  });
});

test('os-release is read as it stands', () => {
  expect(toldByOsRelease({ id: 'debian', release: '12', name: null })).toEqual(told('debian', '12'));
});
