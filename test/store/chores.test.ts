// Recurring work is done by one process at a time, by clocks that need not agree.
import { expect, test } from '@jest/globals';
import { takeChore } from '../../src/store/chores.ts';
import { onEachEngine } from './support.ts';

const NOON = Date.parse('2026-11-22T12:00:00Z');
const at = (minutes: number): Date => new Date(NOON + minutes * 60_000);

onEachEngine('a chore', ({ database }) => {
  const take = (name: string, minutes: number): Promise<boolean> =>
    takeChore(database(), name, 240, at(minutes));

  test('is taken once in its time, whoever asks', async () => {
    expect(await take('once', 0)).toBe(true);
    expect(await take('once', 3.9)).toBe(false);
    expect(await take('once', 4)).toBe(true);
    expect(await take('once', 4)).toBe(false);
  });

  test('is not done twice because clocks differ by minutes', async () => {
    expect(await take('apart', 10)).toBe(true);
    expect(await take('apart', 0)).toBe(false);
    expect(await take('apart', 13)).toBe(false);
    expect(await take('apart', 14)).toBe(true);
  });

  test('is not put off by a process whose clock was days ahead', async () => {
    expect(await take('ahead', 3 * 24 * 60)).toBe(true);
    expect(await take('ahead', 0)).toBe(true);
    expect(await take('ahead', 1)).toBe(false);
  });
});
