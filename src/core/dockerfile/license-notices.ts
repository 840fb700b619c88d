// Standard licence notices and the SPDX ids they stand for: what people write above a file instead of an SPDX tag.
// Wordings after the licences' own "how to apply" sections and the notices that large projects use.

export type LicenseNotice = {
  readonly id: string;
  /** Matched against the comment text in lower case, its white space made single blanks. */
  readonly pattern: RegExp;
};

const GPL = 'gnu (general public|gpl) licen[cs]e|gnu gpl';
const LATER = String.raw`(?:,? or|;? either version \d(?:\.\d)? of the licen[cs]e,? or) ?\(?at your option\)? ?any later version`;

function gnu(name: string, version: string, id: string): readonly LicenseNotice[] {
  const within = String.raw`(?:(?!gnu (?:lesser|affero|library|general)).){0,160}?\bv(?:ersion)?\.? ?${version.replace('.', String.raw`\.`)}(?:\.0)?\b`;
  return [
    { id: `${id}-or-later`, pattern: new RegExp(`(?:${name})${within}.{0,60}?${LATER}`) },
    {
      id: `${id}-or-later`,
      pattern: new RegExp(
        `(?:${name})${within}(?: of the licen[cs]e)?,? or (?:\\(at your option\\) )?(?:any )?later`,
      ),
    },
    { id: `${id}-only`, pattern: new RegExp(`(?:${name})${within}`) },
  ];
}

/** The first that matches names the licence; narrower wordings stand before wider ones. */
export const LICENSE_NOTICES: readonly LicenseNotice[] = [
  { id: 'Apache-2.0', pattern: /apache(?: software)? licen[cs]e,? ?\(?(?:v(?:ersion)? ?\.?)?2(?:\.0)?\b/ },
  { id: 'Apache-2.0', pattern: /apache\.org\/licenses\/license-2\.0/ },
  ...gnu('gnu affero general public licen[cs]e|gnu agpl', '3', 'AGPL-3.0'),
  ...gnu('gnu lesser general public licen[cs]e|gnu lgpl', '3', 'LGPL-3.0'),
  ...gnu('gnu lesser general public licen[cs]e|gnu lgpl', '2.1', 'LGPL-2.1'),
  ...gnu(GPL, '3', 'GPL-3.0'),
  ...gnu(GPL, '2', 'GPL-2.0'),
  { id: 'MPL-2.0', pattern: /mozilla public licen[cs]e,? ?(?:v(?:ersion)?\.? ?)2(?:\.0)?\b/ },
  { id: 'MPL-2.0', pattern: /mozilla\.org\/mpl\/2\.0/ },
  { id: 'EPL-2.0', pattern: /eclipse public licen[cs]e,? ?(?:-? ?v(?:ersion)?\.? ?)2\.0/ },
  { id: 'EPL-2.0', pattern: /eclipse\.org\/legal\/epl-2\.0/ },
  { id: 'EPL-1.0', pattern: /eclipse public licen[cs]e,? ?(?:-? ?v(?:ersion)?\.? ?)1\.0/ },
  { id: 'UPL-1.0', pattern: /universal permissive licen[cs]e,? ?(?:\(upl\),? ?)?v(?:ersion)?\.? ?1\.0/ },
  { id: 'CC0-1.0', pattern: /creativecommons\.org\/publicdomain\/zero\/1\.0|\bcc0 1\.0/ },
  { id: 'Unlicense', pattern: /this is free and unencumbered software released into the public domain/ },
  { id: 'BSL-1.0', pattern: /boost software licen[cs]e,? ?-? ?version 1\.0/ },
  {
    id: 'BSD-3-Clause',
    pattern: /redistribution and use in source and binary forms(?=[\s\S]*neither the name)/,
  },
  {
    id: 'BSD-2-Clause',
    pattern:
      /redistribution and use in source and binary forms(?![\s\S]*(?:neither the name|endorse or promote|all advertising))/,
  },
  {
    id: 'BSD-3-Clause',
    pattern: /\b(?:modified|new|revised|3-clause|three-clause) bsd licen[cs]e|\bbsd[- ](?:3|three)[- ]clause/,
  },
  {
    id: 'BSD-2-Clause',
    pattern: /\b(?:simplified|freebsd|2-clause|two-clause) (?:bsd )?licen[cs]e|\bbsd[- ](?:2|two)[- ]clause/,
  },
  {
    id: 'ISC',
    pattern:
      /permission to use, copy, modify, and\/or distribute this software for any purpose with or without fee is hereby granted|\bisc licen[cs]e\b/,
  },
  {
    id: 'MIT',
    pattern:
      /permission is hereby granted, free of charge, to any person obtaining a copy of this software(?=[\s\S]*the above copyright notice and this permission notice)/,
  },
  { id: 'MIT', pattern: /\bmit licen[cs]e\b|opensource\.org\/licenses\/mit\b|\blicen[cs]e:? mit\b/ },
];
