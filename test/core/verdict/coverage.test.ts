import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { About, Decision } from '../../../src/core/model/evidence.ts';
import type { RuleId } from '../../../src/core/model/finding.ts';
import type { Exception } from '../../../src/core/model/policy.ts';
import { coverageOf, exceptionFor, lapsedBecause } from '../../../src/core/verdict/coverage.ts';
import { fingerprintOf } from '../../../src/core/verdict/fingerprint.ts';
import { seat } from '../../../src/core/verdict/quorum.ts';
import { ASKED_FINGERPRINT, contributor, decision, finding, NOW, person, place, policy } from './cases.ts';

const { approval } = policy();

function cover(
  decisions: readonly Decision[],
  changes: Partial<typeof approval> = {},
  authors: readonly number[] = [],
) {
  return coverageOf(
    { fingerprint: ASKED_FINGERPRINT, obligation: 'flow-06-public-registry' },
    decisions,
    { ...approval, ...changes },
    { at: NOW, contributors: authors.map((id) => contributor(person(id))) },
  );
}

/** The kind, and whose decisions it rests on. */
function told(...parameters: Parameters<typeof cover>): string {
  const coverage = cover(...parameters);
  const whose = coverage.kind === 'none' ? coverage.given : [coverage.by].flat();
  return [coverage.kind, ...whose.map(({ actor }) => actor.id)].join(' ');
}

/** Person `id` decided at `hour` o'clock. */
function by(
  id: number,
  hour: number,
  kind: Decision['kind'] = 'approved',
  changes: Partial<Decision> = {},
): Decision {
  const at = `2026-11-20T${String(hour).padStart(2, '0')}:00:00Z`;
  return decision({ id: `${kind}-${id}-${hour}`, kind, actor: person(id), at, ...changes });
}

describe('approvals', () => {
  test('nobody said anything', () => expect(told([])).toBe('none'));
  test('one suffices by default', () => expect(told([by(1, 9)])).toBe('approved 1'));
  test('of something else it does not count', () =>
    expect(told([by(1, 9, 'approved', { fingerprints: ['another'] })])).toBe('none'));
  test('two are asked for, one is given', () => expect(told([by(1, 9)], { count: 2 })).toBe('none 1'));
  test('two people are two', () => expect(told([by(1, 9), by(2, 10)], { count: 2 })).toBe('approved 1 2'));
  test('one person twice is one', () => expect(told([by(1, 9), by(1, 10)], { count: 2 })).toBe('none 1'));
  test('a policy that asks for none still asks for one', () => expect(told([], { count: 0 })).toBe('none'));
  test('the team was removed from policy', () =>
    expect(told([by(1, 9)], { teams: ['acme/security'] })).toBe('none'));
  test('names of teams have no case', () =>
    expect(told([by(1, 9, 'approved', { team: 'ACME/Ospo' })])).toBe('approved 1'));
  test('whoever contributes later no longer counts', () => expect(told([by(1, 9)], {}, [1])).toBe('none'));
  test('the others still count then', () =>
    expect(told([by(1, 9), by(2, 10)], { count: 2 }, [1])).toBe('none 2'));
});

describe('expiry', () => {
  const until = (expires: string | null, at = '2026-11-20T09:00:00Z') => decision({ expires, at });

  test.each([
    ['2026-11-21T20:00:00.001Z', 'approved 1'],
    ['2026-11-21T20:00:00.000Z', 'none'],
    ['2026-11-21T20:00:00Z', 'none'],
    ['2026-11-21T20:00:01Z', 'approved 1'],
    ['2026-11-01T00:00:00Z', 'none'],
    ['never', 'none'],
  ])('at eight, one that ends at %s is %s', (expires, expected) => {
    expect(told([until(expires)])).toBe(expected);
  });

  test('a policy that lets approvals live shorter holds for those given before', () => {
    const given = until(null, '2026-11-01T09:00:00Z');
    expect(told([given], { expiresAfterDays: 30 })).toBe('approved 1');
    expect(told([given], { expiresAfterDays: 20 })).toBe('none');
    expect(told([until('2027-11-01T00:00:00Z', '2026-11-01T09:00:00Z')], { expiresAfterDays: 20 })).toBe(
      'none',
    );
  });

  test('each reason has its name, the team first', () => {
    const given = until('2026-11-01T00:00:00Z');
    const reason = (changes: Partial<typeof approval>, expires: string | null, authors: number[]) =>
      lapsedBecause(
        decision({ expires }),
        { ...approval, ...changes },
        { at: NOW, contributors: authors.map((id) => contributor(person(id))) },
      );
    expect(reason({}, null, [])).toBeNull();
    expect(reason({}, null, [1])).toBe('contributor');
    expect(reason({}, given.expires, [1])).toBe('expired');
    expect(reason({ teams: [] }, given.expires, [1])).toBe('team');
    expect(lapsedBecause(decision(), approval, { at: NOW, contributors: [contributor(null)] })).toBeNull();
  });
});

