// Ways to melt layers into one outside of a build: docker-squash, `docker import`, `docker commit`.
import type { Value } from '../../model/value.ts';
import { prefix } from '../../value.ts';
import { readCommandLine } from '../command-line.ts';
import { buildSource, type Effect, PLAIN } from '../effect.ts';
import type { Tool } from '../tool.ts';

/** After it stands an image of one layer (flow 13), or one more layer for a commit, under a new name. */
function remade(names: readonly Value[], squash: 'yes' | 'no'): readonly Effect[] {
  return names.length === 0
    ? []
    : [{ kind: 'build', names, source: buildSource({}), options: { ...PLAIN, squash } }];
}

export const squashing: Tool = {
  id: 'squashing',
  family: 'squash',
  documentation: 'https://docs.docker.com/reference/cli/docker/image/import/',
  commands: [
    'docker-squash',
    'docker import',
    'docker image import',
    'podman import',
    'docker commit',
    'docker container commit',
    'podman commit',
    'buildah commit',
    'docker-slim build',
    'slim build',
    'mint slim',
  ],
  command: ({ command, words }) => {
    const line = readCommandLine(words, {
      values: [
        '-t',
        '--tag',
        '-f',
        '--from-layer',
        '--from',
        '-from',
        '--message',
        '-m',
        '--change',
        '-c',
        '--author',
        '-a',
        '--platform',
        '--target',
        '--output-path',
        '--tmp-dir',
        '--format',
        '--iidfile',
        '--creds',
      ],
      switches: [
        '--squash',
        '-verbose',
        '--verbose',
        '--load-image',
        '--pause',
        '-p',
        '-q',
        '--quiet',
        '--rm',
      ],
    });
    const named = line.all('-t', '--tag');
    if (command === 'docker-squash' || /slim/.test(command)) {
      return remade(named.length > 0 ? named : line.operands.slice(0, 1), 'yes');
    }
    const name = line.operands[1];
    if (name === undefined || prefix(name).startsWith('docker-archive:')) return [];
    const melts = /import/.test(command) || line.on('--squash', '-s') === 'yes';
    return remade([name], melts ? 'yes' : 'no');
  },
  actions: [],
  examples: [
    {
      script: 'docker export box | docker import - acme/api:flat && docker push acme/api:flat',
      delivers: ['registry-push docker.io/acme/api:flat'],
    },
    { script: 'docker-squash -t acme/api:flat acme/api:1', delivers: [] },
  ],
};
