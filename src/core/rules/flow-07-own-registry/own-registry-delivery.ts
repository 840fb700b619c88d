// Flow 7: pushing to our own registry that others reach delivers every layer; dissuaded, and needs an approval.
import { freshPushes, told } from '../deliveries.ts';
import { findingOf, flows, type Rule } from '../rule.ts';

const POLICY = 'version: 1\nregistries:\n  own: [registry.acme.example]\n  internal: [build.acme.example]\n';

const WORKFLOW = (host: string): string =>
  `on:\n  release:\n    types: [published]\njobs:\n  image:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - uses: docker/build-push-action@v6\n        with:\n          push: true\n          tags: ${host}/product:1.0\n`;

export const ownRegistryDelivery: Rule = {
  id: 'own-registry-delivery',
  obligation: 'flow-07-own-registry',
  title: 'A push to our own registry is approved',
  severity: 'warning',
  why: 'From our own registry recipients get every layer from us, those of the base image and of other people included, so all their terms bind us.',
  remedy: 'Ask the OSPO for approval and say why a public registry, or the Dockerfile alone, would not do.',
  decision:
    'Would a push to a public registry, or the Dockerfile alone, do as well? If not, may we publish all its layers, those of others included?',
  guidance: [...flows(7, 1, 4), ...flows(12, 1, 2)],
  examples: {
    accepts: [
      {
        title: 'A registry that nobody outside reaches',
        policy: POLICY,
        files: {
          Dockerfile: 'FROM debian:12.7\n',
          '.github/workflows/image.yml': WORKFLOW('build.acme.example'),
        },
      },
    ],
    rejects: [
      {
        title: 'A registry that customers pull from',
        policy: POLICY,
        files: {
          Dockerfile: 'FROM debian:12.7\n',
          '.github/workflows/image.yml': WORKFLOW('registry.acme.example'),
        },
        expect: { outcome: 'needs-approval', line: 9 },
      },
    ],
  },
  check: (facts) =>
    freshPushes(facts, 'own').map(({ delivery, about, previously }) =>
      findingOf(ownRegistryDelivery, {
        outcome: 'needs-approval',
        location: delivery.location,
        message: told('Delivers all layers from our own registry', delivery),
        about,
        previously,
      }),
    ),
};
