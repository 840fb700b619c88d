// Flow 4: what comes from another project of the organisation is cleared there, or rolled into this approval.
import type { Facts } from '../../model/facts.ts';
import type { ImportKind } from '../../model/import.ts';
import type { Policy } from '../../model/policy.ts';
import type { Location } from '../../model/position.ts';
import { fetchedBy } from '../downloads.ts';
import { enteringImages, isInside, listedName } from '../images.ts';
import { insideProject, slugOf } from '../projects.ts';
import { findingOf, flows, type Rule } from '../rule.ts';

const FETCHING: readonly ImportKind[] = ['remote-add', 'git-clone', 'download', 'package-url'];
type InsideImport = {
  readonly dockerfile: string;
  readonly name: string;
  readonly location: Location;
};

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
    [...insideImages(facts, policy), ...insideSources(facts, policy)].map(({ dockerfile, name, location }) =>
      findingOf(unclearedInsideImport, {
        outcome: 'needs-approval',
        location,
        message: `\`${name}\` comes from another project of the organisation.`,
        about: { dockerfile: [dockerfile], 'inside import': [name] },
      }),
    ),
};

function insideImages(facts: Facts, policy: Policy): readonly InsideImport[] {
  return enteringImages(facts).flatMap(({ dockerfile, entry, reference }) => {
    if (reference === null || !isInside(reference, policy)) return [];
    const own = slugOf(facts);
    if (own !== null && `${reference.repository}/`.startsWith(`${own}/`)) return [];
    return [{ dockerfile: dockerfile.path, name: listedName(reference), location: entry.location }];
  });
}

function insideSources(facts: Facts, policy: Policy): readonly InsideImport[] {
  const own = slugOf(facts);
  return fetchedBy(facts, FETCHING).flatMap(({ dockerfile, entry }) => {
    const project = insideProject(entry.source, policy);
    if (project === null || project.slug === own) return [];
    return [{ dockerfile: dockerfile.path, name: project.name, location: entry.location }];
  });
}
