// The states of an approval as a table, and the judge's answer after every way through it.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { About, Decision } from '../../../src/core/model/evidence.ts';
import type { ApprovalState } from '../../../src/core/model/verdict.ts';
import { judge } from '../../../src/core/verdict/judge.ts';
import {
  ASKED,
  ASKED_FINGERPRINT,
  caseOf,
  contributor,
  decision,
  evidence,
  finding,
  person,
  policy,
  question,
} from './cases.ts';

const EVENTS = ['approve', 'reject', 'withdraw', 'expire', 'contribute', 'disown', 'late'] as const;
type Event = (typeof EVENTS)[number];
/** `overruled`: approved after a rejection, which stands again when the approval ends. */
type State = Exclude<ApprovalState, 'none'> | 'overruled';

const shown = (state: State): ApprovalState => (state === 'overruled' ? 'approved' : state);

/**
 * What each event makes of each state. `expire`: time passes until what was approved so far has ended. `contribute`:
 * whoever approved so far pushes to the pull request. `disown`: the policy drops the team of everybody who decided so
 * far. `late`: an approval arrives that was given before everything else.
 */
const TABLE: Readonly<Record<State, Readonly<Record<Event, State | 'same'>>>> = {
  pending: row({ approve: 'approved', reject: 'rejected', withdraw: 'withdrawn', late: 'approved' }),
  approved: row({
    reject: 'rejected',
    withdraw: 'withdrawn',
    expire: 'expired',
    contribute: 'invalidated',
    disown: 'invalidated',
  }),
  rejected: row({ approve: 'overruled', withdraw: 'withdrawn', disown: 'pending' }),
  overruled: row({
    reject: 'rejected',
    withdraw: 'withdrawn',
    expire: 'rejected',
    contribute: 'rejected',
    disown: 'invalidated',
  }),
  withdrawn: row({ approve: 'approved', reject: 'rejected' }),
  expired: row({
    approve: 'approved',
    reject: 'rejected',
    withdraw: 'withdrawn',
    disown: 'invalidated',
    late: 'approved',
  }),
  invalidated: row({
    approve: 'approved',
    reject: 'rejected',
    withdraw: 'withdrawn',
    expire: 'expired',
    late: 'approved',
  }),
};

function row(changes: Partial<Record<Event, State>>): Readonly<Record<Event, State | 'same'>> {
  const same = Object.fromEntries(EVENTS.map((event) => [event, 'same'])) as Record<Event, State | 'same'>;
  return { ...same, ...changes };
}

const next = (state: State, event: Event): State => {
  const to = TABLE[state][event];
  return to === 'same' ? state : to;
};

type World = {
  readonly clock: number;
  readonly decisions: readonly Decision[];
  readonly contributors: readonly number[];
  readonly team: string;
};

const START = Date.parse('2026-01-01T00:00:00Z');
const HOUR = 3_600_000;
const LIFE = 24 * HOUR;
const EMPTY: World = { clock: START, decisions: [], contributors: [], team: 'acme/ospo-0' };

const step = (world: World, event: Event): World => {
  const clock = world.clock + HOUR;
  const number = world.decisions.length + 1;
  const decided = (kind: Decision['kind'], at: number): World => ({
    ...world,
    clock,
    decisions: [
      ...world.decisions,
      decision({
        id: `d${number}`,
        kind,
        actor: person(number),
        team: world.team,
        at: new Date(at).toISOString(),
        // An approval that comes late is one that was given for longer.
        expires: kind === 'approved' ? new Date(world.clock + LIFE).toISOString() : null,
      }),
    ],
  });
  switch (event) {
    case 'approve':
      return decided('approved', clock);
    case 'reject':
      return decided('rejected', clock);
    case 'withdraw':
      return decided('withdrawn', clock);
    case 'late':
      return decided('approved', START - number);
    case 'expire':
      return { ...world, clock: clock + 2 * LIFE };
    case 'contribute':
      return {
        ...world,
        clock,
        contributors: world.decisions.filter(({ kind }) => kind === 'approved').map(({ actor }) => actor.id),
      };
    case 'disown':
      return { ...world, clock, team: `acme/ospo-${number}-${clock}` };
    default:
      return event satisfies never;
  }
};

