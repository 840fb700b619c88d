import { describe, expect, test } from '@jest/globals';
import { deriveFacts } from '../../../src/core/derive.ts';
import type { Finding } from '../../../src/core/model/finding.ts';
import { readPolicy } from '../../../src/core/policy/read.ts';
import { copiedDockerfile } from '../../../src/core/rules/flow-01-dockerfile-provenance/copied-dockerfile.ts';
import { RULES } from '../../../src/core/rules/index.ts';
import type { Sample } from '../../../src/core/rules/rule.ts';
import { evidenceOf, withEdit } from '../../support/samples.ts';
import { LEDGER, TILES } from '../dockerfile/similarity/originals.ts';

const known = {
  repository: 'other/maps',
  path: 'tiles/Dockerfile',
  commit: '5d'.repeat(20),
  license: 'MIT',
  copyrights: ['Copyright 2019 Other Authors'],
  text: TILES,
};

function check(rules: typeof RULES, changes: Partial<Sample>): readonly Finding[] {
  const sample: Sample = { title: '', files: { Dockerfile: TILES }, elsewhere: [known], ...changes };
  const { policy } = readPolicy([], ['acme'], []);
  const facts = deriveFacts(evidenceOf(sample), policy);
  return rules.flatMap((rule) => rule.check(facts, policy));
}

const copies = (changes: Partial<Sample>) => check([copiedDockerfile], changes);

describe('a copied Dockerfile', () => {
  test('is told with its likeness, origin, commit and licence', () => {
    expect(copies({})).toMatchObject([
      {
        severity: 'warning',
        message:
          '`Dockerfile` is 100 % the same as `other/maps` tiles/Dockerfile at commit 5d5d5d5 (MIT), and does not say so.',
        about: { dockerfile: ['Dockerfile'], original: ['https://github.com/other/maps'] },
      },
    ]);
  });

  test('stops a public repository, which passes it on', () => {
    expect(copies({ visibility: 'public' })).toMatchObject([{ severity: 'error' }]);
  });

  test('counts less when only a part was taken', () => {
    expect(copies({ files: { Dockerfile: `${TILES.slice(0, 900)}\n${LEDGER}` } })).toMatchObject([
      { severity: 'note' },
    ]);
  });

  test('counts less when it is the organisation’s own', () => {
    expect(copies({ elsewhere: [{ ...known, repository: 'Acme/maps' }] })).toMatchObject([
      { severity: 'note' },
    ]);
  });

  test('is none in the repository of the original', () => {
    expect(copies({ elsewhere: [{ ...known, repository: 'ACME/Product' }] })).toEqual([]);
  });

  test('is none in a fork, at the same path', () => {
    const fork = { ...known, repository: 'upstream/product', license: null };
    expect(copies({ files: { 'tiles/Dockerfile': TILES }, elsewhere: [fork] })).toEqual([]);
    expect(copies({ files: { 'maps/Dockerfile': TILES }, elsewhere: [fork] })).toHaveLength(1);
  });

  test('may name a relative of the closest original', () => {
    const relative = { ...known, repository: 'first/maps', text: TILES.replace('osmium-tool', 'imposm') };
    const Dockerfile = `# Origin: https://github.com/first/maps\n# SPDX-License-Identifier: MIT\n${TILES}`;
    expect(copies({ files: { Dockerfile }, elsewhere: [known, relative] })).toEqual([]);
  });

  test('has one finding in each file that is one', () => {
    const found = copies({ files: { Dockerfile: TILES, 'b/Dockerfile': TILES, 'c/Dockerfile': LEDGER } });
    expect(found.map(({ location }) => location.path)).toEqual(['Dockerfile', 'b/Dockerfile']);
  });

  test('is clear of every rule of the same obligation after the edit', () => {
    const provenance = RULES.filter(({ obligation }) => obligation === copiedDockerfile.obligation);
    const sample: Sample = { title: '', files: { Dockerfile: TILES }, elsewhere: [known] };
    const edit = copies(sample)[0]?.edit;
    expect(edit).not.toBeNull();
    expect(check(provenance, withEdit(sample, edit ?? { path: '', first: 0, last: 0, text: '' }))).toEqual(
      [],
    );
  });
});
