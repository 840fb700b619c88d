// Flow 2: the packages inside an image from outside are under licences that policy allows, as far as bills of materials tell.
import type { Facts } from '../../model/facts.ts';
import type { ImageRecord, ImageReference } from '../../model/image.ts';
import type { Policy } from '../../model/policy.ts';
import { judgeSboms, type LicenseTrouble, licenseTroubles } from '../../trust/sboms.ts';
import { sampleDigest, sampleLineage } from '../image-samples.ts';
import { aboutImage, recordOf } from '../images.ts';
import { outsideImages } from '../outside-images.ts';
import { findingOf, flows, type Rule } from '../rule.ts';

const POLICY = 'version: 1\nlicenses:\n  allow: [MIT]\n  deny: [AGPL-3.0-only]\n';

/** `debian:13.1` with a bill of materials beside it. */
function listing(...licenses: readonly (string | null)[]): ImageRecord {
  return {
    ...sampleLineage('a1', 'debian:13.1'),
    vouchers: {
      digests: [sampleDigest('a1')],
      signatures: [],
      sboms: [
        {
          format: 'SPDX-2.3',
          digest: sampleDigest('5b'),
          listed: true,
          packages: licenses.map((license, index) => ({ name: `package-${index}`, version: '1', license })),
        },
      ],
      gaps: [],
      sbomGaps: [],
    },
  };
}

/** Written out in one message. */
const MOST_NAMED = 5;

export const disallowedPackageLicense: Rule = {
  id: 'disallowed-package-license',
  obligation: 'flow-02-base-images',
  title: 'Packages inside an image are under licences that policy allows',
  severity: 'error',
  why: 'Whoever ships an image ships the packages in it, under their licences. Looked at where policy lists licences and the image has a bill of materials in its registry.',
  remedy: 'Choose an image without these packages, or ask the OSPO whether their licences can be met.',
  decision: 'Can the licences of these packages be met for the way the image is shipped?',
  guidance: flows(2, 5),
  examples: {
    accepts: [
      {
        title: 'Every package is under an allowed licence',
        policy: POLICY,
        files: { Dockerfile: 'FROM debian:13.1\n' },
        images: [listing('MIT', 'MIT')],
      },
      {
        title: 'No bill of materials hangs on the image',
        policy: POLICY,
        files: { Dockerfile: 'FROM debian:13.1\n' },
      },
      {
        title: 'Policy lists no licences',
        files: { Dockerfile: 'FROM debian:13.1\n' },
        images: [listing('AGPL-3.0-only')],
      },
    ],
    rejects: [
      {
        title: 'A package under a denied licence, and one under another that is not on the list',
        policy: POLICY,
        files: { Dockerfile: 'FROM debian:13.1\n' },
        images: [listing('MIT', 'AGPL-3.0-only', 'EUPL-1.2')],
        expect: { outcome: 'violation', line: 1, count: 2 },
      },
      {
        title: 'Packages without a licence',
        policy: POLICY,
        files: { Dockerfile: 'FROM debian:13.1\n' },
        images: [listing('MIT', null)],
        expect: { outcome: 'needs-approval', line: 1 },
      },
    ],
  },
  check: (facts, policy) => {
    const { allow, deny } = policy.licenses;
    if (allow.length === 0 && deny.length === 0) return [];
    return outsideImages(facts, policy).flatMap((image) => {
      const troubles = image.reference === null ? [] : troublesOf(image.reference, facts, policy);
      // Without a list of allowed licences only the denied ones are any trouble.
      const open = troubles.filter(({ verdict }) => verdict === 'denied' || allow.length > 0);
      return [
        open.filter(({ verdict }) => verdict === 'denied'),
        open.filter(({ verdict }) => verdict !== 'denied'),
      ]
        .filter((group) => group.length > 0)
        .map((group) => {
          const isDenied = group[0]?.verdict === 'denied';
          return findingOf(disallowedPackageLicense, {
            outcome: isDenied ? 'violation' : 'needs-approval',
            location: image.entry.location,
            message: `Packages in the ${image.role} \`${image.name}\` are under licences that policy ${isDenied ? 'denies' : 'does not list'}: ${told(group)}.`,
            about: {
              ...aboutImage(image),
              licences: [...new Set(group.map(({ license }) => license ?? 'none'))].sort(),
            },
          });
        });
    });
  },
};

function troublesOf(reference: ImageReference, facts: Facts, policy: Policy): readonly LicenseTrouble[] {
  const vouchers = recordOf(facts, reference)?.vouchers;
  if (vouchers === undefined) return [];
  return licenseTroubles(judgeSboms(vouchers, policy.contentTrust.signers, facts.at), policy.licenses);
}

function told(troubles: readonly LicenseTrouble[]): string {
  const named = troubles.slice(0, MOST_NAMED).map(({ license, packages }) => {
    const [first] = packages;
    const others = packages.length > 1 ? ` and ${packages.length - 1} more` : '';
    return `${license === null ? 'none' : `\`${license}\``} (\`${first?.name}\`${others})`;
  });
  const more = troubles.length - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${more} more licences` : ''}`;
}