const judged = (world: World, about: About = ASKED) =>
  judge(
    caseOf({
      policy: policy({}, { teams: [world.team] }),
      findings: [question({ about })],
      evidence: evidence({
        collectedAt: new Date(world.clock).toISOString(),
        decisions: world.decisions,
        contributors: world.contributors.map((id) => contributor(person(id))),
      }),
    }),
  );

const stateOf = (world: World): ApprovalState | undefined => judged(world).findings[0]?.approval;

/** A way into each state. */
const WAYS: Readonly<Record<State, readonly Event[]>> = {
  pending: [],
  approved: ['approve'],
  rejected: ['reject'],
  overruled: ['reject', 'approve'],
  withdrawn: ['approve', 'withdraw'],
  expired: ['approve', 'expire'],
  invalidated: ['approve', 'contribute'],
};

const CASES = Object.entries(WAYS).flatMap(([state, way]) =>
  EVENTS.map((event) => [state as State, event, next(state as State, event), way] as const),
);

describe('every event in every state', () => {
  test.each(CASES)('%s, %s: %s', (state, event, expected, way) => {
    const world = way.reduce(step, EMPTY);
    expect(stateOf(world)).toBe(shown(state));
    expect(stateOf(step(world, event))).toBe(shown(expected));
  });

  test('only what is approved is clear', () => {
    for (const [state, way] of Object.entries(WAYS)) {
      const { outcome } = judged(way.reduce(step, EMPTY));
      expect([state, outcome]).toEqual([
        state,
        { approved: 'clear', rejected: 'blocked' }[shown(state as State) as string] ?? 'needs-approval',
      ]);
    }
  });

  test('what was approved and has changed since is invalidated, and approved anew where it is the same again', () => {
    const approved = step(EMPTY, 'approve');
    const changed = { ...ASKED, 'base images': ['docker.io/library/debian:13'] };
    expect(judged(approved, changed)).toMatchObject({
      outcome: 'needs-approval',
      findings: [{ approval: 'invalidated' }],
      lapses: [{ because: 'changed', fingerprint: ASKED_FINGERPRINT }],
    });
    expect(judged(approved).outcome).toBe('clear');
  });

  test('nobody approves a violation, and nobody is asked about what was there before', () => {
    const violation = judge(caseOf({ findings: [finding()] })).findings[0];
    expect(violation?.approval).toBeUndefined();
    const known = judge(caseOf({ findings: [question()], preexisting: [question()] })).findings[0];
    expect(known?.approval).toBe('none');
  });
});

/** Where late approvals and changes of team come after others, the table alone does not tell what they find. */
const STEADY = EVENTS.filter((event) => event !== 'late' && event !== 'disown');

describe('any way through the states', () => {
  test('ends where the table ends', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...STEADY), { maxLength: 12 }), (events) => {
        let [state, world]: [State, World] = ['pending', EMPTY];
        for (const event of events) {
          [state, world] = [next(state, event), step(world, event)];
          expect([...events, event, stateOf(world)]).toEqual([...events, event, shown(state)]);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('has one verdict, whatever the order in which the events arrived and however often', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...EVENTS), { maxLength: 10 }).chain((events) =>
          fc.record({
            world: fc.constant(events.reduce(step, EMPTY)),
            order: fc.shuffledSubarray(
              Array.from({ length: 30 }, (_, index) => index),
              { minLength: 30 },
            ),
          }),
        ),
        ({ world, order }) => {
          const twice = [...world.decisions, ...world.decisions, ...world.decisions];
          const arrived = order.flatMap((index) => twice[index] ?? []);
          expect({ ...judged({ ...world, decisions: arrived }), digests: null }).toEqual({
            ...judged(world),
            digests: null,
          });
        },
      ),
      { numRuns: 60 },
    );
  });
});
