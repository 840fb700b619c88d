// Flow 2: what the base of a delivered image asks of those who hand it on is known.
import { distributionOf } from '../../images/distributions.ts';
import { formatReference, parseReference } from '../../images/reference.ts';
import type { Delivery } from '../../model/delivery.ts';
import type { Facts } from '../../model/facts.ts';
import type { ImageReference } from '../../model/image.ts';
import { standing } from '../deliveries.ts';
import { distributionName, dutiesOf, sourceOf } from '../distribution-terms.ts';
import { isInside } from '../images.ts';
import { makersOf } from '../own-images.ts';
import { passedOn } from '../passed-on.ts';
import { findingOf, flows, type Rule } from '../rule.ts';

const WORKFLOW =
  'on: [release]\njobs:\n  image:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - uses: docker/build-push-action@v6\n        with:\n          push: true\n          tags: acme/product:1.0\n';

export const baseImageDuties: Rule = {
  id: 'base-image-duties',
  obligation: 'flow-02-base-images',
  title: 'The duties that come with a delivered base are known',
  severity: 'note',
  why: 'A base brings a distribution along, with duties such as notices, source offers and trademark rules; whoever approves a delivery has to have seen them.',
  remedy: 'Meet the duties listed, or choose a base whose distribution and terms are known.',
  decision: 'Who meets these duties, and where?',
  guidance: flows(2, 2, 5),
  examples: {
    accepts: [
      {
        title: 'Nothing is delivered',
        files: { Dockerfile: 'FROM debian:13.1\n' },
      },
      {
        title: 'A delivered image without a base',
        files: { Dockerfile: 'FROM scratch\nCOPY product /\n', '.github/workflows/image.yml': WORKFLOW },
      },
      {
        title: 'A delivered image on one that this repository makes, out of nothing',
        files: {
          Dockerfile: 'FROM scratch AS base\nFROM somebody/base:1\nCOPY product /\n',
          '.github/workflows/image.yml': `${WORKFLOW}      - run: docker buildx build --push --target base -t somebody/base:1 .\n`,
        },
      },
    ],
    rejects: [
      {
        title: 'A delivered image on a distribution',
        files: { Dockerfile: 'FROM debian:13.1\nCOPY product /\n', '.github/workflows/image.yml': WORKFLOW },
        expect: { outcome: 'needs-approval', line: 7 },
      },
      {
        title: 'A delivered image on a base whose distribution the name does not tell',
        files: {
          Dockerfile: 'FROM postgres:18.1\nCOPY product /\n',
          '.github/workflows/image.yml': WORKFLOW,
        },
        expect: { outcome: 'needs-approval', line: 7 },
      },
    ],
  },
  check: (facts, policy) =>
    standing(facts, 'registry-push', 'image-archive')
      .filter(leaves)
      .flatMap((delivery) =>
        basesOf(facts, delivery)
          .filter((base) => !isInside(base, policy))
          .map((base) => {
            const { duties, told } = dutiesOn(base);
            return findingOf(baseImageDuties, {
              outcome: 'needs-approval',
              location: delivery.location,
              message: `The delivered image stands on \`${formatReference(base)}\`, ${told}.`,
              about: { 'base image': [formatReference(base)], duties },
            });
          }),
      ),
};

function leaves({ destination: { class: kind, channel } }: Delivery): boolean {
  return kind !== 'local' && kind !== 'internal' && channel !== 'none';
}

/** A base that this repository makes stands on one itself: the first that comes from elsewhere is meant. */
function basesOf(facts: Facts, delivery: Delivery, above: readonly string[] = []): readonly ImageReference[] {
  return (passedOn(facts, delivery)?.base ?? []).flatMap((name) => {
    const reference = parseReference(name);
    if ('problem' in reference || above.includes(name)) return [];
    const below = makersOf(facts, reference).filter((maker) => passedOn(facts, maker) !== null);
    if (below.length === 0) return [reference];
    return below.flatMap((maker) => basesOf(facts, maker, [...above, name]));
  });
}

function dutiesOn(base: ImageReference): { readonly duties: readonly string[]; readonly told: string } {
  const distribution = distributionOf(base);
  if (distribution === null)
    return {
      duties: ['unknown'],
      told: 'and which distribution and duties that brings along can’t be told from its name',
    };
  const duties = dutiesOf(distribution.id);
  const name = [distributionName(distribution.id), distribution.release]
    .filter((part) => part !== null)
    .join(' ');
  return { duties, told: `which is ${name}: ${duties.join('; ')} (${sourceOf(distribution.id)})` };
}
