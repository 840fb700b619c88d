// Kaniko: builds without a daemon and pushes to each destination unless told not to.
import type { Truth, Value } from '../../model/value.ts';
import { format, join, known, not, text } from '../../value.ts';
import { type OptionNames, readCommandLine } from '../command-line.ts';
import { archiveEffect, buildSource, type Effect, PLAIN, pushEffect } from '../effect.ts';
import type { ActionCall, CommandCall, Tool } from '../tool.ts';
import { conditionOf } from './build-push-action.ts';
import { dockerfilePath, pairs } from './docker-build.ts';

const OPTIONS: OptionNames = {
  values: [
    '--destination',
    '-d',
    '--context',
    '-c',
    '--dockerfile',
    '-f',
    '--build-arg',
    '--target',
    '--cache-repo',
    '--tar-path',
    '--tarPath',
    '--oci-layout-path',
    '--digest-file',
    '--label',
    '--snapshot-mode',
    '--snapshotMode',
    '--verbosity',
    '-v',
    '--registry-mirror',
    '--image-name-with-digest-file',
    '--context-sub-path',
    '--cache-ttl',
    '--cache-dir',
    '--customPlatform',
    '--custom-platform',
    '--git',
    '--ignore-path',
    '--registry-certificate',
    '--push-retry',
    '--image-fs-extract-retry',
    '--compression',
    '--compression-level',
    '--insecure-registry',
    '--skip-tls-verify-registry',
  ],
  switches: [
    '--no-push',
    '--cache',
    '--single-snapshot',
    '--cleanup',
    '--reproducible',
    '--use-new-run',
    '--insecure',
    '--skip-tls-verify',
    '--force',
  ],
};

export const kaniko: Tool = {
  id: 'kaniko',
  family: 'kaniko',
  documentation: 'https://github.com/GoogleContainerTools/kaniko#additional-flags',
  commands: ['/kaniko/executor', 'executor', 'kaniko'],
  command: (call) => kanikoEffects(call, call.words),
  actions: [
    'int128/kaniko-action',
    'aevea/action-kaniko',
    'kilianpaquier/kaniko-action',
    'cardboardci/kaniko-action',
  ],
  action: (call) => (call.action === 'aevea/action-kaniko' ? aevea(call) : int128(call)),
  examples: [
    {
      script: '/kaniko/executor --context . --destination ghcr.io/acme/api:1 --destination=acme/api',
      delivers: ['registry-push docker.io/acme/api:latest', 'registry-push ghcr.io/acme/api:1'],
    },
    { script: '/kaniko/executor --no-push --destination acme/api', delivers: [] },
    {
      script: 'docker run -v "$PWD:/w" gcr.io/kaniko-project/executor:v1 --destination=ghcr.io/acme/api:1',
      delivers: ['registry-push ghcr.io/acme/api:1'],
    },
    {
      steps: '- uses: int128/kaniko-action@v1\n  with: {push: true, tags: "acme/api:1"}',
      delivers: ['registry-push docker.io/acme/api:1'],
    },
    { steps: '- uses: int128/kaniko-action@v1\n  with: {tags: "acme/api:1"}', delivers: [] },
  ],
};

export function kanikoEffects(call: CommandCall, words: readonly Value[]): readonly Effect[] {
  const line = readCommandLine(words, OPTIONS);
  const names = line.all('--destination', '-d');
  const context = line.value('--context', '-c') ?? text('.');
  const source = buildSource({
    dockerfile: dockerfilePath(call.path, context, line.value('--dockerfile', '-f'), false),
    context: call.path(context),
    target: line.value('--target'),
    arguments: pairs(line.all('--build-arg')),
  });
  const options = {
    ...PLAIN,
    squash: line.on('--single-snapshot') === 'yes' ? ('yes' as const) : ('no' as const),
  };
  const effects: Effect[] = [{ kind: 'build', names, source, options }];
  const pushes = not(line.on('--no-push'));
  if (names.length > 0 && pushes !== 'no') {
    effects.push(
      pushEffect({
        names,
        source,
        options,
        happens: pushes,
        condition: pushes === 'unknown' ? undecided(words) : null,
      }),
    );
  }
  for (const path of line.all('--tar-path', '--tarPath', '--oci-layout-path')) {
    effects.push(archiveEffect({ path: call.path(path), names, source, options }));
  }
  return effects;
}

function undecided(words: readonly Value[]): string | null {
  const word = words.find((candidate) => typeof candidate[0] === 'object');
  return word === undefined ? null : `not --no-push in ${format(word)}`;
}

function int128(call: ActionCall): readonly Effect[] {
  const names = call.lines('tags');
  const context = call.input('context') ?? text('.');
  const source = buildSource({
    dockerfile: dockerfilePath(call.path, context, call.input('file'), false),
    context: call.path(context),
    target: call.input('target'),
    arguments: pairs(call.lines('build-args')),
  });
  return [
    { kind: 'build', names, source, options: PLAIN },
    pushEffect({ names, source, happens: call.on('push', 'no'), condition: conditionOf(call, 'push') }),
  ];
}

/** `image` and `tag`, the tag by default from the reference; `strip_tag_prefix`, `registry` docker.io by default. */
function aevea(call: ActionCall): readonly Effect[] {
  const image = call.input('image') ?? [
    { expression: 'github.repository', why: 'the action names the image after the repository' },
  ];
  const tag = call.input('tag') ?? [
    { expression: 'github.ref_name', why: 'the action takes the tag from the reference' },
  ];
  const registry = call.input('registry');
  const base =
    registry === null || ['docker.io', 'index.docker.io'].includes(known(registry) ?? '')
      ? image
      : join([registry, '/', image]);
  const skipped: Truth = call.on('skip_unchanged_digest', 'no') === 'no' ? 'yes' : 'unknown';
  const context = call.input('path') ?? text('.');
  return [
    pushEffect({
      names: [join([base, ':', tag])],
      happens: skipped,
      source: buildSource({
        dockerfile: dockerfilePath(call.path, context, call.input('build_file'), false),
        context: call.path(context),
        target: call.input('target'),
      }),
    }),
  ];
}
