// Podman and Buildah, on the command line and as Red Hat's actions.
import type { Value } from '../../model/value.ts';
import { EMPTY, join, known, prefix, split, text } from '../../value.ts';
import { readCommandLine } from '../command-line.ts';
import { archiveEffect, type Effect, pushEffect } from '../effect.ts';
import { underRegistry } from '../image-name.ts';
import type { ActionCall, Tool } from '../tool.ts';

export const PUSH_OPTIONS = {
  values: [
    '--authfile',
    '--cert-dir',
    '--creds',
    '--digestfile',
    '--format',
    '-f',
    '--sign-by',
    '--compression-format',
    '--compression-level',
    '--encryption-key',
    '--encrypt-layer',
    '--retry',
    '--retry-delay',
    '--sign-by-sigstore',
    '--sign-by-sigstore-private-key',
    '--sign-passphrase-file',
    '--add-compression',
    '--iidfile',
  ],
  switches: [
    '--all',
    '--quiet',
    '-q',
    '--rm',
    '--remove-signatures',
    '--tls-verify',
    '--force-compression',
    '--compress',
  ],
};

export const podmanPush: Tool = {
  id: 'podman-push',
  family: 'podman-buildah',
  documentation: 'https://docs.podman.io/en/latest/markdown/podman-push.1.html',
  commands: [
    'podman push',
    'podman image push',
    'buildah push',
    'podman manifest push',
    'buildah manifest push',
  ],
  command: (call) => {
    const line = readCommandLine(call.words, PUSH_OPTIONS);
    const [source = EMPTY, destination = source] = line.operands;
    const local = localFile(destination);
    if (local !== null) return [archiveEffect({ path: call.path(local), names: [source] })];
    if (/^(containers-storage|docker-daemon):/.test(prefix(destination))) return [];
    const signed =
      line.value('--sign-by') === null && line.value('--sign-by-sigstore-private-key') === null
        ? 'no'
        : 'yes';
    return [pushEffect({ names: [destination], origins: [source], signed })];
  },
  actions: ['redhat-actions/push-to-registry', 'redhat-actions/podman-push'],
  action: (call) => pushToRegistry(call),
  examples: [
    {
      script: 'podman push localhost/api quay.io/acme/api:1',
      delivers: ['registry-push quay.io/acme/api:1'],
    },
    { script: 'buildah push acme/api docker-archive:api.tar:acme/api', delivers: ['image-archive api.tar?'] },
    {
      steps:
        '- uses: redhat-actions/push-to-registry@v2\n  with: {image: api, tags: 1 latest, registry: quay.io/acme}',
      delivers: ['registry-push quay.io/acme/api:1,latest'],
    },
  ],
};

/** `docker-archive:path[:name]`, `oci-archive:`, `dir:`, `oci:`; null for anything else. */
export function localFile(name: Value): Value | null {
  const transport = /^(docker-archive|oci-archive|dir|oci):/.exec(prefix(name))?.[0];
  if (transport === undefined) return null;
  const rest: Value = [...text(prefix(name).slice(transport.length)), ...name.slice(1)];
  return split(rest, ':')[0] ?? rest;
}

function pushToRegistry(call: ActionCall): readonly Effect[] {
  const registry = call.input('registry') ?? EMPTY;
  const image = call.input('image') ?? EMPTY;
  const tags = words(call.input('tags') ?? text('latest'));
  // A tag that holds a slash is a complete name, then `image` and `registry` are not used.
  const names = tags.map((tag) =>
    known(tag)?.includes('/') ? tag : underRegistry(registry, join([lower(image), ':', tag])),
  );
  const output = (name: string) => ({
    kind: 'unknown' as const,
    hole: { expression: `\${{ steps.${call.step}.outputs.${name} }}`, why: 'the push makes it' },
  });
  return [
    pushEffect({ names }),
    {
      kind: 'outputs',
      outputs: new Map([
        ['digest', output('digest')],
        ['registry-paths', output('registry-paths')],
        ['registry-path', output('registry-path')],
      ]),
      environment: new Map(),
    },
  ];
}

function lower(value: Value): Value {
  return value.map((part) => (typeof part === 'string' ? part.toLowerCase() : part));
}

export function words(value: Value): readonly Value[] {
  return split(
    value.map((part) => (typeof part === 'string' ? part.replace(/[\s,]+/g, ' ') : part)),
    ' ',
  ).filter((word) => word.length > 0);
}