describe('rejections and withdrawals', () => {
  test('a rejection after an approval stands', () =>
    expect(told([by(1, 9), by(2, 10, 'rejected')])).toBe('rejected 2'));
  test('an approval after a rejection replaces it', () =>
    expect(told([by(1, 9, 'rejected'), by(2, 10)])).toBe('approved 2'));
  test('the same person changes their mind', () => {
    expect(told([by(1, 9), by(1, 10, 'rejected')])).toBe('rejected 1');
    expect(told([by(1, 9, 'rejected'), by(1, 10)])).toBe('approved 1');
  });
  test('approvals from before the rejection are not counted again', () =>
    expect(told([by(1, 8), by(2, 9, 'rejected'), by(3, 10)], { count: 2 })).toBe('none 3'));
  test('a withdrawal takes everything back', () => {
    expect(told([by(1, 8), by(2, 9), by(3, 10, 'withdrawn')], { count: 2 })).toBe('none');
    expect(told([by(1, 8, 'rejected'), by(2, 9, 'withdrawn')])).toBe('none');
    expect(told([by(1, 8, 'withdrawn'), by(2, 9)])).toBe('approved 2');
  });
  test('a reviewer who rejects and then contributes does not lift the rejection by that', () =>
    expect(told([by(1, 8), by(2, 9, 'rejected')], {}, [2])).toBe('rejected 2'));
  test('when the rejecting team loses its say, the approval before it does not come back', () =>
    expect(told([by(1, 8), by(2, 9, 'rejected', { team: 'acme/former' })])).toBe('none'));
  test('an approval that has lapsed does not replace a rejection', () =>
    expect(told([by(1, 8, 'rejected'), by(2, 9)], {}, [2])).toBe('rejected 1'));
  test('of the same instant the stricter one counts', () => {
    expect(told([by(1, 9), by(2, 9, 'rejected')])).toBe('rejected 2');
    expect(told([by(1, 9), by(1, 9, 'withdrawn')])).toBe('none');
    expect(told([by(1, 9, 'withdrawn'), by(2, 9, 'rejected')])).toBe('rejected 2');
  });
});

const anyDecision = fc
  .record({
    actor: fc.integer({ min: 1, max: 4 }),
    kind: fc.constantFrom<Decision['kind']>('approved', 'approved', 'rejected', 'withdrawn'),
    hour: fc.integer({ min: 1, max: 4 }),
    team: fc.constantFrom('acme/ospo', 'acme/former'),
    expires: fc.constantFrom(null, null, '2026-11-21T19:00:00Z'),
  })
  .map(({ actor, kind, hour, team, expires }) =>
    by(actor, hour, kind, { id: [kind, actor, hour, team, expires].join(' '), team, expires }),
  );

const world = fc.record({
  decisions: fc.array(anyDecision, { maxLength: 8 }),
  count: fc.integer({ min: 1, max: 3 }),
  authors: fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { maxLength: 2 }),
});

