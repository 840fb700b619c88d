import { describe, expect, test } from '@jest/globals';
import { lex } from '../../../src/core/dockerfile/lexer.ts';
import type { Value } from '../../../src/core/model/value.ts';
import { format, hole, text } from '../../../src/core/value.ts';
import { bases, read, reasons } from './reading.ts';

const VARIABLES: Readonly<Record<string, Value>> = {
  HOME: text('/srv/app'),
  EMPTY: text(''),
  FILE: text('a.tar.gz'),
  PATHS: text('one/two/one'),
  STARS: text('x*y?z'),
  ACCENT: text('é😀e'),
  ARCH: hole('$ARCH', 'the platform decides'),
  IMAGE: ['repo/', { expression: '$NAME', why: 'nobody knows' }],
};

function expand(source: string, escapeToken = '\\'): string {
  const lookUp = (name: string): Value | null =>
    Object.hasOwn(VARIABLES, name) ? (VARIABLES[name] ?? null) : null;
  const lexed = lex(source, { escapeToken, lookUp }, { steps: 1_000_000 });
  return lexed.kind === 'done' ? format(lexed.value) : `refused: ${lexed.reason}`;
}

describe('substitution', () => {
  test.each([
    // plain
    ['$HOME', '/srv/app'],
    ['${HOME}x', '/srv/appx'],
    ['$HOME_x', ''],
    ['a$UNSET/b', 'a/b'],
    ['a$1b', 'ab'],
    ['a$', 'a$'],
    ['a$.b', 'a$.b'],
    ['$$', ''],
    // default
    ['${UNSET:-d}', 'd'],
    ['${UNSET-d}', 'd'],
    ['${EMPTY:-d}', 'd'],
    ['${EMPTY-d}', ''],
    ['${HOME:-d}', '/srv/app'],
    ['${UNSET:-}', ''],
    ['${UNSET:-${EMPTY:-${HOME}}}', '/srv/app'],
    ['${UNSET:-a b}', 'a b'],
    ['${UNSET:-"}"}', '}'],
    ['${UNSET:-\\}}', '}'],
    // alternative
    ['${HOME:+a}', 'a'],
    ['${HOME+a}', 'a'],
    ['${EMPTY:+a}', ''],
    ['${EMPTY+a}', 'a'],
    ['${UNSET+a}', ''],
    ['${HOME:+$FILE}', 'a.tar.gz'],
    // required
    ['${HOME:?no}', '/srv/app'],
    ['${EMPTY?no}', ''],
    // prefix and suffix
    ['${FILE#*.}', 'tar.gz'],
    ['${FILE##*.}', 'gz'],
    ['${FILE%.*}', 'a.tar'],
    ['${FILE%%.*}', 'a'],
    ['${FILE#b}', 'a.tar.gz'],
    ['${FILE%.tar.gz}', 'a'],
    ['${FILE#?}', '.tar.gz'],
    ['${STARS#x\\*}', 'y?z'],
    ['${STARS%\\?z}', 'x*y'],
    ['${ACCENT#?}', '😀e'],
    ['${ACCENT%%?e}', 'é'],
    ['${UNSET#a}', ''],
    ['${HOME#$HOME}', ''],
    // replacement
    ['${PATHS/one/1}', '1/two/one'],
    ['${PATHS//one/1}', '1/two/1'],
    ['${PATHS//\\//-}', 'one-two-one'],
    ['${PATHS/o*o/-}', '-ne'],
    ['${PATHS/none/1}', 'one/two/one'],
    ['${PATHS//one/}', '/two/'],
    ['${UNSET/a/b}', ''],
    // quotes and escapes
    ["'$HOME'", '$HOME'],
    ['"$HOME"', '/srv/app'],
    ['"a\\b\\"c\\$d"', 'a\\b"c$d'],
    ['\\$HOME', '$HOME'],
    ['a\\tb', 'atb'],
    ['a\\', 'a'],
  ])('%s → %s', (source, expected) => {
    expect(expand(source)).toBe(expected);
  });

  test.each([
    ['${}', 'no name'],
    ['${:x}', 'no name'],
    ['${HOME', '}'],
    ['${HOME:x}', 'no substitution'],
    ['${HOME^^}', 'no substitution'],
    ['${HOME:#x}', 'no substitution'],
    ['${UNSET:?it is needed}', 'it is needed'],
    ['${UNSET?}', 'unset'],
    ['${EMPTY:?}', 'empty'],
    ['${HOME#a\\b}', 'escape'],
    ['${HOME/a}', 'missing'],
    ['"open', 'double quote'],
    ["'open", 'single quote'],
  ])('%s is refused', (source, reason) => {
    expect(expand(source)).toMatch(/^refused: /);
    expect(expand(source)).toContain(reason);
  });

  test('a backtick escapes where the directive says so, and a backslash is then plain', () => {
    expect(expand('c:\\dir\\`$HOME', '`')).toBe('c:\\dir\\$HOME');
  });
});

