// `docker tag`: one image, one more name.
import { EMPTY } from '../../value.ts';
import { readCommandLine } from '../command-line.ts';
import type { Effect } from '../effect.ts';
import type { Tool } from '../tool.ts';

export const dockerTag: Tool = {
  id: 'docker-tag',
  family: 'docker-push',
  documentation: 'https://docs.docker.com/reference/cli/docker/image/tag/',
  commands: [
    'docker tag',
    'docker image tag',
    'podman tag',
    'podman image tag',
    'buildah tag',
    'nerdctl tag',
  ],
  command: ({ words }) => {
    const { operands } = readCommandLine(words, { values: [], switches: [] });
    const [from = EMPTY, ...names] = operands;
    return names.map((to): Effect => ({ kind: 'retag', from, to }));
  },
  actions: [],
  examples: [
    {
      script: 'docker build -t api . && docker tag api acme/api && docker push acme/api',
      delivers: ['registry-push docker.io/acme/api:latest'],
    },
  ],
};
