import { describe, expect, test } from '@jest/globals';
import { heldFiles } from '../../../../src/core/dockerfile/similarity/seen.ts';
import type { RepositoryLicense } from '../../../../src/core/model/facts.ts';
import { givenFiles } from '../../../../src/core/pipeline/files.ts';
import { repositoryLicense } from '../../../../src/core/repository-license.ts';
import { repository } from '../../verdict/cases.ts';
import { read } from '../reading.ts';
import { TILES } from './originals.ts';

const PLACE = { server: 'https://github.com', repository: 'acme/maps', commit: 'c'.repeat(40) };

function licenseKept(text: string, license: RepositoryLicense | null): string | null | undefined {
  return heldFiles(repository({ dockerfiles: [read(text)], license }), PLACE)[0]?.file.license;
}

describe('the licence of a file that is kept', () => {
  const gnu = repositoryLicense(givenFiles({ 'LICENSES/GPL-2.0.txt': '' }));

  test('is that of its repository, also where that is a GNU text alone', () => {
    expect(licenseKept(TILES, gnu)).toBe('GPL-2.0');
  });

  test('is its own before that of its repository', () => {
    expect(licenseKept(`# SPDX-License-Identifier: ISC\n${TILES}`, gnu)).toBe('ISC');
  });

  test.each([
    ['nobody says it', TILES],
    ['its own statements differ', `# SPDX-License-Identifier: ISC\n# SPDX-License-Identifier: MIT\n${TILES}`],
  ])('is unknown where %s', (_, text) => {
    expect(licenseKept(text, null)).toBeNull();
  });
});
