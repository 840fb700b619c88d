// Standard licence notices and the SPDX ids they stand for: what people write above a file instead of an SPDX tag.
// Wordings after the licences' own "how to apply" sections and the notices that large projects use.

type LicenseNotice = {
  readonly id: string;
  /** Stands in every text that the pattern matches: looking for it is far cheaper. */
  readonly word: string;
  /** Matched against the comment text in lower case, its white space made single blanks. */
  readonly pattern: RegExp;
};

/** What makes the name of a licence a grant: a comment may name one for other reasons. */
const GRANT =
  '(?:licen[cs]e[ds]|distributed|released|available|published|provided|governed|covered|subject|terms|conditions|permitted)\\b.{0,120}?';
const GPL = 'gnu (?:general public|gpl) licen[cs]e|gnu gpl';
const LATER = String.raw`(?:,? or|;? either version \d(?:\.\d)? of the licen[cs]e,? or) ?\(?at your option\)? ?any later version`;

function gnu(name: string, version: string, id: string): readonly LicenseNotice[] {
  const within = String.raw`(?:(?!gnu (?:lesser|affero|library|general)).){0,160}?\bv(?:ersion)?\.? ?${version.replace('.', String.raw`\.`)}(?:\.0)?\b`;
  return [
    {
      id: `${id}-or-later`,
      word: 'gnu',
      pattern: new RegExp(`${GRANT}(?:${name})${within}.{0,60}?${LATER}`),
    },
    {
      id: `${id}-or-later`,
      word: 'gnu',
      pattern: new RegExp(
        `${GRANT}(?:${name})${within}(?: of the licen[cs]e)?,? or (?:\\(at your option\\) )?(?:any )?later`,
      ),
    },
    { id: `${id}-only`, word: 'gnu', pattern: new RegExp(`${GRANT}(?:${name})${within}`) },
  ];
}

function named(id: string, word: string, name: string): LicenseNotice {
  return { id, word, pattern: new RegExp(`${GRANT}\\b(?:${name})`) };
}

/** Whole texts, links to them, and names behind words of granting. */
export const LICENSE_NOTICES: readonly LicenseNotice[] = [
  named(
    'Apache-2.0',
    'apache',
    'apache(?: software)? licen[cs]e,? ?\\(?(?:v(?:ersion)? ?\\.?)?2(?:\\.0)?\\b',
  ),
  { id: 'Apache-2.0', word: 'apache', pattern: /apache\.org\/licenses\/license-2\.0/ },
  ...gnu('gnu affero general public licen[cs]e|gnu agpl', '3', 'AGPL-3.0'),
  ...gnu('gnu lesser general public licen[cs]e|gnu lgpl', '3', 'LGPL-3.0'),
  ...gnu('gnu lesser general public licen[cs]e|gnu lgpl', '2.1', 'LGPL-2.1'),
  ...gnu(GPL, '3', 'GPL-3.0'),
  ...gnu(GPL, '2', 'GPL-2.0'),
  named('MPL-2.0', 'mozilla', 'mozilla public licen[cs]e,? ?(?:v(?:ersion)?\\.? ?)2(?:\\.0)?\\b'),
  { id: 'MPL-2.0', word: 'mozilla', pattern: /mozilla\.org\/mpl\/2\.0/ },
  named('EPL-2.0', 'eclipse', 'eclipse public licen[cs]e,? ?(?:-? ?v(?:ersion)?\\.? ?)2\\.0'),
  { id: 'EPL-2.0', word: 'eclipse', pattern: /eclipse\.org\/legal\/epl-2\.0/ },
  named('EPL-1.0', 'eclipse', 'eclipse public licen[cs]e,? ?(?:-? ?v(?:ersion)?\\.? ?)1\\.0'),
  named(
    'UPL-1.0',
    'universal',
    'universal permissive licen[cs]e,? ?(?:\\(upl\\),? ?)?v(?:ersion)?\\.? ?1\\.0',
  ),
  // The SPDX list has no id for it, so it takes the form that SPDX gives to such licences.
  named('LicenseRef-Amazon-Software-License', 'amazon', 'amazon software licen[cs]e\\b'),
  { id: 'CC0-1.0', word: 'creativecommons', pattern: /creativecommons\.org\/publicdomain\/zero\/1\.0/ },
  {
    id: 'Unlicense',
    word: 'unencumbered',
    pattern: /this is free and unencumbered software released into the public domain/,
  },
  named('BSL-1.0', 'boost', 'boost software licen[cs]e,? ?-? ?version 1\\.0'),
  {
    id: 'BSD-3-Clause',
    word: 'redistribution',
    pattern: /redistribution and use in source and binary forms(?=[\s\S]*neither the name)/,
  },
  {
    id: 'BSD-2-Clause',
    word: 'redistribution',
    pattern:
      /redistribution and use in source and binary forms(?![\s\S]*(?:neither the name|endorse or promote|all advertising))/,
  },
  named(
    'BSD-3-Clause',
    'bsd',
    '(?:modified|new|revised|3-clause|three-clause) bsd licen[cs]e|bsd[- ](?:3|three)[- ]clause',
  ),
  named(
    'BSD-2-Clause',
    'bsd',
    '(?:simplified|freebsd|2-clause|two-clause) (?:bsd )?licen[cs]e|bsd[- ](?:2|two)[- ]clause',
  ),
  named('ISC', 'isc', 'isc licen[cs]e\\b'),
  {
    id: 'ISC',
    word: 'permission',
    pattern:
      /permission to use, copy, modify, and\/or distribute this software for any purpose with or without fee is hereby granted/,
  },
  named('MIT', 'mit', 'mit licen[cs]e\\b'),
  {
    id: 'MIT',
    word: 'permission',
    pattern:
      /permission is hereby granted, free of charge, to any person obtaining a copy of this software(?=[\s\S]*the above copyright notice and this permission notice)/,
  },
];

/** A comment line that is nothing but the name of a licence, or `License: name`. */
export const LICENSE_TITLES: ReadonlyMap<string, string> = new Map([
  ['mit', 'MIT'],
  ['isc', 'ISC'],
  ['apache-2.0', 'Apache-2.0'],
  ['apache license 2.0', 'Apache-2.0'],
  ['apache license, version 2.0', 'Apache-2.0'],
  ['bsd-2-clause', 'BSD-2-Clause'],
  ['bsd-3-clause', 'BSD-3-Clause'],
  ['mpl-2.0', 'MPL-2.0'],
  ['upl 1.0', 'UPL-1.0'],
  ['upl-1.0', 'UPL-1.0'],
]);
