// Flow 11: a layer of our own that recipients pull from a public registry has been cleared for it.
import type { Facts } from '../../model/facts.ts';
import type { ImageReference } from '../../model/image.ts';
import { equal, text } from '../../value.ts';
import { standing } from '../deliveries.ts';
import { aboutImage, enteringImages } from '../images.ts';
import { slugOf } from '../projects.ts';
import { findingOf, flows, type Rule } from '../rule.ts';

const PUSH =
  'on: [release]\njobs:\n  image:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - uses: docker/build-push-action@v6\n        with:\n          context: base\n          push: true\n          tags: ghcr.io/acme/product/base:1.0\n';

export const unclearedPublicLayer: Rule = {
  id: 'uncleared-public-layer',
  obligation: 'flow-11-recipient-pulls-public-layer',
  title: 'Own layers that others build on come from a delivery in sight',
  severity: 'warning',
  why: 'Whoever pulls our image also pulls the layers below it. One of our own that no delivery here makes was pushed by hand or from elsewhere, and nobody has cleared it.',
  remedy: 'Build and push that image from this repository, or show the OSPO where it was cleared.',
  decision: 'Was what that image holds cleared anywhere?',
  guidance: flows(11, 1, 3),
  examples: {
    accepts: [
      {
        title: 'The image below is pushed from this repository',
        files: {
          'base/Dockerfile': 'FROM debian:13.1\n',
          Dockerfile: 'FROM ghcr.io/acme/product/base:1.0\n',
          '.github/workflows/base.yml': PUSH,
        },
      },
    ],
    rejects: [
      {
        title: 'Nothing here pushes the image below',
        files: { Dockerfile: 'FROM ghcr.io/acme/product/base:1.0\n' },
        expect: { outcome: 'needs-approval', line: 1 },
      },
    ],
  },
  check: (facts) =>
    enteringImages(facts)
      .filter(
        ({ reference }) => reference !== null && isOwn(facts, reference) && !isDelivered(facts, reference),
      )
      .map((image) =>
        findingOf(unclearedPublicLayer, {
          outcome: 'needs-approval',
          location: image.entry.location,
          message: `The ${image.role} \`${image.name}\` is this project’s own, and no delivery in sight makes it.`,
          about: aboutImage(image),
        }),
      ),
};

/** In the registry of the forge, under the name of the repository under review. */
function isOwn(facts: Facts, { registry, repository }: ImageReference): boolean {
  const slug = slugOf(facts);
  return slug !== null && registry === 'ghcr.io' && `${repository}/`.startsWith(`${slug}/`);
}

/** A push whose name can be this one: an unknown name might be, and `unresolved-delivery` asks about that. */
function isDelivered(facts: Facts, { registry, repository }: ImageReference): boolean {
  return standing(facts, 'registry-push').some(
    ({ destination }) =>
      equal(destination.registry, text(registry)) !== 'no' &&
      equal(destination.repository, text(repository)) !== 'no',
  );
}
