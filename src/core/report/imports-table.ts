// Imports of a Dockerfile → a table: source, licence, how each is checked, whether a bill of materials lists it.
import type { Dockerfile } from '../model/dockerfile.ts';
import type { Facts } from '../model/facts.ts';
import type { Import } from '../model/import.ts';
import type { Verdict } from '../model/verdict.ts';
import { format } from '../value.ts';
import type { Component } from './components.ts';
import { cell, code, folded } from './markdown.ts';
import type { Section } from './sections.ts';
import { counted, placeLink } from './words.ts';

export function importsTable(
  verdict: Verdict,
  facts: Facts,
  { path }: Dockerfile,
  imports: readonly Import[],
  of: (entry: Import) => readonly Component[],
): Section {
  const table = imports.map((each): Record<Column, string> => {
    const components = of(each);
    return {
      kind: words(each.kind),
      source: sourceOf(each),
      licence: licences(components),
      'secure channel': each.secureChannel,
      verified: words(each.verification.method),
      'bill of materials': listed(components),
      'since the base': facts.base === null ? 'new' : newness(components),
    };
  });
  // A column that says the same in every line is said once.
  const same = imports.length < 2 ? [] : COLUMNS.filter((name) => isSame(table.map((row) => row[name])));
  const columns = COLUMNS.filter((name) => !same.includes(name));
  const title = `import of ${code(path)}, unmodified unless said above`;
  const rows = imports.map((each, at) => {
    const cells = columns.map((name) => table[at]?.[name] ?? '');
    return `| ${[placeLink(verdict.subject, each.location), ...cells].map(cell).join(' | ')} |`;
  });
  const alike = same.map((name) => `${name}: ${table[0]?.[name] ?? ''}`).join('; ');
  const { open, close } = folded(counted([[rows.length, 'import', 'imports']]));
  const isLong = rows.length > MOST_UNFOLDED;
  return {
    head: [
      ...(alike === '' ? [] : [`For all of them, ${alike}.\n`]),
      ...(isLong ? [open] : []),
      `| ${[title, ...columns].map(cell).join(' | ')} |\n|${'---|'.repeat(columns.length + 1)}`,
    ].join('\n'),
    rows,
    of: 'imports',
    ...(isLong ? { tail: close } : {}),
  };
}

const COLUMNS = [
  'kind',
  'source',
  'licence',
  'secure channel',
  'verified',
  'bill of materials',
  'since the base',
] as const;
type Column = (typeof COLUMNS)[number];
/** A longer table is folded up: it is looked into, not read. */
const MOST_UNFOLDED = 8;

function isSame(cells: readonly string[]): boolean {
  return cells.every((each) => each === cells[0]);
}

function sourceOf({ source, packages }: Import): string {
  const name = code(format(source));
  return packages.length > 0 ? `${name}: ${packages.map(code).join(', ')}` : name;
}

export function licences(components: readonly Component[]): string {
  const stated = components.flatMap(({ license }) => (license === null ? [] : [license]));
  const told = [
    ...new Set(stated.map(({ text, according }) => `${code(text)} (${source(according)})`)),
  ].sort();
  const open = components.length - stated.length;
  return told.length === 0 ? 'not stated' : [...told, ...(open > 0 ? [`${open} not stated`] : [])].join(', ');
}

function source(according: string): string {
  return according.startsWith('the ') ? `according to ${according}` : code(according);
}

export function listed(components: readonly Component[]): string {
  const paths = [...new Set(components.flatMap(({ listedIn }) => (listedIn === null ? [] : [listedIn])))];
  const open = components.filter(({ listedIn }) => listedIn === null).length;
  if (paths.length === 0) return 'not listed';
  return [paths.sort().map(code).join(', '), ...(open > 0 ? [`${open} not listed`] : [])].join(', ');
}

export function newness(components: readonly Component[]): string {
  const fresh = components.filter(({ isNew }) => isNew).length;
  if (fresh === 0) return 'as before';
  return fresh === components.length ? 'new' : `${fresh} new`;
}

export function words(kind: string): string {
  return kind.replaceAll('-', ' ');
}
