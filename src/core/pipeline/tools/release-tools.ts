// Tools whose own configuration says what they push: goreleaser, skaffold, earthly, nix, tilt, garden, dagger.
import type { Truth, Value } from '../../model/value.ts';
import { format, join, known, not, text } from '../../value.ts';
import { readCommandLine } from '../command-line.ts';
import { type Effect, opaqueEffect, pushEffect } from '../effect.ts';
import type { Files } from '../files.ts';
import { goreleaserImages } from '../goreleaser.ts';
import type { Tool } from '../tool.ts';

const unseen = (expression: string, why: string): Value => [{ expression, why }];

export const goreleaser: Tool = {
  id: 'goreleaser',
  family: 'goreleaser',
  documentation: 'https://goreleaser.com/customization/docker/',
  commands: [
    'goreleaser',
    'goreleaser release',
    'goreleaser build',
    'goreleaser check',
    'goreleaser publish',
    'goreleaser continue',
  ],
  command: (call) => {
    if (/ (build|check)$/.test(call.command)) return [];
    return released(call.words, call.files, call.path(text('.')));
  },
  actions: ['goreleaser/goreleaser-action'],
  action: (call) => {
    if (call.on('install-only', 'no') === 'yes') return [];
    const words = format(call.input('args') ?? text('release'))
      .split(/\s+/)
      .filter((word) => word !== '')
      .map(text);
    const [verb, ...rest] = words;
    if (
      verb !== undefined &&
      ['build', 'check', 'healthcheck', '--version', 'init'].includes(known(verb) ?? '')
    )
      return [];
    return released(
      verb !== undefined && known(verb) === 'release' ? rest : words,
      call.files,
      call.path(call.input('workdir') ?? text('.')),
    );
  },
  examples: [
    {
      steps: '- uses: goreleaser/goreleaser-action@v6\n  with: {args: release --clean}',
      files: {
        '.goreleaser.yaml': 'version: 2\ndockers:\n  - image_templates: ["ghcr.io/acme/api:{{ .Tag }}"]\n',
      },
      delivers: ['registry-push ghcr.io/acme/api:{{ .Tag }}'],
    },
    {
      script: 'goreleaser release --clean',
      files: { '.goreleaser.yml': 'version: 2\nbuilds:\n  - main: ./cmd\n' },
      delivers: [],
    },
    {
      script: 'goreleaser release --snapshot',
      files: { '.goreleaser.yml': 'dockers:\n  - image_templates: [acme/api]\n' },
      delivers: [],
    },
  ],
};

function released(words: readonly Value[], files: Files, folder: Value): readonly Effect[] {
  const line = readCommandLine(words, {
    values: [
      '--config',
      '-f',
      '--skip',
      '--parallelism',
      '-p',
      '--timeout',
      '--release-notes',
      '--release-header',
      '--release-footer',
      '--id',
    ],
    switches: [
      '--snapshot',
      '--clean',
      '--rm-dist',
      '--skip-publish',
      '--skip-docker',
      '--draft',
      '--auto-snapshot',
      '--nightly',
      '--split',
      '--single-target',
      '--fail-fast',
      '--verbose',
    ],
  });
  const skipped = line.all('--skip').flatMap((list) => format(list).split(','));
  if (
    skipped.some((part) => ['publish', 'docker', 'ko'].includes(part.trim())) ||
    line.on('--split') === 'yes'
  )
    return [];
  const happens: Truth = not(line.on('--snapshot', '--skip-publish', '--skip-docker'));
  if (happens === 'no') return [];
  return goreleaserImages(files, known(folder) ?? '', line.value('--config', '-f')).map(
    (found): Effect =>
      found.kind === 'images'
        ? pushEffect({ names: found.names, happens, signed: found.signed })
        : opaqueEffect({
            what: 'goreleaser release',
            doubt: {
              what: `whether ${found.file} names images to push`,
              settledBy: `keep ${found.file} readable in the repository`,
            },
            needsCredentials: found.kind === 'absent',
          }),
  );
}

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

export const earthly: Tool = {
  id: 'earthly',
  family: 'earthly',
  documentation: 'https://docs.earthly.dev/docs/earthly-command',
  commands: ['earthly', 'earth'],
  command: (call) => {
    const line = readCommandLine(call.words, {
      values: [
        '--build-arg',
        '--secret',
        '--platform',
        '--buildkit-host',
        '--artifact',
        '-a',
        '--org',
        '--sat',
        '--satellite',
        '--config',
        '--remote-cache',
      ],
      switches: [
        '--push',
        '--ci',
        '--no-output',
        '-P',
        '--allow-privileged',
        '--strict',
        '--no-cache',
        '--output',
      ],
    });
    const push = line.on('--push');
    if (push === 'no') return [];
    const target = format(line.operands[0] ?? text('the target'));
    return [
      opaqueEffect({
        what: `earthly --push ${target}`,
        doubt: {
          what: `which images ${target} saves in the Earthfile`,
          settledBy: 'approve it as it is, or push in the open',
        },
      }),
    ];
  },
  actions: ['earthly/actions-setup'],
  action: () => [],
  examples: [
    { script: 'earthly --push +image', delivers: ['opaque earthly --push +image?'] },
    { script: 'earthly +test', delivers: [] },
  ],
};

export const nix: Tool = {
  id: 'nix',
  family: 'nix',
  documentation: 'https://nixos.org/manual/nixpkgs/stable/#sec-pkgs-dockerTools',
  commands: ['nix build', 'nix run', 'nix-build', 'nom build', 'nix shell'],
  command: (call) => {
    const wanted = call.words.map(format);
    const image = wanted.find((word) => /docker|image|oci|container/i.test(word) && !word.startsWith('--'));
    if (image === undefined) return [];
    return [
      opaqueEffect({
        what: `${call.command} ${image}`,
        doubt: {
          what: `whether ${image} makes an image, and what takes it away`,
          settledBy: 'push or upload in the open, or approve it as it is',
        },
      }),
    ];
  },
  actions: [],
  examples: [
    { script: 'nix build .#docker-image', delivers: ['opaque nix build .#docker-image?'] },
    { script: 'nix build .#api', delivers: [] },
  ],
};
