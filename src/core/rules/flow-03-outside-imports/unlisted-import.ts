// Flow 3: where the repository keeps a bill of materials, what a Dockerfile imports from outside is in it.
import { outsideImports } from '../outside-imports.ts';
import { findingOf, flows, type Rule } from '../rule.ts';

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
      {
        title: 'A submodule of somebody else’s that is copied into the image',
        files: {
          Dockerfile: 'FROM debian:12.7\nCOPY vendor /srv/vendor\n',
          '.gitmodules':
            '[submodule "parser"]\n\tpath = vendor/parser\n\turl = https://github.com/other/parser.git\n',
          'vendor/parser': `Subproject commit ${'5d'.repeat(20)}\n`,
          'bom.json': BOM,
        },
        expect: { outcome: 'violation', line: 3 },
      },
    ],
  },
  check: (facts, policy) => {
    const { boms } = facts.head;
    if (boms.length === 0) return [];
    const names = boms.map(({ path }) => `\`${path}\``).join(' or ');
    return outsideImports(facts, policy)
      .filter(({ entry }) => entry === null)
      .map(({ dockerfile, name, location }) =>
        findingOf(unlistedImport, {
          outcome: 'violation',
          location,
          message: `\`${name}\` is not listed in ${names}.`,
          about: { dockerfile: [dockerfile], import: [name] },
        }),
      );
  },
};
