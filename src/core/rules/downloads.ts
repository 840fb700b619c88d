// Imports that are fetched from an address rather than named to a registry or a package manager.
import type { Dockerfile } from '../model/dockerfile.ts';
import type { About } from '../model/evidence.ts';
import type { Facts } from '../model/facts.ts';
import type { Finding } from '../model/finding.ts';
import type { Import, ImportKind } from '../model/import.ts';
import { format, isKnown } from '../value.ts';
import { buildsOf } from './builds.ts';

const NOUNS: Partial<Record<ImportKind, string>> = {
  'remote-add': 'download',
  download: 'download',
  'git-clone': 'clone',
  'package-url': 'package',
  'package-repository': 'package repository',
  'package-manager': 'package installation',
};

export type Fetched = {
  readonly dockerfile: Dockerfile;
  readonly entry: Import;
  readonly noun: string;
  /** The address as expanded; holes show their expression. */
  readonly source: string;
};

/**
 * Everything the Dockerfiles fetch that is of one of these kinds, once for each address it can have. An address that
 * only a build can complete is left to the builds in sight, where there are any.
 */
export function fetchedBy(facts: Facts, kinds: readonly ImportKind[]): readonly Fetched[] {
  return facts.head.dockerfiles.flatMap((dockerfile) => {
    const builds = buildsOf(facts, dockerfile);
    const alone = fetchedIn(dockerfile, dockerfile, kinds);
    if (builds.length === 0) return alone;
    const settled = alone.filter(({ entry }) => isKnown(entry.source));
    return distinct([...settled, ...builds.flatMap((build) => fetchedIn(build, dockerfile, kinds))]);
  });
}

function fetchedIn(
  reading: Dockerfile,
  dockerfile: Dockerfile,
  kinds: readonly ImportKind[],
): readonly Fetched[] {
  return reading.imports
    .filter((entry) => kinds.includes(entry.kind))
    .map((entry) => ({
      dockerfile,
      entry,
      noun: NOUNS[entry.kind] ?? 'import',
      source: format(entry.source),
    }));
}

function distinct(fetched: readonly Fetched[]): readonly Fetched[] {
  const key = ({ source, entry: { kind, location } }: Fetched): string =>
    JSON.stringify([location.range.start, kind, source]);
  return [...new Map(fetched.map((each) => [key(each), each])).values()];
}

/**
 * Last part of an address that names a list of digests, a signature, a key or a certificate, or the definition of a
 * package repository, whose packages are checked when they are installed.
 */
const MATERIAL = new RegExp(
  [
    String.raw`\.(?:asc|sig|sign|minisig|sigstore|md5|sha\d*|sha\d+sums?|sum|digest)(?:\.txt)?`,
    String.raw`\.(?:gpg|pgp|pub|key|pem|crt|cer|repo|list|sources)`,
    String.raw`(?:^|[-_.])(?:(?:sha\d*|md5)[-_]?sums?|checksums?|sha\d*)(?:\.txt)?`,
    '(?:^|[-_.])(?:gpg|keys?|pubkey)',
    String.raw`(?:^|-)gpg-key-[\w.-]+`,
  ]
    .map((ending) => `(?:${ending})$`)
    .join('|'),
  'i',
);

/** A key server asked for one key by its id or fingerprint (OpenPGP HTTP keyserver protocol). */
const KEY_BY_FINGERPRINT = /\/pks\/lookup\?(?:[^#]*&)?search=0x[0-9a-f]{16,40}(?:&|$)/i;

/** Whether a download only serves to check others: how well it does is told by how those are verified. */
export function isCheckingMaterial({ source, entry }: Fetched): boolean {
  if (entry.pipedToShell) return false;
  if (KEY_BY_FINGERPRINT.test(source)) return true;
  const path = source.replace(/[?#].*$/, '').replace(/\/$/, '');
  return MATERIAL.test(path.slice(path.lastIndexOf('/') + 1));
}

/** Where the Dockerfile runs the script that fetches; nothing where the Dockerfile itself does. */
export function ranFrom({ dockerfile: { path }, entry }: Fetched): Finding['related'] {
  if (entry.location.path === path) return [];
  const start = { line: entry.instructionLine, column: 1 };
  return [{ location: { path, range: { start, end: start } }, message: `\`${path}\` runs the script here.` }];
}

export function aboutFetched({ dockerfile, entry, source }: Fetched): About {
  return { dockerfile: [dockerfile.path], [entry.kind]: [source] };
}
