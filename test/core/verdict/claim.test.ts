import { describe, expect, test } from '@jest/globals';
import type { Actor } from '../../../src/core/model/evidence.ts';
import { answerClaim } from '../../../src/core/verdict/claim.ts';
import { contributor, gap, person } from './cases.ts';

const OSPO = ['acme/ospo'];
const author = contributor(person(100), 'pull-request-author');

describe('whose claim counts', () => {
  test('a member’s who had no part in it', () => {
    expect(answerClaim(person(1), ['acme/ospo'], [author, contributor(null)], OSPO)).toEqual({
      kind: 'counts',
      team: 'acme/ospo',
      teams: ['acme/ospo'],
    });
  });

  test.each<[Actor['type'], string]>([
    ['Bot', 'is not a person'],
    ['Organization', 'is not a person'],
  ])('not a %s’s, even one that is in the team', (type, reason) => {
    const answer = answerClaim({ ...person(1, 'robot'), type }, ['acme/ospo'], [], OSPO);
    expect(answer).toEqual({ kind: 'refused', reason: `robot ${reason}` });
  });

  test.each(['author', 'committer', 'co-author', 'pull-request-author', 'pusher'] as const)(
    'not the %s’s, even one who is in the team',
    (role) => {
      const answer = answerClaim(
        person(1),
        ['acme/ospo'],
        [author, contributor(person(1, 'renamed'), role)],
        OSPO,
      );
      expect(answer).toMatchObject({
        kind: 'refused',
        reason: expect.stringMatching(
          /^person-1 is .+ of this pull request, and nobody approves their own work$/,
        ),
      });
    },
  );

  test('not somebody’s with the name, but not the id, of a member', () => {
    const twin = contributor({ ...person(2), login: 'person-1' });
    expect(answerClaim(person(1), ['acme/ospo'], [twin], OSPO).kind).toBe('counts');
  });

  test('not an outsider’s', () => {
    expect(answerClaim(person(1), [], [], ['acme/ospo', 'acme/legal'])).toEqual({
      kind: 'refused',
      reason: 'person-1 is not an active member of acme/ospo or acme/legal',
    });
  });

  test('nobody’s where no team may approve', () => {
    expect(answerClaim(person(1), [], [], [])).toEqual({
      kind: 'refused',
      reason: 'no policy names a team that may approve deliveries',
    });
  });
});

describe('what can’t be told now is asked again', () => {
  test('the roster can’t be reached', () => {
    const unreachable = gap({ kind: 'unreachable', cause: 'world' });
    expect(answerClaim(person(1), unreachable, [], OSPO)).toEqual({
      kind: 'unanswered',
      gap: unreachable,
    });
  });

  test('the policy that names the teams can’t be read', () => {
    const broken = gap({ kind: 'policy' });
    expect(answerClaim(person(1), [], [], [], [gap(), broken])).toEqual({
      kind: 'unanswered',
      gap: broken,
    });
    expect(answerClaim(person(1), [], [], [], [gap({ kind: 'missing-policy' })]).kind).toBe('refused');
  });

  test('an unreachable roster does not make an author’s claim wait', () => {
    const unreachable = gap({ kind: 'unreachable', cause: 'world' });
    expect(answerClaim(person(100), unreachable, [author], OSPO).kind).toBe('refused');
  });
});
