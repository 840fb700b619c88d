import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  childOf,
  entryOf,
  itemsOf,
  readYaml,
  scalarOffsets,
  textOf,
  type YamlScalar,
} from '../../../src/core/pipeline/yaml.ts';

function scalar(
  text: string,
  ...path: readonly string[]
): { readonly node: YamlScalar; readonly file: ReturnType<typeof readYaml> } {
  const file = readYaml('x.yml', text);
  const node = path.reduce<ReturnType<typeof childOf>>(
    (at, key) => (at?.kind === 'list' ? (at.items[Number(key)] ?? null) : childOf(at, key)),
    file.root,
  );
  if (node?.kind !== 'scalar') throw new Error('the sample has a scalar there');
  return { node, file };
}

describe('values', () => {
  test('`on` stays a key, booleans and numbers keep their text, empty is null', () => {
    const { root, gaps } = readYaml('x.yml', 'on: push\na: true\nb: 1.10\nc:\nd: "1.10"\n');
    expect(gaps).toEqual([]);
    expect(['on', 'a', 'b', 'c', 'd'].map((key) => textOf(childOf(root, key)))).toEqual([
      'push',
      'true',
      '1.1',
      null,
      '1.10',
    ]);
  });

  test('aliases and merge keys are written out; own keys win', () => {
    const { root } = readYaml('x.yml', 'base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\nagain: *b\n');
    expect(textOf(childOf(childOf(root, 'use'), 'x'))).toBe('1');
    expect(textOf(childOf(childOf(root, 'use'), 'y'))).toBe('3');
    expect(textOf(childOf(childOf(root, 'again'), 'y'))).toBe('2');
  });
});

describe('bad input ends in a gap with its place', () => {
  test.each([
    ['an unclosed bracket', 'a: [1, 2\n', 'syntax'],
    ['a key written twice', 'a: 1\nb: 2\na: 3\n', 'syntax'],
    ['an alias to nothing', 'a: *nothing\n', 'syntax'],
    ['a file beyond the cap', `a: ${'x'.repeat(600_000)}\n`, 'limit'],
  ])('%s', (_, text, kind) => {
    const { gaps } = readYaml('x.yml', text);
    expect(gaps[0]).toMatchObject({ kind, subject: 'x.yml', location: { path: 'x.yml' } });
  });

  test('a bomb of aliases is cut at the budget', () => {
    const levels = Array.from(
      { length: 30 },
      (_, level) =>
        `l${level}: &l${level} [${Array(9)
          .fill(level === 0 ? 'x' : `*l${level - 1}`)
          .join(', ')}]`,
    );
    expect(readYaml('x.yml', levels.join('\n')).gaps.map((gap) => gap.kind)).toContain('limit');
  });

  test('an anchor that holds itself ends', () => {
    expect(readYaml('x.yml', 'a: &a [*a]\n').gaps).toHaveLength(1);
  });
});

describe('where a character of a text stands in the file', () => {
  test.each([
    ['a literal block', 'run: |\n    one\n      two\n\n    three\n', 'three'],
    ['a folded block', 'run: >\n  docker push\n  acme/api\n', 'acme/api'],
    ['a plain text over two lines', 'run: docker push\n  acme/api\n', 'acme/api'],
    ['double quotes', 'run: "docker push acme/api"\n', 'push'],
    ['single quotes', "run: 'docker push acme/api'\n", 'push'],
    ['Windows line ends', 'run: |\r\n  one\r\n  two\r\n', 'two'],
  ])('%s', (_, text, word) => {
    const { node, file } = scalar(text, 'run');
    const at = scalarOffsets(file.source, node)(node.text.indexOf(word));
    expect(text.slice(at, at + word.length)).toBe(word);
  });
});

test('lists of one may be written without the list', () => {
  const { root } = readYaml('x.yml', 'one: a\nmany: [a, b]\n');
  expect(itemsOf(childOf(root, 'one')).map(textOf)).toEqual(['a']);
  expect(itemsOf(childOf(root, 'many')).map(textOf)).toEqual(['a', 'b']);
  expect(entryOf(root, 'one')?.key.start).toBe(0);
});

test('no text makes it throw', () => {
  const piece = fc.constantFrom(
    'a',
    ': ',
    '- ',
    '\n',
    '  ',
    '[',
    ']',
    '{',
    '}',
    '&x ',
    '*x',
    '<<: ',
    '|',
    '>',
    '"',
    "'",
    '#',
    '!t ',
    '---\n',
    '?',
    '\t',
    '%',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      expect(Array.isArray(readYaml('x.yml', pieces.join('')).gaps)).toBe(true);
    }),
  );
});
