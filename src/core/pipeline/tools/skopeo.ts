// Skopeo copies images between registries, and into files.

import type { Value } from '../../model/value.ts';
import { EMPTY, join, known, prefix, split } from '../../value.ts';
import { readCommandLine } from '../command-line.ts';
import { archiveEffect, type Effect, pushEffect } from '../effect.ts';
import { readImageName } from '../image-name.ts';
import type { Tool } from '../tool.ts';
import { localFile, PUSH_OPTIONS } from './podman-push.ts';

export const skopeo: Tool = {
  id: 'skopeo',
  family: 'skopeo',
  documentation: 'https://github.com/containers/skopeo/blob/main/docs/skopeo-copy.1.md',
  commands: ['skopeo copy', 'skopeo sync'],
  command: (call) => {
    const line = readCommandLine(call.words, {
      values: [
        ...PUSH_OPTIONS.values,
        '--src-creds',
        '--dest-creds',
        '--src-authfile',
        '--dest-authfile',
        '--multi-arch',
        '--additional-tag',
        '--src',
        '-s',
        '--dest',
        '-d',
        '--override-arch',
        '--override-os',
        '--override-variant',
        '--src-cert-dir',
        '--dest-cert-dir',
        '--src-daemon-host',
        '--dest-daemon-host',
        '--policy',
        '--registries.d',
        '--command-timeout',
        '--retry-times',
        '--src-registry-token',
        '--dest-registry-token',
        '--src-username',
        '--src-password',
        '--dest-username',
        '--dest-password',
        '--sign-identity',
      ],
      switches: [
        '--all',
        '-a',
        '--preserve-digests',
        '--dest-tls-verify',
        '--src-tls-verify',
        '--scoped',
        '--keep-going',
      ],
    });
    const [source = EMPTY, destination = EMPTY] = line.operands;
    if (call.command === 'skopeo sync')
      return sync(line.value('--dest', '-d'), source, destination, call.path);
    const file = localFile(destination);
    if (file !== null) return [archiveEffect({ path: call.path(file), names: [source] })];
    if (/^(containers-storage|docker-daemon):/.test(prefix(destination))) return [];
    const extra = line.all('--additional-tag').map((tag) => join([readPath(destination), ':', tag]));
    const signed =
      line.value('--sign-by') === null && line.value('--sign-by-sigstore-private-key') === null
        ? 'no'
        : 'yes';
    return [pushEffect({ names: [destination, ...extra], origins: [source], signed })];
  },
  actions: [],
  examples: [
    {
      script: 'skopeo copy --all docker://ghcr.io/acme/api:1 docker://docker.io/acme/api:1',
      delivers: ['registry-push docker.io/acme/api:1'],
    },
    { script: 'skopeo copy docker://acme/api:1 oci-archive:api.tar', delivers: ['image-archive api.tar?'] },
    { script: 'skopeo inspect docker://acme/api:1', delivers: [] },
  ],
};

function readPath(name: Value): Value {
  const { registry, repository } = readImageName(name);
  return join([registry, '/', repository]);
}

function sync(
  transport: Value | null,
  source: Value,
  destination: Value,
  path: (path: Value) => Value,
): readonly Effect[] {
  if (transport !== null && known(transport) === 'dir')
    return [archiveEffect({ path: path(destination), names: [source] })];
  const leaf = split(source, '/').at(-1) ?? source;
  return [pushEffect({ names: [join([destination, '/', leaf])], origins: [source] })];
}
