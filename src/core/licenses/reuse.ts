// What REUSE says of a file without touching it → its licences: a `.license` file beside it, REUSE.toml, .reuse/dep5.
import type { Location } from '../model/position.ts';
import { type Files, isGap } from '../pipeline/files.ts';
import { matchesPattern } from '../policy/patterns.ts';
import { type Annotation, readReuseToml } from './reuse-toml.ts';

export type ReuseLicense = { readonly expression: string; readonly location: Location };

/** Longest file of REUSE's that is looked at, in UTF-16 units. */
const TEXT_LIMIT = 200_000;
const TAG = /SPDX-License-Identifier:[ \t]*([^\r\n]*)/g;

/**
 * For a file that says nothing itself (REUSE specification 3.3, "Licensing information"). Empty unless the file is
 * covered beyond doubt: what can't be read, or is written in a way this does not follow, covers nothing.
 */
export function reuseLicenses(files: Files, path: string): readonly ReuseLicense[] {
  const sidecar = `${path}.license`;
  const text = files.has(sidecar) ? textOf(files, sidecar) : null;
  if (text !== null) return tagsIn(text, sidecar);
  const annotated = fromToml(files, path);
  if (annotated !== null) return annotated;
  const dep5 = files.has('.reuse/dep5') ? textOf(files, '.reuse/dep5') : null;
  return dep5 === null ? [] : fromDep5(dep5, path);
}

function textOf(files: Files, path: string): string | null {
  const read = files.read(path);
  if (read === null || read === 'unread' || isGap(read) || read.text.length > TEXT_LIMIT) return null;
  return read.text;
}

function tagsIn(text: string, path: string): readonly ReuseLicense[] {
  return [...text.matchAll(TAG)].flatMap((match) => {
    const expression = (match[1] ?? '').replace(/(?:\*\/|-->)\s*$/, '').trim();
    if (expression === '') return [];
    return [{ expression, location: lineAt(path, text, match.index) }];
  });
}

function lineAt(path: string, text: string, offset: number): Location {
  const before = text.slice(0, offset).split('\n');
  const line = before.length;
  const column = (before.at(-1)?.length ?? 0) + 1;
  const end = /[^\r\n]*/.exec(text.slice(offset))?.[0].length ?? 0;
  return { path, range: { start: { line, column }, end: { line, column: column + end } } };
}

/** The nearest REUSE.toml with a table for the file; one further up only where it overrides. Null when none has one. */
function fromToml(files: Files, path: string): readonly ReuseLicense[] | null {
  const folders = path.split('/').slice(0, -1);
  let nearest: readonly ReuseLicense[] | null = null;
  for (let depth = folders.length; depth >= 0; depth -= 1) {
    const folder = folders.slice(0, depth).join('/');
    const name = folder === '' ? 'REUSE.toml' : `${folder}/REUSE.toml`;
    const text = files.has(name) ? textOf(files, name) : null;
    if (text === null) {
      // One that can't be read may say otherwise.
      if (files.has(name)) return [];
      continue;
    }
    const tables = readReuseToml(text);
    if (tables === null) return [];
    const inside = folder === '' ? path : path.slice(folder.length + 1);
    const found = tables.filter(({ paths }) => paths.some((each) => matchesReuse(each, inside))).at(-1);
    if (found === undefined || (nearest !== null && found.precedence !== 'override')) continue;
    nearest = licensesOf(found, name, text);
  }
  return nearest;
}

/** In REUSE.toml only `*` and `**` are special, and `**` needs no slash around it. */
function matchesReuse(pattern: string, path: string): boolean {
  return !/[?\\]/.test(pattern) && matchesPattern(pattern, path);
}

function licensesOf({ licenses, at }: Annotation, path: string, text: string): readonly ReuseLicense[] {
  return licenses.map((expression) => ({ expression, location: lineAt(path, text, at) }));
}

/** Paragraphs of Debian's copyright format; the last one that names the file counts. */
function fromDep5(text: string, path: string): readonly ReuseLicense[] {
  let offset = 0;
  let found: readonly ReuseLicense[] = [];
  for (const paragraph of text.split(/(\r?\n[ \t]*\r?\n)/)) {
    const at = offset;
    offset += paragraph.length;
    const files = /^Files:((?:.*(?:\r?\n[ \t].*)*))/m.exec(paragraph)?.[1];
    if (files === undefined) continue;
    const patterns = files.split(/\s+/).filter((pattern) => pattern !== '');
    // An escape or a `?` may mean this file; then nothing is beyond doubt any more.
    if (patterns.some((pattern) => /[?\\]/.test(pattern))) return [];
    if (!patterns.some((pattern) => matchesDep5(pattern, path))) continue;
    const license = /^License:[ \t]*(\S[^\r\n]*)/m.exec(paragraph);
    const expression = license?.[1]?.trim();
    found =
      license === null || expression === undefined
        ? []
        : [{ expression, location: lineAt('.reuse/dep5', text, at + license.index) }];
  }
  return found;
}

/** `*` stands for any text, slashes too. */
function matchesDep5(pattern: string, path: string): boolean {
  const [first = '', ...rest] = pattern.replace(/^\.\//, '').split('*');
  const last = rest.pop();
  if (last === undefined) return path === first;
  if (!path.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const next = path.indexOf(part, at);
    if (next === -1) return false;
    at = next + part.length;
  }
  return path.length - last.length >= at && path.endsWith(last);
}
