// Content trust: what is delivered to a registry is signed.
import type { Delivery } from '../../model/delivery.ts';
import { format } from '../../value.ts';
import { standing } from '../deliveries.ts';
import { findingOf, type Rule, sentences } from '../rule.ts';

const WORKFLOW = (steps: string): string =>
  `on: [release]\njobs:\n  image:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - uses: docker/build-push-action@v6\n        with:\n          push: true\n          tags: docker.io/acme/product:1.0\n${steps}`;

export const unsignedDelivery: Rule = {
  id: 'unsigned-delivery',
  obligation: 'content-trust',
  title: 'Delivered images are signed',
  severity: 'warning',
  why: 'Without a signature recipients can’t tell our image from one that somebody pushed under our name.',
  remedy:
    'Sign what was pushed, by digest, in the same job: `cosign sign`, `notation sign`, or `actions/attest-build-provenance` with `push-to-registry: true`.',
  guidance: sentences('docker-image-security', 2, 1),
  examples: {
    accepts: [
      {
        title: 'A signature on the image that was pushed',
        files: {
          Dockerfile: 'FROM debian:12.7\n',
          '.github/workflows/image.yml': WORKFLOW(
            '      - run: cosign sign --yes docker.io/acme/product:1.0\n',
          ),
        },
      },
    ],
    rejects: [
      {
        title: 'A push and nothing else',
        files: { Dockerfile: 'FROM debian:12.7\n', '.github/workflows/image.yml': WORKFLOW('') },
        expect: { outcome: 'violation', line: 7 },
      },
    ],
  },
  check: (facts) =>
    standing(facts, 'registry-push')
      .filter(({ destination, options }) => {
        const leaves = destination.class === 'public' || destination.class === 'own';
        return leaves && options.signed !== 'yes';
      })
      .map((delivery) => {
        const isKnown = delivery.options.signed === 'no';
        return findingOf(unsignedDelivery, {
          outcome: isKnown ? 'violation' : 'unknown',
          location: delivery.location,
          message: isKnown
            ? `What is pushed to \`${repositoryOf(delivery)}\` is not signed.`
            : `Whether what is pushed to \`${repositoryOf(delivery)}\` gets signed can’t be told.`,
          // Whoever signs signs every tag; another version is no other question.
          about: { destination: [repositoryOf(delivery)], signed: [delivery.options.signed] },
        });
      }),
};

function repositoryOf({ destination: { registry, repository } }: Delivery): string {
  return `${format(registry)}/${format(repository)}`;
}
