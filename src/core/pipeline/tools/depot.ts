// Depot: Docker's builds on machines of its own, with a registry beside them.
import type { Value } from '../../model/value.ts';
import { known, prefix } from '../../value.ts';
import { readCommandLine } from '../command-line.ts';
import { type Effect, opaqueEffect, pushEffect } from '../effect.ts';
import type { Tool } from '../tool.ts';
import { bake } from './bake.ts';
import { dockerBuild } from './docker-build.ts';
import { unseen } from './gcloud.ts';

/** Options that Docker's own command does not have. */
const OWN_VALUES = [
  '--project',
  '--token',
  '--save-tag',
  '--save-tags',
  '--build-platform',
  '--lint-fail-on',
];
const OWN_SWITCHES = ['--save', '--lint'];

export const depot: Tool = {
  id: 'depot',
  family: 'buildx-cli',
  documentation: 'https://depot.dev/docs/cli/reference',
  commands: ['depot build', 'depot bake', 'depot push'],
  command: (call) => {
    const line = readCommandLine(call.words, {
      values: [...OWN_VALUES, '--tag', '-t', '--output', '-o'],
      switches: [...OWN_SWITCHES, '--push', '--load', '--print'],
    });
    const project = line.value('--project') ?? unseen('project', 'depot.json or the token names the project');
    if (call.command === 'depot push') {
      const names = line.all('--tag', '-t');
      return [pushEffect({ names: names.length > 0 ? names : [['registry.depot.dev/', ...project]] })];
    }
    const [tool, command] =
      call.command === 'depot bake' ? [bake, 'docker buildx bake'] : [dockerBuild, 'docker buildx build'];
    const effects = tool.command?.({ ...call, command, words: dockersOwn(call.words) }) ?? [];
    const isSaved = line.on('--save');
    if (isSaved !== 'no')
      return [
        ...effects,
        pushEffect({ names: [['registry.depot.dev/', ...project]], happens: isSaved, condition: '--save' }),
      ];
    const goesElsewhere =
      line.on('--push', '--load', '--print') !== 'no' || line.all('--output', '-o').length > 0;
    return goesElsewhere || effects.some(({ kind }) => kind === 'push')
      ? effects
      : [...effects, mayBeKept(call)];
  },
  actions: [],
  examples: [
    {
      script: 'depot build --project 1234 --push -t acme/api:1 .',
      delivers: ['registry-push docker.io/acme/api:1'],
    },
    {
      script: 'depot build --project 1234 --save .',
      delivers: ['registry-push registry.depot.dev/1234:latest'],
    },
    {
      script: 'depot push --project 1234 --tag acme/api:1 build5',
      delivers: ['registry-push docker.io/acme/api:1'],
    },
    { script: 'depot build --load -t acme/api:1 .', delivers: [] },
    {
      steps:
        '- uses: docker/login-action@v3\n  with: {username: a, password: b}\n- run: depot build -t acme/api:1 .\n',
      delivers: ['opaque depot build?'],
    },
  ],
};

function dockersOwn(words: readonly Value[]): readonly Value[] {
  return words.filter((word, at) => {
    const [name = ''] = prefix(word).split('=', 1);
    const before = known(words[at - 1] ?? []) ?? '';
    return ![...OWN_VALUES, ...OWN_SWITCHES].includes(name) && !OWN_VALUES.includes(before);
  });
}

/** A project may be set to keep every build in Depot's registry. */
function mayBeKept({
  command,
  words,
}: {
  readonly command: string;
  readonly words: readonly Value[];
}): Effect {
  return opaqueEffect({
    what: command,
    needsCredentials: true,
    content: [command, ...words.map((word) => known(word) ?? '')],
    doubt: {
      what: "whether the image stays in Depot's registry is a setting of the Depot project",
      settledBy: 'say --load or --push, or approve it as it is',
    },
  });
}
