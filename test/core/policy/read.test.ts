import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { defaultPolicy } from '../../../src/core/policy/defaults.ts';
import { OBLIGATIONS } from '../../../src/core/policy/modes.ts';
import { modeOn } from '../../../src/core/policy/schedule.ts';
import { policyJsonSchema } from '../../../src/core/policy/schema.ts';
import { EXPLODES, processorTime } from '../../support/cpu-time.ts';
import { policyOf, RULES } from './sources.ts';

/** Line and beginning of each complaint about a repository's file. */
function complaints(text: string): [line: number | undefined, reason: string, remedy: string][] {
  return policyOf(null, text).gaps.map(({ location, reason, remedy }) => [
    location?.range.start.line,
    reason,
    remedy,
  ]);
}

const EVERYTHING = `# every key of the format
$schema: https://acme.example/schema.json
version: 1
owners: [acme, acme-labs]
mode: {mode: advise, next: enforce, from: 2027-01-01}
flows:
  6: enforce
  flow-13-compressing-layers: observe
  content-trust: off
rules:
  insecure-download: enforce
approval:
  teams: [acme/ospo, acme/ospo-deputies]
  count: 2
  also:
    - {flows: [2, image-vetting, flow-02-base-images], teams: [acme/security]}
    - {flows: [8], teams: [acme/legal, acme/board, acme/legal], count: 2}
  while-member: true
  expires-after-days: 180
  labels: {waiting: w, approved: a, rejected: r}
  strict: [7, flow-08-image-archive, 7]
registries:
  public: [registry.example.org]
  own: [registry.acme.example]
  internal: [ghcr.io/acme-internal]
  local: [kind-registry:5000]
  ask: [registry.acme.example]
  variables: {secrets.REGISTRY: registry.acme.example}
base-images:
  allow:
    - image: docker.io/library/**
      owner: platform
      reason: Official.
    - image: quay.io/keycloak/keycloak:26.*
      owner: identity
      reason: The vendor publishes there.
      expires: 2027-06-30
      ospo: false
      security: false
  require-digest: true
licenses:
  allow: [MIT, Apache-2.0]
  deny: [SSPL-1.0]
exceptions:
  - rule: insecure-download
    paths: [legacy/**]
    reason: The mirror has no TLS.
    owner: acme/platform
    expires: 2027-03-31
repository-exceptions: [unpinned-base-image]
`;

