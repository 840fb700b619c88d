// Podman and Buildah, on the command line and as Red Hat's actions.
import type { Value } from '../../model/value.ts';
import { EMPTY, join, known, prefix, split, text } from '../../value.ts';
import { booleanOf, readCommandLine } from '../command-line.ts';
import { archiveEffect, buildSource, type Effect, PLAIN, pushEffect } from '../effect.ts';
import { readImageName, underRegistry } from '../image-name.ts';
import type { ActionCall, Tool } from '../tool.ts';
import { BUILD_OPTIONS, commandOptions, commandSource } from './docker-build.ts';

const PUSH_OPTIONS = {
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

function words(value: Value): readonly Value[] {
  return split(
    value.map((part) => (typeof part === 'string' ? part.replace(/[\s,]+/g, ' ') : part)),
    ' ',
  ).filter((word) => word.length > 0);
}

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
