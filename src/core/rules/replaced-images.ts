// Facts of a change → each image it brings into a build, with the one it takes the place of.
import { asOfBase } from '../as-of-base.ts';
import type { Facts } from '../model/facts.ts';
import { type EnteringImage, enteringImages } from './images.ts';

export type ReplacedImage = {
  readonly image: EnteringImage;
  /** Null where nothing stood there before. */
  readonly before: EnteringImage | null;
};

/** In the order of the files. Images that stay are no change; a frontend leaves nothing in the image. */
export function replacedImages(facts: Facts): readonly ReplacedImage[] {
  const base = asOfBase(facts);
  const now = enteringImages(facts).filter(({ entry }) => entry.kind !== 'frontend-image');
  const then = base === null ? [] : enteringImages(base);
  const kept = new Set(now.map(keyOf));
  const gone = then.filter((each) => !kept.has(keyOf(each)));
  const known = new Set(then.map(keyOf));
  const taken = new Set<EnteringImage>();
  return now
    .filter((image) => !known.has(keyOf(image)))
    .map((image) => {
      const before = placeOf(
        image,
        gone.filter((each) => !taken.has(each)),
      );
      if (before !== null) taken.add(before);
      return { image, before };
    });
}

/** Of the same file and role: the one of the same repository, else the one of the same stage. */
function placeOf(image: EnteringImage, gone: readonly EnteringImage[]): EnteringImage | null {
  const alike = gone.filter(
    ({ dockerfile, role }) => dockerfile.path === image.dockerfile.path && role === image.role,
  );
  return (
    alike.find(
      ({ reference }) => reference !== null && reference.repository === image.reference?.repository,
    ) ??
    alike.find(({ entry }) => entry.stage === image.entry.stage) ??
    null
  );
}

function keyOf({ dockerfile, role, name }: EnteringImage): string {
  return JSON.stringify([dockerfile.path, role, name]);
}
