import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Decision, Gap } from '../../../src/core/model/evidence.ts';
import type { Finding } from '../../../src/core/model/finding.ts';
import type { Mode, Policy } from '../../../src/core/model/policy.ts';
import type { Outcome, Verdict } from '../../../src/core/model/verdict.ts';
import { modesFrom } from '../../../src/core/policy/defaults.ts';
import type { Case } from '../../../src/core/verdict/case.ts';
import { fingerprintOf } from '../../../src/core/verdict/fingerprint.ts';
import { judge, worst } from '../../../src/core/verdict/judge.ts';
import {
  caseOf,
  contributor,
  decision,
  evidence,
  facts,
  finding,
  gap,
  NOW,
  person,
  place,
  policy,
  question,
  repository,
  started,
} from './cases.ts';

/** Compliance and delivery of a case. */
function outcomes(changes: Partial<Case>): [Outcome, Outcome] {
  const { compliance, delivery } = judge(caseOf(changes));
  return [compliance, delivery];
}

function standings({ findings }: Verdict): string[] {
  return findings.map(({ standing }) => standing.kind);
}

const unknownImage = finding({ rule: 'unresolved-base-image', outcome: 'unknown', severity: 'warning' });
const decided = (...decisions: Decision[]): Partial<Case> => ({ evidence: evidence({ decisions }) });
const mode = (name: Mode): Policy => policy({ modes: modesFrom(name) });

describe('outcomes', () => {
  test.each<[string, Partial<Case>, Outcome, Outcome]>([
    ['nothing found', {}, 'clear', 'clear'],
    ['a violation', { findings: [finding()] }, 'blocked', 'clear'],
    ['advice', { findings: [finding({ severity: 'warning' })] }, 'clear', 'clear'],
    ['an image that can’t be told', { findings: [unknownImage] }, 'undecided', 'clear'],
    ['a delivery', { findings: [question()] }, 'clear', 'needs-approval'],
    ['an image to accept', { findings: [finding({ outcome: 'needs-approval' })] }, 'clear', 'needs-approval'],
    ['a delivery that can’t be told', { findings: [question({ outcome: 'unknown' })] }, 'clear', 'undecided'],
    ['an approved delivery', { findings: [question()], ...decided(decision()) }, 'clear', 'clear'],
    [
      'an approved delivery that can’t be told',
      { findings: [question({ outcome: 'unknown' })], ...decided(decision()) },
      'clear',
      'clear',
    ],
    [
      'a rejected delivery',
      { findings: [question()], ...decided(decision({ kind: 'rejected' })) },
      'clear',
      'blocked',
    ],
    ['a violation and a delivery', { findings: [finding(), question()] }, 'blocked', 'needs-approval'],
    ['a gap', { evidence: evidence({ gaps: [gap()] }) }, 'undecided', 'undecided'],
    [
      'a gap in the facts',
      { facts: facts({ head: repository({ gaps: [gap()] }) }) },
      'undecided',
      'undecided',
    ],
    [
      'a violation and a gap',
      { findings: [finding()], evidence: evidence({ gaps: [gap()] }) },
      'blocked',
      'undecided',
    ],
    ['a broken policy', { policyGaps: [gap({ kind: 'policy' })] }, 'blocked', 'blocked'],
    [
      'a broken policy where nothing is enforced',
      { policy: mode('off'), policyGaps: [gap({ kind: 'policy' })] },
      'blocked',
      'blocked',
    ],
  ])('%s', (_, changes, compliance, delivery) => {
    expect(outcomes(changes)).toEqual([compliance, delivery]);
    expect(judge(caseOf(changes)).outcome).toBe(worst([compliance, delivery]));
  });

  test('an OSPO’s no to an unknown image blocks compliance, its yes clears it', () => {
    const described = { [fingerprintOf(unknownImage.rule, unknownImage.about)]: unknownImage.about };
    const answer = (kind: Decision['kind']): [Outcome, Outcome] =>
      outcomes({ findings: [unknownImage], ...decided(decision({ kind, described })) });
    expect(answer('rejected')).toEqual(['blocked', 'clear']);
    expect(answer('approved')).toEqual(['clear', 'clear']);
  });

  test('nobody can approve a violation', () => {
    const violation = finding();
    const described = { [fingerprintOf(violation.rule, violation.about)]: violation.about };
    expect(outcomes({ findings: [violation], ...decided(decision({ described })) })).toEqual([
      'blocked',
      'clear',
    ]);
  });

  test('the worst of several', () => {
    expect(worst([])).toBe('clear');
    expect(worst(['clear', 'undecided', 'needs-approval'])).toBe('undecided');
    expect(worst(['needs-approval', 'blocked', 'undecided'])).toBe('blocked');
  });
});