describe('unknown parts', () => {
  test.each([
    ['pre-$ARCH-post', 'pre-$ARCH-post'],
    ['${ARCH}', '${ARCH}'],
    ['${ARCH:-amd64}', '${ARCH:-amd64}'],
    ['${ARCH#a}', '${ARCH#a}'],
    ['${HOME#$ARCH}', '${HOME#$ARCH}'],
    ['${UNSET:-$ARCH}', '$ARCH'],
    ['${IMAGE:-x}', 'repo/$NAME'],
    ['${IMAGE:+x}', 'x'],
  ])('%s keeps what is known: %s', (source, expected) => {
    expect(expand(source)).toBe(expected);
  });

  test('the hole of a whole substitution gives the reason of the part that is unknown', () => {
    const lexed = lex(
      '${ARCH:-x}',
      { escapeToken: '\\', lookUp: () => VARIABLES.ARCH ?? null },
      { steps: 100 },
    );
    expect(lexed).toMatchObject({
      kind: 'done',
      value: [{ expression: '${ARCH:-x}', why: 'the platform decides' }],
    });
  });
});

test.each([
  ['FROM a${TARGETARCH:+-x}', ['a-x']],
  ['FROM a${TARGETOS-x}', ['a$TARGETOS']],
  ['FROM a${TARGETVARIANT:+-x}', ['a${TARGETVARIANT:+-x}']],
])('a platform always has a name, not always a variant: %s', (source, expected) => {
  expect(bases(read(source))).toEqual(expected);
});

describe('limits', () => {
  test('values that double with every ARG end in a gap', () => {
    const lines = Array.from({ length: 40 }, (_, index) => `ARG A${index + 1}=$A${index}$A${index}`);
    const file = read(['ARG A0=xxxxxxxx', ...lines, 'FROM image:$A40'].join('\n'));
    expect(file.gaps.some((gap) => gap.kind === 'limit' && gap.reason.includes('16384'))).toBe(true);
  });

  test('substitutions nested without end stop at the cap', () => {
    const file = read(`ARG A=${'${X:-'.repeat(20_000)}\nFROM scratch`);
    expect(reasons(file)).toEqual([
      '1: The line is longer than the 65535 bytes that BuildKit reads.',
      expect.stringContaining('substitutions are nested deeper than 100'),
    ]);
  });

  test('assignments past the cap are unknown from there on, and said', () => {
    const lines = Array.from({ length: 1100 }, (_, index) => `ENV A${index}=x`);
    const file = read(['FROM scratch', ...lines, 'USER $A1 $A1090'].join('\n'));
    expect(file.stages[0]?.instructions.at(-1)?.words[0]?.value).toMatchObject([
      'x ',
      { expression: '$A1090' },
    ]);
    expect(file.gaps).toMatchObject([{ kind: 'limit', reason: expect.stringContaining('1024') }]);
  });

  test('a pattern made to backtrack costs its steps and no more', () => {
    const value = 'a'.repeat(8000);
    const file = read(`ARG V=${value}\nARG W=\${V#${'*a'.repeat(2000)}b}\nFROM scratch`);
    expect(file.gaps[0]).toMatchObject({ kind: 'limit' });
    expect(file.gaps[0]?.reason).toContain('too many steps');
  });
});
