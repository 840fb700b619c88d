// Flow 6: pushing layers to a public registry is an external delivery and needs an approval.
import { freshPushes, told } from '../deliveries.ts';
import { findingOf, flows, type Rule } from '../rule.ts';

const PUSH = (extra: string): string =>
  `on:\n  push:\n    tags: ['v*']\njobs:\n  image:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n${extra}`;

export const publicRegistryDelivery: Rule = {
  id: 'public-registry-delivery',
  obligation: 'flow-06-public-registry',
  title: 'A push to a public registry is approved',
  severity: 'warning',
  why: 'A push to a public registry hands our layers to everybody. The registry keeps the layers of the base as it has them; what we add is delivered by us.',
  remedy: 'Ask the OSPO for approval; it decides on what the packet in the pull request lists.',
  decision: 'Is everything in the layers listed below ours to publish, or allowed by its licence?',
  guidance: [...flows(6, 1, 3, 4, 5, 6), ...flows(11, 1, 2, 3)],
  examples: {
    accepts: [
      {
        title: 'A build that is not pushed',
        files: {
          Dockerfile: 'FROM debian:12.7\n',
          '.github/workflows/image.yml': PUSH('      - run: docker build -t acme/product .\n'),
        },
      },
      {
        title: 'A registry that lives as long as the job',
        files: {
          Dockerfile: 'FROM debian:12.7\n',
          '.github/workflows/image.yml': PUSH(
            '      - run: docker build -t localhost:5000/product .\n      - run: docker push localhost:5000/product\n',
          ),
        },
      },
    ],
    rejects: [
      {
        title: 'A push to Docker Hub',
        files: {
          Dockerfile: 'FROM debian:12.7\n',
          '.github/workflows/image.yml': PUSH(
            '      - run: docker build -t acme/product:1.0 .\n      - run: docker push acme/product:1.0\n',
          ),
        },
        expect: { outcome: 'needs-approval', line: 10 },
      },
      {
        title: 'The action that builds and pushes',
        files: {
          Dockerfile: 'FROM debian:12.7\n',
          '.github/workflows/image.yml': PUSH(
            '      - uses: docker/build-push-action@v6\n        with:\n          push: true\n          tags: ghcr.io/acme/product:1.0\n',
          ),
        },
        expect: { outcome: 'needs-approval', line: 9 },
      },
    ],
  },
  check: (facts) =>
    freshPushes(facts, 'public').map(({ delivery, about, previously }) =>
      findingOf(publicRegistryDelivery, {
        outcome: 'needs-approval',
        location: delivery.location,
        message: told('Delivers to a public registry', delivery),
        about,
        previously,
      }),
    ),
};
