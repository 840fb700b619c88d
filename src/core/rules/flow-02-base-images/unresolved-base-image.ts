// Flow 2: every image that enters a build can be named.
import { holes } from '../../value.ts';
import { aboutImage, enteringImages } from '../images.ts';
import { findingOf, flows, type Rule } from '../rule.ts';

export const unresolvedBaseImage: Rule = {
  id: 'unresolved-base-image',
  obligation: 'flow-02-base-images',
  title: 'Every image that enters a build is known by name',
  severity: 'warning',
  why: 'Nobody can say whose layers a build takes in, or under which terms, while the name of an image depends on something outside the file.',
  remedy: 'Write the image name out, or give the build argument in it a default with `ARG NAME=value`.',
  guidance: flows(2, 1, 2),
  examples: {
    accepts: [
      {
        title: 'A build argument with a default',
        files: { Dockerfile: 'ARG VERSION=12.7\nFROM debian:$VERSION\n' },
      },
      { title: 'A stage of the same file', files: { Dockerfile: 'FROM debian:12.7 AS build\nFROM build\n' } },
      {
        title: 'A build context that is a folder of the repository',
        files: {
          Dockerfile: 'FROM debian:12.7\nCOPY --from=tools /tool /bin/\n',
          '.github/workflows/image.yml':
            'on: [release]\njobs:\n  image:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: docker buildx build --build-context tools=./tools --push -t acme/app:1 .\n',
        },
      },
    ],
    rejects: [
      {
        title: 'A build argument without a default decides',
        files: { Dockerfile: 'ARG BASE\nFROM $BASE\n' },
        expect: { outcome: 'unknown', line: 2 },
      },
      {
        title: 'A name that no registry can hold, here with a Cyrillic letter',
        files: { Dockerfile: 'FROM dеbian:12.7\n' },
        expect: { outcome: 'unknown', line: 1 },
      },
      {
        title: 'The tag of an image that files are copied from',
        files: { Dockerfile: 'FROM debian:12.7\nARG TOOL\nCOPY --from=busybox:$TOOL /bin/busybox /bin/\n' },
        expect: { outcome: 'unknown', line: 3 },
      },
      {
        title: 'A build context that nobody in sight passes',
        files: { Dockerfile: 'FROM debian:12.7\nCOPY --from=tools /tool /bin/\n' },
        expect: { outcome: 'unknown', line: 2 },
      },
      {
        title: 'A build context from another repository',
        files: {
          Dockerfile: 'FROM debian:12.7\nCOPY --from=tools /tool /bin/\n',
          '.github/workflows/image.yml':
            'on: [release]\njobs:\n  image:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: docker buildx build --build-context tools=https://github.com/other/tools.git --push -t acme/app:1 .\n',
        },
        expect: { outcome: 'unknown', line: 2 },
      },
    ],
  },
  check: (facts) =>
    enteringImages(facts)
      .filter((image) => image.reference === null)
      .map((image) => {
        const reasons = holes(image.entry.source).map((hole) => `\`${hole.expression}\`: ${hole.why}`);
        const because = image.problem ?? reasons.join('; ');
        return findingOf(unresolvedBaseImage, {
          outcome: 'unknown',
          location: image.entry.location,
          message: `The ${image.role} \`${image.name}\` can’t be told (${because}).`,
          about: aboutImage(image),
        });
      }),
};
