// Podman and Buildah build images under local names.

import { EMPTY, join, known, text } from '../../value.ts';
import { booleanOf, readCommandLine } from '../command-line.ts';
import { buildSource, PLAIN } from '../effect.ts';
import type { Tool } from '../tool.ts';
import { BUILD_OPTIONS, commandOptions, commandSource } from './docker-build.ts';
import { words } from './podman-push.ts';

export const podmanBuild: Tool = {
  id: 'podman-build',
  family: 'podman-buildah',
  documentation: 'https://docs.podman.io/en/latest/markdown/podman-build.1.html',
  commands: [
    'podman build',
    'podman image build',
    'podman buildx build',
    'buildah bud',
    'buildah build',
    'podman farm build',
  ],
  command: (call) => {
    const line = readCommandLine(call.words, {
      values: [
        ...BUILD_OPTIONS.values,
        '--manifest',
        '--authfile',
        '--volume',
        '-v',
        '--arch',
        '--os',
        '--layer-label',
        '--format',
        '--runtime',
        '--from',
        '--ignorefile',
        '--creds',
        '--device',
        '--jobs',
        '--retry',
        '--retry-delay',
        '--timestamp',
      ].filter((name) => name !== '--provenance' && name !== '--sbom'),
      switches: ['--squash', '--squash-all', '--layers'],
    });
    const base = commandOptions(line, call.words);
    const squash = line.on('--squash-all') === 'yes' || base.squash === 'yes' ? 'yes' : 'no';
    return [
      {
        kind: 'build',
        names: [...line.all('--tag', '-t'), ...line.all('--manifest')],
        source: commandSource(call, line),
        options: { ...base, squash },
      },
    ];
  },
  actions: ['redhat-actions/buildah-build'],
  action: (call) => {
    const image = call.input('image') ?? EMPTY;
    const tags = words(call.input('tags') ?? text('latest'));
    const [file] = [...call.lines('containerfiles'), ...call.lines('dockerfiles')];
    const outputs = new Map([
      ['image', { kind: 'text' as const, value: image }],
      ['tags', { kind: 'text' as const, value: call.input('tags') ?? text('latest') }],
    ]);
    return [
      {
        kind: 'build',
        names: tags.map((tag) => join([image, ':', tag])),
        source: buildSource({
          dockerfile: file === undefined ? null : known(call.path(file)),
          context: call.path(call.input('context') ?? text('.')),
        }),
        options: { ...PLAIN, squash: booleanOf(call.input('squash') ?? text('false')) },
      },
      { kind: 'outputs', outputs, environment: new Map() },
    ];
  },
  examples: [
    {
      script: 'buildah bud -f Containerfile -t quay.io/acme/api . && buildah push quay.io/acme/api',
      delivers: ['registry-push quay.io/acme/api:latest'],
    },
  ],
};
