// Flow 2: the distribution at the bottom still gets security updates.
import { SUPPORT_DATE } from '../../images/distribution-support.ts';
import { type Distribution, supportOfImage } from '../../images/distributions.ts';
import { distributionName } from '../distribution-terms.ts';
import { aboutImage, enteringImages } from '../images.ts';
import { findingOf, flows, type Rule, sentences } from '../rule.ts';

export const endOfLifeDistribution: Rule = {
  id: 'end-of-life-distribution',
  obligation: 'flow-02-base-images',
  title: 'The distribution below an image still gets updates',
  severity: 'warning',
  why: `Flaws found from then on stay in the image. The dates are those that the distributions had published by ${SUPPORT_DATE}.`,
  remedy: 'Move to a release that is still maintained.',
  guidance: [...flows(2, 2, 3), ...sentences('docker-store-publish', 6, 1, 2, 3)],
  examples: {
    accepts: [
      { title: 'A release that gets updates', files: { Dockerfile: 'FROM debian:13.1\n' } },
      { title: 'A release that the name does not tell', files: { Dockerfile: 'FROM postgres:18.1\n' } },
    ],
    rejects: [
      {
        title: 'A release that got its last update long ago',
        files: { Dockerfile: 'FROM alpine:3.12\n' },
        expect: { outcome: 'violation', line: 1 },
      },
      {
        title: 'Of an official image, its tag tells the distribution',
        files: { Dockerfile: 'FROM python:3.9-buster\n' },
        expect: { outcome: 'violation', line: 1 },
      },
      {
        title: 'Only a longer programme still covers it',
        files: { Dockerfile: 'FROM ubuntu:20.04\n' },
        expect: { outcome: 'violation', line: 1 },
      },
    ],
  },
  check: (facts) =>
    enteringImages(facts).flatMap((image) => {
      const support = image.reference === null ? null : supportOfImage(image.reference);
      const today = facts.at.slice(0, 10);
      if (support === null || today <= support.ends) return [];
      const isExtended = support.extended !== null && today <= support.extended;
      return findingOf(endOfLifeDistribution, {
        outcome: 'violation',
        severity: isExtended ? 'note' : endOfLifeDistribution.severity,
        location: image.entry.location,
        message: isExtended
          ? `${released(support.distribution)} in \`${image.name}\` left regular support on ${support.ends}; a longer programme ends on ${support.extended}.`
          : `${released(support.distribution)} in \`${image.name}\` has had no updates since ${support.extended ?? support.ends}.`,
        about: aboutImage(image),
      });
    }),
};

function released({ id, release }: Distribution): string {
  return `${distributionName(id)} ${release}`;
}
