// Docker Compose: `push` and `build --push` send the images its file names.
import type { Value } from '../../model/value.ts';
import { known, text } from '../../value.ts';
import { readCommandLine } from '../command-line.ts';
import { composeImages } from '../compose-file.ts';
import { opaqueEffect, pushEffect } from '../effect.ts';
import type { Tool } from '../tool.ts';

export const compose: Tool = {
  id: 'compose',
  family: 'compose',
  documentation: 'https://docs.docker.com/reference/cli/docker/compose/push/',
  commands: ['docker compose', 'docker-compose', 'podman-compose', 'podman compose'],
  command: (call) => {
    const line = readCommandLine(call.words, {
      values: [
        '--file',
        '-f',
        '--project-name',
        '-p',
        '--profile',
        '--env-file',
        '--project-directory',
        '--progress',
        '--build-arg',
        '--parallel',
        '--builder',
      ],
      switches: [
        '--push',
        '--ignore-push-failures',
        '-q',
        '--quiet',
        '--dry-run',
        '--include-deps',
        '--no-cache',
        '--pull',
      ],
    });
    const [verb, ...services] = line.operands;
    const action = verb === undefined ? null : known(verb);
    if (line.on('--dry-run') === 'yes') return [];
    const happens = action === 'push' ? 'yes' : action === 'build' ? line.on('--push') : 'no';
    if (happens === 'no') return [];
    const files = line.all('--file', '-f');
    const found = composeImages(
      call.files,
      known(call.path(text('.'))) ?? '',
      files.map(known),
      services.map(known),
      call.variable,
    );
    if (found === null) {
      return [
        opaqueEffect({
          what: `${call.command} ${action}`,
          doubt: {
            what: 'which images the compose file names',
            settledBy: 'keep the compose file readable in the repository',
          },
        }),
      ];
    }
    return found.map(
      ({
        image,
        source,
      }: {
        readonly image: Value;
        readonly source: Parameters<typeof pushEffect>[0]['source'];
      }) => pushEffect({ names: [image], happens, ...(source === undefined ? {} : { source }) }),
    );
  },
  actions: [],
  examples: [
    {
      script: 'TAG=2 docker compose build && docker compose push',
      files: {
        'compose.yaml': `services:\n  api:\n    build: .\n    image: acme/api:\${TAG:-1}\n  db:\n    image: postgres:16\n`,
      },
      delivers: ['registry-push docker.io/acme/api:1'],
    },
    { script: 'docker compose up -d --build', delivers: [] },
  ],
};
