// An image that enters a build → the deliveries of this repository that make it.
import type { Delivery } from '../model/delivery.ts';
import type { Facts } from '../model/facts.ts';
import type { ImageReference } from '../model/image.ts';
import { equal, text } from '../value.ts';
import { standing } from './deliveries.ts';

/**
 * Pushes under exactly this name and tag. What they ship is asked for where they stand, so it needs no second answer
 * where the image comes back as a base. A digest names one content, and nothing shows that a push here made it.
 */
export function makersOf(
  facts: Facts,
  { registry, repository, tag, digest }: ImageReference,
): readonly Delivery[] {
  if (digest !== null) return [];
  return standing(facts, 'registry-push').filter(
    ({ destination }) =>
      destination.class !== 'local' &&
      equal(destination.registry, text(registry)) === 'yes' &&
      equal(destination.repository, text(repository)) === 'yes' &&
      destination.tags.some((each) => equal(each, text(tag ?? 'latest')) === 'yes'),
  );
}
