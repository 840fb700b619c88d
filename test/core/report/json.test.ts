import { expect, test } from '@jest/globals';
import { toJson } from '../../../src/core/report/json.ts';
import { at, DECISION, DELIVERY, finding, GAP, judged, sentence, verdict } from './verdicts.ts';

test('the whole shape', () => {
  const of = verdict({
    outcome: 'undecided',
    findings: [
      judged(finding({ location: at('Dockerfile', 1, 6, 10) })),
      judged(finding({ location: at('Dockerfile', 2, 6, 10) }), { kind: 'approved', by: [DECISION] }),
    ],
    deliveries: [
      {
        change: { delivery: DELIVERY, change: 'started', about: {}, previously: null },
        fingerprint: 'd1',
      },
    ],
    gaps: [GAP],
    approvals: { required: 2, given: [DECISION], teams: ['acme/ospo'] },
  });
  const report = toJson(of, sentence);
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  expect(report).toMatchSnapshot();
});

test('what is not known of a destination is said beside its text', () => {
  const of = verdict({
    deliveries: [
      { change: { delivery: DELIVERY, change: 'started', about: {}, previously: null }, fingerprint: 'd' },
    ],
  });
  expect(toJson(of, sentence).deliveries[0]?.destination.tags).toEqual([
    { text: 'v$VERSION', unknown: [{ expression: '$VERSION', why: 'it is read at run time' }] },
  ]);
});

test.each([
  [{ kind: 'open' }, []],
  [{ kind: 'pre-existing' }, []],
  [{ kind: 'rejected', by: DECISION }, ['reviewer']],
  [{ kind: 'approved', by: [DECISION, DECISION] }, ['reviewer', 'reviewer']],
] as const)('who decided about a finding that is %j', (standing, names) => {
  const of = verdict({ findings: [judged(finding({ location: at('f', 1, 1, 2) }), standing)] });
  expect(toJson(of, sentence).findings[0]).toMatchObject({ standing: standing.kind, decidedBy: names });
});
