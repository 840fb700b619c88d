// Flow 4: what comes from another project of the organisation is cleared there, or rolled into this approval.
import { clearanceOf } from '../clearances.ts';
import { insideImports } from '../inside-imports.ts';
import { findingOf, flows, type Rule } from '../rule.ts';

const SUBMODULE = {
  '.gitmodules': '[submodule "library"]\n\tpath = vendor/library\n\turl = ../library.git\n',
  'vendor/library': `Subproject commit ${'5d'.repeat(20)}\n`,
};
const CHECKOUT = (repository: string): string => `on: push
jobs:
  image:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v5
      - uses: actions/checkout@v5
        with:
          repository: ${repository}
          path: library
      - run: docker build -t registry.acme.internal/product . && docker push registry.acme.internal/product
`;

export const unclearedInsideImport: Rule = {
  id: 'uncleared-inside-import',
  obligation: 'flow-04-inside-imports',
  title: 'What comes from another project of the organisation is approved',
  severity: 'warning',
  why: 'Another project’s code leaves the company with this one. Either it was cleared there, or this approval has to cover it.',
  remedy:
    'Name the approval of the other project in the pull request, or let the OSPO include it in this one.',
  decision: 'Is the other project cleared, or does this decision include it?',
  guidance: flows(4, 1, 2, 3),
  examples: {
    accepts: [
      { title: 'The project’s own files', files: { Dockerfile: 'FROM debian:12.7\nCOPY src /srv\n' } },
      {
        title: 'The project’s own repository',
        files: {
          Dockerfile:
            'FROM debian:12.7\nADD https://github.com/acme/product/releases/download/v1.0/a.tgz /\n',
        },
      },
      {
        title: 'Another project and its image, whose newest delivery was cleared',
        files: {
          Dockerfile:
            'FROM ghcr.io/acme/base:4.2\nRUN git clone -b v1.0 https://github.com/acme/library /opt/library\n',
        },
        clearances: [
          { project: 'acme/base', at: '2026-10-02T09:00:00.000Z', destinations: ['ghcr.io/acme/base'] },
          { project: 'acme/library', at: '2026-11-20T09:00:00.000Z', destinations: [] },
        ],
      },
      {
        title: 'A submodule that no Dockerfile takes in',
        files: { Dockerfile: 'FROM debian:12.7\nCOPY src /srv\n', ...SUBMODULE },
      },
      {
        title: 'A checkout of the repository itself, and one of somebody else’s',
        files: {
          Dockerfile: 'FROM debian:12.7\nCOPY . /srv\n',
          '.github/workflows/image.yml': CHECKOUT('${{ github.repository }}'),
          '.github/workflows/other.yml': CHECKOUT('other/library'),
        },
      },
      {
        title: 'Somebody else’s code',
        files: {
          Dockerfile: 'FROM debian:12.7\nRUN git clone -b v1.0 https://github.com/other/tool /opt/tool\n',
        },
      },
    ],
    rejects: [
      {
        title: 'The other project was cleared too long ago, and delivers another image',
        policy: 'version: 1\napproval: {expires-after-days: 30}\n',
        files: {
          Dockerfile:
            'FROM ghcr.io/acme/base:4.2\nRUN git clone -b v1.0 https://github.com/acme/library /opt/library\n',
        },
        clearances: [
          { project: 'acme/base', at: '2026-11-20T09:00:00.000Z', destinations: ['ghcr.io/acme/basement'] },
          { project: 'acme/library', at: '2026-10-02T09:00:00.000Z', destinations: [] },
        ],
        expect: { outcome: 'needs-approval', line: 1, count: 2 },
      },
      {
        title: 'Another repository of the organisation, and an image of its',
        files: {
          Dockerfile:
            'FROM ghcr.io/acme/base:4.2\nRUN git clone -b v1.0 https://github.com/acme/library /opt/library\n',
        },
        expect: { outcome: 'needs-approval', line: 1, count: 2 },
      },
      {
        title: 'A submodule that the Dockerfile copies with everything else',
        files: { Dockerfile: 'FROM debian:12.7\nCOPY . /srv\n', ...SUBMODULE },
        expect: { outcome: 'needs-approval', line: 3 },
      },
      {
        title: 'Another repository that the delivering workflow checks out',
        files: {
          Dockerfile: 'FROM debian:12.7\nCOPY . /srv\n',
          '.github/workflows/image.yml': CHECKOUT('${{ github.repository_owner }}/library'),
        },
        expect: { outcome: 'needs-approval', line: 9 },
      },
      {
        title: 'A package feed and a file server of the organisation, and its feed on the forge',
        policy: 'version: 1\nregistries: {internal: ["*.acme.internal"]}\n',
        files: {
          Dockerfile: `FROM debian:12.7
RUN pip install --index-url https://pypi.acme.internal/simple tool==1.2
ADD --checksum=sha256:${'7c'.repeat(32)} https://files.acme.internal/tool-1.2.tgz /opt/
RUN npm install --registry https://npm.pkg.github.com/@acme tool@1.2
`,
        },
        expect: { outcome: 'needs-approval', line: 2, count: 3 },
      },
    ],
  },
  check: (facts, policy) =>
    insideImports(facts, policy)
      .filter((entry) => clearanceOf(entry, facts, policy) === null)
      .map(({ dockerfile, name, location, isServed }) =>
        findingOf(unclearedInsideImport, {
          outcome: 'needs-approval',
          location,
          message: `\`${name}\` comes from ${isServed ? 'a server' : 'another project'} of the organisation, and no delivery of it is known to be cleared.`,
          about: { dockerfile: [dockerfile], 'inside import': [name] },
        }),
      ),
};
