import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createHealing, type Upkeep } from '../../src/healing.ts';

const NOW = new Date('2026-11-21T13:00:00Z');

const healing = (
  failed: Upkeep['failed'],
  redeliver: Upkeep['redeliver'],
): { readonly heal: () => Promise<void>; readonly asked: ReadonlySet<string> } => {
  const asked = new Set<string>();
  const heal = createHealing({
    upkeep: {
      failed,
      redeliver,
      installations: async () => [],
      changed: async () => [],
      quota: () => 1,
      shownRuns: async () => new Map(),
    },
    memory: {
      takeChore: async (name) => name === 'deliveries',
      mayRedeliver: async ({ guid }) => !asked.has(guid),
      redelivered: async ({ guid }) => {
        asked.add(guid);
      },
      standing: async () => null,
      knows: async () => true,
      expired: async () => [],
      doubted: async () => [],
      endDoubt: async () => undefined,
      tidy: async () => undefined,
    },
    inbox: { accept: async () => undefined },
    log: pino({ level: 'silent' }),
    roundSeconds: 30,
    healed: () => undefined,
  });
  return { heal: () => heal(NOW), asked };
};

const failures = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    id: String(9_000 - index),
    guid: `guid ${index}`,
    deliveredAt: '2026-11-21T12:00:00Z',
  }));

test('what GitHub does not take again keeps no other delivery waiting for more than a round', async () => {
  const listed = failures(40);
  // The newest dozen fails whenever it is asked for.
  const bad = new Set(listed.slice(0, 12).map(({ id }) => id));
  const tried: string[] = [];
  const { heal, asked } = healing(
    async () => ({ deliveries: listed, next: null }),
    async (id) => {
      tried.push(id);
      if (bad.has(id)) throw new Error('500');
    },
  );
  await heal();
  // Nor is GitHub asked for ever, when it takes nothing.
  expect(tried).toHaveLength(10);
  await heal();
  expect(asked.size).toBe(28);
});

/** GitHub keeps listing a failure after its redelivery arrived, so that the list never gets shorter. */
test('after a long outage every failed delivery is asked for again, not only the newest', async () => {
  const all = failures(3_456);
  const listed: number[] = [];
  const { heal, asked } = healing(
    async (_since, pages, from) => {
      const start = Number(from ?? 0);
      const end = start + pages * 100;
      listed.push(start);
      return { deliveries: all.slice(start, end), next: end < all.length ? String(end) : null };
    },
    async () => undefined,
  );
  for (let round = 0; round < 3; round += 1) await heal();
  expect(asked.size).toBe(all.length);
  // Having reached the end, it begins again behind the newest.
  await heal();
  expect(listed).toEqual([0, 1_000, 0, 2_000, 0, 3_000, 0, 1_000]);
});
