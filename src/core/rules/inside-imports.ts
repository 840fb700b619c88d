// What a Dockerfile takes in from other projects of the organisation, image or source.
import type { Facts } from '../model/facts.ts';
import type { ImageReference } from '../model/image.ts';
import type { ImportKind } from '../model/import.ts';
import type { Policy } from '../model/policy.ts';
import type { Location } from '../model/position.ts';
import { fetchedBy } from './downloads.ts';
import { enteringImages, isInside, listedName } from './images.ts';
import { insideProject, slugOf } from './projects.ts';

const FETCHING: readonly ImportKind[] = ['remote-add', 'git-clone', 'download', 'package-url'];

export type InsideImport = {
  readonly dockerfile: string;
  /** The image with its tag, or the project with its host. */
  readonly name: string;
  /** As the Dockerfile names it. */
  readonly address: string;
  /** Null for what is no image. */
  readonly reference: ImageReference | null;
  readonly location: Location;
};

/** Without what belongs to the project under review itself. */
export function insideImports(facts: Facts, policy: Policy): readonly InsideImport[] {
  return [...insideImages(facts, policy), ...insideSources(facts, policy)];
}

function insideImages(facts: Facts, policy: Policy): readonly InsideImport[] {
  const own = slugOf(facts);
  return enteringImages(facts).flatMap(({ dockerfile, entry, name, reference }) => {
    if (reference === null || !isInside(reference, policy)) return [];
    if (own !== null && `${reference.repository}/`.startsWith(`${own}/`)) return [];
    const { location } = entry;
    return [{ dockerfile: dockerfile.path, name: listedName(reference), address: name, reference, location }];
  });
}

function insideSources(facts: Facts, policy: Policy): readonly InsideImport[] {
  const own = slugOf(facts);
  return fetchedBy(facts, FETCHING).flatMap(({ dockerfile, entry, source }) => {
    const project = insideProject(entry.source, policy);
    if (project === null || project.slug === own) return [];
    const { location } = entry;
    return [{ dockerfile: dockerfile.path, name: project.name, address: source, reference: null, location }];
  });
}
