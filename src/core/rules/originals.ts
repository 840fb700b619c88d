// A Dockerfile and the known file it was probably taken from → what it fails to say about that, and the header that says it.
import { type Expression, leavesOf, parseExpression } from '../licenses/expression.ts';
import { namesSameText, safelyNamed } from '../licenses/gnu.ts';
import type { Copy, KnownFile } from '../model/copy.ts';
import type { Dockerfile } from '../model/dockerfile.ts';
import type { Facts } from '../model/facts.ts';
import type { Edit } from '../model/finding.ts';
import { namesOf } from './declared-licenses.ts';
import { firstFreeLine, insertBefore } from './edits.ts';
import { togetherAsExpressions } from './license-conflicts.ts';
import { slugOf } from './projects.ts';

export type Missing = {
  /** No declared origin names the repository. */
  readonly origin: boolean;
  /** The file names licences, and not that of the original. A file without any is another rule's matter. */
  readonly license: boolean;
};

export function missingFrom(dockerfile: Dockerfile, { repository, license }: KnownFile): Missing {
  const slug = `/${repository.toLowerCase()}/`;
  const origins = dockerfile.notice.origins.map(({ url }) => `${url.toLowerCase().replace(':', '/')}/`);
  const named = namesOf(dockerfile);
  return {
    origin: !origins.some((url) => url.replace('.git/', '/').includes(slug)),
    license: named.length > 0 && license !== null && !named.some(({ text }) => keeps(text, license)),
  };
}

/** Whether what the file declares holds enough of the original's terms: one side of a choice, both of a conjunction. */
function keeps(declared: string, license: string): boolean {
  const mine = parseExpression(declared);
  const theirs = parseExpression(license);
  if ('problem' in mine) return false;
  if ('problem' in theirs) return declared === license;
  const leaves = leavesOf(mine).map((leaf) => leaf.license);
  const holds = (part: Expression): boolean => {
    if (part.kind === 'leaf') return leaves.some((leaf) => namesSameText(leaf, part.leaf.license));
    return part.kind === 'or' ? holds(part.left) || holds(part.right) : holds(part.left) && holds(part.right);
  };
  return holds(theirs);
}

/**
 * The known files that the Dockerfile was probably taken from, the most similar first. None where a well-known repository
 * is itself under review: the likeness does not say who took it from whom.
 */
export function copiesIn(facts: Facts, { path }: Dockerfile): readonly Copy[] {
  const alike = facts.head.copies.filter((copy) => copy.dockerfile === path);
  if (alike.some(({ original }) => original.repository.toLowerCase() === slugOf(facts))) return [];
  return alike.filter((copy) => !isItself(copy, facts));
}

/** The repository of the original, or a fork of it: the same name, with the same path or the same licence. */
function isItself({ original, dockerfile }: Copy, facts: Facts): boolean {
  const slug = slugOf(facts);
  if (slug === null) return false;
  const known = original.repository.toLowerCase();
  if (slug === known) return true;
  const isNamesake = slug.slice(slug.indexOf('/')) === known.slice(known.indexOf('/'));
  const { license } = facts.head;
  return (
    isNamesake &&
    (dockerfile === original.path || (license !== null && license.expression === original.license))
  );
}

/**
 * The lines that are missing, after the REUSE specification 3.3; null when the licence is not known, since an origin
 * alone would not clear the file, and when it can't stand beside those that the file names.
 */
export function originEdit(dockerfile: Dockerfile, original: KnownFile): Edit | null {
  const missing = missingFrom(dockerfile, original);
  const isLicensed = namesOf(dockerfile).length > 0;
  if (original.license === null && !isLicensed) return null;
  if (missing.license && excludes(dockerfile, original)) return null;
  const holders = original.copyrights
    .map((line) => line.replace(/\s+/g, ' ').replace(/^(?:copyright)?\s*(?:\(c\)|©)?\s*/i, ''))
    .filter((holder) => !dockerfile.notice.copyrights.some(({ text }) => text.includes(holder)));
  const header = [
    ...holders.map((holder) => `# SPDX-FileCopyrightText: ${holder}`),
    ...(original.license !== null && (missing.license || !isLicensed)
      ? [`# SPDX-License-Identifier: ${safelyNamed(original.license)}`]
      : []),
    ...(missing.origin ? [`# Origin: ${fileAddress(original)}`] : []),
  ];
  return insertBefore(dockerfile, firstFreeLine(dockerfile), header.join('\n'));
}

function excludes(dockerfile: Dockerfile, { license }: KnownFile): boolean {
  const theirs = parseExpression(safelyNamed(license ?? ''));
  if ('problem' in theirs) return true;
  return namesOf(dockerfile).some(({ text }) => {
    const mine = parseExpression(text);
    return !('problem' in mine) && togetherAsExpressions(mine, theirs).verdict === 'conflict';
  });
}

/** Where the original can be read, at its commit. */
export function fileAddress({ server, repository, commit, path }: KnownFile): string {
  return `${server}/${repository}/blob/${commit}/${path.split('/').map(encodeURIComponent).join('/')}`;
}

/** Half a sentence, e.g. "`Dockerfile` is 93 % the same as `docker-library/php` 8.3/apache/Dockerfile at commit 445bf41". */
export function likenessOf({ dockerfile, original, same, ofOriginal, ofDockerfile }: Copy): string {
  const source = `\`${original.repository}\` ${original.path} at commit ${original.commit.slice(0, 7)}`;
  if (same >= Math.max(ofOriginal, ofDockerfile) * 0.8) {
    return `\`${dockerfile}\` is ${percent(same)} the same as ${source}`;
  }
  return ofOriginal > ofDockerfile
    ? `\`${dockerfile}\` holds ${percent(ofOriginal)} of ${source}`
    : `${percent(ofDockerfile)} of \`${dockerfile}\` stands in ${source}`;
}

/** Rounded down, so that only what is the same in full is said to be. */
function percent(share: number): string {
  return `${Math.floor(share * 100)} %`;
}