describe('the organisation’s file', () => {
  test('every key has its effect', () => {
    const { policy, gaps } = policyOf(EVERYTHING);
    expect(gaps).toEqual([]);
    expect(policy.owners).toEqual(['acme', 'acme-labs']);
    expect(policy.modes['flow-03-outside-imports']).toEqual({
      mode: 'advise',
      next: { mode: 'enforce', from: '2027-01-01' },
    });
    expect(policy.modes['flow-06-public-registry']).toEqual({ mode: 'enforce', next: null });
    expect(policy.modes['flow-13-compressing-layers'].mode).toBe('observe');
    expect(policy.modes['content-trust'].mode).toBe('off');
    expect(policy.rules).toEqual({ 'insecure-download': { mode: 'enforce', next: null } });
    expect(policy.approval).toEqual({
      teams: ['acme/ospo', 'acme/ospo-deputies'],
      count: 2,
      also: [
        { obligations: ['flow-02-base-images', 'image-vetting'], teams: ['acme/security'], count: 1 },
        { obligations: ['flow-08-image-archive'], teams: ['acme/legal', 'acme/board'], count: 2 },
      ],
      whileMember: true,
      expiresAfterDays: 180,
      labels: { waiting: 'w', approved: 'a', rejected: 'r' },
      strict: ['flow-07-own-registry', 'flow-08-image-archive'],
    });
    const defaults = defaultPolicy(['acme']).registries;
    expect(policy.registries).toEqual({
      public: [...defaults.public, 'registry.example.org'],
      own: ['registry.acme.example'],
      internal: ['ghcr.io/acme-internal'],
      local: [...defaults.local, 'kind-registry:5000'],
      asked: ['registry.acme.example'],
      variables: { 'secrets.REGISTRY': 'registry.acme.example' },
    });
    expect(policy.baseImages.requireDigest).toBe(true);
    expect(policy.baseImages.allow).toEqual([
      [
        {
          image: 'docker.io/library/**',
          owner: 'platform',
          reason: 'Official.',
          expires: null,
          ospo: true,
          security: true,
        },
        {
          image: 'quay.io/keycloak/keycloak:26.*',
          owner: 'identity',
          reason: 'The vendor publishes there.',
          expires: '2027-06-30',
          ospo: false,
          security: false,
        },
      ],
    ]);
    expect(policy.licenses).toEqual({ allow: [['MIT', 'Apache-2.0']], deny: ['SSPL-1.0'], stated: [] });
    expect(
      policy.exceptions.map(({ rule, paths, expires, location }) => [
        rule,
        paths,
        expires,
        location.range.start.line,
      ]),
    ).toEqual([['insecure-download', ['legacy/**'], '2027-03-31', 45]]);
    expect(policy.repositoryExceptions).toEqual(['unpinned-base-image']);
    expect(policy.sources).toEqual([`acme/.github:.github/clear-to-ship.yml@${'a'.repeat(40)}`]);
  });

  test('a mode flips on its date and not before', () => {
    const { policy } = policyOf(EVERYTHING);
    const days = ['2026-12-31', '2027-01-01', '2030-05-05'];
    expect(days.map((day) => modeOn(policy.modes['flow-03-outside-imports'], day))).toEqual([
      'advise',
      'enforce',
      'enforce',
    ]);
  });

  test('the least file changes nothing but the sources', () => {
    const { policy, gaps } = policyOf('version: 1\n');
    expect(gaps).toEqual([]);
    expect({ ...policy, sources: [] }).toEqual(defaultPolicy(['acme']));
  });

  test('a broken one leaves the defaults, blocks, and names its line although nothing here can be pointed at', () => {
    const { policy, gaps } = policyOf('version: 1\nmode: off\nflowz: {}\n');
    expect(policy).toEqual(defaultPolicy(['acme']));
    expect(gaps).toEqual([
      {
        kind: 'policy',
        cause: 'content',
        subject: 'acme/.github:.github/clear-to-ship.yml',
        location: null,
        reason:
          'The policy file acme/.github:.github/clear-to-ship.yml, line 3, does not know the key "flowz".',
        remedy: 'Did you mean "flows"?',
      },
    ]);
  });

  test('a broken one does not make the repository’s file wrong', () => {
    const repository =
      'version: 1\nexceptions: [{rule: insecure-download, reason: r, owner: o, expires: 2030-01-01}]\n';
    const { policy, gaps } = policyOf('version: 2\n', repository);
    expect(gaps.map(({ subject }) => subject)).toEqual(['acme/.github:.github/clear-to-ship.yml']);
    expect(policy.exceptions).toEqual([]);
  });

  test.each(['{approved: x, rejected: X}', '{waiting: "delivery: approved"}'])(
    'labels %s would mean two things',
    (labels) => {
      const { policy, gaps } = policyOf(`version: 1\napproval:\n  count: 3\n  labels: ${labels}\n`);
      expect(gaps.map(({ reason }) => reason)).toEqual([
        expect.stringMatching(/line 4, uses the label ".+" for two meanings\.$/),
      ]);
      expect(policy.approval.count).toBe(1);
    },
  );
});

