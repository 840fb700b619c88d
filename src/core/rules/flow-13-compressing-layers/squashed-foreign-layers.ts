// Flow 13: layers that are not ours are not merged, neither with ours nor with each other.
import type { RootCopy } from '../../model/dockerfile.ts';
import { format } from '../../value.ts';
import { standing } from '../deliveries.ts';
import { findingOf, flows, type Rule } from '../rule.ts';
import { mergedCopies, squashOf } from '../squash.ts';

const WORKFLOW = (command: string): string =>
  `on: [release]\njobs:\n  image:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: ${command}\n      - run: buildah push acme/product:1.0 docker://docker.io/acme/product:1.0\n`;

export const squashedForeignLayers: Rule = {
  id: 'squashed-foreign-layers',
  obligation: 'flow-13-compressing-layers',
  title: 'Layers of others stay as they are',
  severity: 'error',
  why: 'A merged layer is ours: with it we deliver a whole distribution that others would have pulled from where it is maintained, with all its licences and duties, and nobody can tell the parts apart any more.',
  remedy:
    'Keep the base image’s layers: name it in the last `FROM`, copy single paths out of other stages, and merge only layers of your own.',
  guidance: flows(13, 1, 2, 3, 4),
  examples: {
    accepts: [
      {
        title: 'Single paths from another stage',
        files: {
          Dockerfile:
            'FROM golang:1.25 AS build\nRUN go build -o /out/tool .\nFROM debian:12.7-slim\nCOPY --from=build /out/tool /bin/\n',
        },
      },
      {
        title: 'A whole image in a stage whose layers are not delivered',
        files: {
          Dockerfile:
            'FROM golang:1.25 AS build\nCOPY --from=other/tools:1.7 / /\nRUN go build -o /out/tool .\nFROM debian:12.7-slim\nCOPY --from=build /out/tool /bin/\n',
        },
      },
      {
        title: 'A whole stage that holds own files only',
        files: {
          Dockerfile: 'FROM scratch AS files\nCOPY rootfs /\nFROM debian:12.7\nCOPY --from=files / /\n',
        },
      },
    ],
    rejects: [
      {
        title: 'A whole distribution becomes one layer',
        files: {
          Dockerfile: 'FROM debian:12.7 AS build\nRUN apt-get update\nFROM scratch\nCOPY --from=build / /\n',
        },
        expect: { outcome: 'violation', line: 4 },
      },
      {
        title: 'The builder merges all layers, the base’s too',
        files: {
          Dockerfile: 'FROM debian:12.7\nCOPY . /srv\n',
          '.github/workflows/image.yml': WORKFLOW('buildah build --squash -t acme/product:1.0 .'),
        },
        expect: { outcome: 'violation', line: 8 },
      },
    ],
  },
  check: (facts) => [
    ...facts.head.dockerfiles.flatMap((dockerfile) =>
      mergedCopies(facts, dockerfile, 'foreign').map((copy) =>
        findingOf(squashedForeignLayers, {
          outcome: 'violation',
          location: copy.location,
          message: `The whole file system of ${named(copy)} is merged into one layer of ours.`,
          about: { dockerfile: [dockerfile.path], merged: copy.foreign.map(format) },
        }),
      ),
    ),
    ...standing(facts, 'registry-push', 'image-archive').flatMap((delivery) => {
      const squash = squashOf(facts, delivery);
      if (squash.kind !== 'foreign') return [];
      return findingOf(squashedForeignLayers, {
        outcome: 'violation',
        location: delivery.location,
        message: `The layers of ${squash.images.map((name) => `\`${name}\``).join(', ')} are merged into the delivered image.`,
        about: { dockerfile: [squash.dockerfile], target: squash.target, merged: squash.images },
      });
    }),
  ],
};

function named({ foreign }: RootCopy): string {
  return foreign.map((image) => `\`${format(image)}\``).join(' and ');
}
