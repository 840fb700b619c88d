// Flows 7 and 8: where all layers are delivered by us, which is dissuaded, somebody has written down why.
import { askForAnswers } from '../answers.ts';
import { standing } from '../deliveries.ts';
import { flows, type Rule } from '../rule.ts';

const WORKFLOW =
  'on: [release]\njobs:\n  image:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: |\n          docker build -t product .\n          docker save -o product.tar product\n      - uses: actions/upload-artifact@v4\n        with:\n          name: image\n          path: product.tar\n';
const FILES = { Dockerfile: 'FROM debian:13.1\n', '.github/workflows/image.yml': WORKFLOW };

export const unjustifiedDelivery: Rule = {
  id: 'unjustified-delivery',
  obligation: 'flow-08-image-archive',
  title: 'A delivery of all layers is justified in writing',
  severity: 'warning',
  why: 'A push of our own layers, or the Dockerfile alone, spares us the duties of everybody else’s layers, so whoever approves more than that needs to know what it is for.',
  remedy:
    'Write the reason into `.github/delivery.yml`, or deliver the Dockerfile or our own layers instead.',
  guidance: [...flows(7, 4), ...flows(8, 5)],
  examples: {
    accepts: [
      {
        title: 'The reason is written down',
        files: {
          ...FILES,
          '.github/delivery.yml':
            'version: 1\ndeliveries:\n  - destination: "*.tar"\n    justification: The recipients’ machines have no network.\n',
        },
      },
    ],
    rejects: [
      { title: 'No reason is given', files: FILES, expect: { outcome: 'violation', line: 9 } },
      {
        title: 'An entry without a reason',
        files: {
          ...FILES,
          '.github/delivery.yml':
            'version: 1\ndeliveries:\n  - destination: product.tar\n    product: Product\n',
        },
        expect: { outcome: 'violation', line: 3 },
      },
    ],
  },
  check: (facts) =>
    askForAnswers(
      unjustifiedDelivery,
      facts,
      standing(facts, 'registry-push', 'image-archive').filter(({ kind, destination }) =>
        kind === 'image-archive' ? destination.channel !== 'none' : destination.class === 'own',
      ),
      ['justification'],
    ),
};
