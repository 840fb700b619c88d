// BUILD files: what is read of them, and that nothing makes the reader fail or hang.
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { readStarlark } from '../../../src/core/pipeline/starlark.ts';

function named(content: string, argument: string): unknown {
  return readStarlark(content)[0]?.named.get(argument);
}

describe('values', () => {
  test.each([
    ['a text', 'f(a = "x")', { kind: 'text', text: 'x' }],
    ['texts side by side', 'f(a = "x" "y")', { kind: 'text', text: 'xy' }],
    ['a sum', 'H = "x"\nf(a = H + "/y")', { kind: 'text', text: 'x/y' }],
    [
      'a list',
      'f(a = ["x", "y",],)',
      {
        kind: 'list',
        items: [
          { kind: 'text', text: 'x' },
          { kind: 'text', text: 'y' },
        ],
      },
    ],
    ['a dictionary', 'f(a = {"k": "x"})', { kind: 'record', entries: [['k', { kind: 'text', text: 'x' }]] }],
    ['a flag', 'f(a = True)', { kind: 'flag', isOn: true }],
    ['a call', 'f(a = select({"//x": "y"}))', null],
    ['a comprehension', 'f(a = "x" if y else "z")', null],
    ['a name nobody sets', 'f(a = X)', null],
    ['text with a bracket in it', 'f(b = "(", a = "x") # )', { kind: 'text', text: 'x' }],
  ])('%s', (_, content, expected) => {
    expect(named(content, 'a')).toEqual(expected);
  });

  test('what follows a call or an assignment is read as well', () => {
    const calls = readStarlark(
      'load("//x:y.bzl", "z")\nA = "1"\nB = [f(x) for x in A]\nf(name = "one")\nf(name = "two")\n',
    );
    expect(calls.map(({ named: given }) => given.get('name'))).toEqual([
      undefined,
      { kind: 'text', text: 'one' },
      { kind: 'text', text: 'two' },
    ]);
  });
});

test('any text is read to its end', () => {
  const piece = fc.constantFrom(
    'f(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '"""',
    'a',
    '=',
    ',',
    ':',
    '+',
    '\n',
    '#',
    '\\',
    ' ',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 120 }), (pieces) => {
      expect(Array.isArray(readStarlark(pieces.join('')))).toBe(true);
    }),
  );
});
