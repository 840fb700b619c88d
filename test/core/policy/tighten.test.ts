// A repository's policy file may only tighten the organisation's.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { stringify } from 'yaml';
import type { Mode, ModeSchedule, Policy } from '../../../src/core/model/policy.ts';
import { OBLIGATIONS } from '../../../src/core/policy/modes.ts';
import { modeOn } from '../../../src/core/policy/schedule.ts';
import { policyOf, RULES } from './sources.ts';

const MODES: readonly Mode[] = ['off', 'observe', 'advise', 'enforce'];
/** Before, between and after the dates that the generated files use, and on each of them. */
const DAYS = [
  '2026-01-01',
  '2026-06-01',
  '2026-09-01',
  '2027-01-01',
  '2027-03-01',
  '2028-01-01',
  '2030-01-01',
];

/** What a repository's line did: the policy with it, and what was said about it. */
function laidOver(
  organization: string,
  repository: string,
): { policy: Policy; lines: (number | undefined)[]; said: string } {
  const { policy, gaps } = policyOf(`version: 1\n${organization}`, `version: 1\n${repository}`);
  return {
    policy,
    lines: gaps.map(({ location }) => location?.range.start.line),
    said: gaps.map(({ reason }) => reason).join('\n'),
  };
}

describe('what a repository may ask for', () => {
  test('a stricter mode, of an obligation, of all, and of a rule', () => {
    const { policy, said } = laidOver(
      'mode: advise\nflows: {6: observe}\n',
      'mode: enforce\nflows: {6: advise}\nrules: {public-registry-delivery: enforce}\n',
    );
    expect(said).toBe('');
    expect(policy.modes['flow-02-base-images'].mode).toBe('enforce');
    expect(policy.modes['flow-06-public-registry'].mode).toBe('advise');
    expect(policy.rules['public-registry-delivery']?.mode).toBe('enforce');
  });

  test('an earlier date', () => {
    const { policy, said } = laidOver(
      'mode: {mode: observe, next: enforce, from: 2027-01-01}\n',
      'mode: {mode: observe, next: enforce, from: 2026-09-01}\n',
    );
    expect(said).toBe('');
    expect(modeOn(policy.modes['image-vetting'], '2026-10-01')).toBe('enforce');
  });

  test('what the organisation asks for already', () => {
    const organization =
      'mode: enforce\nrules: {insecure-download: advise}\napproval: {count: 2, expires-after-days: 30}\n';
    const { policy, said } = laidOver(organization, organization);
    expect(said).toBe('');
    expect(policy.approval.count).toBe(2);
  });

  test('more approvals, a shorter life, strictness, digests, fewer images and licences', () => {
    const { policy, said } = laidOver(
      'approval: {teams: [acme/ospo], expires-after-days: 90, strict: [7]}\nlicenses: {allow: [MIT, Apache-2.0], deny: [A]}\n',
      'approval: {count: 2, expires-after-days: 30, strict: [8]}\nbase-images: {require-digest: true, allow: [{image: docker.io/library/debian, owner: o, reason: r}]}\nlicenses: {allow: [MIT], deny: [B]}\n',
    );
    expect(said).toBe('');
    expect(policy.approval).toMatchObject({
      teams: ['acme/ospo'],
      count: 2,
      expiresAfterDays: 30,
      strict: ['flow-07-own-registry', 'flow-08-image-archive'],
    });
    expect(policy.baseImages.requireDigest).toBe(true);
    expect(policy.baseImages.allow.map((list) => list.map(({ image }) => image))).toEqual([
      ['docker.io/library/**'],
      ['docker.io/library/debian'],
    ]);
    expect(policy.licenses).toEqual({
      allow: [['MIT', 'Apache-2.0'], ['MIT']],
      deny: ['A', 'B'],
      stated: [],
    });
  });

  test('an exception of a rule that the organisation leaves to its repositories', () => {
    const exception = 'exceptions: [{rule: unpinned-base-image, reason: r, owner: o, expires: 2027-01-01}]\n';
    const { policy, said } = laidOver('repository-exceptions: [unpinned-base-image]\n', exception);
    expect(said).toBe('');
    expect(policy.exceptions.map(({ rule }) => rule)).toEqual(['unpinned-base-image']);
  });
});

