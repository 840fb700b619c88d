// CBOR as COSE signatures use it: read back as it was written, and nothing else taken for it.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readCbor } from '../../../src/core/trust/cbor.ts';
import { type CborInput, cbor } from '../../support/trust/notation.ts';

const { value } = fc.letrec<{ value: CborInput }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.integer({ min: -100_000, max: 100_000 }),
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.record({ tag: fc.integer({ min: 0, max: 300 }), value: tie('value') }),
  ),
}));

test('what was written is read', () => {
  fc.assert(
    fc.property(value, (input) => {
      expect(readCbor(cbor(input))).toEqual(input);
    }),
  );
});

test('maps keep their keys; a key that is there twice is nothing', () => {
  expect(
    readCbor(
      cbor({
        pairs: [
          [1, 'a'],
          ['x', [2]],
        ],
      }),
    ),
  ).toEqual(
    new Map<unknown, unknown>([
      [1, 'a'],
      ['x', [2]],
    ]),
  );
  expect(
    readCbor(
      cbor({
        pairs: [
          [1, 'a'],
          [1, 'b'],
        ],
      }),
    ),
  ).toBeUndefined();
});

test('any bytes are read or refused, never more than there are', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      expect(() => readCbor(Buffer.from(bytes))).not.toThrow();
    }),
  );
});

test.each<[string, string]>([
  ['nothing', ''],
  ['two values', '0101'],
  ['a text that is longer than the bytes', '6361'],
  ['an array of four thousand million', '9affffffff'],
  ['a map of four thousand million', 'baffffffff'],
  ['an indefinite length', '9f01ff'],
  ['a float', 'fb3ff0000000000000'],
  ['a number beyond what is exact', '1bffffffffffffffff'],
  ['nesting without end', '81'.repeat(1000)],
])('%s is refused', (_name, hex) => {
  expect(readCbor(Buffer.from(hex, 'hex'))).toBeUndefined();
});

test('simple values', () => {
  expect(['f4', 'f5', 'f6'].map((hex) => readCbor(Buffer.from(hex, 'hex')))).toEqual([false, true, null]);
});
