// Flow 9: whoever imports an image archive gets the notices and the sources that its layers’ licences promise.
import { askForAnswers } from '../answers.ts';
import { standing } from '../deliveries.ts';
import { flows, type Rule } from '../rule.ts';

const WORKFLOW =
  'on: [release]\njobs:\n  image:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: |\n          docker build -t product .\n          docker save -o product.tar product\n      - uses: actions/upload-artifact@v4\n        with:\n          name: image\n          path: product.tar\n';
const FILES = { Dockerfile: 'FROM debian:13.1\n', '.github/workflows/image.yml': WORKFLOW };
const ENTRY = 'version: 1\ndeliveries:\n  - destination: product.tar\n';

export const archiveWithoutNotices: Rule = {
  id: 'archive-without-notices',
  obligation: 'flow-09-recipient-imports-image',
  title: 'An image archive comes with notices and an offer of sources',
  severity: 'warning',
  why: 'A recipient gets all layers from us and from nobody else, so what their licences promise recipients has to come from us as well.',
  remedy:
    'Collect the licence texts and notices of all layers in a file of the repository, say where the sources are, and name both in `.github/delivery.yml`.',
  guidance: [...flows(9, 1, 2), ...flows(8, 4)],
  examples: {
    accepts: [
      {
        title: 'Notices and sources are named',
        files: {
          ...FILES,
          'NOTICES.txt': 'Debian: see /usr/share/doc in the image.\n',
          '.github/delivery.yml': `${ENTRY}    notices: NOTICES.txt\n    sources: https://sources.acme.example/product\n`,
        },
      },
      {
        title: 'An archive that stays in the job',
        files: {
          Dockerfile: 'FROM debian:13.1\n',
          '.github/workflows/image.yml': WORKFLOW.slice(0, WORKFLOW.lastIndexOf('      - uses:')),
        },
      },
    ],
    rejects: [
      { title: 'Nobody answers for it', files: FILES, expect: { outcome: 'violation', line: 9 } },
      {
        title: 'The file has answers for another delivery only',
        files: {
          ...FILES,
          '.github/delivery.yml':
            'version: 1\ndeliveries:\n  - destination: docker.io/acme/product\n    owner: payments\n',
        },
        expect: { outcome: 'violation', line: 9 },
      },
      {
        title: 'The notices are not there, and sources are not spoken of',
        files: { ...FILES, '.github/delivery.yml': `${ENTRY}    notices: NOTICES.txt\n` },
        expect: { outcome: 'violation', line: 3 },
      },
    ],
  },
  check: (facts) =>
    askForAnswers(
      archiveWithoutNotices,
      facts,
      standing(facts, 'image-archive').filter(({ destination }) => destination.channel !== 'none'),
      ['notices', 'sources'],
    ),
};
