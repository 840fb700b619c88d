import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  byteLength,
  cell,
  code,
  fenced,
  plain,
  shortened,
  visible,
} from '../../../src/core/report/markdown.ts';
import { fitted, list, section } from '../../../src/core/report/sections.ts';
import { escaped, placeLink } from '../../../src/core/report/words.ts';
import { evidence, place } from '../verdict/cases.ts';
import { HOSTILE, hostile } from './hostile.ts';
import { GITHUB_FILTERS, rendered } from './rendered.ts';

/** Whether it is one paragraph of text and code, and nothing that GitHub would make more of. */
function expectHarmless(markdown: string): void {
  const page = rendered(markdown);
  expect(page).toMatchObject({
    links: [],
    images: [],
    html: [],
    headings: 0,
    rows: 0,
    items: 0,
    emphasis: 0,
  });
  for (const text of page.text) for (const filter of GITHUB_FILTERS) expect(text).not.toMatch(filter);
}

describe('running text', () => {
  test.each(HOSTILE)('%j is only shown', (text) => {
    expectHarmless(`The file ${plain(text)} is there.`);
    expectHarmless(plain(text));
  });

  test('nothing gets through in any combination', () => {
    fc.assert(
      fc.property(hostile, (text) => expectHarmless(plain(text))),
      { numRuns: 500 },
    );
  });

  test('reads as it was written', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'ab &<>_*[]()`|~#@$:/.\\-1!'), maxLength: 20 }),
        (text) => {
          const read = rendered(`x ${plain(text)}`)
            .text.join('')
            .replaceAll('\u200b', '');
          expect(read).toBe(`x ${text.trim()}`.trim());
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('code spans', () => {
  test('show any text exactly and hold it in', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const page = rendered(`before ${code(text)} after`);
        expect(page).toMatchObject({ links: [], images: [], html: [], headings: 0 });
        expect(page.code).toHaveLength(1);
        expect(page.text).toEqual(['before ', ' after']);
      }),
      { numRuns: 500 },
    );
    for (const text of ['a|b', 'a\\|b', ' a ', '`', '``a`', 'x `', '*', '@acme'])
      expect(rendered(code(text)).code).toEqual([text]);
  });

  test('stay in their cell of a table', () => {
    fc.assert(
      fc.property(hostile, hostile, (text, other) => {
        const page = rendered(`| a | b |\n|---|---|\n| ${cell(code(text))} | ${cell(escaped(other))} |`);
        expect(page).toMatchObject({ rows: 2, cells: 2, links: [], images: [], html: [] });
        expect(page.code[0]).toBe(rendered(code(text)).code[0]);
      }),
      { numRuns: 500 },
    );
  });
});

test('sentences keep their code spans, and nothing else acts', () => {
  fc.assert(
    fc.property(hostile, hostile, hostile, (quoted, loose, last) => {
      expectHarmless(escaped(`The image \`${quoted}\` of ${loose} is \`${last}\`.`));
      expectHarmless(`${escaped(loose)} ${escaped(last)} \`ours\` ${escaped(quoted)}`);
    }),
    { numRuns: 500 },
  );
  expect(escaped('The image `node:*` has no version.')).toBe('The image `node:*` has no version.');
  expect(escaped(`\`${'x'.repeat(5000)}\``).length).toBeLessThan(2100);
});

test('fenced blocks end where we end them', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const page = rendered(`${fenced('', text)}\n\nafter`);
      expect(page.code).toHaveLength(1);
      expect(page).toMatchObject({ text: ['after'], links: [], html: [] });
    }),
  );
});

describe('links to places', () => {
  test('lead to the file at the judged commit, whatever its name', () => {
    fc.assert(
      fc.property(hostile, (path) => {
        const page = rendered(`- ${placeLink(evidence().subject, place(path, 7))}: text`);
        expect(page.links).toHaveLength(1);
        expect(page.links[0]).toMatch(/^https:\/\/github\.com\/acme\/product\/blob\/a{40}\/[^()<>\s]*#L7$/);
        expect(page).toMatchObject({ images: [], html: [], emphasis: 0, items: 1, text: [': text'] });
        const written = new URL(page.links[0] ?? '').pathname.split('/').slice(5).join('/');
        expect(page.links[0]).toContain(`/blob/${'a'.repeat(40)}/`);
        if (!/(^|\/)\.{1,2}(\/|$)/.test(path)) expect(decodeURIComponent(written)).toBe(path.toWellFormed());
      }),
      { numRuns: 500 },
    );
  });

  test('are only text where there is no forge', () => {
    const subject = { kind: 'checkout', name: 'x', slug: null, headSha: 'a', visibility: 'private' } as const;
    expect(placeLink(subject, place('a/Dockerfile', 3))).toBe('`a/Dockerfile:3`');
  });
});

describe('lengths', () => {
  test('bytes are counted as UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (text) => {
        expect(byteLength(text)).toBe(Buffer.byteLength(text.toWellFormed()));
      }),
    );
  });

  test('a cut is seen and splits no character', () => {
    expect(shortened('abc', 3)).toBe('abc');
    expect(shortened('abcd', 3)).toBe('ab…');
    expect(shortened('a😀bc', 3)).toBe('a…');
  });

  test('what hides is shown', () => {
    expect(visible('a\u202eb\u2066c\u0000d\ue000\u3164')).toBe('aU+202EbU+2066cU+0000d\ue000U+3164');
    expect(visible('a\r\nb\tc\u2029d')).toBe('a b\tc d');
    expect(code('© ™ → ✅')).toBe('`© ™ → U+2705`');
  });
});

describe('pages that are too long', () => {
  const omitted = (count: number): string => `_${count} sections missing._`;
  const rows = Array.from({ length: 100 }, (_, index) => `- row ${index}`);

  test('fit when they fit', () => {
    expect(fitted([section('a'), ...list('### b', ['- c'], 'things')], 100, omitted)).toBe(
      'a\n\n### b\n\n- c',
    );
  });

  test('lists are cut and say what is missing, and later sections still come', () => {
    const text = fitted([section('a'), ...list('### b', rows, 'things'), section('last')], 400, omitted);
    const shown = text.split('\n').filter((line) => line.startsWith('- row')).length;
    expect(text).toContain(`_${100 - shown} more things did not fit._`);
    expect(shown).toBeGreaterThan(10);
    expect(text.endsWith('last')).toBe(true);
    expect(text).not.toContain('missing');
  });

  test('never exceed the limit, and account for every row and section', () => {
    const sections = fc.array(
      fc.record({
        head: fc.string({ maxLength: 20 }),
        rows: fc.array(fc.string({ maxLength: 30 }), { maxLength: 8 }),
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(sections, fc.integer({ min: 60, max: 300 }), (parts, limit) => {
        const all = parts.map((part, index) =>
          section(
            `H${index};${part.head.replace(/[\n;]/g, '')}`,
            part.rows.map((row) => `R${row.replace(/\n/g, '')}`),
            'rows',
          ),
        );
        const text = fitted(all, limit, omitted);
        expect(byteLength(text)).toBeLessThanOrEqual(limit);
        const missing = Number(/_(\d+) sections missing\._/.exec(text)?.[1] ?? 0);
        expect(all.filter(({ head }) => text.includes(head)).length + missing).toBeGreaterThanOrEqual(
          all.length,
        );
      }),
      { numRuns: 500 },
    );
  });
});