describe('modes', () => {
  test.each<[Mode, string[], Outcome, Outcome]>([
    ['off', [], 'clear', 'clear'],
    ['observe', ['observed', 'observed'], 'clear', 'clear'],
    ['advise', ['advised', 'advised'], 'clear', 'clear'],
    ['enforce', ['open', 'open'], 'blocked', 'needs-approval'],
  ])('%s', (name, expected, compliance, delivery) => {
    const verdict = judge(caseOf({ policy: mode(name), findings: [finding(), question()] }));
    expect(standings(verdict)).toEqual(expected);
    expect([verdict.compliance, verdict.delivery]).toEqual([compliance, delivery]);
  });

  test('a rejection does not block where the organisation only advises', () => {
    const given = decided(decision({ kind: 'rejected' }));
    const verdict = judge(caseOf({ policy: mode('advise'), findings: [question()], ...given }));
    expect([standings(verdict), verdict.outcome]).toEqual([['advised'], 'clear']);
  });

  test('a rule’s own mode goes before its obligation’s', () => {
    const rules = { 'unpinned-base-image': { mode: 'advise' as const, next: null } };
    expect(standings(judge(caseOf({ policy: policy({ rules }), findings: [finding()] })))).toEqual([
      'advised',
    ]);
  });

  test.each([
    ['2026-12-31T23:59:59.999Z', 'clear'],
    ['2027-01-01T00:00:00.000Z', 'blocked'],
  ])('a date flips it: at %s it is %s', (collectedAt, expected) => {
    const schedule = { mode: 'advise' as const, next: { mode: 'enforce' as const, from: '2027-01-01' } };
    const rules = { 'unpinned-base-image': schedule };
    const [compliance] = outcomes({
      policy: policy({ modes: modesFrom('advise'), rules }),
      findings: [finding()],
      evidence: evidence({ collectedAt }),
    });
    expect(compliance).toBe(expected);
  });

  test.each([
    ['2026-12-31T23:59:59.999Z', 'clear'],
    ['2027-01-01T00:00:00.000Z', 'undecided'],
  ])('a gap only counts once something is enforced: at %s it is %s', (collectedAt, expected) => {
    const content = { mode: 'advise' as const, next: { mode: 'enforce' as const, from: '2027-01-01' } };
    const modes = { ...modesFrom('advise'), 'content-trust': content };
    const verdict = judge(
      caseOf({ policy: policy({ modes }), evidence: evidence({ collectedAt, gaps: [gap()] }) }),
    );
    expect(verdict.outcome).toBe(expected);
    expect(verdict.gaps).toEqual([gap()]);
  });

  test('a rule that is enforced makes gaps count too', () => {
    const rules = { 'unpinned-base-image': { mode: 'enforce' as const, next: null } };
    const changes = {
      policy: policy({ modes: modesFrom('advise'), rules }),
      evidence: evidence({ gaps: [gap()] }),
    };
    expect(outcomes(changes)).toEqual(['undecided', 'undecided']);
  });
});

describe('what was there before', () => {
  test('is counted, not blamed, wherever it has moved', () => {
    const verdict = judge(
      caseOf({ findings: [finding({ location: place('Dockerfile', 40) })], preexisting: [finding()] }),
    );
    expect([standings(verdict), verdict.outcome]).toEqual([['pre-existing'], 'clear']);
  });

  test('is blamed when it is about something else now', () => {
    const before = finding({
      about: { dockerfile: ['Dockerfile'], 'base image': ['docker.io/library/php'] },
    });
    expect(outcomes({ findings: [finding()], preexisting: [before] })).toEqual(['blocked', 'clear']);
  });

  test('is no excuse for another rule’s finding about the same', () => {
    const before = finding({ rule: 'unresolved-base-image' });
    expect(outcomes({ findings: [finding()], preexisting: [before] })).toEqual(['blocked', 'clear']);
  });
});

