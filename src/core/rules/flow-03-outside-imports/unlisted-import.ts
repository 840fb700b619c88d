// Flow 3: where the repository keeps a bill of materials, what a Dockerfile imports from outside is in it.
import type { Facts } from '../../model/facts.ts';
import type { ImportKind } from '../../model/import.ts';
import type { Policy } from '../../model/policy.ts';
import type { Location } from '../../model/position.ts';
import { addressEntry, imageEntry } from '../bill-of-materials.ts';
import { fetchedBy } from '../downloads.ts';
import { enteringImages, isInside } from '../images.ts';
import { findingOf, flows, type Rule } from '../rule.ts';

const FETCHING: readonly ImportKind[] = ['remote-add', 'git-clone', 'download', 'package-url'];

const BOM = JSON.stringify(
  {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    components: [
      { type: 'container', name: 'debian', version: '12.7', purl: 'pkg:docker/debian@12.7' },
      {
        type: 'application',
        name: 'tool',
        version: '1.2',
        externalReferences: [{ type: 'distribution', url: 'https://example.com/tool-1.2.tgz' }],
      },
    ],
  },
  null,
  2,
);

export const unlistedImport: Rule = {
  id: 'unlisted-import',
  obligation: 'flow-03-outside-imports',
  title: 'The bill of materials lists what comes from outside',
  severity: 'warning',
  why: 'The bill of materials is what recipients and reviewers rely on; a component that is not in it is shipped without anybody having looked at its terms.',
  remedy: 'Add the component with its version, its address and its licence to the bill of materials.',
  guidance: flows(3, 4, 5),
  examples: {
    accepts: [
      {
        title: 'Image and download are listed',
        files: {
          Dockerfile: 'FROM debian:12.7\nADD https://example.com/tool-1.2.tgz /opt/\n',
          'bom.json': BOM,
        },
      },
      {
        title: 'No bill of materials is kept here',
        files: { Dockerfile: 'FROM debian:12.7\nADD https://example.com/tool-1.2.tgz /opt/\n' },
      },
    ],
    rejects: [
      {
        title: 'Another version of the image than the one listed, and a download that is not',
        files: {
          Dockerfile: 'FROM debian:13.1\nADD https://example.com/other-1.0.tgz /opt/\n',
          'bom.json': BOM,
        },
        expect: { outcome: 'violation', line: 1, count: 2 },
      },
    ],
  },
  check: (facts, policy) => {
    const { boms } = facts.head;
    if (boms.length === 0) return [];
    return [...unlistedImages(facts, policy), ...unlistedDownloads(facts)].map(
      ({ dockerfile, name, location }) =>
        findingOf(unlistedImport, {
          outcome: 'violation',
          location,
          message: `\`${name}\` is not listed in ${boms.map(({ path }) => `\`${path}\``).join(' or ')}.`,
          about: { dockerfile: [dockerfile], import: [name] },
        }),
    );
  },
};

type Unlisted = { readonly dockerfile: string; readonly name: string; readonly location: Location };

function unlistedImages(facts: Facts, policy: Policy): readonly Unlisted[] {
  return enteringImages(facts).flatMap(({ dockerfile, entry, name, reference }) => {
    if (reference === null || entry.kind === 'frontend-image' || isInside(reference, policy)) return [];
    if (imageEntry(facts.head.boms, reference) !== null) return [];
    return [{ dockerfile: dockerfile.path, name, location: entry.location }];
  });
}

function unlistedDownloads(facts: Facts): readonly Unlisted[] {
  return fetchedBy(facts, FETCHING)
    .filter(({ source }) => addressEntry(facts.head.boms, source) === null)
    .map(({ dockerfile, source, entry }) => ({
      dockerfile: dockerfile.path,
      name: source,
      location: entry.location,
    }));
}