describe('what has no effect and is said with its line', () => {
  test.each([
    ['', 'flows: {6: advise}\n', 'sets flow-06-public-registry to advise, less than enforce'],
    ['', 'mode: off\n', 'to off, less than enforce'],
    ['mode: advise\nflows: {6: enforce}\n', 'mode: advise\n', 'sets flow-06-public-registry to advise'],
    [
      '',
      'mode: {mode: enforce, next: off, from: 2026-01-01}\n',
      'to enforce (off from 2026-01-01), less than enforce',
    ],
    ['', 'rules: {insecure-download: advise}\n', 'sets the rule insecure-download to advise'],
    [
      '',
      'rules: {insecure-download: {mode: enforce, next: off, from: 2026-01-01}}\n',
      'the rule insecure-download',
    ],
    [
      'rules: {insecure-download: advise}\nmode: off\n',
      'rules: {insecure-download: observe}\n',
      'less than advise',
    ],
    ['mode: advise\n', 'rules: {insecure-download: observe}\n', 'to observe, less than advise'],
    ['', 'approval: {teams: [acme/product-team]}\n', 'names approving teams'],
    ['', 'approval: {labels: {approved: ok}}\n', 'renames labels'],
    ['approval: {count: 2}\n', 'approval: {count: 1}\n', 'fewer approvals than 2'],
    ['approval: {while-member: true}\n', 'approval: {while-member: false}\n', 'outlive the membership'],
    ['approval: {expires-after-days: 30}\n', 'approval: {expires-after-days: 31}\n', 'longer than 30 days'],
    ['', 'registries: {internal: [docker.io]}\n', 'classifies registries'],
    ['', 'registries: {public: [registry.example.org]}\n', 'classifies registries'],
    ['', 'registries: {variables: {secrets.X: localhost}}\n', 'classifies registries'],
    [
      '',
      'licenses: {stated: [{component: "a.example/**", license: MIT, owner: o, reason: r}]}\n',
      'states licences of components',
    ],
    ['', 'owners: [somebody]\n', 'names owners'],
    ['', 'repository-exceptions: [insecure-download]\n', 'grants exceptions'],
    [
      '',
      'exceptions: [{rule: insecure-download, reason: r, owner: o, expires: 2027-01-01}]\n',
      'excuses the rule insecure-download',
    ],
    ['base-images: {require-digest: true}\n', 'base-images: {require-digest: false}\n', 'drops the digest'],
  ])('over %j: %j', (organization, repository, reason) => {
    const alone = policyOf(`version: 1\n${organization}`).policy;
    const { policy, said, lines } = laidOver(organization, repository);
    expect(said).toContain(reason);
    expect(said).toContain('a repository can only tighten the organisation’s policy');
    expect(lines).toEqual([2]);
    expect({ ...policy, sources: [] }).toEqual({ ...alone, sources: [] });
  });

  test('each of two wrong exceptions on its own line', () => {
    const one = (rule: string): string =>
      `  - rule: ${rule}\n    reason: r\n    owner: o\n    expires: 2027-01-01\n`;
    const { lines } = laidOver('', `exceptions:\n${one('insecure-download')}${one('unpinned-base-image')}`);
    expect(lines).toEqual([3, 7]);
  });
});

const mode = fc.constantFrom(...MODES);
const schedule = fc.oneof(
  mode,
  fc.record({
    mode,
    next: mode,
    from: fc.constantFrom('2026-06-01', '2027-01-01', '2027-03-01', '2028-01-01'),
  }),
);
const licence = fc.constantFrom('MIT', 'Apache-2.0', 'GPL-3.0-only', 'SSPL-1.0');
const image = fc.constantFrom(
  'docker.io/library/**',
  'docker.io/library/debian',
  'quay.io/**',
  'ghcr.io/acme/*',
);
const registry = fc.constantFrom('docker.io', 'ghcr.io/acme', 'registry.acme.example', '*', '**');
const rule = fc.constantFrom(...Object.keys(RULES));
const file = fc.record(
  {
    owners: fc.array(fc.constantFrom('acme', 'somebody'), { maxLength: 2 }),
    mode: schedule,
    flows: fc.dictionary(
      fc.constantFrom('2', '3', '6', 'image-vetting', 'flow-13-compressing-layers'),
      schedule,
      { maxKeys: 3 },
    ),
    rules: fc.dictionary(rule, schedule, { maxKeys: 3 }),
    approval: fc.record(
      {
        teams: fc.constantFrom(['acme/ospo'], ['acme/product']),
        count: fc.integer({ min: 1, max: 4 }),
        'expires-after-days': fc.integer({ min: 1, max: 400 }),
        labels: fc.constant({ approved: 'fine' }),
        strict: fc.subarray([5, 6, 7, 8]),
        'while-member': fc.boolean(),
        also: fc.array(
          fc.record({
            flows: fc.subarray([2, 6, 'image-vetting'], { minLength: 1 }),
            teams: fc.subarray(['acme/security', 'acme/product'], { minLength: 1 }),
          }),
          { maxLength: 2 },
        ),
      },
      { requiredKeys: [] },
    ),
    registries: fc.record(
      {
        local: fc.array(registry, { maxLength: 1 }),
        internal: fc.array(registry, { maxLength: 1 }),
        own: fc.array(registry, { maxLength: 1 }),
        public: fc.array(registry, { maxLength: 1 }),
        variables: fc.constant({ 'secrets.REGISTRY': 'localhost' }),
      },
      { requiredKeys: [] },
    ),
    'base-images': fc.record(
      {
        allow: fc.array(fc.record({ image, owner: fc.constant('o'), reason: fc.constant('r') }), {
          maxLength: 2,
        }),
        'require-digest': fc.boolean(),
      },
      { requiredKeys: [] },
    ),
    licenses: fc.record(
      { allow: fc.array(licence, { maxLength: 3 }), deny: fc.array(licence, { maxLength: 2 }) },
      { requiredKeys: [] },
    ),
    exceptions: fc.array(
      fc.record({
        rule,
        reason: fc.constant('r'),
        owner: fc.constant('o'),
        expires: fc.constant('2027-01-01'),
      }),
      { maxLength: 2 },
    ),
    'repository-exceptions': fc.array(rule, { maxLength: 2 }),
  },
  { requiredKeys: [] },
);

