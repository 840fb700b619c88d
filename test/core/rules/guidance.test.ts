import { describe, expect, test } from '@jest/globals';
import type { GuidanceSection } from '../../../src/core/rules/guidance/document.ts';
import { GUIDANCE } from '../../../src/core/rules/guidance/index.ts';
import { RULES } from '../../../src/core/rules/index.ts';
import type { Rule } from '../../../src/core/rules/rule.ts';

/** What is wrong with the table of one document. */
function faults(
  document: string,
  sections: readonly GuidanceSection[],
  rules: readonly Rule[],
): readonly string[] {
  const references = rules.flatMap(({ id, guidance }) => guidance.map((reference) => ({ id, ...reference })));
  const here = references.filter((reference) => reference.document === document);
  const strangers = here.filter(
    ({ section, sentence }) =>
      !sections.some((each) => each.section === section && sentence >= 1 && sentence <= each.sentences),
  );
  return [
    ...strangers.map(
      ({ id, section, sentence }) => `${id} names ${section}.${sentence}, which does not exist`,
    ),
    ...sections.flatMap(({ section, sentences, rows }) => {
      const numbers = rows.flatMap(({ first, last }) =>
        Array.from({ length: last - first + 1 }, (_, index) => first + index),
      );
      const expected = Array.from({ length: sentences }, (_, index) => index + 1);
      const unserved = rows.filter(
        ({ first, last, servedBy }) =>
          servedBy.length === 0 &&
          !here.some((each) => each.section === section && first <= each.sentence && each.sentence <= last),
      );
      return [
        ...(numbers.join() === expected.join()
          ? []
          : [`${section} has rows for ${numbers}, not ${expected}`]),
        ...unserved.map(({ first }) => `nothing serves ${section}.${first}`),
      ];
    }),
  ];
}

describe('the table of the guidance', () => {
  test.each(Object.entries(GUIDANCE))(
    '%s: every sentence has one row and something that serves it',
    (name, sections) => {
      expect(faults(name, sections, RULES)).toEqual([]);
    },
  );

  test('counts the sentences of the thirteen flows', () => {
    const flows = GUIDANCE['docker-flows'];
    expect(flows.map(({ section }) => section)).toEqual(Array.from({ length: 13 }, (_, i) => String(i + 1)));
    expect(flows.reduce((sum, { sentences }) => sum + sentences, 0)).toBe(53);
  });

  test('says in a known way what serves a sentence', () => {
    const all = Object.values(GUIDANCE).flatMap((sections) =>
      sections.flatMap(({ rows }) => rows.flatMap(({ servedBy }) => servedBy)),
    );
    expect(all.filter((text) => !/^(packet|report|planned|outside): \S/.test(text))).toEqual([]);
  });

  test('plans nothing any more for the thirteen flows', () => {
    const open = GUIDANCE['docker-flows'].flatMap(({ section, rows }) =>
      rows
        .filter(({ servedBy }) => servedBy.some((text) => text.startsWith('planned')))
        .map(({ first }) => `${section}.${first}`),
    );
    expect(open).toEqual([]);
  });

  test('does not plan what exists already', () => {
    const planned = Object.values(GUIDANCE).flatMap((sections) =>
      sections.flatMap(({ rows }) => rows.flatMap(({ servedBy }) => servedBy)),
    );
    expect(RULES.filter(({ id }) => planned.includes(`planned: ${id}`)).map(({ id }) => id)).toEqual([]);
  });

  test('would notice a sentence without a row, an unserved one and a wrong reference', () => {
    const [rule] = RULES;
    if (rule === undefined) throw new Error('there are no rules');
    const sections: readonly GuidanceSection[] = [
      {
        section: '1',
        title: 'One',
        sentences: 2,
        rows: [{ first: 1, last: 1, gist: 'This.', servedBy: [] }],
      },
    ];
    const stray: Rule = { ...rule, guidance: [{ document: 'docker-flows', section: '1', sentence: 3 }] };
    expect(faults('docker-flows', sections, [stray])).toEqual([
      `${rule.id} names 1.3, which does not exist`,
      '1 has rows for 1, not 1,2',
      'nothing serves 1.1',
    ]);
  });
});
