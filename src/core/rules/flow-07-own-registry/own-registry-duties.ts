// Flow 7: from our own registry recipients get every layer from us, so the duties of every layer are ours.
import { standing } from '../deliveries.ts';
import { askAboutDuties } from '../passed-on.ts';
import { flows, type Rule } from '../rule.ts';

const POLICY = 'version: 1\nregistries:\n  own: [registry.acme.example]\n';

const WORKFLOW =
  'on: [release]\njobs:\n  image:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - uses: docker/build-push-action@v6\n        with:\n          push: true\n          tags: registry.acme.example/product:1.0\n';

export const ownRegistryDuties: Rule = {
  id: 'own-registry-duties',
  obligation: 'flow-07-own-registry',
  title: 'The terms of all layers in our own registry are met',
  severity: 'warning',
  why: 'Notices, source offers and trademark terms of every base image, package and download bind whoever hands the layers on, and from our own registry that is us.',
  remedy:
    'Collect the notices and sources of everything listed, or push to a public registry that has these layers already.',
  decision: 'Do we have the right to publish these layers, and are their notices and sources at hand?',
  guidance: flows(7, 1, 2, 3),
  examples: {
    accepts: [
      {
        title: 'Nothing but our own files',
        policy: POLICY,
        files: { Dockerfile: 'FROM scratch\nCOPY product /\n', '.github/workflows/image.yml': WORKFLOW },
      },
    ],
    rejects: [
      {
        title: 'A distribution below our files',
        policy: POLICY,
        files: { Dockerfile: 'FROM debian:12.7\nCOPY product /\n', '.github/workflows/image.yml': WORKFLOW },
        expect: { outcome: 'needs-approval', line: 7 },
      },
    ],
  },
  check: (facts) =>
    askAboutDuties(
      ownRegistryDuties,
      facts,
      standing(facts, 'registry-push').filter(({ destination }) => destination.class === 'own'),
    ),
};
