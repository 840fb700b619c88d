import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Value } from '../../../src/core/model/value.ts';
import { possibilities } from '../../../src/core/rules/possibilities.ts';
import { format, isKnown, text } from '../../../src/core/value.ts';

function choice(expression: string, ...choices: readonly string[]): Value[number] {
  return { expression, why: 'one of several', choices: choices.map(text) };
}

describe('possibilities', () => {
  test('leaves a text without choices alone', () => {
    const open: Value = ['a', { expression: '$X', why: 'unknown' }];
    expect(possibilities(open)).toEqual([open]);
    expect(possibilities(text('a'))).toEqual([text('a')]);
  });

  test('combines choices and keeps other holes', () => {
    const value: Value = [
      choice('$A', 'x', 'y'),
      '-',
      { expression: '$O', why: 'unknown' },
      choice('$B', '1', '2'),
    ];
    expect(possibilities(value).map(format)).toEqual(['x-$O1', 'x-$O2', 'y-$O1', 'y-$O2']);
  });

  test('gives one expression one text at a time', () => {
    expect(possibilities([choice('$A', 'x', 'y'), '/', choice('$A', 'x', 'y')]).map(format)).toEqual([
      'x/x',
      'y/y',
    ]);
  });

  test('keeps the holes when there are too many texts or none', () => {
    const many = choice('$A', ...Array.from({ length: 65 }, (_, index) => String(index)));
    expect(possibilities([many])).toEqual([[many]]);
    expect(possibilities([choice('$A')])).toEqual([[choice('$A')]]);
  });

  test('loses nothing: as many texts as there are combinations, each known', () => {
    const texts = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,3}$/), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(texts, { maxLength: 3 }), (lists) => {
        const value = lists.map((list, index) => choice(`$V${index}`, ...list));
        const found = possibilities(value);
        expect(found).toHaveLength(lists.reduce((product, list) => product * list.length, 1));
        expect(found.every(isKnown)).toBe(true);
      }),
    );
  });
});
