// Cloud Native Buildpacks: pack pushes with --publish.
import { EMPTY, text } from '../../value.ts';
import { readCommandLine } from '../command-line.ts';
import { buildSource, PLAIN, pushEffect } from '../effect.ts';
import type { Tool } from '../tool.ts';

export const pack: Tool = {
  id: 'pack',
  family: 'buildpacks',
  documentation: 'https://buildpacks.io/docs/for-platform-operators/how-to/integrate-ci/pack/cli/pack_build/',
  commands: ['pack build', 'pack builder create', 'pack buildpack package'],
  command: (call) => {
    const line = readCommandLine(call.words, {
      values: [
        '--tag',
        '-t',
        '--builder',
        '-B',
        '--path',
        '-p',
        '--env',
        '-e',
        '--env-file',
        '--buildpack',
        '-b',
        '--run-image',
        '--cache-image',
        '--cache',
        '--volume',
        '--network',
        '--descriptor',
        '-d',
        '--lifecycle-image',
        '--pull-policy',
        '--default-process',
        '-D',
        '--docker-host',
        '--gid',
        '--uid',
        '--creation-time',
        '--previous-image',
        '--post-buildpack',
        '--pre-buildpack',
        '--report-output-dir',
        '--sbom-output-dir',
        '--workspace',
        '--config',
        '-c',
        '--platform',
        '--target',
        '--format',
        '-f',
        '--extension',
        '--insecure-registry',
      ],
      switches: [
        '--publish',
        '--trust-builder',
        '--clear-cache',
        '--verbose',
        '-v',
        '--no-color',
        '--quiet',
        '-q',
      ],
    });
    const names = [line.operands[0] ?? EMPTY, ...line.all('--tag', '-t')];
    const source = buildSource({ context: call.path(line.value('--path', '-p') ?? text('.')) });
    return [
      { kind: 'build', names, source, options: PLAIN },
      pushEffect({ names, source, happens: line.on('--publish') }),
    ];
  },
  actions: [],
  examples: [
    {
      script: 'pack build ghcr.io/acme/api:1 --builder b --publish',
      delivers: ['registry-push ghcr.io/acme/api:1'],
    },
    { script: 'pack build acme/api --builder b', delivers: [] },
  ],
};
