import { describe, expect, test } from '@jest/globals';
import { parseReference } from '../../../src/core/images/reference.ts';
import type { Bom, BomComponent } from '../../../src/core/model/facts.ts';
import { addressEntry, imageEntry } from '../../../src/core/rules/bill-of-materials.ts';

const SUM = `sha256:${'ab'.repeat(32)}`;

function listing(component: Partial<BomComponent>): readonly Bom[] {
  const entry = { name: 'x', version: null, purl: null, addresses: [], licenses: [], ...component };
  return [{ path: 'bom.json', components: [entry] }];
}

function image(name: string, component: Partial<BomComponent>): boolean {
  const reference = parseReference(name);
  if ('problem' in reference) throw new Error(reference.problem);
  return imageEntry(listing(component), reference) !== null;
}

describe('imageEntry', () => {
  test.each<[string, Partial<BomComponent>]>([
    ['debian:12', { name: 'debian', version: '12' }],
    ['debian:12', { name: 'docker.io/library/debian' }],
    ['debian:12', { purl: 'pkg:docker/debian@12' }],
    ['debian:12', { purl: 'pkg:docker/library/debian@12' }],
    [
      `debian@${SUM}`,
      { purl: `pkg:oci/debian@${encodeURIComponent(SUM)}?repository_url=docker.io/library/debian` },
    ],
    ['quay.io/a/b:2', { purl: `pkg:oci/b@${SUM}?repository_url=quay.io/a/b&tag=2` }],
  ])('%s is %j', (name, component) => {
    expect(image(name, component)).toBe(true);
  });

  test.each<[string, Partial<BomComponent>]>([
    ['debian:13', { name: 'debian', version: '12' }],
    ['debian:13', { purl: 'pkg:docker/debian@12' }],
    ['debian:12', { name: 'debian', purl: 'pkg:docker/other@12' }],
    ['quay.io/a/b:2', { purl: `pkg:oci/b@${SUM}?repository_url=quay.io/evil/b&tag=2` }],
    ['quay.io/a/b:2', { name: 'b', version: '2' }],
  ])('%s is not %j', (name, component) => {
    expect(image(name, component)).toBe(false);
  });
});

describe('addressEntry', () => {
  const RELEASE = 'https://github.com/other/tool/releases/download/v1.2/tool.tgz';

  test.each<[string, Partial<BomComponent>]>([
    ['https://example.com/a.tgz', { addresses: ['https://example.com/a.tgz'] }],
    ['http://example.com/a.tgz', { addresses: ['https://example.com/a.tgz'] }],
    ['https://example.com/a.tgz', { purl: 'pkg:generic/a@1?download_url=https%3A%2F%2Fexample.com%2Fa.tgz' }],
    [RELEASE, { addresses: ['git+https://github.com/other/tool.git'], version: '1.2' }],
    [RELEASE, { purl: 'pkg:github/other/tool@1.2', version: '1.2' }],
    ['git@github.com:other/tool.git', { addresses: ['https://github.com/other/tool'] }],
  ])('%s is %j', (source, component) => {
    expect(addressEntry(listing(component), source)).not.toBeNull();
  });

  test.each<[string, Partial<BomComponent>]>([
    ['https://example.com/b.tgz', { addresses: ['https://example.com/a.tgz'] }],
    [RELEASE, { addresses: ['https://github.com/other/tool'], version: '1.3' }],
    [RELEASE, { purl: 'pkg:github/other/different@1.2', version: '1.2' }],
    [RELEASE, { purl: 'pkg:github/other/tool-two@1.2', version: '1.2' }],
    [RELEASE, { purl: 'pkg:npm/%E0%A4%A', version: '1.2' }],
  ])('%s is not %j', (source, component) => {
    expect(addressEntry(listing(component), source)).toBeNull();
  });
});
