// Image vetting: the lineage of every image from outside is known, base by base, to its root.
import type { Facts } from '../../model/facts.ts';
import type { Policy } from '../../model/policy.ts';
import { mayAsk } from '../asked-images.ts';
import { sampleLineage, sampleUnreachable } from '../image-samples.ts';
import { aboutImage, type EnteringImage, recordOf } from '../images.ts';
import { outsideImages } from '../outside-images.ts';
import { findingOf, flows, type Rule, sentences } from '../rule.ts';

const POLICY = 'version: 1\nvetting:\n  require-lineage: true\n';

export const lineageUnknown: Rule = {
  id: 'lineage-unknown',
  obligation: 'image-vetting',
  title: 'The lineage of an image is known to its root',
  severity: 'error',
  why: 'Nobody can inspect what an image was made of, or answer for it, while the images below it are not known. Asked for where policy says `vetting.require-lineage`.',
  remedy:
    'See the lineage in the packet or with `clear-to-ship vet IMAGE`. Choose an image whose publisher states its base, or have somebody look at it and decide.',
  guidance: [...sentences('docker-image-security', 1, 4, 5, 6, 7, 8, 10, 11, 12, 13), ...flows(2, 1)],
  examples: {
    accepts: [
      {
        title: 'Known to the root',
        policy: POLICY,
        files: { Dockerfile: 'FROM node:24.1-slim\n' },
        images: [sampleLineage('a1', 'node:24.1-slim', 'debian:13.1')],
      },
      {
        title: 'An image of the organisation itself',
        policy: `${POLICY}registries:\n  internal: [registry.acme.internal]\n`,
        files: { Dockerfile: 'FROM registry.acme.internal/base/node:24\n' },
      },
      {
        title: 'Nobody asks for lineages',
        files: { Dockerfile: 'FROM node:24.1-slim\n' },
        images: [sampleUnreachable('node:24.1-slim')],
      },
    ],
    rejects: [
      {
        title: 'The registry could not be reached',
        policy: POLICY,
        files: { Dockerfile: 'FROM node:24.1-slim\n' },
        images: [sampleUnreachable('node:24.1-slim')],
        expect: { outcome: 'unknown', line: 1 },
      },
      {
        title: 'A registry that policy does not let ask',
        policy: POLICY,
        files: {
          Dockerfile: 'FROM debian:13.1\nCOPY --from=registry.example.com/tools:1 /tool /bin/\n',
        },
        images: [sampleLineage('a1', 'debian:13.1')],
        expect: { outcome: 'unknown', line: 2 },
      },
    ],
  },
  check: (facts, policy) => {
    if (!policy.vetting.requireLineage) return [];
    return outsideImages(facts, policy).flatMap((image) => {
      const unknown = unknownParts(image, facts, policy);
      const [first, ...others] = unknown;
      if (first === undefined) return [];
      const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
      return findingOf(lineageUnknown, {
        outcome: 'unknown',
        location: image.entry.location,
        message: `Where the ${image.role} \`${image.name}\` comes from is not known to its root: ${first.replace(/\.$/, '')}${more}.`,
        // Who accepts that a registry did not answer has not accepted what it says later.
        about: { ...aboutImage(image), 'not known': unknown.toSorted() },
      });
    });
  },
};

/** A sentence each; none when all is known. */
function unknownParts({ reference }: EnteringImage, facts: Facts, policy: Policy): readonly string[] {
  if (reference === null) return [];
  const record = recordOf(facts, reference);
  if (record === null)
    return [
      mayAsk(reference, policy)
        ? 'Its registry has not been asked.'
        : `\`${reference.registry}\` is none of the registries that policy lets ask.`,
    ];
  const { lineage, gaps } = record;
  if (gaps.length > 0) return gaps.map(({ reason }) => reason);
  return lineage?.end === 'scratch' ? [] : ['The chain of bases ends before its root.'];
}
