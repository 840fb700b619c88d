// Flow 2: every image from outside stands on the policy's lists of accepted images.

import { generalImage } from '../../images/official-images.ts';
import type { Facts } from '../../model/facts.ts';
import type { ImageReference } from '../../model/image.ts';
import type { AllowedImage, Policy } from '../../model/policy.ts';
import { matchesPattern } from '../../policy/patterns.ts';
import { aboutImage, type EnteringImage, enteringImages, isInside, listedName } from '../images.ts';
import { isDockerFrontend } from '../outside-images.ts';
import { makersOf } from '../own-images.ts';
import { findingOf, flows, type Rule, sentences } from '../rule.ts';

export const unapprovedBaseImage: Rule = {
  id: 'unapproved-base-image',
  obligation: 'flow-02-base-images',
  title: 'Images from outside are accepted by the OSPO and by security',
  severity: 'error',
  why: 'Layers of an image become part of what is shipped, with their licences and their flaws, so both teams have to accept the image before a build may use it.',
  remedy:
    'Use an accepted image, such as a Docker Official Image, or ask for this one to be listed under `base-images.allow` in the policy.',
  decision: 'Is this image acceptable: do we know who makes it, from what, and how it is kept up to date?',
  guidance: [...flows(2, 3, 4), ...sentences('docker-store-publish', 4, 1)],
  examples: {
    accepts: [
      {
        title: 'A Docker Official Image, built for one architecture',
        files: { Dockerfile: 'FROM arm32v7/debian:12.7\n' },
      },
      { title: 'A Docker Official Image', files: { Dockerfile: 'FROM python:3.13-slim\n' } },
      {
        title: 'An image on the list',
        policy:
          'version: 1\nbase-images:\n  allow:\n    - image: quay.io/keycloak/keycloak:26.*\n      owner: identity\n      reason: The vendor publishes only there.\n',
        files: { Dockerfile: 'FROM quay.io/keycloak/keycloak:26.4\n' },
      },
      { title: 'An image of the organisation itself', files: { Dockerfile: 'FROM ghcr.io/acme/base:4.2\n' } },
      {
        title: 'An image that a delivery of this repository makes',
        files: {
          'base.Dockerfile': 'FROM debian:13.1\n',
          Dockerfile: 'FROM somebody/base:1\n',
          '.github/workflows/base.yml':
            'on: [release]\njobs:\n  base:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: docker buildx build -f base.Dockerfile --push -t somebody/base:1 .\n',
        },
      },
    ],
    rejects: [
      {
        title: 'Somebody’s image',
        files: { Dockerfile: 'FROM somebody/python-plus:3.13\n' },
        expect: { outcome: 'needs-approval', line: 1 },
      },
      {
        title: 'Files copied and mounted from other images',
        files: {
          Dockerfile:
            'FROM debian:12.7\nCOPY --from=ghcr.io/other/tool:1.4 /tool /bin/\nRUN --mount=from=quay.io/other/data:2,target=/data cp /data/a /\n',
        },
        expect: { outcome: 'needs-approval', line: 2, count: 2 },
      },
      {
        title: 'A build puts another image in the place of the one that is written',
        files: {
          Dockerfile: 'FROM debian:12.7\n',
          '.github/workflows/image.yml':
            'on: [release]\njobs:\n  image:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: docker buildx build --build-context debian:12.7=docker-image://somebody/debian:12 --push -t acme/app:1 .\n',
        },
        expect: { outcome: 'needs-approval', line: 1 },
      },
      {
        title: 'A delivery of this repository makes another version of it',
        files: {
          Dockerfile: 'FROM somebody/base:2\n',
          '.github/workflows/base.yml':
            'on: [release]\njobs:\n  base:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: docker buildx build --push -t somebody/base:1 .\n',
        },
        expect: { outcome: 'needs-approval', line: 1 },
      },
      {
        title: 'Accepted by the OSPO, not yet by security',
        policy:
          'version: 1\nbase-images:\n  allow:\n    - image: quay.io/keycloak/**\n      owner: identity\n      reason: Being vetted.\n      security: false\n',
        files: { Dockerfile: 'FROM quay.io/keycloak/keycloak:26.4\n' },
        expect: { outcome: 'needs-approval', line: 1 },
      },
      {
        title: 'An acceptance that has expired',
        policy:
          'version: 1\nbase-images:\n  allow:\n    - image: quay.io/keycloak/**\n      owner: identity\n      reason: Until the move.\n      expires: 2020-01-31\n',
        files: { Dockerfile: 'FROM quay.io/keycloak/keycloak:26.4\n' },
        expect: { outcome: 'needs-approval', line: 1 },
      },
    ],
  },
  check: (facts, policy) =>
    enteringImages(facts).flatMap((image) => {
      const why = image.reference === null ? null : refusal(image.reference, policy, facts.at);
      if (why === null || isDockerFrontend(image) || isMadeHere(facts, image)) return [];
      return findingOf(unapprovedBaseImage, {
        outcome: 'needs-approval',
        location: image.entry.location,
        message: `The ${image.role} \`${image.name}\` ${why}.`,
        about: aboutImage(image),
      });
    }),
};

function isMadeHere(facts: Facts, { reference }: EnteringImage): boolean {
  return reference !== null && makersOf(facts, reference).length > 0;
}

/** Why the image is not accepted; null when every list accepts it. */
function refusal(reference: ImageReference, policy: Policy, at: string): string | null {
  if (isInside(reference, policy)) return null;
  for (const list of policy.baseImages.allow) {
    const entries = list.filter((entry) => lists(entry, reference));
    if (entries.length === 0) return 'is not on the list of accepted images';
    const current = entries.filter((entry) => entry.expires === null || at.slice(0, 10) <= entry.expires);
    if (current.length === 0)
      return `was accepted until ${entries
        .map((entry) => entry.expires)
        .sort()
        .at(-1)}`;
    if (!current.some((entry) => entry.ospo)) return 'has not been accepted by the OSPO yet';
    if (!current.some((entry) => entry.security)) return 'has not been accepted by security yet';
  }
  return null;
}

/** An entry without a tag lists every tag, and every architecture; one with a tag does not list an image that is given by digest alone. */
function lists(entry: AllowedImage, reference: ImageReference): boolean {
  return [reference, generalImage(reference)].some(
    (one) =>
      matchesPattern(entry.image, `${one.registry}/${one.repository}`) ||
      matchesPattern(entry.image, listedName(one)),
  );
}
