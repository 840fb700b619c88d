import { describe, expect, test } from '@jest/globals';
import type { Gap } from '../../../src/core/model/evidence.ts';
import type { JudgedFinding, Standing } from '../../../src/core/model/verdict.ts';
import { render } from '../../../src/core/report/render.ts';
import { decision, evidence, facts, place, policy, started } from '../verdict/cases.ts';
import { finding, judged, RULES, verdict } from './verdicts.ts';

function asked(standing: Standing, line = 1): JudgedFinding {
  return judged(
    finding({ rule: 'public-registry-delivery', outcome: 'needs-approval', location: place('a.yml', line) }),
    standing,
  );
}

const LABELS = { waiting: 'w', approved: 'a', rejected: 'r' };

const GAP: Gap = {
  kind: 'unreachable',
  cause: 'world',
  subject: 'the membership of olga in acme/ospo',
  location: null,
  reason: 'GitHub did not answer.',
  remedy: 'It is tried again.',
};

function shown(findings: readonly JudgedFinding[], gaps: readonly Gap[] = []) {
  const given = verdict({ subject: evidence().subject, findings, gaps });
  return render(given, facts({ deliveries: [started()] }), policy({}, { labels: LABELS }), [], RULES);
}

const open: Standing = { kind: 'open' };
const approved: Standing = { kind: 'approved', by: [decision()] };
const rejected: Standing = { kind: 'rejected', by: decision({ kind: 'rejected' }) };

describe('labels show the state under the policy’s names', () => {
  test.each<[string, JudgedFinding[], string[], string[]]>([
    ['nothing is asked', [], [], ['w', 'a', 'r']],
    ['waiting', [asked(open)], ['w'], ['a', 'r']],
    ['one of two approved', [asked(open), asked(approved, 2)], ['w'], ['a', 'r']],
    ['approved', [asked(approved), asked(approved, 2)], [], ['w', 'r']],
    ['rejected', [asked(approved), asked(rejected, 2), asked(open, 3)], ['r'], ['w', 'a']],
    ['only advised', [asked({ kind: 'advised' })], [], ['w', 'a', 'r']],
    ['a violation is no question', [judged(finding({ location: place('a', 1) }))], [], ['w', 'a', 'r']],
  ])('%s', (_, findings, add, remove) => {
    expect(shown(findings).labels).toEqual({ add, remove });
  });

  test('what people set is left while something could not be asked', () => {
    expect(shown([asked(open)], [GAP]).labels).toEqual({ add: ['w'], remove: [] });
    expect(shown([asked(open)], [{ ...GAP, cause: 'content' }]).labels.remove).toEqual(['a', 'r']);
  });

  test('the approving label is never ours to set', () => {
    for (const standing of [open, approved, rejected])
      expect(shown([asked(standing)]).labels.add).not.toContain('a');
  });
});

test('a report is about the commit that was judged, compliance first', () => {
  const report = shown([asked(open)]);
  expect(report.headSha).toBe('a'.repeat(40));
  expect(report.checks.map(({ name }) => name)).toEqual([
    'clear-to-ship / compliance',
    'clear-to-ship / delivery',
  ]);
  expect(report.packet).toContain('Delivery approval needed');
  expect(report.checks[1]?.summary).toContain('by setting the label `a`, and rejects with `r`');
  expect(shown([]).packet).toBeNull();
  expect(JSON.stringify(shown([asked(open)]))).toBe(JSON.stringify(report));
});
