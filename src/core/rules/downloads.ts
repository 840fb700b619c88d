// Imports that are fetched from an address rather than named to a registry or a package manager.
import type { Dockerfile } from '../model/dockerfile.ts';
import type { About } from '../model/evidence.ts';
import type { Facts } from '../model/facts.ts';
import type { Import, ImportKind } from '../model/import.ts';
import { format } from '../value.ts';

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

/** Everything the Dockerfiles fetch that is of one of these kinds, in order. */
export function fetchedBy(facts: Facts, kinds: readonly ImportKind[]): readonly Fetched[] {
  return facts.head.dockerfiles.flatMap((dockerfile) =>
    dockerfile.imports
      .filter((entry) => kinds.includes(entry.kind))
      .map((entry) => ({
        dockerfile,
        entry,
        noun: NOUNS[entry.kind] ?? 'import',
        source: format(entry.source),
      })),
  );
}

export function aboutFetched({ dockerfile, entry, source }: Fetched): About {
  return { dockerfile: [dockerfile.path], [entry.kind]: [source] };
}
