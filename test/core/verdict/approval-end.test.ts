import { describe, expect, test } from '@jest/globals';
import { approvalEnd } from '../../../src/core/verdict/approval-end.ts';
import { policy } from './cases.ts';

const AT = '2026-11-21T20:00:00.000Z';
const end = (note: string | null, expiresAfterDays: number | null = null): string | null =>
  approvalEnd(AT, note, { ...policy().approval, expiresAfterDays });

describe('an approval ends', () => {
  test('never, where nobody says when', () => expect(end(null)).toBeNull());
  test('with the life the policy gives it', () => expect(end('Fine.', 30)).toBe('2026-12-21T20:00:00.000Z'));
  test.each([
    ['Expires: 2026-12-01'],
    ['Fine for the trial.\n\n  expires : 2026-12-01.\n'],
    ['> **Expires:** 2026-12-01'],
    ['- Expires: 2026-12-24\n- Expires: 2026-12-01'],
  ])('at the end of the day its giver names: %j', (note) => {
    expect(end(note)).toBe('2026-12-02T00:00:00.000Z');
    expect(end(note, 30)).toBe('2026-12-02T00:00:00.000Z');
    expect(end(note, 2)).toBe('2026-11-23T20:00:00.000Z');
  });
  test('at once, where the day does not exist: nobody knows what was meant', () =>
    expect(end('Expires: 2026-02-30', 30)).toBe(AT));
  test.each(['It expires: 2026-12-01', 'Expires: soon', 'expires 2026-12-01', 'Expires: 2026-12-011'])(
    'not by words that only look like it: %j',
    (note) => expect(end(note)).toBeNull(),
  );
});