describe('what is wrong with a file is said with its line', () => {
  test.each([
    [
      'version: 1\nlicences:\n  deny: [MIT]\n',
      2,
      'does not know the key "licences"',
      'Did you mean "licenses"?',
    ],
    [
      'version: 1\napproval:\n  cuont: 2\n',
      3,
      'does not know the key "cuont" in approval',
      'Did you mean "count"?',
    ],
    [
      'version: 1\nexceptions:\n  - rule: insecure-download\n    reson: x\n    reason: r\n    owner: o\n    expires: 2027-01-01\n',
      4,
      'does not know the key "reson" in exceptions[1]',
      'Did you mean "reason"?',
    ],
    ['version: 1\nbogus-and-far-away: 1\n', 2, 'does not know the key "bogus-and-far-away"', 'Known here: '],
    [
      'version: 1\nflows:\n  5: enforce\n  14: enforce\n',
      4,
      'does not know the key "14" in flows',
      'Known here: 1, ',
    ],
    [
      'version: 1\nflows:\n  5: enforce\n  6: blok\n',
      4,
      'flows.6: must be off, observe, advise or enforce',
      '',
    ],
    [
      'version: 1\nflows:\n  6: enforce\n  flow-06-public-registry: off\n',
      4,
      'is flow 6, which is given already',
      '',
    ],
    [
      'version: 1\nmode: {mode: advise, next: enforce, from: 2027-02-30}\n',
      2,
      'mode.from: must be a day of the calendar',
      '',
    ],
    ['version: 1\nmode: {mode: advise, next: enforce}\n', 2, 'mode: must be off', ''],
    ['version: 1\napproval:\n  teams: ospo\n', 3, 'approval.teams: must be a list, as in [one, two]', ''],
    [
      'version: 1\napproval:\n  teams:\n    - acme/ospo\n    - ospo\n',
      5,
      'approval.teams[2]: must be organization/team-slug',
      '',
    ],
    ['version: 1\napproval:\n  count: 0\n', 3, 'approval.count: must be at least 1', ''],
    ['version: 1\napproval:\n  count: "2"\n', 3, 'approval.count: must be a number', ''],
    ['version: 1\napproval:\n  count: 1.5\n', 3, 'approval.count: must be a whole number', ''],
    ['version: 1\napproval:\n  expires-after-days: -1\n', 3, 'approval.expires-after-days: ', ''],
    ['version: 1\napproval:\n  strict: [9]\n', 3, 'approval.strict[1]: must be at most 8', ''],
    ['version: 1\napproval:\n  also:\n    - {flows: [14], teams: [a/b]}\n', 4, 'approval.also', ''],
    [
      'version: 1\napproval:\n  also:\n    - {flows: [2], teams: []}\n',
      4,
      'approval.also[1].teams: must not be an empty list',
      '',
    ],
    ['version: "1"\n', 1, 'version: must be 1', 'Write `version: 1` at the top.'],
    ['owners: [acme]\n', 1, 'version: must be 1', 'Write `version: 1` at the top.'],
    [
      'version: 1\nregistries:\n  own: ["https://registry.acme.example"]\n',
      3,
      'registries.own[1]: must be host or host/namespace',
      '',
    ],
    ['version: 1\nregistries:\n  variables:\n    ${{ secrets.X }}: a\n', 4, 'registries.variables', ''],
    [
      'version: 1\nbase-images:\n  allow:\n    - image: debian:12\n      owner: o\n      reason: r\n',
      4,
      'must start with the registry',
      '',
    ],
    [
      'version: 1\nbase-images:\n  allow:\n    - image: docker.io/library/debian\n      owner: o\n',
      4,
      'base-images.allow[1].reason: is missing, and has to be a text',
      '',
    ],
    ['version: 1\nbase-images:\n  require-digest: "yes"\n', 3, 'base-images.require-digest: ', ''],
    ['version: 1\nlicenses:\n  allow: MIT\n', 3, 'licenses.allow: ', ''],
    [
      'version: 1\nrules:\n  insecure-downlod: enforce\n',
      3,
      'names the rule "insecure-downlod"',
      'Did you mean "insecure-download"?',
    ],
    [
      'version: 1\nrepository-exceptions:\n  - nothing-like-any-of-them\n',
      3,
      'names the rule',
      'See docs/rules.md',
    ],
    [
      'version: 1\nexceptions:\n  - {rule: unpinned, reason: r, owner: o, expires: 2027-01-01}\n',
      3,
      'names the rule "unpinned"',
      '',
    ],
    ['version: 1\nmode: off\nmode: enforce\n', 3, 'has the key "mode" twice', 'Keep one of them.'],
    ['version: 1\nflows: {6: off, "6": enforce}\n', 2, 'has the key "6" twice', ''],
    ['version: 1\nrules:\n  __proto__: off\n', 3, 'does not know the key "__proto__"', ''],
    ['version: 1\n? [mode]\n: off\n', 2, 'has a key that is no name', ''],
    ['version: 1\nmode: !strict enforce\n', 2, 'is not valid YAML: ', 'Correct the YAML.'],
    ['version: 1\nmode: [off\n', 3, 'is not valid YAML: ', ''],
    ['version: 1\n---\nversion: 1\n', 2, 'is not valid YAML: ', ''],
    ['', 1, 'is empty', ''],
    ['# nothing but a comment\n', 1, 'is empty', ''],
    ['just a sentence\n', 1, 'the file: ', ''],
    ['- version: 1\n', 1, 'the file: ', ''],
  ])('%j', (text, line, reason, remedy) => {
    const [first] = complaints(text);
    expect(first?.[0]).toBe(line);
    expect(first?.[1]).toContain(reason);
    expect(first?.[1]).toMatch(/^The policy file acme\/product:\S+, line \d+, .+\.$/);
    expect(first?.[2]).toContain(remedy);
  });

  test('a file that is wrong in one place is not obeyed in the others', () => {
    const { policy } = policyOf('version: 1\n', 'version: 1\napproval:\n  count: 5\nlicences: {}\n');
    expect(policy.approval.count).toBe(1);
  });

  test('many problems are counted, not poured out', () => {
    const text = `version: 1\n${Array.from({ length: 500 }, (_, index) => `key${index}: 1`).join('\n')}\n`;
    const found = complaints(text);
    expect(found).toHaveLength(21);
    expect(found.at(-1)?.[1]).toContain('480 more problems');
  });
});

