import { expect, test } from '@jest/globals';
import { signature } from '../../../src/core/pipeline/datum.ts';
import type { Scope } from '../../../src/core/pipeline/expressions.ts';
import { matrixRows } from '../../../src/core/pipeline/matrix.ts';
import { readYaml } from '../../../src/core/pipeline/yaml.ts';

const scope: Scope = {
  contexts: new Map(),
  status: { success: 'yes', failure: 'unknown', cancelled: 'unknown' },
};

function rows(matrix: string, used: readonly string[] | null = null): readonly string[] {
  const { root } = readYaml('x.yml', matrix);
  return matrixRows(root, scope, (key) => used === null || used.includes(key)).map(signature);
}

const written = (row: Readonly<Record<string, string>>): string =>
  `{${Object.entries(row)
    .map(([key, value]) => `${key}=t${value}`)
    .join('\u0000')}|}`;

test('every combination, without the excluded ones', () => {
  expect(rows('os: [a, b]\narch: [x, y]\nexclude:\n  - {os: b, arch: y}\n')).toEqual([
    written({ os: 'a', arch: 'x' }),
    written({ os: 'a', arch: 'y' }),
    written({ os: 'b', arch: 'x' }),
  ]);
});

test('an include joins the rows it does not contradict, or is a row of its own', () => {
  expect(rows('os: [a, b]\ninclude:\n  - {os: a, push: "1"}\n  - {os: c}\n')).toEqual([
    written({ os: 'a', push: '1' }),
    written({ os: 'b' }),
    written({ os: 'c' }),
  ]);
});

test('includes alone are the rows', () => {
  expect(rows('include:\n  - {os: a}\n  - {os: b}\n')).toEqual([written({ os: 'a' }), written({ os: 'b' })]);
});

test('rows that differ only in what the job never reads are one', () => {
  expect(rows('os: [a, b]\nversion: ["1", "2", "3"]\n', ['os'])).toEqual([
    written({ os: 'a' }),
    written({ os: 'b' }),
  ]);
});

test('a computed matrix is one row of which nothing is known', () => {
  expect(rows('${{ fromJSON(needs.plan.outputs.rows) }}'.replace(/^/, '"').replace(/$/, '"'))).toEqual([
    '{|the matrix is computed at run time}',
  ]);
});

test('more rows than the limit become choices, never fewer rows', () => {
  const many = Array.from({ length: 12 }, (_, index) => `v${index}`).join(', ');
  const [row, ...more] = rows(`a: [${many}]\nb: [${many}]\n`);
  expect(more).toEqual([]);
  expect(row).toContain('tv11');
  expect(row).toMatch(/a=c\(/);
});