describe('whatever was decided', () => {
  test('the order and the repetition of decisions make no difference', () => {
    fc.assert(
      fc.property(
        world.chain(
          ({ decisions, ...rest }) =>
            fc.record({
              original: fc.constant(decisions),
              shuffled: fc.shuffledSubarray([...decisions, ...decisions], {
                minLength: decisions.length * 2,
              }),
              ...Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, fc.constant(value)])),
            }) as fc.Arbitrary<{
              original: Decision[];
              shuffled: Decision[];
              count: number;
              authors: number[];
            }>,
        ),
        ({ original, shuffled, count, authors }) => {
          expect(told(shuffled, { count }, authors)).toBe(told(original, { count }, authors));
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('it is only approved by enough entitled, independent people whose word is current', () => {
    fc.assert(
      fc.property(world, ({ decisions, count, authors }) => {
        const coverage = cover(decisions, { count }, authors);
        const counting =
          coverage.kind === 'approved' ? coverage.by : coverage.kind === 'none' ? coverage.given : [];
        if (coverage.kind === 'approved') expect(counting.length).toBeGreaterThanOrEqual(count);
        else expect(counting.length).toBeLessThan(count);
        expect(new Set(counting.map(({ actor }) => actor.id)).size).toBe(counting.length);
        for (const each of counting) {
          expect(each).toMatchObject({ kind: 'approved', team: 'acme/ospo', expires: null });
          expect(authors).not.toContain(each.actor.id);
          const overruled = decisions.some(({ kind, at }) => kind !== 'approved' && at >= each.at);
          expect(overruled).toBe(false);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('a further rejection never leaves it approved', () => {
    fc.assert(
      fc.property(world, ({ decisions, count, authors }) => {
        expect(told([...decisions, by(9, 23, 'rejected')], { count }, authors)).toBe('rejected 9');
      }),
    );
  });
});

describe('further teams', () => {
  const also = [
    { obligations: ['flow-06-public-registry'], teams: ['acme/security'], count: 1 },
    { obligations: ['flow-02-base-images'], teams: ['acme/images'], count: 3 },
  ] as const;
  const of = (id: number, hour: number, ...teams: string[]): Decision =>
    by(id, hour, 'approved', { team: teams[0] ?? '', teams });

  test('those asked about something else are not waited for', () => {
    expect(told([of(1, 9, 'acme/ospo'), of(2, 10, 'acme/security')], { also })).toBe('approved 1 2');
  });
  test('the approving team alone does not suffice', () => {
    expect(cover([of(1, 9, 'acme/ospo')], { also })).toMatchObject({ kind: 'none', missing: [0, 1] });
  });
  test('nor does the further team', () => {
    expect(cover([of(1, 9, 'acme/security')], { also })).toMatchObject({ kind: 'none', missing: [1, 0] });
  });
  test('nobody stands for two teams', () => {
    const both = of(1, 9, 'acme/ospo', 'acme/security');
    expect(cover([both], { also })).toMatchObject({ kind: 'none', missing: [0, 1] });
    expect(told([both, of(2, 10, 'acme/security')], { also })).toBe('approved 1 2');
    // Whoever is in both makes room for whoever is in one.
    expect(told([both, of(2, 10, 'acme/ospo')], { also })).toBe('approved 1 2');
  });
  test('a rejection by one team is not lifted by the approval of another', () => {
    const rejected = by(3, 9, 'rejected', { team: 'acme/security', teams: ['acme/security'] });
    expect(told([rejected, of(1, 10, 'acme/ospo')], { also })).toBe('rejected 3');
    expect(told([rejected, of(1, 10, 'acme/ospo'), of(2, 11, 'acme/security')], { also })).toBe(
      'approved 1 2',
    );
  });

  test('seats as many as any way of seating does, whatever the order', () => {
    const teams = ['acme/ospo', 'acme/security', 'acme/legal'];
    const person = fc.subarray(teams, { minLength: 1 });
    const quorum = fc.record({
      teams: fc.subarray(teams, { minLength: 1 }),
      count: fc.integer({ min: 1, max: 2 }),
    });
    const most = (places: readonly (readonly string[])[], people: readonly (readonly string[])[]): number => {
      const [first, ...rest] = people;
      if (first === undefined) return 0;
      const without = most(places, rest);
      return Math.max(
        without,
        ...places.flatMap((place, index) =>
          place.some((team) => first.includes(team))
            ? [1 + most([...places.slice(0, index), ...places.slice(index + 1)], rest)]
            : [],
        ),
      );
    };
    fc.assert(
      fc.property(
        fc.array(quorum, { maxLength: 3 }),
        fc.array(person, { maxLength: 4 }),
        (quorums, people) => {
          const approvals = people.map((its, index) => of(index + 1, 9, ...its));
          const { seated, missing } = seat(quorums, approvals);
          const places = quorums.flatMap(({ teams: its, count }) => Array.from({ length: count }, () => its));
          expect(seated).toHaveLength(most(places, people));
          expect(missing.reduce((sum, each) => sum + each, 0)).toBe(places.length - seated.length);
        },
      ),
    );
  });
});

describe('approvals that count only while their giver is a member', () => {
  const member = (active: boolean, team = 'acme/ospo') => ({ actor: 1, team, active });
  const kind = (memberships: ReturnType<typeof member>[] | undefined, whileMember = true): string =>
    coverageOf(
      { fingerprint: ASKED_FINGERPRINT, obligation: 'flow-06-public-registry' },
      [by(1, 9)],
      { ...approval, whileMember },
      { at: NOW, contributors: [], ...(memberships === undefined ? {} : { memberships }) },
    ).kind;

  test('count while it is so, end when it is not, and when nobody knows', () => {
    expect(kind([member(true)])).toBe('approved');
    expect(kind([member(true, 'ACME/OSPO')])).toBe('approved');
    expect(kind([member(false)])).toBe('none');
    expect(kind([member(true, 'acme/other')])).toBe('none');
    expect(kind([])).toBe('none');
    expect(kind(undefined)).toBe('none');
  });
  test('outlive it where the policy does not ask', () =>
    expect(kind([member(false)], false)).toBe('approved'));
});

describe('exceptions', () => {
  const exception = (changes: Partial<Exception> = {}): Exception => ({
    rule: 'unpinned-base-image',
    paths: [],
    reason: 'r',
    owner: 'o',
    expires: '2026-11-21',
    location: place('.github/clear-to-ship.yml', 3),
    ...changes,
  });

  test('hold to the end of their last day and not longer', () => {
    expect(exceptionFor(finding(), [exception()], '2026-11-21T23:59:59.999Z')).toEqual(exception());
    expect(exceptionFor(finding(), [exception()], '2026-11-22T00:00:00.000Z')).toBeNull();
  });

  test('are for one rule and for their paths', () => {
    expect(exceptionFor(finding(), [exception({ rule: 'another' })], NOW)).toBeNull();
    expect(exceptionFor(finding(), [exception({ paths: ['legacy/**', 'docs/*'] })], NOW)).toBeNull();
    const old = finding({ location: place('legacy/a/Dockerfile', 1) });
    expect(exceptionFor(old, [exception({ paths: ['docs/*', 'legacy/**'] })], NOW)).not.toBeNull();
  });

  test('the first that holds is named', () => {
    const holding = exception({ owner: 'second' });
    expect(exceptionFor(finding(), [exception({ expires: '2020-01-01' }), holding], NOW)).toBe(holding);
  });
});

describe('what was approved and only lost something since', () => {
  const RULE = 'public-registry-delivery';
  const WHOLE: About = {
    kind: ['registry-push'],
    destination: ['docker.io/acme/api'],
    tags: ['1', 'latest'],
    packages: ['curl', 'git'],
  };
  const PART: About = { ...WHOLE, tags: ['1'], packages: ['curl'] };
  const on = (about: About, rule: RuleId = RULE): Pick<Decision, 'fingerprints' | 'described'> => {
    const fingerprint = fingerprintOf(rule, about);
    return { fingerprints: [fingerprint], described: { [fingerprint]: about } };
  };
  const asked = (
    about: About,
    decisions: readonly Decision[],
    changes: Partial<typeof approval> = {},
    authors: readonly number[] = [],
  ): string => {
    const coverage = coverageOf(
      {
        fingerprint: fingerprintOf(RULE, about),
        obligation: 'flow-06-public-registry',
        asked: { rule: RULE, about },
      },
      decisions,
      { ...approval, ...changes },
      { at: NOW, contributors: authors.map((id) => contributor(person(id))) },
    );
    const whose = coverage.kind === 'none' ? coverage.given : [coverage.by].flat();
    return [coverage.kind, ...whose.map(({ actor }) => actor.id)].join(' ');
  };

  test('is approved, and not the other way round', () => {
    expect(asked(PART, [by(1, 9, 'approved', on(WHOLE))])).toBe('approved 1');
    expect(asked(WHOLE, [by(1, 9, 'approved', on(PART))])).toBe('none');
  });

  test.each<[string, About]>([
    ['another destination', { ...PART, destination: ['docker.io/acme/web'] }],
    ['something new beside it', { ...PART, imports: ['download https://example.com/x'] }],
    ['no tag left that anybody knows', { ...PART, tags: [] }],
    ['a check that is gone', { ...PART, 'not assured': ['download x: not known to be checked'] }],
  ])('is asked about with %s', (_, about) => {
    expect(asked(about, [by(1, 9, 'approved', on(WHOLE))])).toBe('none');
  });

  test('is asked about where another rule was approved, or the record does not fit its fingerprint', () => {
    expect(asked(PART, [by(1, 9, 'approved', on(WHOLE, 'own-registry-delivery'))])).toBe('none');
    const { fingerprints } = on({ ...WHOLE, tags: ['2'] });
    const forged = { fingerprints, described: { [fingerprints[0] ?? '']: WHOLE } };
    expect(asked(PART, [by(1, 9, 'approved', forged)])).toBe('none');
    // Cut down by the store to what it still counts for.
    expect(asked(PART, [by(1, 9, 'approved', { ...on(WHOLE), fingerprints: [] })])).toBe('none');
  });

  test('is only told of deliveries: lists of other questions may mean anything', () => {
    const about: About = { tags: ['1', '2'] };
    expect(asked({ tags: ['1'] }, [by(1, 9, 'approved', on(about))])).toBe('none');
  });

  test('ends as the approval of the whole does', () => {
    const given = by(1, 9, 'approved', on(WHOLE));
    expect(asked(PART, [given], {}, [1])).toBe('none');
    expect(asked(PART, [given], { teams: ['acme/security'] })).toBe('none');
    expect(asked(PART, [{ ...given, expires: '2026-11-20T12:00:00Z' }])).toBe('none');
    expect(asked(PART, [given, by(2, 10, 'rejected', on(WHOLE))])).toBe('none');
    expect(asked(PART, [given, by(1, 10, 'withdrawn', on(WHOLE))])).toBe('none');
  });

  test('is rejected or taken back on its own, and the whole brings it back only by a later approval', () => {
    const given = by(1, 9, 'approved', on(WHOLE));
    expect(asked(PART, [given, by(2, 10, 'rejected', on(PART))])).toBe('rejected 2');
    expect(asked(PART, [given, by(2, 10, 'withdrawn', on(PART))])).toBe('none');
    expect(asked(PART, [given, by(2, 10, 'withdrawn', on(PART)), by(1, 11, 'approved', on(WHOLE))])).toBe(
      'approved 1',
    );
    // A rejection of the very thing is lifted by an approval of the very thing.
    expect(asked(PART, [by(2, 10, 'rejected', on(PART)), by(1, 11, 'approved', on(WHOLE))])).toBe(
      'rejected 2',
    );
  });

  test('adds to what was given for it: each person once', () => {
    const [first, second] = [by(1, 9, 'approved', on(WHOLE)), by(2, 10, 'approved', on(PART))];
    expect(asked(PART, [first], { count: 2 })).toBe('none 1');
    expect(asked(PART, [first, second], { count: 2 })).toBe('approved 1 2');
    expect(asked(PART, [first, by(1, 10, 'approved', on(PART))], { count: 2 })).toBe('none 1');
  });

  test('whatever was decided: more is never approved than by those who approved at least as much', () => {
    const aspects = fc.record({
      tags: fc.subarray(['1', '2', 'latest'], { minLength: 1 }),
      packages: fc.subarray(['curl', 'git', 'gnupg', 'x-keyring']),
      imports: fc.subarray(['download https://e.com/a', 'download https://e.com/LICENSE']),
      'not assured': fc.subarray(['download https://e.com/a: not known to be checked']),
      condition: fc.subarray(["ref == 'x'"]),
      options: fc.subarray(['signed', 'sbom']),
    });
    const thing = aspects.map(
      (some): About => ({
        kind: ['registry-push'],
        destination: ['docker.io/acme/api'],
        ...Object.fromEntries(Object.entries(some).filter(([, values]) => values.length > 0)),
      }),
    );
    const event = fc.record({
      kind: fc.constantFrom('approved', 'approved', 'rejected', 'withdrawn'),
      who: fc.integer({ min: 1, max: 4 }),
      hour: fc.integer({ min: 1, max: 20 }),
      about: thing,
    });
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 8 }),
        thing,
        fc.integer({ min: 1, max: 2 }),
        fc.subarray([1, 2, 3, 4]),
        (events, about, count, authors) => {
          const decisions = events.map(({ kind, who, hour, about: of }) => by(who, hour, kind, on(of)));
          const answer = asked(about, decisions, { count }, authors);
          expect(asked(about, [...decisions].reverse(), { count }, authors)).toBe(answer);
          if (!answer.startsWith('approved')) return;
          const givers = answer.split(' ').slice(1).map(Number);
          expect(new Set(givers).size).toBe(count);
          for (const giver of givers) {
            expect(authors).not.toContain(giver);
            // Nobody gave what they did not see: some approval of theirs has all of it, and took nobody's assurance away.
            const theirs = events.filter(
              ({ kind, who, about: of }) =>
                kind === 'approved' &&
                who === giver &&
                Object.entries(about).every(([aspect, values]) =>
                  values.every((value) => of[aspect]?.includes(value)),
                ) &&
                ['condition', 'options'].every((aspect) => isDeepStrictEqual(about[aspect], of[aspect])) &&
                (of.imports?.includes('download https://e.com/LICENSE') ?? false) ===
                  (about.imports?.includes('download https://e.com/LICENSE') ?? false) &&
                (of.packages?.includes('x-keyring') ?? false) ===
                  (about.packages?.includes('x-keyring') ?? false),
            );
            expect(theirs).not.toEqual([]);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
