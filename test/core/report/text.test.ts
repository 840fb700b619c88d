import { describe, expect, test } from '@jest/globals';
import type { JudgedFinding, Verdict } from '../../../src/core/model/verdict.ts';
import { renderDeliveries } from '../../../src/core/report/delivery-list.ts';
import { type Paint, PLAIN } from '../../../src/core/report/terminal.ts';
import { renderText } from '../../../src/core/report/text.ts';
import { at, DECISION, DELIVERY, finding, GAP, judged, RULES, sentence, verdict } from './verdicts.ts';

const DOCKERFILE = 'FROM node AS build\n\nRUN one \\\n  && two\n\nFROM node\n';

function screen(of: Verdict, files: Readonly<Record<string, string>> = {}, width = 80): string {
  return renderText(of, {
    width,
    paint: PLAIN,
    rules: RULES,
    source: (path) => files[path] ?? null,
    sentence,
  });
}

describe('a screen for each kind of verdict', () => {
  test('clear', () => {
    expect(screen(verdict())).toBe('Clear.\n');
  });

  test('blocked: findings by file, why and fix once per rule, the edit as a diff', () => {
    const findings = [
      judged(
        finding({
          location: at('Dockerfile', 1, 6, 10),
          edit: { path: 'Dockerfile', first: 1, last: 1, text: 'FROM node:24 AS build' },
        }),
      ),
      judged(
        finding({
          location: at('Dockerfile', 6, 6, 10),
          severity: 'warning',
          remedy: 'Write `node:24`.',
          related: [{ location: at('Dockerfile', 1, 6, 10), message: 'is the same image' }],
        }),
      ),
      judged(finding({ location: at('other/Dockerfile', 1, 6, 10) })),
      judged(finding({ location: at('Dockerfile', 2, 1, 1) }), { kind: 'pre-existing' }),
      judged(finding({ location: at('Dockerfile', 3, 1, 1) }), { kind: 'observed' }),
    ];
    expect(
      screen(verdict({ outcome: 'blocked', compliance: 'blocked', findings }), { Dockerfile: DOCKERFILE }),
    ).toMatchSnapshot();
  });

  test('needs approval: what ships, who decides', () => {
    const asked = finding({
      rule: 'public-registry-delivery',
      outcome: 'needs-approval',
      location: at('.github/workflows/release.yml', 2, 8, 20),
      message: 'Pushes to the public repository `docker.io/acme/api`.',
    });
    const deliveries = (['started', 'changed', 'unchanged', 'stopped'] as const).map((change) => ({
      change: { delivery: DELIVERY, change, about: {}, previously: null },
      fingerprint: change,
    }));
    expect(
      screen(
        verdict({
          outcome: 'needs-approval',
          delivery: 'needs-approval',
          findings: [judged(asked)],
          deliveries,
          approvals: { required: 2, given: [], teams: ['acme/ospo', 'acme/legal'] },
        }),
        { '.github/workflows/release.yml': 'jobs:\n\trun: docker push acme/api\n' },
      ),
    ).toMatchSnapshot();
  });

  test('many deliveries: by where they go; questions with one cause once', () => {
    const to = (name: string) => ({ destination: [`docker.io/acme/${name}`] });
    const names = ['api', 'api', 'api', 'web', 'web', 'web', 'web', 'web', 'job'];
    const deliveries = names.map((name, index) => ({
      change: { delivery: DELIVERY, change: 'changed' as const, about: to(name), previously: {} },
      fingerprint: `${index}`,
    }));
    const findings = names.map((name, index) =>
      judged(
        finding({
          rule: 'public-registry-delivery',
          outcome: 'needs-approval',
          location: at('.github/workflows/release.yml', index + 1, 1, 2),
          message: `Pushes ${name}.`,
          about: { ...to(name), packages: ['git'] },
          previously: { ...to(name), packages: [`sha256:${'a'.repeat(64)}`] },
        }),
      ),
    );
    expect(
      screen(verdict({ outcome: 'needs-approval', delivery: 'needs-approval', findings, deliveries })),
    ).toMatchSnapshot();
  });

  test('places that say the same are one line; what differs has its own', () => {
    const message = 'What is pushed to `docker.io/acme/api` is not signed.';
    const related = [
      ...Array.from({ length: 12 }, (_, index) => ({ location: at('ci.yml', index + 2, 1, 2), message })),
      { location: at('other.yml', 4, 1, 2), message: 'Not known: the host.' },
    ];
    const lines = screen(
      verdict({
        outcome: 'blocked',
        findings: [judged(finding({ location: at('ci.yml', 1, 1, 2), message, related }))],
      }),
      {},
      200,
    ).split('\n');
    expect(lines.filter((line) => line.startsWith('    see '))).toEqual([
      '    see  ci.yml:2:1, ci.yml:3:1, ci.yml:4:1, ci.yml:5:1, ci.yml:6:1, ci.yml:7:1, ci.yml:8:1,',
      '    see  other.yml:4:1 Not known: the host.',
    ]);
    expect(lines).toContain('         ci.yml:9:1, ci.yml:10:1, ci.yml:11:1 and 2 more places too');
  });

  test('undecided: gaps with their place, open questions', () => {
    const open = finding({ outcome: 'unknown', location: at('Dockerfile', 6, 6, 10) });
    expect(
      screen(
        verdict({
          outcome: 'undecided',
          findings: [judged(open)],
          gaps: [GAP, { ...GAP, kind: 'unreachable', location: null, subject: 'acme/.github' }],
        }),
        { Dockerfile: DOCKERFILE, '.github/workflows/ci.yml': 'on: push\n  bad\n' },
      ),
    ).toMatchSnapshot();
  });

  test('rejected, advised, lapsed', () => {
    const asked = finding({ outcome: 'needs-approval', location: at('Dockerfile', 6, 6, 10) });
    expect(
      screen(
        verdict({
          outcome: 'blocked',
          delivery: 'blocked',
          findings: [
            judged(asked, { kind: 'rejected', by: DECISION }),
            judged(finding({ location: at('Dockerfile', 1, 6, 10) }), { kind: 'advised' }),
          ],
          lapses: [{ decision: DECISION, fingerprint: 'f', approved: {}, now: null, because: 'changed' }],
        }),
        { Dockerfile: DOCKERFILE },
      ),
    ).toMatchSnapshot();
  });
});