describe('hostile files', () => {
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]']
    .concat(
      ['b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name, index) => {
        const before = String.fromCharCode(97 + index);
        return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]`;
      }),
    )
    .join('\n');

  test.each([
    ['an alias bomb', bomb, 'aliases'],
    ['deep nesting', `a: ${'['.repeat(3000)}${']'.repeat(3000)}`, 'nested too deeply'],
    ['nesting that ends nowhere', '{a: '.repeat(60_000), ''],
    [
      'twenty thousand keys',
      `version: 1\n${Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join('\n')}`,
      'does not know',
    ],
    ['a file without end', `# ${'x'.repeat(300_000)}`, 'larger than'],
    ['an alias of itself', 'version: 1\nowners: &o [*o]\n', ''],
    ['control characters', 'version: 1\n\u0000\u0007: \u202e\n', ''],
  ])('%s ends in a gap, soon', (_, text, reason) => {
    expect(processorTime(() => policyOf(text))).toBeLessThan(EXPLODES);
    const { gaps } = policyOf(text);
    expect(gaps.length).toBeGreaterThan(0);
    expect(gaps[0]?.kind).toBe('policy');
    expect(gaps[0]?.reason).toContain(reason);
  });

  test('any mutation of a good file is read or refused, never thrown at', () => {
    fc.assert(
      fc.property(
        fc.nat(EVERYTHING.length),
        fc.nat(20),
        fc.string({
          unit: fc.constantFrom('{', '[', '&a ', '*a', ':', '\n', ' ', '-', '"', '!!x ', '6', '\t', '#'),
          maxLength: 6,
        }),
        (start, length, inserted) => {
          const text = EVERYTHING.slice(0, start) + inserted + EVERYTHING.slice(start + length);
          const { policy, gaps } = policyOf(text);
          for (const gap of gaps) expect(gap.kind).toBe('policy');
          if (gaps.length > 0) expect(policy).toEqual(defaultPolicy(['acme']));
        },
      ),
      { numRuns: 400 },
    );
  });
});

test('the published JSON schema knows the same keys and every obligation', () => {
  const schema = policyJsonSchema() as {
    properties: Record<string, { properties?: Record<string, unknown> }>;
    additionalProperties: unknown;
  };
  expect(schema.additionalProperties).toBe(false);
  expect(Object.keys(schema.properties)).toContain('repository-exceptions');
  const flows = Object.keys(schema.properties.flows?.properties ?? {});
  expect(flows).toEqual(expect.arrayContaining([...OBLIGATIONS]));
  expect(flows).toHaveLength(OBLIGATIONS.length + 13);
  expect(Object.values(RULES).every((name) => OBLIGATIONS.includes(name))).toBe(true);
});
