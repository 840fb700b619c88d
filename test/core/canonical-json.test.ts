import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from '../../src/core/canonical-json.ts';

/** The same value with the keys of every object in the opposite order. */
const turned = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, turned(member)]),
  );
};

describe('canonical JSON', () => {
  test('sorts keys by UTF-16 code units, without blanks (RFC 8785, section 3.2.3)', () => {
    const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, ö: [7, {}] };
    expect(canonicalJson(value)).toBe(
      '{"\\r":2,"1":4,"\u0080":6,"ö":[7,{}],"€":1,"\ud83d\ude00":5,"\ufb33":3}',
    );
  });

  test('leaves out what is undefined, and refuses what JSON can’t hold', () => {
    expect(canonicalJson({ a: undefined, b: [], c: '' })).toBe('{"b":[],"c":""}');
    expect(canonicalJson([[], [[]], '', null])).toBe('[[],[[]],"",null]');
    for (const value of [Number.NaN, [undefined], { a: () => 1 }, Number.POSITIVE_INFINITY])
      expect(() => canonicalJson(value)).toThrow(TypeError);
  });

  test('is one text for equal values, and reads back as what it was', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const exact: unknown = JSON.parse(JSON.stringify(value));
        expect(canonicalJson(turned(exact))).toBe(canonicalJson(exact));
        expect(JSON.parse(canonicalJson(exact))).toEqual(exact);
      }),
    );
  });
});