describe('the source line', () => {
  const excerptOf = (line: string, column: number, endColumn: number, width = 80): string => {
    const [shown, marks] = screenLines(
      finding({ location: at('f', 1, column, endColumn) }),
      { f: `${line}\n` },
      width,
    );
    return `${shown}\n${marks}`;
  };

  const screenLines = (
    of: Parameters<typeof judged>[0],
    files: Record<string, string>,
    width = 80,
  ): string[] => {
    const lines = screen(verdict({ outcome: 'blocked', findings: [judged(of)] }), files, width).split('\n');
    return lines.filter((line) => /^ +\d* \|/.test(line)).map((line) => line.replace(/^ {6}/, ''));
  };

  test('a tab moves the caret as far as it moves the text', () => {
    expect(excerptOf('a\tbc\td', 3, 5)).toBe('1 | a   bc  d\n  |     ^^');
  });

  test('wide characters and emoji take two columns, combining marks none', () => {
    expect(excerptOf('日本 x', 4, 5)).toBe('1 | 日本 x\n  |      ^');
    expect(excerptOf('🐳 x', 4, 5)).toBe('1 | 🐳 x\n  |    ^');
    expect(excerptOf('e\u0301 x', 4, 5)).toBe('1 | e\u0301 x\n  |   ^');
    expect(excerptOf('x 日本', 3, 5)).toBe('1 | x 日本\n  |   ^^^^');
  });

  test('control and reordering characters are shown, not obeyed', () => {
    expect(excerptOf('FROM \u202enode\u001b[31m', 7, 11)).toBe(
      '1 | FROM <U+202E>node<U+001B>[31m\n  |              ^^^^',
    );
  });

  test('a range at the end of a line points behind it', () => {
    expect(excerptOf('FROM', 5, 5)).toBe('1 | FROM\n  |     ^');
  });

  test('a long line is cut on both sides and the caret stays under its text', () => {
    const line = `${'a'.repeat(500)}HERE${'b'.repeat(500)}`;
    const [shown = '', marks = ''] = excerptOf(line, 501, 505, 60).split('\n');
    expect(shown.length).toBeLessThanOrEqual(54);
    expect(shown).toMatch(/^1 \| …a+HEREb+…$/);
    expect(marks.trimEnd()).toBe(`  |${' '.repeat(shown.indexOf('HERE') - 3)}^^^^`);
  });

  test('a long line of wide characters, cut anywhere, keeps its caret', () => {
    const line = `${'日'.repeat(300)}X${'🐳'.repeat(300)}`;
    const [shown = '', marks = ''] = excerptOf(line, 301, 302, 60).split('\n');
    const before = shown.slice(4, shown.indexOf('X'));
    expect(marks.indexOf('^') - 4).toBe(1 + (before.length - 1) * 2);
  });

  test('a megabyte on one line costs no more than a short one', () => {
    const line = 'x'.repeat(1_000_000);
    expect(excerptOf(line, 900_000, 900_001).length).toBeLessThan(200);
  });

  test('several lines are underlined each; of many only the first are shown', () => {
    expect(screenLines(finding({ location: at('f', 3, 1, 9, 4) }), { f: DOCKERFILE })).toEqual([
      '3 | RUN one \\',
      '  | ^^^^^^^^^',
      '4 |   && two',
      '  |   ^^^^^^',
    ]);
    const many = Array.from({ length: 20 }, (_, index) => `line${index}`).join('\n');
    expect(screenLines(finding({ location: at('f', 8, 1, 1, 16) }), { f: many }).slice(-3)).toEqual([
      '11 | line10',
      '   | ^^^^^^',
      '   | … and 4 more lines',
    ]);
  });

  test('a range that ends before the next line’s first character stays on its line', () => {
    expect(screenLines(finding({ location: at('f', 1, 1, 1, 2) }), { f: 'one\ntwo\n' })).toEqual([
      '1 | one',
      '  | ^^^',
    ]);
  });

  test('the file as a whole has no line to show', () => {
    expect(screenLines(finding({ location: at('f', 1, 1, 1) }), { f: DOCKERFILE })).toEqual([]);
  });

  test('CRLF is a line end; a place outside of the file shows no lines', () => {
    expect(screenLines(finding({ location: at('f', 2, 1, 4) }), { f: 'one\r\ntwo\r\n' })).toEqual([
      '2 | two',
      '  | ^^^',
    ]);
    expect(screenLines(finding({ location: at('f', 9, 1, 4) }), { f: 'one' })).toEqual([]);
  });
});

