// Facts of a change → the images that registries are asked about: what it brings in, what that replaces, what it newly delivers.
import { asOfBase } from '../as-of-base.ts';
import { formatReference, parseReference } from '../images/reference.ts';
import { comparedTag, copyOf } from '../images/vetting.ts';
import type { Facts } from '../model/facts.ts';
import type { ImageReference } from '../model/image.ts';
import type { Policy } from '../model/policy.ts';
import { type BuiltPlatforms, builtPlatforms } from './built-platforms.ts';
import { type EnteringImage, enteringImages } from './images.ts';
import { passedOn } from './passed-on.ts';

/** Images looked up for one change; a change of more is looked at by a person anyway. */
export const ASKED_LIMIT = 24;

export type AskedImages = {
  /** Sorted by name. */
  readonly images: readonly ImageReference[];
  /** Beyond `ASKED_LIMIT`: nobody is asked about them. */
  readonly beyond: readonly ImageReference[];
  /** For which platforms. */
  readonly platforms: BuiltPlatforms;
};

/** Only images of registries that policy lets ask; what stays the same needs no answer. */
export function askedImages(facts: Facts, policy: Policy): AskedImages {
  const before = asOfBase(facts);
  const [now, then] = [enteringImages(facts), before === null ? [] : enteringImages(before)];
  const delivered = facts.deliveries
    .filter(({ change }) => change === 'started' || change === 'changed')
    .flatMap(({ delivery }) => passedOn(facts, delivery)?.base ?? [])
    .flatMap((name) => {
      const parsed = parseReference(name);
      return 'problem' in parsed ? [] : [parsed];
    });
  const wanted = [...references(without(now, then)), ...delivered, ...references(without(then, now))];
  const today = facts.at.slice(0, 10);
  const beside = wanted
    .flatMap((reference) => [
      copyOf(reference, policy.vetting, today),
      comparedTag(reference, policy.vetting, today),
    ])
    .filter((each) => each !== null);
  const distinct = new Map([...wanted, ...beside].map((each) => [formatReference(each), each]));
  const askable = [...distinct.values()].filter((each) => mayAsk(each, policy));
  return {
    images: askable.slice(0, ASKED_LIMIT).sort(byName),
    beyond: askable.slice(ASKED_LIMIT).sort(byName),
    platforms: builtPlatforms(facts.head),
  };
}

/** Whether policy names the image's registry among those that are asked. */
export function mayAsk({ registry }: ImageReference, { registries }: Policy): boolean {
  const bare = registry.replace(/:\d+$/, '');
  return registries.asked.some((host) => host === registry || host === bare);
}

function without(
  images: readonly EnteringImage[],
  others: readonly EnteringImage[],
): readonly EnteringImage[] {
  const key = ({ dockerfile, role, name }: EnteringImage): string =>
    JSON.stringify([dockerfile.path, role, name]);
  const known = new Set(others.map(key));
  return images.filter((each) => !known.has(key(each)));
}

/** A frontend builds the file and leaves nothing in the image. */
function references(images: readonly EnteringImage[]): readonly ImageReference[] {
  return images.flatMap(({ entry, reference }) =>
    reference === null || entry.kind === 'frontend-image' ? [] : [reference],
  );
}

function byName(a: ImageReference, b: ImageReference): number {
  return formatReference(a) < formatReference(b) ? -1 : 1;
}
