import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { editDiff, excerpt, linesOf } from '../../../src/core/report/excerpt.ts';
import { cellsOf, PLAIN, shortLine, wrap } from '../../../src/core/report/terminal.ts';

/** Text as hostile as it comes: any UTF-16, wide and invisible characters, tabs, several lines. */
const text = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom(
        '\t',
        '日本',
        '🐳',
        'e\u0301',
        '\u202e',
        '\u001b[2J',
        '\r',
        '\n',
        '\ud83d',
        ' ',
        'word',
      ),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''));

const position = fc.record({
  line: fc.integer({ min: 1, max: 12 }),
  column: fc.integer({ min: 1, max: 400 }),
});

const widthOf = (line: string): number =>
  cellsOf(line, 0, line.length).reduce((sum, { width }) => sum + width, 0);

const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

describe('whatever the text and the range', () => {
  test('an excerpt fits the terminal and holds nothing that could act on it', () => {
    fc.assert(
      fc.property(
        text,
        position,
        position,
        fc.integer({ min: 30, max: 200 }),
        (content, start, end, width) => {
          const shown = excerpt(linesOf(content), { start, end }, { width, style: 'error', paint: PLAIN });
          for (const line of shown) {
            expect(widthOf(line)).toBeLessThanOrEqual(width + 1);
            expect(line).not.toMatch(UNSEEN);
          }
        },
      ),
    );
  });

  test('the caret stands under the first character of the range', () => {
    const known = fc.array(fc.constantFrom('a', '日', '🐳', '\t', '\u202e', 'e\u0301'), { maxLength: 300 });
    fc.assert(
      fc.property(known, known, fc.integer({ min: 30, max: 120 }), (before, after, width) => {
        const line = `${before.join('')}X${after.join('')}`;
        const column = before.join('').length + 1;
        const range = { start: { line: 1, column }, end: { line: 1, column: column + 1 } };
        const [source = '', marks = ''] = excerpt([line], range, { width, style: 'error', paint: PLAIN });
        expect(widthOf(source.slice(0, source.indexOf('X')))).toBe(
          widthOf(marks.slice(0, marks.indexOf('^'))),
        );
        expect(marks.match(/\^+/)?.[0]).toBe('^');
      }),
    );
  });

  test('an edit’s diff fits too', () => {
    fc.assert(
      fc.property(
        text,
        text,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 5 }),
        (content, put, a, b) => {
          const edit = { path: 'f', first: Math.min(a, b), last: Math.max(a, b), text: put };
          for (const line of editDiff(linesOf(content), edit, { width: 60, paint: PLAIN })) {
            expect(widthOf(line)).toBeLessThanOrEqual(60);
            expect(line).not.toMatch(UNSEEN);
          }
        },
      ),
    );
  });

  test('a short line is short, and only cut when it has to be', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 20, max: 80 }), (content, width) => {
        const line = content.replaceAll('\n', ' ');
        const shown = shortLine(line, width);
        const whole = cellsOf(line, 0, line.length)
          .map((cell) => cell.text)
          .join('');
        expect(widthOf(shown)).toBeLessThanOrEqual(width);
        if (widthOf(whole) <= width && line.length <= width * 4) expect(shown).toBe(whole);
        else expect(shown).toMatch(/…$/);
      }),
    );
  });

  test('wrapping loses no word, not even one without width', () => {
    expect(wrap('\u0301 word', 20)).toEqual(['\u0301 word']);
    expect(wrap('\u0301', 20)).toEqual(['\u0301']);
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 80 }), (content, width) => {
        expect(wrap(content, width).join(' ').split(/\s+/).filter(Boolean)).toEqual(
          content.split(/\s+/).filter(Boolean),
        );
      }),
    );
  });
});