describe('the edit', () => {
  test.each([
    ['of another file is a difference in that file', { 'answers.yml': 'one\ntwo\n' }, '- two'],
    ['of a file that is not there yet is all added', {}, null],
  ])('%s', (_, files, removed) => {
    const edit = { path: 'answers.yml', first: 2, last: 2, text: 'two\nthree' };
    const of = judged(
      finding({ location: at('f', 2, 1, 2), edit: removed === null ? { ...edit, first: 1, last: 1 } : edit }),
    );
    const shown = screen(verdict({ findings: [of] }), { f: 'alpha\nbeta\ngamma\n', ...files });
    expect(shown).toContain('    in   answers.yml\n');
    expect(shown).toContain('+ three');
    expect(shown).not.toContain('- beta');
    expect(shown).not.toMatch(/- (?:alpha|two)/);
  });

  const diffOf = (text: string, first: number, last: number, replacement: string): string[] => {
    const edit = { path: 'f', first, last, text: replacement };
    const of = judged(finding({ location: at('f', first, 1, 2), edit }));
    return screen(verdict({ outcome: 'blocked', findings: [of] }), { f: text })
      .split('\n')
      .filter((line) => /^ {9}\s*\d+ [+-]/.test(line))
      .map((line) => line.trim());
  };

  test('an inserted line is only an addition', () => {
    expect(diffOf('FROM a\n', 1, 1, '# licence\nFROM a')).toEqual(['1 + # licence']);
  });

  test('a deleted line is only a removal', () => {
    expect(diffOf('FROM a\nRUN b\n', 2, 2, '')).toEqual(['2 - RUN b']);
  });

  test('lines that stay are left out', () => {
    expect(diffOf('a\nb\nc\nd\n', 1, 4, 'a\nB\nC\nd')).toEqual(['2 - b', '3 - c', '2 + B', '3 + C']);
  });
});

