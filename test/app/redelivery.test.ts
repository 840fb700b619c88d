import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createHealing } from '../../src/healing.ts';

/** GitHub keeps listing a failure after its redelivery arrived, so that the list never gets shorter. */
test('after a long outage every failed delivery is asked for again, not only the newest', async () => {
  const failures = Array.from({ length: 3_456 }, (_, index) => ({
    id: String(9_000 - index),
    guid: `guid ${index}`,
    deliveredAt: '2026-11-21T12:00:00Z',
  }));
  const asked = new Set<string>();
  const listed: number[] = [];
  const heal = createHealing({
    upkeep: {
      failed: async (_since, pages, from) => {
        const start = Number(from ?? 0);
        const end = start + pages * 100;
        listed.push(start);
        return {
          deliveries: failures.slice(start, end),
          next: end < failures.length ? String(end) : null,
        };
      },
      redeliver: async () => undefined,
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
  for (let round = 0; round < 3; round += 1) await heal(new Date('2026-11-21T13:00:00Z'));
  expect(asked.size).toBe(failures.length);
  // Having reached the end, it begins again behind the newest.
  await heal(new Date('2026-11-21T13:00:00Z'));
  expect(listed).toEqual([0, 1_000, 0, 2_000, 0, 3_000, 0, 1_000]);
});
