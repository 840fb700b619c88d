// Flow 4: what comes from another project of the organisation is cleared there, or rolled into this approval.
import { clearanceOf } from '../clearances.ts';
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
    ],
  },
  check: (facts, policy) =>
    insideImports(facts, policy)
      .filter((entry) => clearanceOf(entry, facts, policy) === null)
      .map(({ dockerfile, name, location }) =>
        findingOf(unclearedInsideImport, {
          outcome: 'needs-approval',
          location,
          message: `\`${name}\` comes from another project of the organisation, and no delivery of it is known to be cleared.`,
          about: { dockerfile: [dockerfile], 'inside import': [name] },
        }),
      ),
};
