// Licences that REUSE files give to files which don't name one.
import { describe, expect, test } from '@jest/globals';
import { reuseLicenses } from '../../../src/core/licenses/reuse.ts';
import { givenFiles } from '../../../src/core/pipeline/files.ts';

function licenses(path: string, files: Readonly<Record<string, string>>): readonly string[] {
  return reuseLicenses(givenFiles({ [path]: 'FROM scratch', ...files }), path).map(
    ({ expression, location }) => `${expression} ${location.path}:${location.range.start.line}`,
  );
}

function table(path: string, license: string, more = ''): string {
  return `[[annotations]]\npath = ${path}\n${more}SPDX-License-Identifier = ${license}\n`;
}

describe('a file beside it', () => {
  test.each([
    ['SPDX-License-Identifier: MIT\n', ['MIT Dockerfile.license:1']],
    [
      '# x\r\n# SPDX-License-Identifier: MIT OR ISC\r\n# SPDX-License-Identifier: 0BSD\r\n',
      ['MIT OR ISC Dockerfile.license:2', '0BSD Dockerfile.license:3'],
    ],
    ['SPDX-FileCopyrightText: Acme\n', []],
  ])('%j', (content, expected) => {
    expect(licenses('Dockerfile', { 'Dockerfile.license': content })).toEqual(expected);
  });

  test('goes before REUSE.toml, also when it names no licence', () => {
    const toml = table('"**"', '"MIT"');
    expect(licenses('Dockerfile', { 'Dockerfile.license': 'none', 'REUSE.toml': toml })).toEqual([]);
  });
});

describe('REUSE.toml', () => {
  test.each([
    ['one pattern', table('"a/*"', '"MIT"'), ['MIT REUSE.toml:1']],
    [
      'several',
      `# c\n${table("['x', \n  'a/**', # all\n]", "['MIT', 'ISC']")}`,
      ['MIT REUSE.toml:2', 'ISC REUSE.toml:2'],
    ],
    [
      'the last table that fits',
      `${table('"**"', '"MIT"')}\n${table('"a/D*"', '"ISC"')}`,
      ['ISC REUSE.toml:5'],
    ],
    [
      'a `#` in a text',
      table('"a/**"', '"MIT" # "ISC"', 'SPDX-FileComment = "a # b"\n'),
      ['MIT REUSE.toml:1'],
    ],
    ['tables of others', `[tool]\npath = "a/**"\nSPDX-License-Identifier = "MIT"\n`, []],
    ['another folder', table('"b/**"', '"MIT"'), []],
    ['a question mark is itself', table('"a/Dockerfil?"', '"MIT"'), []],
    ['escapes are not followed', table('"a/\\\\*"', '"MIT"'), []],
    ['no licence', '[[annotations]]\npath = "**"\n', []],
    ['broken', 'path', []],
  ])('%s', (_, content, expected) => {
    expect(licenses('a/Dockerfile', { 'REUSE.toml': content })).toEqual(expected);
  });

  test('the nearest counts, unless one further up overrides it', () => {
    const near = { 'a/REUSE.toml': table('"Dockerfile"', '"ISC"') };
    expect(licenses('a/Dockerfile', { ...near, 'REUSE.toml': table('"**"', '"MIT"') })).toEqual([
      'ISC a/REUSE.toml:1',
    ]);
    const over = table('"**"', '"MIT"', 'precedence = "override"\n');
    expect(licenses('a/Dockerfile', { ...near, 'REUSE.toml': over })).toEqual(['MIT REUSE.toml:1']);
  });
});

describe('.reuse/dep5', () => {
  const HEAD = 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n';
  test.each([
    ['everything', 'Files: *\nCopyright: Acme\nLicense: MIT\n', ['MIT .reuse/dep5:5']],
    [
      'the last paragraph',
      'Files: *\nLicense: MIT\n\nFiles: b\n a/*file\nLicense: ISC\n',
      ['ISC .reuse/dep5:8'],
    ],
    ['another file', 'Files: a/Dockerfile.*\nLicense: MIT\n', []],
    ['a pattern with an escape', 'Files: a/Docker\\file a/*\nLicense: MIT\n', []],
  ])('%s', (_, content, expected) => {
    expect(licenses('a/Dockerfile', { '.reuse/dep5': HEAD + content })).toEqual(expected);
  });
});

test('judged in linear time', () => {
  const before = Date.now();
  licenses('a/Dockerfile', { 'REUSE.toml': `[[annotations]]\npath = [\n${'"x",\n'.repeat(40_000)}]\n` });
  licenses('a/Dockerfile', { '.reuse/dep5': `Files:${' a*'.repeat(60_000)}\nLicense: MIT\n` });
  licenses('a/Dockerfile', { '.reuse/dep5': 'Files: a\n'.repeat(20_000) });
  licenses('a/Dockerfile', { 'REUSE.toml': `${'"'.repeat(190_000)}` });
  licenses('a/Dockerfile', { 'REUSE.toml': `x = ${'['.repeat(190_000)}` });
  expect(Date.now() - before).toBeLessThan(2_000);
});
