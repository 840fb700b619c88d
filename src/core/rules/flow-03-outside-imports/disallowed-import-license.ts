// Flow 3: what comes from outside is under licences that policy allows, as far as anybody has written them down.
import { judgeLicense } from '../../licenses/expression.ts';
import type { Facts } from '../../model/facts.ts';
import type { Finding } from '../../model/finding.ts';
import type { Policy } from '../../model/policy.ts';
import { recordOf } from '../images.ts';
import { type OutsideImport, outsideImports } from '../outside-imports.ts';
import { findingOf, flows, type Rule } from '../rule.ts';
import { statedLicense } from '../stated-licenses.ts';

/** The label in which an image names its licences (OCI image specification, annotations). */
const LABEL = 'org.opencontainers.image.licenses';

const POLICY = 'version: 1\nlicenses:\n  allow: [MIT, Apache-2.0]\n  deny: [AGPL-3.0-only]\n';

const BOM = (license: string): string =>
  `${JSON.stringify(
    {
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      components: [
        {
          type: 'application',
          name: 'tool',
          version: '1.2',
          licenses: [{ expression: license }],
          externalReferences: [{ type: 'distribution', url: 'https://example.com/tool-1.2.tgz' }],
        },
      ],
    },
    null,
    2,
  )}\n`;

const FILE = 'FROM scratch\nADD https://example.com/tool-1.2.tgz /opt/\n';

export const disallowedImportLicense: Rule = {
  id: 'disallowed-import-license',
  obligation: 'flow-03-outside-imports',
  title: 'Imports are under licences that policy allows',
  severity: 'error',
  why: 'With the import its licence comes in, and what it asks for has to be done by whoever ships the image.',
  remedy: 'Use another component, or ask the OSPO to look at this one’s terms.',
  decision: 'Can the terms of this licence be met for the way it is shipped here?',
  guidance: flows(3, 3),
  examples: {
    accepts: [
      {
        title: 'The bill of materials names an allowed licence',
        policy: POLICY,
        files: { Dockerfile: FILE, 'bom.json': BOM('MIT OR AGPL-3.0-only') },
      },
      {
        title: 'The organisation has found out what it really is under',
        policy: `${POLICY}  stated:\n    - component: example.com/tool-*\n      license: MIT\n      owner: ospo\n      reason: Asked the authors on 2026-10-02.\n`,
        files: { Dockerfile: FILE, 'bom.json': BOM('AGPL-3.0-only') },
      },
      {
        title: 'Nobody has written the licence down, which other rules ask about',
        policy: POLICY,
        files: { Dockerfile: FILE },
      },
    ],
    rejects: [
      {
        title: 'The bill of materials names a denied licence',
        policy: POLICY,
        files: { Dockerfile: FILE, 'bom.json': BOM('AGPL-3.0-only') },
        expect: { outcome: 'violation', line: 2 },
      },
      {
        title: 'The bill of materials names a licence that is not on the list',
        policy: POLICY,
        files: { Dockerfile: FILE, 'bom.json': BOM('EUPL-1.2') },
        expect: { outcome: 'needs-approval', line: 2 },
      },
      {
        title: 'The organisation has found out that it is under a denied licence',
        policy: `${POLICY}  stated:\n    - component: example.com/**\n      license: AGPL-3.0-only\n      owner: ospo\n      reason: Read in the archive on 2026-10-02.\n`,
        files: { Dockerfile: FILE },
        expect: { outcome: 'violation', line: 2 },
      },
      {
        title: 'The image itself names a denied licence',
        policy: POLICY,
        files: { Dockerfile: 'FROM debian:13.1\n' },
        images: [
          {
            reference: { registry: 'docker.io', repository: 'library/debian', tag: '13.1', digest: null },
            digest: null,
            created: null,
            labels: { [LABEL]: 'AGPL-3.0-only' },
            askedAt: '2026-11-21T11:59:00.000Z',
            lineage: null,
            gaps: [],
          },
        ],
        expect: { outcome: 'violation', line: 1 },
      },
    ],
  },
  check: (facts, policy) =>
    outsideImports(facts, policy).flatMap((imported) =>
      declared(facts, imported, policy).flatMap((terms) => judged(imported, terms, policy)),
    ),
};

/** `according`: who says so. */
type Terms = { readonly license: string; readonly according: string };

/** What the organisation has found out counts before what others say. */
function declared(facts: Facts, { entry, reference, name }: OutsideImport, policy: Policy): readonly Terms[] {
  const address = reference === null ? name : null;
  const stated = statedLicense({ reference, address, purl: null }, policy);
  if (stated !== null) return [{ license: stated.license, according: 'the organisation’s policy' }];
  const label = reference === null ? undefined : recordOf(facts, reference)?.labels[LABEL];
  const listed = entry?.component.licenses ?? [];
  return [
    ...listed.map((license) => ({ license, according: `\`${entry?.bom.path}\`` })),
    ...(label ? [{ license: label, according: 'the image’s own label' }] : []),
  ];
}

function judged(imported: OutsideImport, { license, according }: Terms, policy: Policy): readonly Finding[] {
  const answer = judgeLicense(license, policy.licenses);
  const isUnlisted = answer.verdict === 'unknown' && policy.licenses.allow.length > 0;
  if (answer.verdict !== 'denied' && !isUnlisted) return [];
  return [
    findingOf(disallowedImportLicense, {
      outcome: answer.verdict === 'denied' ? 'violation' : 'needs-approval',
      location: imported.location,
      message: `\`${imported.name}\` is under \`${license}\` according to ${according}: ${answer.reason}.`,
      about: { dockerfile: [imported.dockerfile], import: [imported.name], licence: [license] },
    }),
  ];
}
