import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { recognizeText } from '../../src/core/licenses/standard-texts.ts';
import { givenFiles } from '../../src/core/pipeline/files.ts';
import { repositoryLicense } from '../../src/core/repository-license.ts';

const textOf = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
/** Licence texts as our own dependencies ship them. */
const MIT = textOf('node_modules/commander/LICENSE');
const ISC = textOf('node_modules/yaml/LICENSE');
const APACHE = textOf('LICENSE');

describe('recognizeText', () => {
  test.each([
    ['MIT', MIT],
    ['MIT', `\uFEFF# The MIT License (MIT)\n\n${MIT.replace(/^.*\n/, '').replaceAll('\n', '\r\n')}`],
    ['MIT', MIT.replace(/(\S+ \S+ \S+ \S+ \S+ \S+) /g, '# $1\n')],
    ['ISC', ISC],
    ['MIT-0', MIT.replace(/The above copyright notice[\s\S]*?Software\.\n/, '')],
    ['Apache-2.0', APACHE],
    ['Apache-2.0', APACHE.slice(0, APACHE.indexOf('END OF TERMS'))],
    ['Apache-2.0', APACHE.replace('[yyyy] [name of copyright owner]', '2026 Acme Ltd. and its many friends')],
  ])('knows %s', (id, text) => {
    const found = recognizeText(text);
    expect(found?.id).toBe(id);
    expect(found?.score).toBeGreaterThanOrEqual(0.88);
  });

  test.each<[string, string]>([
    ['with a clause more', `${MIT}\nThe Software must never be used on a Sunday by anybody in a hurry.\n`],
    [
      'with a clause in the middle',
      MIT.replace(/to deal\s+in the Software/, 'to deal in the Software outside of banks'),
    ],
    ['with a second licence behind', `${MIT}\n${ISC}`],
    [
      'with terms behind their end',
      `${APACHE}\n${'No part of this may be sold as a service without our consent in writing. '.repeat(5)}`,
    ],
    ['cut in half', APACHE.slice(0, APACHE.length / 2)],
    ['in its own words', 'You may look at this.\n'],
    ['of nothing', ''],
    ['of endless length', 'word '.repeat(30_000)],
  ])('does not guess from a text %s', (_, text) => {
    expect(recognizeText(text)).toBeNull();
  });
});

describe('repositoryLicense', () => {
  test.each<[string, Record<string, string>, string | null]>([
    ['the licence file', { LICENSE: MIT }, 'LICENSE'],
    ['a REUSE folder with one licence', { 'LICENSES/EUPL-1.2.txt': '…' }, 'LICENSES/EUPL-1.2.txt'],
    ['the package manifest', { 'package.json': '{"license": "ISC"}' }, 'package.json'],
    [
      'the package manifest for how several texts go together',
      { 'LICENSE-MIT': MIT, 'LICENSE-APACHE': APACHE, 'package.json': '{"license": "MIT OR Apache-2.0"}' },
      'package.json',
    ],
    [
      'and for the part of a choice whose text lies there',
      { LICENSE: ISC, 'package.json': '{"license": "(MIT OR ISC)"}' },
      'package.json',
    ],
  ])('asks %s', (_, files, path) => {
    expect(repositoryLicense(givenFiles(files))?.path).toBe(path);
  });

  test.each<[string, Record<string, string>]>([
    ['two REUSE licences', { 'LICENSES/MIT.txt': '', 'LICENSES/ISC.txt': '' }],
    ['a licence file and a manifest that disagree', { LICENSE: MIT, 'package.json': '{"license": "ISC"}' }],
    ['a licence file nobody can place', { LICENSE: 'Ask us.', 'package.json': '{"license": "MIT"}' }],
    [
      'two licences of which nobody says how they go together',
      { 'LICENSE-MIT': MIT, 'LICENSE-APACHE': APACHE },
    ],
    [
      'a text that the manifest does not name',
      { LICENSE: ISC, 'package.json': '{"license": "MIT OR Apache-2.0"}' },
    ],
    ['no licence id', { 'package.json': '{"license": "UNLICENSED"}' }],
    ['no files', {}],
    ['a licence somewhere below', { 'vendor/LICENSE': MIT }],
  ])('leaves %s alone', (_, files) => {
    expect(repositoryLicense(givenFiles(files))).toBeNull();
  });

  test('a GNU text leaves open whether later versions count, unless the manifest says so', () => {
    expect(repositoryLicense(givenFiles({ 'LICENSES/GPL-2.0.txt': '' }))?.expression).toBe('GPL-2.0');
    const stated = { 'LICENSES/GPL-2.0.txt': '', 'package.json': '{"license": "GPL-2.0-or-later"}' };
    expect(repositoryLicense(givenFiles(stated))?.expression).toBe('GPL-2.0-or-later');
  });

  test('asks for what is not read yet', () => {
    const asked: string[] = [];
    const files = givenFiles({ LICENSE: '', 'package.json': '' });
    const read = (path: string) => {
      asked.push(path);
      return 'unread' as const;
    };
    expect(repositoryLicense({ ...files, read })).toBeNull();
    expect(asked).toEqual(['LICENSE', 'package.json']);
  });
});
