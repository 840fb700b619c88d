import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from '../../../src/core/canonical-json.ts';
import type { About } from '../../../src/core/model/evidence.ts';
import { aboutDigest, digest, fingerprintOf } from '../../../src/core/verdict/fingerprint.ts';

const about: fc.Arbitrary<About> = fc.dictionary(
  fc.string({ maxLength: 6 }),
  fc.array(fc.string({ maxLength: 6 }), { minLength: 1, maxLength: 4 }),
  { maxKeys: 4 },
);

/** The same sets of values, written another way round. */
function rewritten(original: About): About {
  return Object.fromEntries(
    Object.entries(original)
      .reverse()
      .map(([aspect, values]) => [aspect, [...values].reverse().concat(values)]),
  );
}

function meaning(value: About): string {
  const sets = Object.entries(value).map(([aspect, values]) => [aspect, [...new Set(values)].sort()]);
  return JSON.stringify(sets.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
}

describe('fingerprints', () => {
  test('are stable under order and repetition', () => {
    fc.assert(
      fc.property(about, (value) => {
        expect(fingerprintOf('rule', rewritten(value))).toBe(fingerprintOf('rule', value));
        expect(aboutDigest(rewritten(value))).toBe(aboutDigest(value));
      }),
    );
  });

  test('are equal for equal content only', () => {
    fc.assert(
      fc.property(about, about, (one, other) => {
        expect(aboutDigest(one) === aboutDigest(other)).toBe(meaning(one) === meaning(other));
      }),
    );
  });

  test.each<[About, About]>([
    [{ a: ['b', 'c'] }, { a: ['b,c'] }],
    [{ a: ['b'], c: ['d'] }, { a: ['b', 'c', 'd'] }],
    [{ a: ['1'] }, { a: ['1 '] }],
    [{ a: ['b'] }, { b: ['a'] }],
    [{ 'base image': ['debian:12'] }, { 'base image': ['debian:13'] }],
  ])('%j is not %j', (one, other) => {
    expect(fingerprintOf('rule', one)).not.toBe(fingerprintOf('rule', other));
  });

  test('belong to their rule', () => {
    expect(fingerprintOf('one', { a: ['b'] })).not.toBe(fingerprintOf('other', { a: ['b'] }));
  });

  test('belong to their rule also where several rules ask about the very same thing', () => {
    fc.assert(
      fc.property(
        about,
        fc.array(fc.constantFrom('a-rule', 'b-rule', null), { minLength: 2 }),
        (one, rules) => {
          const of = (thing: About, rule: string | null): string =>
            rule === null ? aboutDigest(thing) : fingerprintOf(rule, thing);
          for (const rule of rules) expect(of(one, rule)).toBe(of(structuredClone(one), rule));
        },
      ),
    );
  });

  test('an aspect without values says nothing', () => {
    expect(fingerprintOf('rule', { a: ['b'], licence: [] })).toBe(fingerprintOf('rule', { a: ['b'] }));
  });

  test('are what they were: approvals in ledgers depend on them', () => {
    expect(fingerprintOf('unpinned-base-image', { dockerfile: ['Dockerfile'], image: ['b', 'a'] })).toBe(
      digest({ about: { dockerfile: ['Dockerfile'], image: ['a', 'b'] }, rule: 'unpinned-base-image' }),
    );
    // printf '{"a":["é"]}' | sha256sum
    expect(aboutDigest({ a: ['é'] })).toBe(
      'b3b3cb2f50dde17681deef17feb76682ffff3ea8e4d3a1f44b7acf07d50dee7f',
    );
  });
});

test('canonical JSON sorts keys, keeps lists and leaves undefined out', () => {
  expect(canonicalJson({ b: [2, 1, null], a: { d: undefined, c: 'x' } })).toBe(
    '{"a":{"c":"x"},"b":[2,1,null]}',
  );
  expect(() => canonicalJson([undefined])).toThrow(TypeError);
});
