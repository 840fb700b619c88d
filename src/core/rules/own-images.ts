// An image that enters a build → the deliveries of this repository that make it.
import type { Delivery } from '../model/delivery.ts';
import type { Facts } from '../model/facts.ts';
import type { ImageReference } from '../model/image.ts';
import { join, known } from '../value.ts';
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
  return pushesByName(facts).get(`${registry}/${repository}:${tag ?? 'latest'}`) ?? [];
}

// Rules ask for every base of every delivery: looking through all pushes each time would cost the square.
const PUSHES = new WeakMap<Facts, ReadonlyMap<string, readonly Delivery[]>>();

/** Pushes by each name that is known in full. */
function pushesByName(facts: Facts): ReadonlyMap<string, readonly Delivery[]> {
  const found = PUSHES.get(facts);
  if (found !== undefined) return found;
  const pushes = new Map<string, Delivery[]>();
  for (const delivery of standing(facts, 'registry-push')) {
    const { registry, repository, tags, class: kind } = delivery.destination;
    if (kind === 'local') continue;
    const names = tags.map((tag) => known(join([registry, '/', repository, ':', tag])));
    for (const name of new Set(names)) {
      if (name === null) continue;
      const same = pushes.get(name);
      if (same === undefined) pushes.set(name, [delivery]);
      else same.push(delivery);
    }
  }
  PUSHES.set(facts, pushes);
  return pushes;
}
