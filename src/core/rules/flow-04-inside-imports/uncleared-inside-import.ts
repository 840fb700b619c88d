// Flow 4: what comes from another project of the organisation is cleared there, or rolled into this approval.
import { insideImports } from '../inside-imports.ts';
import { findingOf, flows, type Rule } from '../rule.ts';

export const unclearedInsideImport: Rule = {
  id: 'uncleared-inside-import',
  obligation: 'flow-04-inside-imports',
  title: 'What comes from another project of the organisation is approved',
  severity: 'warning',
  why: 'Another project’s code leaves the company with this one. Either it was cleared there, or this approval has to cover it.',
  remedy:
    'Name the approval of the other project in the pull request, or let the OSPO include it in this one.',
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
        title: 'Somebody else’s code',
        files: {
          Dockerfile: 'FROM debian:12.7\nRUN git clone -b v1.0 https://github.com/other/tool /opt/tool\n',
        },
      },
    ],
    rejects: [
      {
        title: 'Another repository of the organisation, and an image of its',
        files: {
          Dockerfile:
            'FROM ghcr.io/acme/base:4.2\nRUN git clone -b v1.0 https://github.com/acme/library /opt/library\n',
        },
        expect: { outcome: 'needs-approval', line: 1, count: 2 },
      },
    ],
  },
  check: (facts, policy) =>
    insideImports(facts, policy).map(({ dockerfile, name, location }) =>
      findingOf(unclearedInsideImport, {
        outcome: 'needs-approval',
        location,
        message: `\`${name}\` comes from another project of the organisation.`,
        about: { dockerfile: [dockerfile], 'inside import': [name] },
      }),
    ),
};
