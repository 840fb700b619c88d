// What a Dockerfile takes in from outside the organisation, image or download, with its entry in a bill of materials.
import type { Facts } from '../model/facts.ts';
import type { ImageReference } from '../model/image.ts';
import type { ImportKind } from '../model/import.ts';
import type { Policy } from '../model/policy.ts';
import type { Location } from '../model/position.ts';
import { text } from '../value.ts';
import { addressEntry, type Entry, imageEntry } from './bill-of-materials.ts';
import { fetchedBy } from './downloads.ts';
import { enteringImages, isInside } from './images.ts';
import { insideProject, projectOf, slugOf } from './projects.ts';
import { takenCheckouts } from './taken-checkouts.ts';

const FETCHING: readonly ImportKind[] = ['remote-add', 'git-clone', 'download', 'package-url'];

export type OutsideImport = {
  readonly dockerfile: string;
  /** Image name or address as expanded. */
  readonly name: string;
  readonly location: Location;
  /** Null for what is no image. */
  readonly reference: ImageReference | null;
  /** Null when no bill of materials lists it. */
  readonly entry: Entry | null;
};

/**
 * Images by name, without the frontend, which leaves nothing in the image; then everything fetched by address, and what lies
 * beside the repository's own files.
 */
export function outsideImports(facts: Facts, policy: Policy): readonly OutsideImport[] {
  const { boms } = facts.head;
  const images = enteringImages(facts).flatMap(({ dockerfile, entry, name, reference }) => {
    if (reference === null || entry.kind === 'frontend-image' || isInside(reference, policy)) return [];
    const { location } = entry;
    return [{ dockerfile: dockerfile.path, name, location, reference, entry: imageEntry(boms, reference) }];
  });
  const fetched = fetchedBy(facts, FETCHING)
    .filter(({ entry }) => insideProject(entry.source, facts, policy) === null)
    .map(({ dockerfile, entry, source }) => ({
      dockerfile: dockerfile.path,
      name: source,
      location: entry.location,
      reference: null,
      entry: addressEntry(boms, source),
    }));
  const own = slugOf(facts);
  const beside = takenCheckouts(facts)
    .filter(({ checkout: { address } }) => {
      const source = text(address);
      return insideProject(source, facts, policy) === null && projectOf(source, facts)?.slug !== own;
    })
    .map(({ dockerfile, checkout: { address, location } }) => ({
      dockerfile,
      name: address,
      location,
      reference: null,
      entry: addressEntry(boms, address),
    }));
  return [...images, ...fetched, ...beside];
}
