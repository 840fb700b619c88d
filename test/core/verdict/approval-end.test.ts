import { describe, expect, test } from '@jest/globals';
import { approvalEnd } from '../../../src/core/verdict/approval-end.ts';
import { EXPLODES, processorTime } from '../../support/cpu-time.ts';
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
  test.each([
    ['Expires: 2026-12-01T18:00:00+02:00', '2026-12-01T16:00:00.000Z'],
    ['Expires: 2026-12-01 18:00Z', '2026-12-01T18:00:00.000Z'],
    ['Expires: 2026-12-01T00:30:00.5-09:00.', '2026-12-01T09:30:00.500Z'],
    ['Fine.\r\nExpires: 2026-12-01\r\n', '2026-12-02T00:00:00.000Z'],
  ])('at the instant its giver names: %j', (note, instant) => expect(end(note)).toBe(instant));
  test.each(['Expires: never', 'expires: None.'])('by policy alone, where its giver says %j', (note) => {
    expect(end(note)).toBeNull();
    expect(end(note, 30)).toBe('2026-12-21T20:00:00.000Z');
  });
  test.each([
    'Expires: 2026-02-30',
    'Expires: 2026-12-011',
    'Expires: 31.12.2026',
    'Expires: 12/31/2026',
    'Expires: 31 December 2026',
    'Expires: 2026-12',
    'Expires: 2026-12-01T18:00:00',
    'Expires: 2026-12-01T25:00:00Z',
    'Expires: 2026-12-01 (or later)',
    'Expires: soon',
    'Expires:',
    'Expires: 2027-01-01\nExpires: in spring',
  ])('at once, where nobody knows what was meant: %j', (note) => expect(end(note, 30)).toBe(AT));
  test.each(['It expires: 2026-12-01', 'expires 2026-12-01', 'Nothing expires here.'])(
    'not by words that only look like it: %j',
    (note) => expect(end(note)).toBeNull(),
  );
  test('in a time that grows with the text alone', () => {
    const text = `Expires: a${' '.repeat(1_000_000)}b`;
    expect(processorTime(() => end(text))).toBeLessThan(EXPLODES);
  });
});
