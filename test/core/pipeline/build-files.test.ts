// Build files that go on and on: every reader is done in one pass over the text.
import { expect, test } from '@jest/globals';
import { readStarlark } from '../../../src/core/pipeline/starlark.ts';
import { renderTemplate } from '../../../src/core/pipeline/tasks/go-template.ts';
import { childNamed, readXml } from '../../../src/core/pipeline/xml.ts';
import { deliveriesOf, WORKFLOW, workflowOf } from './judged.ts';

const LENGTH = 60_000;

test.each(['/*', '"', "'", 'jib {', 'to {', '${'])('a Gradle file of nothing but %s', (piece) => {
  const files = {
    'build.gradle': piece.repeat(LENGTH / piece.length),
    [WORKFLOW]: workflowOf('- run: gradle jib\n'),
  };
  expect(deliveriesOf(files)).toHaveLength(1);
});

test.each(['<!--', '<![CDATA[', '<a', '<a>', '<a b="', "<a b='", '<a ', '<a x="" ', '</a>', '<?'])(
  'XML of nothing but %s',
  (piece) => {
    expect(() => readXml(piece.repeat(LENGTH / piece.length))).not.toThrow();
  },
);

test.each(['"""', "'''", 'f(', '[', '{"a":', 'a = ', '+'])('Starlark of nothing but %s', (piece) => {
  expect(Array.isArray(readStarlark(piece.repeat(LENGTH / piece.length)))).toBe(true);
});

test.each(['{{ ', '{{if x}}', '{{end}}', '}}'])('a template of nothing but %s', (piece) => {
  expect(Array.isArray(renderTemplate(piece.repeat(2_000), new Map()))).toBe(true);
});

test.each(["x := '\n", '{{ {{\n', 'a: b\n', 'a b="'])('a justfile of nothing but %s', (piece) => {
  const justfile = `push:\n    docker push acme/api:1 ${piece.repeat(LENGTH / 20)}\n${piece.repeat(LENGTH / 20)}`;
  expect(() => deliveriesOf({ justfile, [WORKFLOW]: workflowOf('- run: just push\n') })).not.toThrow();
});

test('what XML holds beside its elements', () => {
  const root = readXml(
    '<?xml version="1.0"?><!-- <a>no</a> --><p><a x="<>">1 &amp; 2</a><b/><c><![CDATA[<3>]]></c></p>',
  );
  expect(childNamed(root, 'a')?.text).toBe('1 & 2');
  expect(childNamed(root, 'c')?.text).toBe('<3>');
  expect(root?.children.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
});
