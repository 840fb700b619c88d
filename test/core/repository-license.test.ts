import { describe, expect, test } from '@jest/globals';
import { givenFiles } from '../../src/core/pipeline/files.ts';
import { repositoryLicense, standardLicense } from '../../src/core/repository-license.ts';

// Only the words that tell the licences apart: no licence text is copied here.
const MIT =
  'MIT License\n\nCopyright (c) 2026 Acme\n\nPermission is hereby granted, free of charge, to any person\nobtaining a copy of this software and associated documentation files …\n';
const BSD =
  'Copyright (c) 2026, Acme\nAll rights reserved.\n\nRedistribution and use in source and binary forms, with or without\nmodification, are permitted …\n';

describe('standardLicense', () => {
  test.each([
    ['MIT', MIT],
    ['MIT', `\uFEFF# ${MIT.replaceAll('\n', '\r\n')}`],
    ['BSD-2-Clause', BSD],
    ['BSD-3-Clause', `${BSD}Neither the name of Acme nor … to endorse or promote products …\n`],
    ['Apache-2.0', '\n   Apache License\n   Version 2.0, January 2004\n…\n   END OF TERMS AND CONDITIONS\n'],
  ])('knows %s', (id, text) => {
    expect(standardLicense(text)).toBe(id);
  });

  test.each([
    [
      'a GPL text, which does not say whether later versions are included',
      'GNU GENERAL PUBLIC LICENSE\nVersion 3\n',
    ],
    ['a text with a clause more', `${BSD}All advertising materials mentioning …\n`],
    ['a text with a second licence behind', `${MIT}${'more terms '.repeat(200)}`],
    ['its own words', 'You may look at this.\n'],
    ['nothing', ''],
  ])('does not guess from %s', (_, text) => {
    expect(standardLicense(text)).toBeNull();
  });
});

describe('repositoryLicense', () => {
  test.each<[string, Record<string, string>, string | null]>([
    ['the licence file', { LICENSE: MIT }, 'LICENSE'],
    ['a REUSE folder with one licence', { 'LICENSES/EUPL-1.2.txt': '…' }, 'LICENSES/EUPL-1.2.txt'],
    ['the package manifest', { 'package.json': '{"license": "ISC"}' }, 'package.json'],
  ])('asks %s', (_, files, path) => {
    expect(repositoryLicense(givenFiles(files))?.path).toBe(path);
  });

  test.each<[string, Record<string, string>]>([
    ['two REUSE licences', { 'LICENSES/MIT.txt': '', 'LICENSES/ISC.txt': '' }],
    ['a licence file and a manifest that disagree', { LICENSE: MIT, 'package.json': '{"license": "ISC"}' }],
    ['a licence file nobody can place', { LICENSE: 'Ask us.', 'package.json': '{"license": "MIT"}' }],
    ['a choice of two licences', { 'LICENSE-MIT': MIT, 'LICENSE-APACHE': 'Apache License' }],
    ['no licence id', { 'package.json': '{"license": "UNLICENSED"}' }],
    ['no files', {}],
    ['a licence somewhere below', { 'vendor/LICENSE': MIT }],
  ])('leaves %s alone', (_, files) => {
    expect(repositoryLicense(givenFiles(files))).toBeNull();
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
