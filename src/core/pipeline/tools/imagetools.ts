// `docker buildx imagetools create`: images already in a registry get a new name there.
import type { Value } from '../../model/value.ts';
import { format, split } from '../../value.ts';
import { readCommandLine } from '../command-line.ts';
import { pushEffect } from '../effect.ts';
import { readImageName } from '../image-name.ts';
import type { CommandCall, Tool } from '../tool.ts';

export const imagetools: Tool = {
  id: 'imagetools',
  family: 'imagetools',
  documentation: 'https://docs.docker.com/reference/cli/docker/buildx/imagetools/create/',
  commands: ['docker buildx imagetools create'],
  command: (call) => {
    const line = readCommandLine(call.words, {
      values: [
        '--tag',
        '-t',
        '--file',
        '-f',
        '--builder',
        '--annotation',
        '--platform',
        '-p',
        '--progress',
        '--metadata-file',
      ],
      switches: ['--append', '--dry-run', '--prefer-index'],
    });
    const dry = line.on('--dry-run');
    if (dry === 'yes') return [];
    const given = line.all('--tag', '-t');
    const open = line.operands.length > 0;
    const named = given.filter((name) => !(open && name.length === 1 && typeof name[0] === 'object'));
    const names = named.length > 0 ? named : fromMetadata(call, line.operands);
    if (names.length === 0) return [];
    return [pushEffect({ names, origins: line.operands, happens: 'yes' })];
  },
  actions: [],
  examples: [
    {
      script: 'docker buildx imagetools create -t acme/api:latest acme/api@sha256:1 acme/api@sha256:2',
      delivers: ['registry-push docker.io/acme/api:latest'],
    },
    { script: 'docker buildx imagetools create --dry-run -t acme/api:latest acme/api:1', delivers: [] },
    { script: 'docker buildx imagetools inspect acme/api:latest', delivers: [] },
  ],
};

/**
 * Docker's own recipe builds the `-t` words with jq out of what metadata-action left in the environment; they stand
 * for its tags. Otherwise a new name for known sources lies beside them as far as anybody can tell.
 */
function fromMetadata(call: CommandCall, operands: readonly Value[]): readonly Value[] {
  const usesMetadata = call.words.some((word) => format(word).includes('DOCKER_METADATA_OUTPUT'));
  const tags = usesMetadata ? call.variable('DOCKER_METADATA_OUTPUT_TAGS') : null;
  if (tags !== null) return split(tags, '\n').filter((tag) => tag.length > 0);
  const sources = operands.filter((operand) => format(operand).includes('/'));
  return sources.slice(0, 1).map((source) => {
    const { registry, repository } = readImageName(source);
    return [
      ...registry,
      '/',
      ...repository,
      ':',
      { expression: '-t', why: 'the tags are computed by a command' },
    ];
  });
}
