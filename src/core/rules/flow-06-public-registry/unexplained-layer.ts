// Flow 6: everything in the layers we made and hand out can be explained from the repository.
import { dockerfilePath } from '../../dockerfile/dockerfile-path.ts';
import type { Delivery } from '../../model/delivery.ts';
import type { Dockerfile } from '../../model/dockerfile.ts';
import type { Facts } from '../../model/facts.ts';
import type { Finding } from '../../model/finding.ts';
import type { Import, ImportKind } from '../../model/import.ts';
import type { Value } from '../../model/value.ts';
import { format, isKnown } from '../../value.ts';
import { dockerfileOf, importsBehind } from '../builds.ts';
import { destinationOf, standing } from '../deliveries.ts';
import { findingOf, flows, type Rule } from '../rule.ts';

const FETCHING: readonly ImportKind[] = ['remote-add', 'git-clone', 'download', 'package-url'];
/** Tools that build without a Dockerfile from what the repository holds. */
const WITHOUT_DOCKERFILE = ['ko', 'jib', 'buildpacks', 'nix', 'bazel', 'dotnet'];

const WORKFLOW = (steps: string): string =>
  `on: [release]\njobs:\n  image:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n${steps}`;
const BUILD_AND_PUSH =
  '      - uses: docker/build-push-action@v6\n        with:\n          push: true\n          tags: acme/product:1.0\n';

export const unexplainedLayer: Rule = {
  id: 'unexplained-layer',
  obligation: 'flow-06-public-registry',
  title: 'The content of delivered layers can be explained from the repository',
  severity: 'warning',
  why: 'Only what can be traced to a Dockerfile and its sources can be cleared; an image from elsewhere, or a download whose address is decided during the build, can’t.',
  remedy:
    'Build the image in the same pipeline from a Dockerfile of this repository, and write the addresses of its downloads out.',
  guidance: [...flows(6, 2), ...flows(3, 1)],
  examples: {
    accepts: [
      {
        title: 'Built from a Dockerfile of the repository',
        files: {
          Dockerfile: 'FROM debian:12.7\nCOPY . /srv\n',
          '.github/workflows/image.yml': WORKFLOW(BUILD_AND_PUSH),
        },
      },
    ],
    rejects: [
      {
        title: 'An image of unknown making is pushed',
        files: {
          '.github/workflows/image.yml': WORKFLOW('      - run: docker push acme/product:1.0\n'),
        },
        expect: { outcome: 'unknown', line: 7 },
      },
      {
        title: 'What is built depends on who starts it',
        files: {
          Dockerfile: 'FROM debian:12.7\n',
          '.github/workflows/image.yml': WORKFLOW(
            `      - run: docker buildx build --push -t acme/product:1.0 \${{ vars.FOLDER }}\n`,
          ),
        },
        expect: { outcome: 'unknown', line: 7 },
      },
      {
        title: 'The Dockerfile is made from a template during the run',
        files: {
          'Dockerfile.tmpl': 'FROM {{ .Base }}\n',
          '.github/workflows/image.yml': WORKFLOW(
            `      - run: make-dockerfile < Dockerfile.tmpl > Dockerfile\n${BUILD_AND_PUSH}`,
          ),
        },
        expect: { outcome: 'unknown', line: 8 },
      },
      {
        title: 'The build decides what it downloads',
        files: {
          Dockerfile: 'FROM debian:12.7\nARG TOOL_URL\nADD $TOOL_URL /opt/tool\n',
          '.github/workflows/image.yml': WORKFLOW(BUILD_AND_PUSH),
        },
        expect: { outcome: 'unknown', line: 3 },
      },
    ],
  },
  check: (facts) =>
    standing(facts, 'registry-push', 'image-archive')
      .filter(leaves)
      .flatMap((delivery) => {
        const dockerfile = dockerfileOf(facts, delivery);
        if (dockerfile !== null) return unknownDownloads(dockerfile, delivery.build?.target ?? null);
        const why = withoutDockerfile(facts, delivery);
        if (why === null) return [];
        return findingOf(unexplainedLayer, {
          outcome: 'unknown',
          location: delivery.location,
          message: `What is in ${destinationOf(delivery)} can’t be told: ${why}.`,
          about: { destination: [destinationOf(delivery)], built: [delivery.build?.dockerfile ?? 'unknown'] },
        });
      }),
};

function leaves({ kind, destination }: Delivery): boolean {
  if (kind === 'image-archive') return destination.channel !== 'none';
  return destination.class !== 'local' && destination.class !== 'internal';
}

function withoutDockerfile(facts: Facts, { build, family, unseen }: Delivery): string | null {
  if (build?.dockerfile) {
    const gap = facts.head.gaps.find(({ subject }) => subject === build.dockerfile);
    const [template, ...others] = (unseen ?? [])
      .map((one) => one.slice(0, one.lastIndexOf(' ')))
      .filter((path) => dockerfilePath(path) === 'template');
    const made = template === undefined || others.length > 0 ? '' : `; \`${template}\` may be what makes it`;
    return gap === undefined
      ? `\`${build.dockerfile}\` is not in the repository${made}`
      : `\`${build.dockerfile}\` could not be read`;
  }
  if (WITHOUT_DOCKERFILE.includes(family)) return null;
  if (build === null) return 'no build of it is in sight';
  const context = build.context === null ? '' : ` in \`${format(build.context)}\``;
  return `which Dockerfile${context} it is built from depends on the run`;
}

function unknownDownloads(dockerfile: Dockerfile, target: Value | null): readonly Finding[] {
  return importsBehind(dockerfile, target)
    .filter((entry) => FETCHING.includes(entry.kind) && isUnknown(entry))
    .map((entry) =>
      findingOf(unexplainedLayer, {
        outcome: 'unknown',
        location: entry.location,
        message: `What \`${format(entry.source)}\` brings into a delivered image is only decided during the build.`,
        about: { dockerfile: [dockerfile.path], download: [format(entry.source)] },
      }),
    );
}

/** A hole in the version of an address leaves its server and project in sight; a hole before them does not. */
function isUnknown({ source }: Import): boolean {
  if (isKnown(source)) return false;
  const first = source[0];
  return typeof first !== 'string' || !/^[a-z+]+:\/\/[^/]+\/.+/i.test(first);
}
