// The files of a snapshot → the licence of the repository as a whole, where nothing contradicts it.
import ids from 'spdx-license-ids/index.json' with { type: 'json' };
import type { RepositoryLicense } from './model/facts.ts';
import { type Files, isGap } from './pipeline/files.ts';

/** Longest manifest or licence text that is looked at, in UTF-16 units: the longest SPDX text in use has 35,000. */
const TEXT_LIMIT = 100_000;

const LICENSE_FILE = /^(?:licen[cs]e|copying|unlicense)(?:[-._][^/]*)?$/i;

type StandardText = {
  readonly id: string;
  /** How the text begins, and what else has to stand in it: lower case, white space made single blanks. */
  readonly title: RegExp;
  readonly body: RegExp;
  /** UTF-16 units of the normalised text; a longer one holds more than this licence. */
  readonly atMost: number;
};

const COPYRIGHTS = '(?:(?:portions )?copyright .{0,300}?)';
const BSD = /redistribution and use in source and binary forms, with or without modification, are permitted/;

/** Licences that a text names without doubt. A GPL text alone doesn't say "only" or "or later", so none is here. */
const STANDARD_TEXTS: readonly StandardText[] = [
  {
    id: 'Apache-2.0',
    title: /^apache license version 2\.0, january 2004/,
    body: /end of terms and conditions|defend, and hold each contributor harmless/,
    atMost: 11_500,
  },
  {
    id: 'MIT',
    title: new RegExp(`^(?:\\(?(?:the )?mit(?: license)?\\)?|${COPYRIGHTS}permission is hereby granted)`),
    body: /permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files/,
    atMost: 1_600,
  },
  {
    id: 'ISC',
    title: new RegExp(`^(?:(?:the )?isc license|${COPYRIGHTS}permission to use, copy, modify)`),
    body: /permission to use, copy, modify, and\/or distribute this software for any purpose with or without fee is hereby granted, provided/,
    atMost: 1_200,
  },
  {
    id: 'BSD-3-Clause',
    title: new RegExp(
      `^(?:.{0,30}bsd 3-clause.{0,30}|${COPYRIGHTS}redistribution|${COPYRIGHTS}all rights reserved)`,
    ),
    body: new RegExp(`${BSD.source}[^]*neither the names? of`),
    atMost: 2_200,
  },
  {
    id: 'BSD-2-Clause',
    title: new RegExp(
      `^(?:.{0,30}bsd 2-clause.{0,30}|${COPYRIGHTS}redistribution|${COPYRIGHTS}all rights reserved)`,
    ),
    body: new RegExp(`${BSD.source}(?![^]*(?:endorse or promote|all advertising materials))`),
    atMost: 1_800,
  },
  {
    id: 'MPL-2.0',
    title: /^mozilla public license,? version 2\.0/,
    body: /exhibit b - "incompatible with secondary licenses" notice/,
    atMost: 17_500,
  },
  {
    id: 'Unlicense',
    title: /^this is free and unencumbered software released into the public domain/,
    body: /for more information, please refer to/,
    atMost: 1_500,
  },
  {
    id: 'CC0-1.0',
    title: /^(?:creative commons legal code )?cc0 1\.0 universal/,
    body: /affirmer/,
    atMost: 8_000,
  },
];

/**
 * Asks the licence files at the root, a REUSE `LICENSES` folder and `package.json`. Null when none speaks, when two
 * disagree, or when one is not read yet (`files.wanted` then names it).
 */
export function repositoryLicense(files: Files): RepositoryLicense | null {
  const answers = [...fromReuse(files), ...fromLicenseFiles(files), ...fromPackage(files)];
  const [first] = answers;
  if (first === undefined || first === null) return null;
  return answers.every((answer) => answer?.expression === first.expression) ? first : null;
}

/** REUSE keeps one text per licence, named by its id; several of them don't say which file has which. */
function fromReuse(files: Files): readonly (RepositoryLicense | null)[] {
  const texts = files.list().filter((path) => /^LICENSES\/[^/]+\.txt$/.test(path));
  const [path] = texts;
  if (path === undefined) return [];
  const id = path.slice('LICENSES/'.length, -'.txt'.length);
  return [texts.length === 1 && ids.includes(id) ? { expression: id, path } : null];
}

function fromLicenseFiles(files: Files): readonly (RepositoryLicense | null)[] {
  return files
    .list()
    .filter((path) => LICENSE_FILE.test(path))
    .map((path) => {
      const text = textOf(files, path);
      const id = text === null ? null : standardLicense(text);
      return id === null ? null : { expression: id, path };
    });
}

function fromPackage(files: Files): readonly (RepositoryLicense | null)[] {
  const path = 'package.json';
  const text = textOf(files, path);
  if (text === null) return [];
  // A manifest with a syntax error speaks for nobody; that is npm's to say.
  const license = /"license"\s*:\s*"([^"\\]{1,80})"/.exec(text)?.[1];
  if (license === undefined) return [];
  return [ids.includes(license) ? { expression: license, path } : null];
}

/** The SPDX id of a text that is one standard licence and nothing else; null for everything else. */
export function standardLicense(text: string): string | null {
  if (text.length > TEXT_LIMIT) return null;
  const normal = text
    .replace(/^\uFEFF/, '')
    .toLowerCase()
    .replace(/[\s#*=_-]*\n[\s#*=_-]*/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[\s#*]+/, '')
    .trim();
  const found = STANDARD_TEXTS.filter(
    ({ title, body, atMost }) => normal.length <= atMost && title.test(normal) && body.test(normal),
  );
  return found.length === 1 ? (found[0]?.id ?? null) : null;
}

function textOf(files: Files, path: string): string | null {
  const read = files.read(path);
  return read === null || read === 'unread' || isGap(read) ? null : read.text;
}