test('messages and paths from the pull request can do nothing to the terminal', () => {
  const evil = '\u001b[2J\u202e\u0007';
  const of = judged(
    finding({ location: at(`a${evil}`, 1, 1, 2), message: `Image \`${evil}\`.`, remedy: evil }),
  );
  const gap = { ...GAP, location: null, subject: evil, reason: evil, remedy: evil };
  const shown = screen(verdict({ outcome: 'blocked', findings: [of], gaps: [gap] }), { [`a${evil}`]: evil });
  for (const character of ['\u001b', '\u202e', '\u0007']) expect(shown).not.toContain(character);
  expect(shown).toContain('U+202E');
});

test('related places are named once, and a repeated sentence is not said again', () => {
  const related = [
    { location: at('f', 7, 3, 4), message: 'The base image `node` has no version.' },
    { location: at('f', 9, 3, 4), message: 'stands here' },
    { location: at('f', 9, 3, 4), message: 'stands here' },
  ];
  const of = judged(finding({ location: at('f', 2, 1, 2), related }));
  const shown = screen(verdict({ outcome: 'blocked', findings: [of] }));
  expect(shown.match(/^ {4}see .*$/gm)).toEqual(['    see  f:7:3 too', '    see  f:9:3 stands here']);
});

test('prose is wrapped to the terminal, and never wider than 100 columns', () => {
  const of: JudgedFinding = judged(
    finding({ location: at('f', 1, 1, 2), message: 'word '.repeat(60).trim() }),
  );
  for (const [width, limit] of [
    [40, 40],
    [200, 100],
  ] as const) {
    const lines = screen(verdict({ outcome: 'blocked', findings: [of] }), {}, width).split('\n');
    expect(
      Math.max(...lines.filter((line) => line.includes('word')).map((line) => line.length)),
    ).toBeLessThanOrEqual(limit);
  }
});

test('what is painted is what is said', () => {
  const marked: Paint = (style, text) => `<${style}>${text}</${style}>`;
  const of = judged(finding({ location: at('f', 1, 6, 10) }));
  const options = { width: 80, rules: RULES, source: () => 'FROM node\n', sentence };
  const painted = renderText(verdict({ outcome: 'blocked', findings: [of] }), { ...options, paint: marked });
  expect(painted).toContain('<path>f:1:6</path> <error>error</error> unpinned-base-image');
  expect(painted).toContain('<error>     ^^^^</error>');
  expect(painted.replace(/<\/?[a-z]+>/g, '')).toBe(
    renderText(verdict({ outcome: 'blocked', findings: [of] }), { ...options, paint: PLAIN }),
  );
});

describe('the list of deliveries', () => {
  const list = (deliveries: Parameters<typeof renderDeliveries>[0], gaps = [] as (typeof GAP)[]): string =>
    renderDeliveries(deliveries, gaps, { width: 80, paint: PLAIN, source: () => null, sentence });

  test('nothing', () => {
    expect(list([])).toBe('Nothing in this repository delivers container material.\n');
  });

  test('what could not be read is part of the sum', () => {
    expect(list([], [GAP])).toMatch(
      /\n\nNo delivery in what could be read; 1 thing that could not be read\.\n$/,
    );
    expect(list([DELIVERY])).toMatch(/\n\n1 delivery\.\n$/);
    expect(list([{ ...DELIVERY, happens: 'unknown' }])).toMatch(/\n\n1 delivery, not fully known\.\n$/);
  });

  test('certain ones first, then unknown ones with what would settle them, then gaps', () => {
    const open = {
      ...DELIVERY,
      happens: 'unknown' as const,
      unsettled: [
        { what: 'the input `push`', settledBy: 'a default in the workflow', location: DELIVERY.location },
      ],
    };
    expect(list([open, DELIVERY], [GAP])).toMatchSnapshot();
  });
});
