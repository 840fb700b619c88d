import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Value } from '../../src/core/model/value.ts';
import {
  both,
  either,
  equal,
  format,
  hole,
  holes,
  join,
  known,
  literalLength,
  not,
  prefix,
  same,
  split,
  suffix,
  text,
} from '../../src/core/value.ts';

const X = hole('$X', 'nothing sets it');
const Y = hole('$Y', 'nothing sets it');

test('joining gives the normal form', () => {
  expect(join(['a', text('b'), text(''), X, '', 'c', text('d')])).toEqual(['ab', ...X, 'cd']);
  expect(join([])).toEqual([]);
  expect(text('')).toEqual([]);
});

test('what is known of a value', () => {
  const value = join(['ab', X, 'c', Y, X, 'de']);
  expect(known(value)).toBeNull();
  expect(known(['ab'])).toBe('ab');
  expect([prefix(value), suffix(value), literalLength(value)]).toEqual(['ab', 'de', 5]);
  expect(holes(value)).toEqual([...X, ...Y]);
  expect(format(value)).toBe('ab$Xc$Y$Xde');
});

test.each<[Value, Value, string]>([
  [text('a'), text('a'), 'yes'],
  [text('a'), text('b'), 'no'],
  [[], text('b'), 'no'],
  [join(['v', X]), text('v1'), 'unknown'],
  [join(['v', X]), text('w1'), 'no'],
  [join([X, '.tgz']), text('a.zip'), 'no'],
  [join(['abc', X]), text('ab'), 'no'],
  [join(['ab', X, 'bc']), text('abc'), 'no'],
  [join(['a', X]), join(['b', Y]), 'no'],
  [join(['a', X]), join(['a', X]), 'unknown'],
  [X, Y, 'unknown'],
  [[{ expression: '$P', why: 'open', not: ['false', ''] }], text('false'), 'no'],
  [[{ expression: '$P', why: 'open', not: ['false', ''] }], [], 'no'],
  [[{ expression: '$P', why: 'open', not: ['false'] }], text('true'), 'unknown'],
  [['a', { expression: '$P', why: 'open', not: ['b'] }], text('ab'), 'unknown'],
])('%j equals %j: %s', (left, right, expected) => {
  expect(equal(left, right)).toBe(expected);
  expect(equal(right, left)).toBe(expected);
});

test('a hole written like a text is no text', () => {
  expect(same(hole('a', 'why'), text('a'))).toBe(false);
  expect(same(join(['a', X]), join(['a', X]))).toBe(true);
});

test('three-valued logic decides as early as it can', () => {
  expect([both('no', 'unknown'), both('yes', 'unknown'), both('yes', 'yes')]).toEqual([
    'no',
    'unknown',
    'yes',
  ]);
  expect([either('yes', 'unknown'), either('no', 'unknown'), either('no', 'no')]).toEqual([
    'yes',
    'unknown',
    'no',
  ]);
  expect([not('yes'), not('no'), not('unknown')]).toEqual(['no', 'yes', 'unknown']);
});

const anyValue = fc
  .array(fc.oneof(fc.stringMatching(/^[a-c,]{0,3}$/), fc.constantFrom(X, Y)), { maxLength: 6 })
  .map((parts) => join(parts));

test('splitting and joining with the separator gives the value back', () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      const pieces = split(value, ',');
      expect(join(pieces.flatMap((piece, index) => (index === 0 ? [piece] : [',', piece])))).toEqual(value);
    }),
  );
});

test('filling holes never contradicts what equality said before', () => {
  const fill = (value: Value, by: string) =>
    value.map((part) => (typeof part === 'string' ? part : by)).join('');
  fc.assert(
    fc.property(
      anyValue,
      anyValue,
      fc.stringMatching(/^[a-c,]{0,3}$/),
      fc.stringMatching(/^[a-c,]{0,3}$/),
      (left, right, one, other) => {
        const truth = equal(left, right);
        if (truth !== 'unknown') expect(fill(left, one) === fill(right, other)).toBe(truth === 'yes');
      },
    ),
  );
});
