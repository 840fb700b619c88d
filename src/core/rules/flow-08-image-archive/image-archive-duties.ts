// Flow 8: an image archive carries every layer, so the duties of every layer are ours.
import { standing } from '../deliveries.ts';
import { askAboutDuties } from '../passed-on.ts';
import { flows, type Rule } from '../rule.ts';

const WORKFLOW =
  'on: [release]\njobs:\n  image:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: |\n          docker build -t product .\n          docker save -o product.tar product\n      - uses: actions/upload-artifact@v4\n        with:\n          name: image\n          path: product.tar\n';

export const imageArchiveDuties: Rule = {
  id: 'image-archive-duties',
  obligation: 'flow-08-image-archive',
  title: 'The terms of all layers in an image archive are met',
  severity: 'warning',
  why: 'Notices, source offers and trademark terms of every base image, package and download bind whoever hands the archive on.',
  remedy:
    'Collect the notices and sources of everything listed and put them beside the archive, or deliver the Dockerfile or our own layers instead.',
  decision: 'Do we have the right to publish these layers, and do their notices and sources go along?',
  guidance: [...flows(8, 1, 2, 3, 4), ...flows(9, 1, 2)],
  examples: {
    accepts: [
      {
        title: 'Nothing but our own files',
        files: { Dockerfile: 'FROM scratch\nCOPY product /\n', '.github/workflows/image.yml': WORKFLOW },
      },
    ],
    rejects: [
      {
        title: 'A distribution below our files',
        files: { Dockerfile: 'FROM debian:12.7\nCOPY product /\n', '.github/workflows/image.yml': WORKFLOW },
        expect: { outcome: 'needs-approval', line: 9 },
      },
    ],
  },
  check: (facts) =>
    askAboutDuties(
      imageArchiveDuties,
      facts,
      standing(facts, 'image-archive').filter(({ destination }) => destination.channel !== 'none'),
    ),
};
