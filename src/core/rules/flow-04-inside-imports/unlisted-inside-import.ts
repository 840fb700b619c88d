// Flow 4: where the repository keeps a bill of materials, what comes from other projects of the organisation is in it.
import { addressEntry, imageEntry } from '../bill-of-materials.ts';
import { insideImports } from '../inside-imports.ts';
import { findingOf, flows, type Rule } from '../rule.ts';

const BOM = `${JSON.stringify(
  {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    components: [{ type: 'container', name: 'ghcr.io/acme/base', version: '4.2' }],
  },
  null,
  2,
)}\n`;

export const unlistedInsideImport: Rule = {
  id: 'unlisted-inside-import',
  obligation: 'flow-04-inside-imports',
  title: 'The bill of materials lists what comes from other projects of the organisation',
  severity: 'warning',
  why: 'Whoever approves a delivery has to see all of it; code of a sister project that is not listed is shipped without its own owners knowing.',
  remedy: 'Add the other project with its version to the bill of materials.',
  guidance: flows(4, 1, 2),
  examples: {
    accepts: [
      { title: 'It is listed', files: { Dockerfile: 'FROM ghcr.io/acme/base:4.2\n', 'bom.json': BOM } },
      { title: 'No bill of materials is kept here', files: { Dockerfile: 'FROM ghcr.io/acme/base:4.2\n' } },
    ],
    rejects: [
      {
        title: 'Another project’s image that is not listed',
        files: { Dockerfile: 'FROM ghcr.io/acme/other:1.0\n', 'bom.json': BOM },
        expect: { outcome: 'violation', line: 1 },
      },
    ],
  },
  check: (facts, policy) => {
    const { boms } = facts.head;
    if (boms.length === 0) return [];
    return insideImports(facts, policy)
      .filter(({ reference, address }) =>
        reference === null ? addressEntry(boms, address) === null : imageEntry(boms, reference) === null,
      )
      .map(({ dockerfile, name, location }) =>
        findingOf(unlistedInsideImport, {
          outcome: 'violation',
          location,
          message: `\`${name}\` comes from another project of the organisation and is not listed in ${boms.map(({ path }) => `\`${path}\``).join(' or ')}.`,
          about: { dockerfile: [dockerfile], 'inside import': [name] },
        }),
      );
  },
};
