import { describe, expect, test } from '@jest/globals';
import { GUIDANCE } from '../../src/core/rules/guidance/index.ts';
import digests from './guidance-digests.json' with { type: 'json' };
import { partsOf, strangers } from './guidance-text.ts';

const TEXT = `---
title: House rules
---
House rules
===========

## (1) Bread

Bake on Mondays. Is there flour?

\`\`\`
# no heading
\`\`\`

## (2) Butter

Keep it *cold*.
`;
const known = partsOf(TEXT).map(({ digest }) => digest);

describe('a text of guidance', () => {
  test('is the sum of its headed parts', () => {
    expect(partsOf(TEXT).map(({ heading }) => heading)).toEqual(['(1) Bread', '(2) Butter']);
    expect(new Set(known).size).toBe(2);
  });

  test.each([
    ['itself', TEXT],
    [
      'other line breaks and marks',
      TEXT.replace('Mondays. Is', 'Mondays.\r\nIs').replace('*cold*', '__cold__'),
    ],
  ])('is known by %s', (_, text) => {
    expect(strangers(partsOf(text), known)).toEqual([]);
  });

  test.each([
    ['a sentence more', TEXT.replace('flour?', 'flour? Ask the miller.'), ['“(1) Bread” says']],
    ['a sentence changed', TEXT.replace('cold', 'warm'), ['“(2) Butter” says']],
    ['a sentence less', TEXT.replace(' Is there flour?', ''), ['“(1) Bread” says']],
    ['a part more', `${TEXT}\n## (3) Salt\n\nA pinch.\n`, ['“(3) Salt” says']],
    ['a part less', TEXT.slice(0, TEXT.indexOf('## (2)')), ['1 of the parts']],
    ['nothing', '', ['2 of the parts']],
  ])('is another with %s', (_, text, expected) => {
    expect(strangers(partsOf(text), known)).toEqual(expected.map((start) => expect.stringContaining(start)));
  });
});

test('every document with a table has the digests of the text it was made for', () => {
  expect(Object.keys(digests).sort()).toEqual(Object.keys(GUIDANCE).sort());
  for (const list of Object.values(digests)) {
    expect(list.length).toBeGreaterThan(0);
    for (const digest of list) expect(digest).toMatch(/^[0-9a-f]{16}$/);
  }
});