function strictness(
  policy: Policy,
  obligation: (typeof OBLIGATIONS)[number],
  id: string | null,
  day: string,
): number {
  const own: ModeSchedule | undefined = id === null ? undefined : policy.rules[id];
  return MODES.indexOf(modeOn(own ?? policy.modes[obligation], day));
}

/** Whether everything that `licenses` accepts is accepted before, for each licence that the files can name. */
function accepts({ licenses }: Policy, id: string): boolean {
  return !licenses.deny.includes(id) && licenses.allow.every((list) => list.includes(id));
}

function acceptsImage({ baseImages }: Policy, pattern: string): boolean {
  return baseImages.allow.every((list) => list.some(({ image: each }) => each === pattern));
}

test('no file of a repository ever loosens anything', () => {
  fc.assert(
    fc.property(file, file, (organization, repository) => {
      const before = policyOf(stringify({ version: 1, ...organization })).policy;
      const { policy: after } = policyOf(
        stringify({ version: 1, ...organization }),
        stringify({ version: 1, ...repository }),
      );
      for (const day of DAYS) {
        for (const name of OBLIGATIONS)
          expect(strictness(after, name, null, day)).toBeGreaterThanOrEqual(
            strictness(before, name, null, day),
          );
        for (const [id, obligation] of Object.entries(RULES))
          expect(strictness(after, obligation, id, day)).toBeGreaterThanOrEqual(
            strictness(before, obligation, id, day),
          );
      }
      expect(after.owners).toEqual(before.owners);
      expect(after.registries).toEqual(before.registries);
      expect(after.repositoryExceptions).toEqual(before.repositoryExceptions);
      expect(after.approval.teams).toEqual(before.approval.teams);
      expect(after.approval.labels).toEqual(before.approval.labels);
      expect(after.approval.count).toBeGreaterThanOrEqual(before.approval.count);
      expect(after.approval.also).toEqual(expect.arrayContaining([...before.approval.also]));
      expect([after.approval.whileMember, before.approval.whileMember]).not.toEqual([false, true]);
      expect(after.approval.expiresAfterDays ?? Infinity).toBeLessThanOrEqual(
        before.approval.expiresAfterDays ?? Infinity,
      );
      expect(after.approval.strict).toEqual(expect.arrayContaining([...before.approval.strict]));
      expect(Number(after.baseImages.requireDigest)).toBeGreaterThanOrEqual(
        Number(before.baseImages.requireDigest),
      );
      for (const pattern of [
        'docker.io/library/**',
        'docker.io/library/debian',
        'quay.io/**',
        'ghcr.io/acme/*',
      ])
        if (acceptsImage(after, pattern)) expect(acceptsImage(before, pattern)).toBe(true);
      for (const id of ['MIT', 'Apache-2.0', 'GPL-3.0-only', 'SSPL-1.0'])
        if (accepts(after, id)) expect(accepts(before, id)).toBe(true);
      const added = after.exceptions.filter(
        (each) => !before.exceptions.some(({ rule: id }) => id === each.rule),
      );
      for (const { rule: id } of added) expect(before.repositoryExceptions).toContain(id);
    }),
    { numRuns: 600 },
  );
});
