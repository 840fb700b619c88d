// Flow 2: an image name says which image is meant, today and next month.
import type { Policy } from '../../model/policy.ts';
import { replaceWithin } from '../edits.ts';
import { aboutImage, type EnteringImage, enteringImages, recordOf } from '../images.ts';
import { findingOf, flows, type Rule, sentences } from '../rule.ts';

const SEEN = `sha256:${'4b'.repeat(32)}`;

export const unpinnedBaseImage: Rule = {
  id: 'unpinned-base-image',
  obligation: 'flow-02-base-images',
  title: 'Image names carry a version, and a digest where policy asks for one',
  severity: 'warning',
  why: 'Without a version the next build takes in other layers than the ones that were accepted, and nobody notices.',
  remedy:
    'Name a version, best with a digest: `image:version@sha256:…`. `docker buildx imagetools inspect image:version` prints it.',
  guidance: [...flows(2, 1, 3), ...sentences('docker-image-security', 1, 3)],
  examples: {
    accepts: [
      { title: 'A version', files: { Dockerfile: 'FROM debian:12.7-slim\n' } },
      { title: 'A digest', files: { Dockerfile: `FROM debian@${SEEN}\n` } },
      {
        title: 'A digest where policy asks for one',
        policy: 'version: 1\nbase-images:\n  require-digest: true\n',
        files: { Dockerfile: `FROM debian:12.7@${SEEN}\n` },
      },
    ],
    rejects: [
      {
        title: 'No version at all',
        files: { Dockerfile: 'FROM debian\n' },
        expect: { outcome: 'violation', line: 1 },
      },
      {
        title: 'A tag that moves by design',
        files: { Dockerfile: 'FROM debian:12.7\nCOPY --from=busybox:latest /bin/busybox /bin/\n' },
        expect: { outcome: 'violation', line: 2 },
      },
      {
        title: 'Policy asks for a digest, and the registry has told it',
        policy: 'version: 1\nbase-images:\n  require-digest: true\n',
        files: { Dockerfile: 'FROM debian:12.7\n' },
        images: [
          {
            reference: { registry: 'docker.io', repository: 'library/debian', tag: '12.7', digest: null },
            digest: SEEN,
            created: null,
            labels: {},
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
    enteringImages(facts).flatMap((image) => {
      const missing = missingPin(image, policy);
      if (missing === null || image.reference === null) return [];
      const digest = recordOf(facts, image.reference)?.digest ?? null;
      return findingOf(unpinnedBaseImage, {
        outcome: 'violation',
        severity: policy.baseImages.requireDigest ? 'error' : unpinnedBaseImage.severity,
        location: image.entry.location,
        message: `The ${image.role} \`${image.name}\` ${missing}.`,
        remedy:
          digest === null
            ? null
            : `Write \`${image.name}@${digest}\`, which is what the name stands for now.`,
        edit:
          digest === null
            ? null
            : replaceWithin(image.dockerfile, image.entry.location, image.name, `${image.name}@${digest}`),
        about: aboutImage(image),
      });
    }),
};

/** What the name lacks; null when nothing, or when the name is not known (which is another rule's business). */
function missingPin({ reference }: EnteringImage, policy: Policy): string | null {
  if (reference === null || reference.digest !== null) return null;
  if (reference.tag === null) return 'has no version, so it means whatever `latest` is on the day';
  if (reference.tag === 'latest') return 'means whatever `latest` is on the day';
  return policy.baseImages.requireDigest ? 'has no digest, which policy asks for' : null;
}
