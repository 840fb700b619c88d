import { expect, test } from '@jest/globals';
import { createQuotas } from '../../src/github/quotas.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const quotas = () => {
  const clock = { now: NOW };
  return { clock, ...createQuotas(() => clock.now) };
};
const headers = (remaining: number, resource = 'core', seconds = 600) => ({
  'x-ratelimit-limit': '5000',
  'x-ratelimit-remaining': String(remaining),
  'x-ratelimit-resource': resource,
  'x-ratelimit-reset': String(NOW / 1000 + seconds),
});

test('whoever was never heard of has everything left, and so has a server without limits', () => {
  const { heard, left } = quotas();
  heard(2, {});
  heard(3, { 'x-ratelimit-limit': '0', 'x-ratelimit-remaining': '0' });
  expect([left(1), left(2), left(3)]).toEqual([1, 1, 1]);
});

test('the scarcest resource counts, whichever was heard of last', () => {
  const { heard, left } = quotas();
  heard(1, headers(500));
  heard(1, headers(4_900, 'graphql'));
  heard(2, headers(4_000));
  expect([left(1), left(2)]).toEqual([0.1, 0.8]);
});

test('what was used up is there again after the reset, though nobody asked since', () => {
  const { clock, heard, left } = quotas();
  heard(1, headers(0, 'core', 600));
  clock.now += 599_000;
  expect(left(1)).toBe(0);
  clock.now += 1_000;
  expect(left(1)).toBe(1);
});