describe('exceptions', () => {
  const exception = (paths: string[]) => ({
    rule: 'unpinned-base-image',
    paths,
    reason: 'r',
    owner: 'o',
    expires: '2026-11-21',
    location: place('.github/clear-to-ship.yml', 3),
  });

  test('excuse', () => {
    const verdict = judge(caseOf({ policy: policy({ exceptions: [exception([])] }), findings: [finding()] }));
    expect([standings(verdict), verdict.outcome]).toEqual([['excepted'], 'clear']);
  });

  test('do not hide the same thing in another file', () => {
    const about = { 'base image': ['docker.io/library/node'] };
    const excused = finding({ about, location: place('a/Dockerfile', 1) });
    const other = finding({ about, location: place('b/Dockerfile', 2) });
    const exceptions = [exception(['a/**'])];
    const verdict = judge(caseOf({ policy: policy({ exceptions }), findings: [excused, other] }));
    expect([standings(verdict), verdict.outcome]).toEqual([['open'], 'blocked']);
    expect(verdict.findings[0]?.finding.location.path).toBe('b/Dockerfile');
    expect(verdict.findings[0]?.finding.related).toEqual([
      { location: excused.location, message: excused.message },
    ]);
  });
});

describe('findings about the same thing', () => {
  test('are one, the gravest, with the places of the others', () => {
    const places = [3, 1, 2].map((line) =>
      finding({ severity: line === 2 ? 'error' : 'note', location: place('Dockerfile', line) }),
    );
    const { findings } = judge(caseOf({ findings: places }));
    expect(findings).toHaveLength(1);
    expect(findings[0]?.finding.location.range.start.line).toBe(2);
    expect(findings[0]?.finding.related.map(({ location }) => location.range.start.line)).toEqual([1, 3]);
  });

  test('are listed by path, place and rule', () => {
    const at = (path: string, line: number) =>
      finding({ location: place(path, line), about: { at: [`${path} ${line}`] } });
    const { findings } = judge(caseOf({ findings: [at('b', 1), at('a', 10), at('a', 9), at('B', 1)] }));
    expect(
      findings.map(({ finding: { location } }) => `${location.path}:${location.range.start.line}`),
    ).toEqual(['B:1', 'a:9', 'a:10', 'b:1']);
  });

  test('a rule that is not in the rule set is a bug, not a finding', () => {
    expect(() => judge(caseOf({ findings: [finding({ rule: 'made-up' })] }))).toThrow('made-up');
  });
});

describe('gaps', () => {
  const head = (gaps: Gap[], before: Gap[], changed: string[] = []): Partial<Case> => ({
    facts: facts({ head: repository({ gaps }), base: repository({ gaps: before }) }),
    evidence: evidence({
      changes: changed.map((path) => ({ path, status: 'modified', previousPath: null, shownLines: null })),
    }),
  });
  const nowhere = gap({ location: null, subject: 'scripts/release.sh' });
  const world = gap({ kind: 'unreachable', cause: 'world' });
  const missing = gap({ kind: 'missing-policy', cause: 'content', location: null, subject: 'policy' });

  test.each<[string, Partial<Case>, Outcome]>([
    ['new ones count', head([gap()], []), 'undecided'],
    ['those of the base do not', head([gap()], [gap()]), 'clear'],
    [
      'those of the base count when their file is touched',
      head([gap()], [gap()], ['Dockerfile']),
      'undecided',
    ],
    ['also when they have no place', head([nowhere], [nowhere], ['scripts/release.sh']), 'undecided'],
    ['those a retry may close count always', head([world], [world]), 'undecided'],
    [
      'without a base all count',
      { facts: facts({ base: null, head: repository({ gaps: [gap()] }) }) },
      'undecided',
    ],
    ['a missing policy alone does not', { policyGaps: [missing] }, 'clear'],
    [
      'nor with what was there before',
      { policyGaps: [missing], findings: [finding()], preexisting: [finding()] },
      'clear',
    ],
    ['but with a finding', { policyGaps: [missing], findings: [finding({ severity: 'note' })] }, 'undecided'],
    [
      'and with a delivery',
      { policyGaps: [missing], facts: facts({ deliveries: [started()] }) },
      'undecided',
    ],
    ['and with a gap', { policyGaps: [missing], ...head([gap()], []) }, 'undecided'],
    [
      'not with an unchanged delivery',
      { policyGaps: [missing], facts: facts({ deliveries: [{ ...started(), change: 'unchanged' }] }) },
      'clear',
    ],
  ])('%s', (_, changes, expected) => {
    expect(judge(caseOf(changes)).outcome).toBe(expected);
  });

  test('those of the base are kept to be told', () => {
    expect(judge(caseOf(head([gap()], [gap()]))).gapsBefore).toEqual([gap()]);
    expect(judge(caseOf(head([gap()], [gap()], ['Dockerfile']))).gapsBefore).toBeUndefined();
  });

  test('are listed once, the policy’s first, whatever their order', () => {
    const broken = gap({ kind: 'policy', subject: 'zzz', location: null });
    const gaps = [nowhere, gap(), world, gap(), broken];
    const listed = (order: Gap[]): readonly Gap[] =>
      judge(caseOf({ evidence: evidence({ gaps: order }) })).gaps;
    expect(listed(gaps)).toHaveLength(4);
    expect(listed(gaps)[0]).toBe(broken);
    expect(listed([...gaps].reverse())).toEqual(listed(gaps));
  });
});

