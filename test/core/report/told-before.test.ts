import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { toldBefore } from '../../../src/core/report/told-before.ts';

describe('what was told before', () => {
  test('is told again in the same words, however much was told in between', () => {
    const put = (text: string): string => `<${text.toUpperCase().repeat(3)}>`;
    const tell = toldBefore(put);
    const text = fc.oneof(
      fc.string(),
      fc.integer({ min: 1, max: 9 }).map((size) => 'long '.repeat(size * 180)),
    );
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 60 }), (texts) => {
        expect([...texts, ...texts].map(tell)).toEqual([...texts, ...texts].map(put));
      }),
    );
  });

  const counted = () => {
    const asked: string[] = [];
    const tell = toldBefore((text) => {
      asked.push(text);
      return text.toLowerCase();
    });
    return { tell, asked };
  };

  test('is made once', () => {
    const { tell, asked } = counted();
    for (const text of ['A', 'B', 'A', '', '', 'B']) tell(text);
    expect(asked).toEqual(['A', 'B', '']);
  });

  test('is forgotten when it takes too much, and not remembered where it is long', () => {
    const { tell, asked } = counted();
    const long = 'x'.repeat(4_000);
    tell(long);
    tell(long);
    expect(asked.splice(0)).toEqual([long, long]);
    tell('first');
    for (let each = 0; each < 300; each += 1) tell(`${each} ${'y'.repeat(1_500)}`);
    asked.splice(0);
    tell('first');
    tell(`299 ${'y'.repeat(1_500)}`);
    expect(asked).toEqual(['first']);
  });
});
