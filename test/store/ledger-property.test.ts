import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { PullRequestRef } from '../../src/ports.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { appendToLedger } from '../../src/store/ledger.ts';
import { decisionsOn } from '../../src/store/ledger-decisions.ts';
import type { DecidingKind, NewEntry } from '../../src/store/ledger-entry.ts';
import { pruneLedger } from '../../src/store/ledger-prune.ts';
import { verifyLedger } from '../../src/store/ledger-verify.ts';

type Event = {
  readonly kind: DecidingKind;
  readonly pull: number;
  readonly fingerprints: readonly string[];
};

const events: fc.Arbitrary<readonly Event[]> = fc.array(
  fc.record({
    kind: fc.constantFrom<DecidingKind>(
      'approved',
      'approved',
      'rejected',
      'withdrawn',
      'expired',
      'invalidated',
    ),
    pull: fc.integer({ min: 1, max: 3 }),
    fingerprints: fc.uniqueArray(fc.constantFrom('f', 'g', 'h'), { minLength: 1 }),
  }),
  { maxLength: 12 },
);

/**
 * The rule in words: an approval counts for a fingerprint until something else is decided on that fingerprint; only on
 * the approval's own pull request, its own rejections and withdrawals are handed over beside it instead.
 */
const expected = (history: readonly Event[], pull: number): readonly string[] =>
  history.flatMap((event, index) => {
    const isOwn = event.pull === pull;
    if (event.kind === 'rejected' || event.kind === 'withdrawn') {
      return isOwn ? [`${event.kind} ${event.pull} ${[...event.fingerprints].sort().join()}`] : [];
    }
    if (event.kind !== 'approved') return [];
    const left = event.fingerprints.filter((fingerprint) =>
      history.slice(index + 1).every((later) => {
        if (later.kind === 'approved' || !later.fingerprints.includes(fingerprint)) return true;
        const isForJudge = later.kind === 'rejected' || later.kind === 'withdrawn';
        return isOwn && isForJudge && later.pull === pull;
      }),
    );
    return left.length > 0 ? [`approved ${event.pull} ${left.sort().join()}`] : [];
  });

/** What is approved once the decisions found, oldest first, have been applied: what the judge would grant. */
const standing = (decisions: readonly string[]): readonly string[] => {
  const approved = new Set<string>();
  for (const decision of decisions) {
    const [kind, , fingerprints] = decision.split(' ');
    for (const fingerprint of fingerprints?.split(',') ?? []) {
      if (kind === 'approved') approved.add(fingerprint);
      else approved.delete(fingerprint);
    }
  }
  return [...approved].sort();
};

let database: Database;
let installations = 0;

const days = (count: number): Date => new Date(Date.now() - count * 86_400_000);

const entryOf = (event: Event, installation: number, at: Date): NewEntry => ({
  installation,
  at: at.toISOString(),
  kind: event.kind,
  repository: { id: 1, name: 'acme/shop' },
  pull: event.pull,
  headSha: null,
  body: { kind: event.kind, pull: event.pull, fingerprints: event.fingerprints },
});

const bearing = async (installation: number, number: number): Promise<readonly string[]> => {
  const pull: PullRequestRef = { installation, repositoryId: 1, owner: 'acme', repository: 'shop', number };
  const decisions = await decisionsOn(database)(pull);
  return decisions.map((decision) => {
    const { pull: on } = decision as unknown as Event;
    return `${decision.kind} ${on} ${decision.fingerprints.join()}`;
  });
};

const append = async (history: readonly Event[], installation: number, at: Date): Promise<void> => {
  const [first, ...others] = history.map((event) => entryOf(event, installation, at));
  if (first !== undefined) await database.transaction((tx) => appendToLedger(tx, [first, ...others]));
};

beforeAll(async () => {
  database = await openDatabase({});
}, 60_000);
afterAll(async () => {
  await database.close();
});

test('whatever is decided in whatever order, exactly the decisions that bear on a pull request are found', async () => {
  await fc.assert(
    fc.asyncProperty(events, async (history) => {
      installations += 1;
      await append(history, installations, days(1));
      for (const pull of [1, 2, 3, 4])
        expect(await bearing(installations, pull)).toEqual(expected(history, pull));
    }),
    { numRuns: 100 },
  );
}, 60_000);

test('pruning never gives an approval, never takes one that stands, and the chain verifies', async () => {
  await fc.assert(
    fc.asyncProperty(events, events, events, async (oldest, old, young) => {
      installations += 1;
      const installation = installations;
      const prune = (now: Date) => database.transaction((tx) => pruneLedger(tx, installation, 180, now));
      await append(oldest, installation, days(900));
      await prune(days(600));
      await append(old, installation, days(400));
      await append(young, installation, days(1));
      await prune(new Date());
      expect(await verifyLedger(database, installation)).toMatchObject({ ok: true });
      const history = [...oldest, ...old, ...young];
      // Pull request 4 decided nothing itself: only standing approvals bear on it, and all of them have to be left.
      expect(await bearing(installation, 4)).toEqual(expected(history, 4));
      for (const pull of [1, 2, 3])
        expect(standing(await bearing(installation, pull))).toEqual(standing(expected(history, pull)));
    }),
    { numRuns: 100 },
  );
}, 60_000);
