import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { FileChange } from '../../../src/core/model/evidence.ts';
import type { Edit } from '../../../src/core/model/finding.ts';
import type { ReviewComment } from '../../../src/core/model/report.ts';
import type { JudgedFinding, Standing } from '../../../src/core/model/verdict.ts';
import { reviewComments } from '../../../src/core/report/review-comments.ts';
import { place } from '../verdict/cases.ts';
import { hostile } from './hostile.ts';
import { GITHUB_FILTERS, rendered } from './rendered.ts';
import { finding, judged, RULES, verdict } from './verdicts.ts';

function edited(
  first: number,
  last = first,
  changes: Partial<Edit> = {},
  standing?: Standing,
): JudgedFinding {
  const edit: Edit = { path: 'Dockerfile', first, last, text: 'FROM node:22', ...changes };
  return judged(finding({ location: place(edit.path, first), edit }), standing);
}

function change(shownLines: FileChange['shownLines'], changes: Partial<FileChange> = {}): FileChange {
  return { path: 'Dockerfile', status: 'modified', previousPath: null, shownLines, ...changes };
}

function comments(
  findings: readonly JudgedFinding[],
  changes: readonly FileChange[] = [change([[1, 500]])],
): readonly ReviewComment[] {
  return reviewComments(verdict({ findings }), changes, RULES);
}

describe('where a comment can stand', () => {
  test('on lines that the diff shows, all of them in one stretch', () => {
    const shown = [
      change([
        [3, 9],
        [20, 25],
      ]),
    ];
    const where = (first: number, last: number): number => comments([edited(first, last)], shown).length;
    expect([where(3, 9), where(20, 20), where(4, 5)]).toEqual([1, 1, 1]);
    expect([where(2, 3), where(9, 10), where(9, 20), where(10, 19), where(26, 26)]).toEqual([0, 0, 0, 0, 0]);
  });

  test.each<[string, FileChange[]]>([
    ['a file that the change does not touch', [change([[1, 9]], { path: 'other/Dockerfile' })]],
    ['a file without a patch', [change(null)]],
    ['a file that is removed', [change([[1, 9]], { status: 'removed' })]],
    ['no change at all', []],
  ])('not in %s', (_, changes) => {
    expect(comments([edited(1)], changes)).toEqual([]);
  });

  test('in a renamed file, by its new name', () => {
    const renamed = change([[1, 9]], { status: 'renamed', previousPath: 'old/Dockerfile' });
    expect(comments([edited(1)], [renamed])).toHaveLength(1);
    expect(comments([edited(1, 1, { path: 'old/Dockerfile' })], [renamed])).toEqual([]);
  });
});

describe('few', () => {
  test('at most ten, the first in the files', () => {
    const found = comments(Array.from({ length: 30 }, (_, index) => edited(index + 1)));
    expect(found.map(({ startLine }) => startLine)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test('one for the same lines', () => {
    expect(
      comments([edited(1, 3), edited(2), edited(3, 4), edited(5)]).map(({ startLine }) => startLine),
    ).toEqual([1, 5]);
    const other = change([[1, 9]], { path: 'b' });
    expect(comments([edited(1), edited(1, 1, { path: 'b' })], [change([[1, 9]]), other])).toHaveLength(2);
  });

  test('none without an edit, and none for what is not shown', () => {
    expect(comments([judged(finding({ location: place('Dockerfile', 1) }))])).toEqual([]);
    expect(
      comments([edited(1, 1, {}, { kind: 'pre-existing' }), edited(2, 2, {}, { kind: 'observed' })]),
    ).toEqual([]);
    expect(comments([edited(1, 1, {}, { kind: 'advised' })])).toHaveLength(1);
  });

  test('none that GitHub would refuse, which would lose the others', () => {
    expect(comments([edited(1, 1, { text: 'x'.repeat(70_000) }), edited(1), edited(2, 1)])).toHaveLength(1);
  });

  test('each under its fingerprint', () => {
    const one = edited(4);
    expect(comments([one])[0]?.key).toBe(one.fingerprint);
  });
});

describe('what it says', () => {
  test('what is wrong, why, by which rule, and the edit', () => {
    expect(comments([edited(4, 5, { text: 'FROM node:22\nRUN a' })])[0]).toEqual({
      key: edited(4).fingerprint,
      path: 'Dockerfile',
      startLine: 4,
      endLine: 5,
      body: 'The base image `node` has no version. Without a version the next build takes in other layers than the ones that were accepted, and nobody notices. (`unpinned-base-image`)\n\n```suggestion\nFROM node:22\nRUN a\n```',
    });
  });

  test('a suggestion holds its text byte for byte, and nothing around it acts', () => {
    fc.assert(
      fc.property(hostile, hostile, (text, message) => {
        const wanted = text.replace(/[\r\n\0]/g, '').toWellFormed();
        const of = judged(
          finding({
            location: place('Dockerfile', 1),
            message,
            edit: { path: 'Dockerfile', first: 1, last: 1, text: wanted },
          }),
        );
        const page = rendered(comments([of])[0]?.body ?? '');
        expect(page.code.at(-1)).toBe(`${wanted}\n`);
        expect(page).toMatchObject({ links: [], images: [], html: [], headings: 0, items: 0 });
        for (const shown of page.text) for (const filter of GITHUB_FILTERS) expect(shown).not.toMatch(filter);
      }),
      { numRuns: 500 },
    );
  });
});
