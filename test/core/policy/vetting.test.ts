// The register of vetted images and the registries that are asked, as policy files say it.
import { describe, expect, test } from '@jest/globals';
import { WELL_KNOWN_REGISTRIES } from '../../../src/core/policy/defaults.ts';
import { policyOf } from './sources.ts';

const ENTRY = `{image: 'docker.io/library/debian:12*', vetted-by: acme/security, on: 2026-10-01, expires: 2027-04-01, copy: 'registry.acme.example/base/debian:{tag}'}`;
const DIGEST = `sha256:${'4b'.repeat(32)}`;

function complaints(organization: string, repository: string | null = null): readonly string[] {
  const { gaps } = policyOf(
    `version: 1\n${organization}`,
    repository === null ? null : `version: 1\n${repository}`,
  );
  return gaps.map(({ reason }) => reason);
}

describe('the register', () => {
  test('asks for nothing where there is none', () => {
    expect(policyOf('version: 1\n').policy.vetting).toEqual({
      registers: [],
      onlyCopies: false,
      requireDigests: false,
      requireLineage: false,
      warnDays: 30,
    });
  });

  test('is read as it is written', () => {
    const { policy, gaps } = policyOf(
      `version: 1\nvetting:\n  only-copies: true\n  require-digests: true\n  require-lineage: true\n  warn-before-days: 14\n  images:\n    - ${ENTRY}\n    - {image: quay.io/a/b, digests: ['${DIGEST}'], vetted-by: x, on: 2026-01-01, expires: 2026-12-31, scan: 'https://scans.acme.example/7'}\n`,
    );
    expect(gaps).toEqual([]);
    expect(policy.vetting).toEqual({
      registers: [
        [
          {
            image: 'docker.io/library/debian:12*',
            digests: [],
            vettedBy: 'acme/security',
            on: '2026-10-01',
            scan: null,
            expires: '2027-04-01',
            copy: 'registry.acme.example/base/debian:{tag}',
          },
          {
            image: 'quay.io/a/b',
            digests: [DIGEST],
            vettedBy: 'x',
            on: '2026-01-01',
            scan: 'https://scans.acme.example/7',
            expires: '2026-12-31',
            copy: null,
          },
        ],
      ],
      onlyCopies: true,
      requireDigests: true,
      requireLineage: true,
      warnDays: 14,
    });
  });

  test.each([
    ['a copy without its registry', "copy: 'debian:12'"],
    ['a copy that is no image name', "copy: 'registry.acme.example/Base:12'"],
    ['a digest cut short', "digests: ['sha256:4b']"],
    ['no digest at all', 'digests: []'],
    ['a scan that is no web address', "scan: 'javascript:alert(1)'"],
    ['a day that does not exist', 'on: 2026-02-30'],
  ])('refuses %s', (_, wrong) => {
    const entry = ENTRY.replace(/, copy: '[^']*'/, '').replace('}', `, ${wrong}}`);
    const text = wrong.startsWith('on:') ? entry.replace('on: 2026-10-01, ', '') : entry;
    expect(complaints(`vetting: {images: [${text}]}\n`)).toHaveLength(1);
    expect(complaints(`vetting: {images: [${ENTRY}]}\n`)).toEqual([]);
  });
});

describe('a repository', () => {
  const ORGANIZATION = `vetting: {images: [${ENTRY}], only-copies: true, require-digests: true, require-lineage: true, warn-before-days: 30}\n`;

  test('may ask for more', () => {
    const { policy, gaps } = policyOf(
      `version: 1\nvetting: {images: [${ENTRY}]}\n`,
      `version: 1\nvetting: {images: [${ENTRY}], only-copies: true, require-digests: true, require-lineage: true, warn-before-days: 60}\n`,
    );
    expect(gaps).toEqual([]);
    expect(policy.vetting).toMatchObject({
      onlyCopies: true,
      requireDigests: true,
      requireLineage: true,
      warnDays: 60,
    });
    expect(policy.vetting.registers).toHaveLength(2);
  });

  test.each([
    ['only-copies: false', 'only the vetted copies'],
    ['require-digests: false', 'vetted content'],
    ['require-lineage: false', 'a known lineage'],
    ['warn-before-days: 7', 'an early warning'],
  ])('with %s does not get out of %s', (line) => {
    const { policy, gaps } = policyOf(`version: 1\n${ORGANIZATION}`, `version: 1\nvetting: {${line}}\n`);
    expect(gaps.map(({ kind }) => kind)).toEqual(['policy']);
    expect(policy.vetting).toMatchObject({
      onlyCopies: true,
      requireDigests: true,
      requireLineage: true,
      warnDays: 30,
    });
  });

  test('does not say which registries are asked', () => {
    expect(complaints('', 'registries: {ask: [evil.example]}\n')).toHaveLength(1);
    expect(
      policyOf('version: 1\n', 'version: 1\nregistries: {ask: [evil.example]}\n').policy.registries.asked,
    ).toEqual(WELL_KNOWN_REGISTRIES);
  });
});

describe('registries that are asked', () => {
  test('are those that policy names, and no others beside them', () => {
    const { policy } = policyOf('version: 1\nregistries: {ask: [registry.acme.example, "127.0.0.1:5000"]}\n');
    expect(policy.registries.asked).toEqual(['registry.acme.example', '127.0.0.1:5000']);
  });

  test('are none where the list is empty', () => {
    expect(policyOf('version: 1\nregistries: {ask: []}\n').policy.registries.asked).toEqual([]);
  });

  test.each(['https://quay.io', 'quay.io/acme', '*.acme.example', 'user@quay.io', ' '])(
    'are hosts, which %j is not',
    (host) => {
      expect(complaints(`registries: {ask: [${JSON.stringify(host)}]}\n`)).toHaveLength(1);
    },
  );
});