describe('approvals', () => {
  test('those given so far are told', () => {
    const two = policy({}, { count: 2 });
    const verdict = judge(caseOf({ policy: two, findings: [question()], ...decided(decision()) }));
    expect(verdict.approvals).toMatchObject({ required: 2, teams: ['acme/ospo'] });
    expect(verdict.approvals.given.map(({ actor }) => actor.id)).toEqual([1]);
    expect(verdict.delivery).toBe('needs-approval');
  });

  test('contributors without an account are named', () => {
    const contributors = [contributor(null), contributor(person(1)), contributor(null, 'committer')];
    expect(judge(caseOf({ evidence: evidence({ contributors }) })).approvals.unmapped).toEqual([
      'Somebody Unknown',
    ]);
  });
});

describe('one verdict', () => {
  const anyFinding: fc.Arbitrary<Finding> = fc
    .record({
      rule: fc.constantFrom('unpinned-base-image', 'public-registry-delivery'),
      outcome: fc.constantFrom<Finding['outcome']>('violation', 'needs-approval', 'unknown'),
      severity: fc.constantFrom<Finding['severity']>('error', 'note'),
      line: fc.integer({ min: 1, max: 3 }),
      image: fc.constantFrom('a', 'b'),
    })
    .map(({ line, image, ...rest }) =>
      finding({ ...rest, location: place('Dockerfile', line), about: { image: [image] } }),
    );
  const anyDecision = fc
    .record({
      kind: fc.constantFrom<Decision['kind']>('approved', 'rejected', 'withdrawn'),
      actor: fc.integer({ min: 1, max: 3 }),
      hour: fc.integer({ min: 10, max: 12 }),
      image: fc.constantFrom('a', 'b'),
    })
    .map(({ kind, actor, hour, image }) =>
      decision({
        id: [kind, actor, hour, image].join(' '),
        kind,
        actor: person(actor),
        at: `2026-11-20T${hour}:00:00Z`,
        described: {
          [fingerprintOf('public-registry-delivery', { image: [image] })]: { image: [image] },
        },
      }),
    );

  test('whatever the order in which decisions and findings arrive', () => {
    const arrivals = fc
      .record({
        findings: fc.array(anyFinding, { maxLength: 6 }),
        decisions: fc.array(anyDecision, { maxLength: 6 }),
      })
      .chain(({ findings, decisions }) =>
        fc.record({
          findings: fc.constant(findings),
          decisions: fc.constant(decisions),
          shuffledFindings: fc.shuffledSubarray(findings, { minLength: findings.length }),
          shuffledDecisions: fc.shuffledSubarray(decisions, { minLength: decisions.length }),
        }),
      );
    fc.assert(
      fc.property(arrivals, ({ findings, decisions, shuffledFindings, shuffledDecisions }) => {
        const one = judge(caseOf({ findings, evidence: evidence({ decisions }) }));
        const other = judge(
          caseOf({ findings: shuffledFindings, evidence: evidence({ decisions: shuffledDecisions }) }),
        );
        expect(JSON.stringify(other)).toBe(JSON.stringify(one));
      }),
      { numRuns: 500 },
    );
  });

  test('is the same verdict a moment later, and another for another commit', () => {
    const digestOf = (changes: Parameters<typeof evidence>[0]): string =>
      judge(caseOf({ evidence: evidence(changes) })).digests.evidence;
    expect(digestOf({ collectedAt: '2026-11-22T00:00:00.000Z' })).toBe(digestOf({ collectedAt: NOW }));
    expect(digestOf({ head: { commit: 'c'.repeat(40), entries: [] } })).not.toBe(digestOf({}));
    expect(digestOf({ gaps: [gap()] })).not.toBe(digestOf({}));
  });
});
