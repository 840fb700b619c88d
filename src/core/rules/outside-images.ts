// Images that come from outside, whoever accepted them.
import type { Facts } from '../model/facts.ts';
import type { Policy } from '../model/policy.ts';
import { type EnteringImage, enteringImages, isInside } from './images.ts';
import { makersOf } from './own-images.ts';

/** Docker's own frontend: it builds the file and leaves nothing in the image. */
const DOCKER_FRONTENDS = ['docker.io/docker/dockerfile', 'docker.io/docker/dockerfile-upstream'];

/** Not the organisation's, not made by a delivery here, not Docker's own frontend; a name that is not known is no image yet. */
export function outsideImages(facts: Facts, policy: Policy): readonly EnteringImage[] {
  return enteringImages(facts).filter(
    (image) =>
      image.reference !== null &&
      !isInside(image.reference, policy) &&
      !isDockerFrontend(image) &&
      makersOf(facts, image.reference).length === 0,
  );
}

export function isDockerFrontend({ entry, reference }: EnteringImage): boolean {
  if (entry.kind !== 'frontend-image' || reference === null) return false;
  return DOCKER_FRONTENDS.includes(`${reference.registry}/${reference.repository}`);
}
