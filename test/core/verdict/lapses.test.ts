import { describe, expect, test } from '@jest/globals';
import type { About, Decision } from '../../../src/core/model/evidence.ts';
import type { Finding } from '../../../src/core/model/finding.ts';
import type { Lapse } from '../../../src/core/model/verdict.ts';
import { fingerprintOf } from '../../../src/core/verdict/fingerprint.ts';
import { judge } from '../../../src/core/verdict/judge.ts';
import {
  ASKED,
  caseOf,
  contributor,
  decision,
  evidence,
  facts,
  finding,
  person,
  policy,
  question,
  started,
} from './cases.ts';

const NEW_BASE: About = { ...ASKED, 'base images': ['docker.io/library/debian:13'] };

function lapses(
  findings: Finding[],
  decisions: Decision[],
  authors: number[] = [],
  teams = ['acme/ospo'],
): readonly Lapse[] {
  const contributors = authors.map((id) => contributor(person(id)));
  return judge(
    caseOf({ policy: policy({}, { teams }), findings, evidence: evidence({ decisions, contributors }) }),
  ).lapses;
}

function approvalOf(about: About, changes: Partial<Decision> = {}): Decision {
  return decision({ described: { [fingerprintOf('public-registry-delivery', about)]: about }, ...changes });
}

describe('an approval that no longer covers', () => {
  test('says what was approved and what is there now', () => {
    const [lapse, ...others] = lapses([question({ about: NEW_BASE })], [decision()]);
    expect(others).toEqual([]);
    expect(lapse).toMatchObject({
      because: 'changed',
      approved: ASKED,
      now: NEW_BASE,
      decision: { id: 'd1' },
    });
  });

  test('is told for every person who gave one', () => {
    const given = [decision(), decision({ id: 'd2', actor: person(2) })];
    expect(lapses([question({ about: NEW_BASE })], given).map(({ decision: { id } }) => id)).toEqual([
      'd1',
      'd2',
    ]);
  });

  test.each<[Lapse['because'], Partial<Decision>, number[], string[]]>([
    ['expired', { expires: '2026-11-21T00:00:00Z' }, [], ['acme/ospo']],
    ['contributor', {}, [1], ['acme/ospo']],
    ['team', {}, [], ['acme/legal']],
  ])('is told why: %s', (because, changes, authors, teams) => {
    expect(lapses([question()], [decision(changes)], authors, teams)).toMatchObject([
      { because, approved: ASKED, now: ASKED },
    ]);
  });

  test('is told once: the closest, and of equals the latest', () => {
    const older = approvalOf(
      { ...ASKED, 'base images': ['docker.io/library/debian:11'] },
      { id: 'older', at: '2026-11-01T00:00:00Z' },
    );
    const newer = approvalOf(
      { ...ASKED, 'base images': ['docker.io/library/debian:12'] },
      { id: 'newer', at: '2026-11-02T00:00:00Z' },
    );
    const farther = approvalOf(
      { ...ASKED, 'base images': ['x'], triggers: ['y'] },
      { id: 'farther', at: '2026-11-03T00:00:00Z' },
    );
    for (const order of [
      [older, newer, farther],
      [farther, newer, older],
    ])
      expect(lapses([question({ about: NEW_BASE })], order).map(({ decision: { id } }) => id)).toEqual([
        'newer',
      ]);
  });
});

describe('an approval given on another pull request', () => {
  const changed = { change: { ...started(NEW_BASE), change: 'changed', previously: ASKED } } as const;
  const stopped = { change: { ...started(ASKED), change: 'stopped' } } as const;

  test.each([
    ['changes', { facts: facts({ deliveries: [changed.change] }) }],
    ['moves', { facts: facts({ deliveries: [started(NEW_BASE), stopped.change] }) }],
    ['still asks about', { preexisting: [question()] }],
  ])('lapses where this one %s what the base has of it', (_, base) => {
    const told = (pull: number): readonly Lapse[] =>
      judge(
        caseOf({
          policy: policy({}, { teams: ['acme/ospo'] }),
          findings: [question({ about: NEW_BASE })],
          evidence: evidence({ decisions: [decision({ pull })] }),
          ...base,
        }),
      ).lapses;
    expect(told(6)).toMatchObject([{ because: 'changed', approved: ASKED, now: NEW_BASE }]);
    expect(told(7)).toHaveLength(1);
  });
});

describe('nothing has lapsed', () => {
  test('while it covers', () => expect(lapses([question()], [decision()])).toEqual([]));
  test('when the thing approved is still there beside the new one', () => {
    expect(lapses([question(), question({ about: NEW_BASE })], [decision()])).toEqual([]);
  });
  test('when the new thing is another one', () => {
    const other: About = {
      ...ASKED,
      destination: ['quay.io/acme/web'],
      'base images': ['b'],
      triggers: ['release'],
    };
    expect(lapses([question({ about: other })], [decision()])).toEqual([]);
  });
  test('when it was taken back or rejected by whomever', () => {
    const later = { id: 'd2', actor: person(2), at: '2026-11-20T11:00:00Z' };
    for (const kind of ['withdrawn', 'rejected'] as const)
      expect(lapses([question({ about: NEW_BASE })], [decision(), decision({ ...later, kind })])).toEqual([]);
  });
  test('when it was given on another pull request for something the base does not have', () => {
    expect(lapses([question({ about: NEW_BASE })], [decision({ pull: 6 })])).toEqual([]);
    expect(lapses([question({ about: NEW_BASE })], [decision({ pull: 7 })])).toHaveLength(1);
  });
  test('when nothing is open', () => {
    expect(lapses([finding()], [decision()])).toEqual([]);
    expect(lapses([], [decision({ expires: '2020-01-01T00:00:00Z' })])).toEqual([]);
  });
  test('when the approval of what was before had ended by itself', () => {
    expect(lapses([question({ about: NEW_BASE })], [decision({ expires: '2020-01-01T00:00:00Z' })])).toEqual(
      [],
    );
  });
});
