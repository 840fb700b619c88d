// Flow 13: where layers are merged, it can be told whose they are.
import { format } from '../../value.ts';
import { destinationOf, standing } from '../deliveries.ts';
import { findingOf, flows, type Rule } from '../rule.ts';
import { mergedCopies, squashOf } from '../squash.ts';

export const squashMayBeForeign: Rule = {
  id: 'squash-may-be-foreign',
  obligation: 'flow-13-compressing-layers',
  title: 'It can be told whose layers are merged',
  severity: 'warning',
  why: 'Merging own layers is fine and merging those of others is not, so a merge of layers nobody can name needs a person’s eye.',
  remedy: 'Name the image whose file system is copied, or leave the merging out of this build.',
  guidance: flows(13, 1, 3, 4),
  examples: {
    accepts: [
      {
        title: 'Own layers on an empty image',
        files: {
          Dockerfile: 'FROM scratch\nCOPY rootfs /\n',
          '.github/workflows/image.yml':
            'on: [release]\njobs:\n  image:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: buildah build --squash -t acme/product:1.0 .\n      - run: buildah push acme/product:1.0 docker://docker.io/acme/product:1.0\n',
        },
      },
    ],
    rejects: [
      {
        title: 'A build argument decides whose file system becomes a layer',
        files: { Dockerfile: 'ARG BASE\nFROM $BASE AS build\nFROM scratch\nCOPY --from=build / /\n' },
        expect: { outcome: 'unknown', line: 4 },
      },
    ],
  },
  check: (facts) => [
    ...facts.head.dockerfiles.flatMap((dockerfile) =>
      mergedCopies(facts, dockerfile, 'unknown').map((copy) =>
        findingOf(squashMayBeForeign, {
          outcome: 'unknown',
          location: copy.location,
          message: `A whole file system becomes one layer of ours, and whose it is depends on \`${copy.foreign.map(format).join(', ')}\`.`,
          about: { dockerfile: [dockerfile.path], merged: copy.foreign.map(format) },
        }),
      ),
    ),
    ...standing(facts, 'registry-push', 'image-archive').flatMap((delivery) => {
      const squash = squashOf(facts, delivery);
      if (squash.kind !== 'unknown') return [];
      return findingOf(squashMayBeForeign, {
        outcome: 'unknown',
        location: delivery.location,
        message: `Layers of ${destinationOf(delivery)} are merged, and ${squash.why}.`,
        about: { destination: [destinationOf(delivery)], why: [squash.why] },
      });
    }),
  ],
};
