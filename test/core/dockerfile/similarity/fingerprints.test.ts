import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SHINGLE, shinglesOf, sketchOf, WINDOW } from '../../../../src/core/dockerfile/similarity/sketch.ts';
import { tokensOf } from '../../../../src/core/dockerfile/similarity/tokens.ts';
import { EXPLODES, processorTime } from '../../../support/cpu-time.ts';
import { read } from '../reading.ts';
import { LEDGER, NOTHING_COMMON, TILES } from './originals.ts';

const tokens = (...lines: string[]) => tokensOf(read(['FROM scratch', ...lines].join('\n'))).join(' ');
const sketch = (text: string) => sketchOf(read(text), NOTHING_COMMON);

describe('the words of a Dockerfile', () => {
  test.each([
    ['variables', 'RUN fetch $HOME/${NAME:-x} "$B"', 'RUN fetch $ROOT/${OTHER} $C'],
    ['assignments', 'RUN version=1 tool up', 'RUN release=1 tool up'],
    ['loop variables', 'RUN for key in a b; do gpg $key; done', 'RUN for k in a b; do gpg $k; done'],
    ['versions', 'RUN get tool-1.2.3 v1.2.3 lib5.4', 'RUN get tool-2.0 v3 lib6'],
    ['digests', `RUN check ${'ab12'.repeat(16)}`, `RUN check ${'9f'.repeat(32)}`],
    ['the order of packages', 'RUN apt-get install b a c', 'RUN apt-get install c b a'],
    ['case and quotes', 'RUN Echo "Hello"', "run echo 'hello'"],
    ['continuations and comments', 'RUN a b \\\n# remark\n  && c d', 'RUN a b && c d'],
    ['the stage copied from', 'COPY --from=build /a /b', 'COPY --from=compile /a /b'],
    ['labels, owners and arguments', 'LABEL a=b\nMAINTAINER me\nARG X=1\nUSER x', 'USER x'],
  ])('do not change with %s', (_, one, other) => {
    expect(tokens(one)).toBe(tokens(other));
    expect(tokens(one)).not.toBe('');
  });

  test.each([
    ['the command', 'RUN apt-get install a', 'RUN apt-get remove a'],
    ['a package', 'RUN apt-get install a b', 'RUN apt-get install a c'],
    ['the instruction', 'COPY a b', 'ADD a b'],
    ['the order of commands', 'RUN a b && c d', 'RUN c d && a b'],
    ['what a heredoc holds', 'RUN <<E\nmake all\nE', 'RUN <<E\nmake some\nE'],
    ['a trigger', 'ONBUILD RUN make', 'RUN make'],
  ])('change with %s', (_, one, other) => {
    expect(tokens(one)).not.toBe(tokens(other));
  });
});

describe('fingerprints', () => {
  test('are unsigned 32-bit, ascending, each once, and fewer than the shingles', () => {
    const prints = sketch(TILES);
    expect(prints).toEqual([...new Set(prints)].sort((a, b) => a - b));
    expect(prints.every((print) => Number.isInteger(print) && print >= 0 && print < 2 ** 32)).toBe(true);
    const shingles = new Set(shinglesOf(read(TILES)));
    expect(prints.every((print) => shingles.has(print))).toBe(true);
    expect(prints.length).toBeLessThan(shingles.size);
    expect(prints.length).toBeGreaterThan(shingles.size / WINDOW);
  });

  test('leave out what is common', () => {
    const prints = sketch(TILES);
    const common = new Set(prints.slice(0, 5));
    expect(sketchOf(read(TILES), common).filter((print) => common.has(print))).toEqual([]);
  });

  test('of unrelated files have nothing in common', () => {
    const tiles = new Set(sketch(TILES));
    expect(sketch(LEDGER).filter((print) => tiles.has(print))).toEqual([]);
  });

  test('are missing in a file that is shorter than a shingle', () => {
    expect(sketch('FROM scratch\nRUN a b')).toEqual([]);
    expect(sketch('')).toEqual([]);
  });

  test('show every passage of a shingle and a window, whatever stands around it', () => {
    // Letters only: digits and variables share a name each.
    const word = fc.stringMatching(/^[b-z]{6,9}$/);
    const steps = (least: number) => fc.array(word, { minLength: least, maxLength: least + 12 });
    fc.assert(
      fc.property(steps(0), steps(0), steps(SHINGLE + WINDOW - 1), (before, after, passage) => {
        // One command each, so that no word is sorted away from its neighbours.
        const lines = (words: readonly string[]) => words.map((each) => `&& ${each}`).join(' ');
        const alone = sketch(`FROM scratch\nRUN :${lines(passage)}`);
        const around = new Set(sketch(`FROM scratch\nRUN :${lines([...before, ...passage, ...after])}`));
        expect(alone.some((print) => around.has(print))).toBe(true);
      }),
    );
  });

  test('come of any text, always the same', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (lines) => {
        const text = `FROM scratch\nRUN ${lines.join('\n')}`;
        expect(sketch(text)).toEqual(sketch(text));
      }),
    );
  });

  test.each([
    ['dashes', `${'-'.repeat(500_000)}x`],
    ['dots', `${'.'.repeat(500_000)}x`],
    ['open braces', '${'.repeat(250_000)],
    ['assignments', 'a'.repeat(500_000)],
    ['loops', 'for '.repeat(125_000)],
    ['blanks after for', `for${' '.repeat(500_000)}x`],
    ['digits', '1.'.repeat(250_000)],
    ['words', 'ab cd '.repeat(80_000)],
  ])('of half a million %s do not explode', (_, text) => {
    const dockerfile = read(`FROM scratch\nRUN x ${text}`);
    expect(processorTime(() => sketchOf(dockerfile, NOTHING_COMMON))).toBeLessThan(EXPLODES);
  });
});
