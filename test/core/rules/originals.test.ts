import { describe, expect, test } from '@jest/globals';
import { readDockerfile } from '../../../src/core/dockerfile/read.ts';
import type { Copy, KnownFile } from '../../../src/core/model/copy.ts';
import type { Dockerfile } from '../../../src/core/model/dockerfile.ts';
import { fileAddress, likenessOf, missingFrom, originEdit } from '../../../src/core/rules/originals.ts';

const original: KnownFile = {
  server: 'https://github.com',
  repository: 'Other/maps',
  commit: '5d'.repeat(20),
  path: 'tiles/Dockerfile',
  license: 'MIT',
  copyrights: ['Copyright (c) 2019 Other Authors', '© 2020 More Authors'],
};

function read(...lines: string[]): Dockerfile {
  return readDockerfile('Dockerfile', '0'.repeat(40), {
    kind: 'text',
    text: [...lines, 'FROM scratch'].join('\n'),
  });
}

describe('an origin is declared by', () => {
  test.each([
    '# Origin: https://github.com/other/maps/blob/main/tiles/Dockerfile',
    '# Origin: https://github.com/Other/Maps',
    '# Copied from git@github.com:other/maps.git',
    '# Based on https://raw.githubusercontent.com/other/maps/main/Dockerfile',
  ])('%s', (line) => {
    expect(missingFrom(read(line), original).origin).toBe(false);
  });

  test.each([
    '# Origin: https://github.com/other/maps-of-the-moon',
    '# Origin: https://github.com/another/maps',
    '# Origin: https://github.com/other',
    '# See https://github.com/other/maps',
    '# Nothing',
  ])('and not by %s', (line) => {
    expect(missingFrom(read(line), original).origin).toBe(true);
  });
});

describe('the licence of the original', () => {
  test.each([
    ['is kept by itself', 'MIT', false],
    ['is kept beside another', 'Apache-2.0 AND MIT', false],
    ['is lost under another', 'Apache-2.0', true],
    ['is lost in what is no expression', 'MIT, we think', true],
  ])('%s', (_, expression, missing) => {
    const dockerfile = read(`# SPDX-License-Identifier: ${expression}`);
    expect(missingFrom(dockerfile, original).license).toBe(missing);
  });

  test.each([
    ['GPL-2.0', 'GPL-2.0-or-later', false],
    ['GPL-2.0', 'GPL-2.0-only', false],
    ['GPL-2.0', 'GPL-3.0-only', true],
    ['GPL-2.0-only', 'GPL-2.0-or-later', true],
    ['MIT OR Apache-2.0', 'MIT', false],
    ['MIT AND Apache-2.0', 'MIT', true],
    ['MIT AND Apache-2.0', 'Apache-2.0 AND MIT', false],
  ])('%s under %s', (license, expression, missing) => {
    const dockerfile = read(`# SPDX-License-Identifier: ${expression}`);
    expect(missingFrom(dockerfile, { ...original, license }).license).toBe(missing);
  });

  test('of a GNU text is suggested as it may be kept in any case', () => {
    const gnu = { ...original, license: 'GPL-2.0' };
    const edit = originEdit(read(), gnu);
    expect(edit?.text).toContain('# SPDX-License-Identifier: GPL-2.0-only\n');
    expect(missingFrom(read(...(edit?.text.split('\n') ?? [])), gnu)).toEqual({
      origin: false,
      license: false,
    });
  });

  test('is another rule’s matter where the file names none', () => {
    expect(missingFrom(read(), original).license).toBe(false);
  });

  test('can’t be lost when nobody knows it', () => {
    const dockerfile = read('# SPDX-License-Identifier: Apache-2.0');
    expect(missingFrom(dockerfile, { ...original, license: null }).license).toBe(false);
  });
});

describe('the header', () => {
  const origin = `# Origin: https://github.com/Other/maps/blob/${original.commit}/tiles/Dockerfile`;

  test('holds holders, licence and origin, below directives', () => {
    expect(originEdit(read('# syntax=docker/dockerfile:1'), original)).toEqual({
      path: 'Dockerfile',
      first: 2,
      last: 2,
      text: `# SPDX-FileCopyrightText: 2019 Other Authors\n# SPDX-FileCopyrightText: 2020 More Authors\n# SPDX-License-Identifier: MIT\n${origin}\nFROM scratch`,
    });
  });

  test('adds only what is missing', () => {
    const dockerfile = read(
      '# SPDX-FileCopyrightText: 2019 Other Authors',
      '# Copyright 2020 More Authors',
      '# SPDX-License-Identifier: MIT',
    );
    expect(originEdit(dockerfile, original)?.text).toBe(
      `${origin}\n# SPDX-FileCopyrightText: 2019 Other Authors`,
    );
  });

  test('is not offered without a licence, since the origin alone clears nothing', () => {
    expect(originEdit(read(), { ...original, license: null })).toBeNull();
  });

  test('can’t be broken out of', () => {
    const text = originEdit(read(), {
      ...original,
      copyrights: ['2019 A\nRUN evil'],
      path: 'a b\nRUN evil',
    })?.text;
    expect(text?.split('\n').filter((line) => !line.startsWith('#'))).toEqual(['FROM scratch']);
  });
});

describe('the likeness', () => {
  const copy: Copy = {
    dockerfile: 'Dockerfile',
    original,
    shared: 90,
    same: 0.939,
    ofOriginal: 0.9,
    ofDockerfile: 1,
  };

  test.each([
    [copy, '`Dockerfile` is 93 % the same as `Other/maps` tiles/Dockerfile at commit 5d5d5d5'],
    [
      { ...copy, same: 0.4, ofOriginal: 0.95, ofDockerfile: 0.25 },
      '`Dockerfile` holds 95 % of `Other/maps` tiles/Dockerfile at commit 5d5d5d5',
    ],
    [
      { ...copy, same: 0.4, ofOriginal: 0.25, ofDockerfile: 0.999 },
      '99 % of `Dockerfile` stands in `Other/maps` tiles/Dockerfile at commit 5d5d5d5',
    ],
  ])('is told %#', (each, sentence) => {
    expect(likenessOf(each)).toBe(sentence);
  });

  test('leads to the original at its commit', () => {
    expect(fileAddress({ ...original, path: 'a b/#1/Dockerfile' })).toBe(
      `https://github.com/Other/maps/blob/${original.commit}/a%20b/%231/Dockerfile`,
    );
  });
});
