// The files of a snapshot → the licence of the repository as a whole, where nothing contradicts it.
import ids from 'spdx-license-ids/index.json' with { type: 'json' };
import { leavesOf, parseExpression } from './licenses/expression.ts';
import { isGnuText, namesSameText } from './licenses/gnu.ts';
import { recognizeText } from './licenses/standard-texts.ts';
import type { RepositoryLicense } from './model/facts.ts';
import { type Files, isGap } from './pipeline/files.ts';

const LICENSE_FILE = /^(?:licen[cs]e|copying|unlicense)(?:[-._][^/]*)?$/i;

/**
 * Asks the licence files at the root, a REUSE `LICENSES` folder and `package.json`. Null when none speaks, when two
 * disagree, or when one is not read yet (`files.wanted` then names it). A GNU text does not say whether later versions
 * count: it is `GPL-2.0` and its like, unless the manifest says more.
 */
export function repositoryLicense(files: Files): RepositoryLicense | null {
  const texts = [...fromReuse(files), ...fromLicenseFiles(files)];
  const manifest = fromPackage(files);
  const [first] = [...texts, ...manifest];
  if (first === undefined || first === null) return null;
  const [stated] = manifest;
  // The manifest may say how the texts go together, as in `MIT OR Apache-2.0`.
  if (stated && texts.length > 0 && texts.every((text) => text !== null && isPartOf(text, stated)))
    return stated;
  return [...texts, ...manifest].every((answer) => answer?.expression === first.expression) ? first : null;
}

function isPartOf(text: RepositoryLicense, whole: RepositoryLicense): boolean {
  const expression = parseExpression(whole.expression);
  if ('problem' in expression) return false;
  return leavesOf(expression).some((leaf) => namesSameText(leaf.license, text.expression));
}

/** REUSE keeps one text per licence, named by its id; several of them don't say which file has which. */
function fromReuse(files: Files): readonly (RepositoryLicense | null)[] {
  return files
    .list()
    .filter((path) => /^LICENSES\/[^/]+\.txt$/.test(path))
    .map((path) => {
      const id = path.slice('LICENSES/'.length, -'.txt'.length);
      return ids.includes(id) || isGnuText(id) ? { expression: id, path } : null;
    });
}

function fromLicenseFiles(files: Files): readonly (RepositoryLicense | null)[] {
  return files
    .list()
    .filter((path) => LICENSE_FILE.test(path))
    .map((path) => {
      const text = textOf(files, path);
      const found = text === null ? null : recognizeText(text);
      return found === null ? null : { expression: found.id, path };
    });
}

function fromPackage(files: Files): readonly (RepositoryLicense | null)[] {
  const path = 'package.json';
  const text = textOf(files, path);
  if (text === null) return [];
  // A manifest with a syntax error speaks for nobody; that is npm's to say.
  const license = /"license"\s*:\s*"([^"\\]{1,80})"/.exec(text)?.[1];
  if (license === undefined) return [];
  return ['problem' in parseExpression(license) ? null : { expression: license, path }];
}

function textOf(files: Files, path: string): string | null {
  const read = files.read(path);
  return read === null || read === 'unread' || isGap(read) ? null : read.text;
}
