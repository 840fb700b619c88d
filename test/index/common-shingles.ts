// Dockerfiles of many owners → the shingles that are common property and tell nothing about who copied from whom.
import { shinglesOf } from '../../src/core/dockerfile/similarity/sketch.ts';
import type { RepositoryAt } from './clones.ts';

/** Owners who have a shingle before it counts as common: four do not copy the same rare step from each other. */
const COMMON_OWNERS = 4;

export function commonShingles(repositories: readonly RepositoryAt[]): ReadonlySet<number> {
  const owners = new Map<number, Set<string>>();
  for (const { about, dockerfiles } of repositories) {
    const owner = ownerOf(about);
    for (const shingle of new Set(dockerfiles.flatMap(shinglesOf))) {
      const holders = owners.get(shingle);
      if (holders === undefined) owners.set(shingle, new Set([owner]));
      else holders.add(owner);
    }
  }
  return new Set(
    [...owners].filter(([, holders]) => holders.size >= COMMON_OWNERS).map(([shingle]) => shingle),
  );
}

/** In lower case, as forges compare it. */
export function ownerOf({ repository }: { readonly repository: string }): string {
  return (repository.split('/')[0] ?? '').toLowerCase();
}
