// Flow 8: an image that leaves as a file carries every layer; dissuaded, and needs an approval.
import { fresh, told } from '../deliveries.ts';
import { findingOf, flows, type Rule } from '../rule.ts';

const JOB =
  'on: [push]\njobs:\n  image:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n';
const SAVE =
  '      - run: |\n          docker build -t product .\n          docker save -o product.tar product\n';

export const imageArchiveDelivery: Rule = {
  id: 'image-archive-delivery',
  obligation: 'flow-08-image-archive',
  title: 'An image that leaves as a file is approved',
  severity: 'warning',
  why: 'The file holds all layers, those of the base image and of other people included; whoever hands it out delivers all of them.',
  remedy:
    'Ask the OSPO for approval and say why a push of our own layers, or the Dockerfile alone, would not do.',
  decision:
    'Would a push of our own layers, or the Dockerfile alone, do as well? If not, may we publish all its layers, those of others included?',
  guidance: flows(8, 1, 2, 5),
  examples: {
    accepts: [
      {
        title: 'An archive that stays in the job',
        files: { Dockerfile: 'FROM debian:12.7\n', '.github/workflows/image.yml': `${JOB}${SAVE}` },
      },
    ],
    rejects: [
      {
        title: 'An archive that anybody with access to the run can download',
        files: {
          Dockerfile: 'FROM debian:12.7\n',
          '.github/workflows/image.yml': `${JOB}${SAVE}      - uses: actions/upload-artifact@v4\n        with:\n          name: image\n          path: product.tar\n`,
        },
        expect: { outcome: 'needs-approval', line: 9 },
      },
    ],
  },
  check: (facts) =>
    fresh(facts, 'image-archive')
      .filter(({ delivery }) => delivery.destination.channel !== 'none')
      .map(({ delivery, about, previously }) =>
        findingOf(imageArchiveDelivery, {
          outcome: delivery.destination.channel === 'unknown' ? 'unknown' : 'needs-approval',
          location: delivery.location,
          message: told('Delivers a whole image as a file', delivery),
          about,
          previously,
        }),
      ),
};
