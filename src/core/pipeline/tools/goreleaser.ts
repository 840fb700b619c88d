// Tools whose own configuration says what they push: goreleaser, skaffold, earthly, nix, tilt, garden, dagger.
import type { Truth, Value } from '../../model/value.ts';
import { format, known, not, text } from '../../value.ts';
import { readCommandLine } from '../command-line.ts';
import { type Effect, opaqueEffect, pushEffect } from '../effect.ts';
import type { Files } from '../files.ts';
import { goreleaserImages } from '../goreleaser.ts';
import type { Tool } from '../tool.ts';

export const unseen = (expression: string, why: string): Value => [{ expression, why }];

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
