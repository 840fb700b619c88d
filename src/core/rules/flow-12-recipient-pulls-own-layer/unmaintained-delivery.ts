// Flow 12: for layers that recipients pull from our own registry somebody answers and brings updates.
import { askForAnswers } from '../answers.ts';
import { standing } from '../deliveries.ts';
import { flows, type Rule, sentences } from '../rule.ts';

const POLICY = 'version: 1\nregistries:\n  own: [registry.acme.example]\n';
const WORKFLOW = (host: string): string =>
  `on: [release]\njobs:\n  image:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - uses: docker/build-push-action@v6\n        with:\n          push: true\n          tags: ${host}/product:1.0\n`;
const FILES = {
  Dockerfile: 'FROM debian:13.1\n',
  '.github/workflows/image.yml': WORKFLOW('registry.acme.example'),
};
const ENTRY = 'version: 1\ndeliveries:\n  - destination: registry.acme.example/*\n';

export const unmaintainedDelivery: Rule = {
  id: 'unmaintained-delivery',
  obligation: 'flow-12-recipient-pulls-own-layer',
  title: 'What our own registry hands out has an owner and gets updates',
  severity: 'warning',
  why: 'From our own registry every layer comes from us, so every flaw in any of them is ours to mend for as long as people pull it.',
  remedy:
    'Name an owner, a contact and a promise of updates in `.github/delivery.yml`, or push to a registry whose layers others maintain.',
  guidance: [...flows(12, 3), ...sentences('docker-store-publish', 6, 4)],
  examples: {
    accepts: [
      {
        title: 'Owner, contact and updates are named',
        policy: POLICY,
        files: {
          ...FILES,
          '.github/delivery.yml': `${ENTRY}    owner: payments\n    contact: security@acme.example\n    updates: critical flaws within 7 days, until 2028-12-31\n`,
        },
      },
      {
        title: 'A public registry, whose base layers others maintain',
        policy: POLICY,
        files: { ...FILES, '.github/workflows/image.yml': WORKFLOW('docker.io/acme') },
      },
    ],
    rejects: [
      {
        title: 'Nobody answers for it',
        policy: POLICY,
        files: FILES,
        expect: { outcome: 'violation', line: 7 },
      },
      {
        title: 'No promise of updates',
        policy: POLICY,
        files: {
          ...FILES,
          '.github/delivery.yml': `${ENTRY}    owner: payments\n    contact: security@acme.example\n`,
        },
        expect: { outcome: 'violation', line: 3 },
      },
    ],
  },
  check: (facts) =>
    askForAnswers(
      unmaintainedDelivery,
      facts,
      standing(facts, 'registry-push').filter(({ destination }) => destination.class === 'own'),
      ['owner', 'contact', 'updates'],
    ),
};
