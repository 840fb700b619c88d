// Skaffold builds and pushes what skaffold.yaml names.
import { join } from '../../value.ts';
import { readCommandLine } from '../command-line.ts';
import { opaqueEffect, pushEffect } from '../effect.ts';
import type { Tool } from '../tool.ts';
import { unseen } from './goreleaser.ts';

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
    const image = unseen('skaffold.yaml', 'skaffold.yaml names the images');
    return [pushEffect({ names: [join([repository, '/', image, ...(tag === null ? [] : [':', tag])])] })];
  },
  actions: [],
  examples: [
    {
      script: 'skaffold run --default-repo=gcr.io/acme --tag=1',
      delivers: ['registry-push gcr.io/acme/skaffold.yaml:1'],
    },
  ],
};
