// Skaffold builds and pushes what skaffold.yaml names.
import type { Value } from '../../model/value.ts';
import { join, known, text } from '../../value.ts';
import { readCommandLine } from '../command-line.ts';
import { opaqueEffect, pushEffect } from '../effect.ts';
import { skaffoldArtifacts } from '../skaffold-file.ts';
import type { Tool } from '../tool.ts';
import { unseen } from './goreleaser.ts';

/** Options may be given several times, each with a list; null when one is not known. */
function chosen(options: readonly Value[]): readonly string[] | null {
  const names = options.map(known);
  return names.some((name) => name === null)
    ? null
    : names.flatMap((name) => (name ?? '').split(',').map((each) => each.trim()));
}

export const skaffold: Tool = {
  id: 'skaffold',
  family: 'skaffold',
  documentation: 'https://skaffold.dev/docs/references/cli/',
  commands: ['skaffold run', 'skaffold build', 'skaffold dev', 'skaffold debug'],
  command: (call) => {
    const line = readCommandLine(call.words, {
      values: [
        '--default-repo',
        '-d',
        '--profile',
        '-p',
        '--tag',
        '-t',
        '--filename',
        '-f',
        '--file-output',
        '--build-image',
        '-b',
        '--namespace',
        '-n',
        '--platform',
        '--module',
        '-m',
        '--cache-artifacts',
        '--label',
        '-l',
        '--kube-context',
      ],
      switches: ['--push', '--quiet', '-q', '--dry-run', '--tail'],
    });
    if (line.on('--dry-run') === 'yes' || (line.value('--push') !== null && line.on('--push') === 'no'))
      return [];
    const repository = line.value('--default-repo', '-d') ?? call.variable('SKAFFOLD_DEFAULT_REPO');
    if (repository === null) {
      return [
        opaqueEffect({
          what: call.command,
          doubt: {
            what: 'which images skaffold.yaml builds, and whether its cluster is local',
            settledBy: 'give --default-repo, or --push=false',
          },
        }),
      ];
    }
    const tag = line.value('--tag', '-t');
    const nameOf = (image: Value): Value =>
      join([
        repository,
        '/',
        image,
        ':',
        tag ?? unseen('tag policy', 'the tag policy of skaffold.yaml computes it'),
      ]);
    const file = known(call.path(line.value('--filename', '-f') ?? text('skaffold.yaml')));
    const given = (...names: readonly string[]): boolean => names.some((name) => line.value(name) !== null);
    const isNarrowed = given('--module', '-m', '--build-image', '-b');
    const artifacts =
      file === null
        ? null
        : skaffoldArtifacts(call.files, file, {
            verb: call.command.split(' ').at(-1) ?? '',
            profiles: chosen(line.all('--profile', '-p')),
          });
    if (artifacts === null)
      return [
        pushEffect({
          names: [nameOf(unseen('image', 'skaffold.yaml names the images, and it can’t be told which'))],
        }),
      ];
    return artifacts.map(({ image, source }) =>
      pushEffect({
        // Names with a path are rewritten after the kind of registry.
        names: [nameOf(image.includes('/') ? unseen(image, 'skaffold rewrites the name') : text(image))],
        source,
        happens: isNarrowed ? 'unknown' : 'yes',
      }),
    );
  },
  actions: [],
  examples: [
    {
      script: 'skaffold run --default-repo=gcr.io/acme --tag=1',
      delivers: ['registry-push gcr.io/acme/image:1'],
    },
  ],
};
