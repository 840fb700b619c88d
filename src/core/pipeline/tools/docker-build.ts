// `docker build` and `docker buildx build`: an image is built, and pushed or written where the options say so.
import type { BuildSource } from '../../model/delivery.ts';
import type { Value } from '../../model/value.ts';
import { join, known, prefix, suffix, text } from '../../value.ts';
import { type CommandLine, type OptionNames, readCommandLine } from '../command-line.ts';
import { type BuildOptions, buildSource } from '../effect.ts';
import type { CommandCall, Tool } from '../tool.ts';
import { attestations, buildEffects } from './build-output.ts';

export const BUILD_OPTIONS: OptionNames = {
  values: [
    '--tag',
    '-t',
    '--file',
    '-f',
    '--build-arg',
    '--target',
    '--platform',
    '--output',
    '-o',
    '--cache-from',
    '--cache-to',
    '--label',
    '--network',
    '--secret',
    '--ssh',
    '--build-context',
    '--add-host',
    '--annotation',
    '--attest',
    '--builder',
    '--progress',
    '--metadata-file',
    '--iidfile',
    '--shm-size',
    '--ulimit',
    '--memory',
    '-m',
    '--memory-swap',
    '--cpus',
    '--cpu-shares',
    '-c',
    '--cpuset-cpus',
    '--cpu-period',
    '--cpu-quota',
    '--isolation',
    '--allow',
    '--call',
    '--policy',
    '--no-cache-filter',
    '--security-opt',
    '--cgroup-parent',
    '--provenance',
    '--sbom',
  ],
  switches: ['--push', '--load', '--squash', '--no-cache', '--pull', '--rm', '--quiet', '-q'],
};

export const dockerBuild: Tool = {
  id: 'docker-build',
  family: 'buildx-cli',
  documentation: 'https://docs.docker.com/reference/cli/docker/buildx/build/',
  commands: [
    'docker build',
    'docker image build',
    'docker builder build',
    'docker buildx build',
    'docker buildx b',
    'nerdctl build',
    'img build',
    'finch build',
  ],
  command: (call) => {
    // `--provenance` and `--sbom` take their value only after `=`.
    const line = readCommandLine(call.words, withoutAttestValues());
    return buildEffects({
      names: line.all('--tag', '-t'),
      source: commandSource(call, line),
      options: commandOptions(line, call.words),
      push: line.on('--push'),
      condition: null,
      outputs: line.all('--output', '-o').map(namedOutput),
      caches: line.all('--cache-to'),
      stdout: call.output,
      path: call.path,
    });
  },
  actions: [],
  examples: [
    { script: 'docker build -t acme/api .', delivers: [] },
    {
      script: 'docker buildx build --push -t acme/api:1 .',
      delivers: ['registry-push docker.io/acme/api:1'],
    },
    {
      script: 'docker buildx build --output "type=image,name=ghcr.io/acme/api,push=true" .',
      delivers: ['registry-push ghcr.io/acme/api:latest'],
    },
    {
      script: 'docker buildx build --cache-to type=registry,ref=ghcr.io/acme/cache:api -t acme/api .',
      delivers: ['registry-push ghcr.io/acme/cache:api'],
    },
    { script: 'docker buildx build --cache-to type=gha -t acme/api .', delivers: [] },
    { script: 'docker buildx build --push=false -t acme/api .', delivers: [] },
    {
      script: `A=(-t acme/api); A+=(--push); docker buildx build "\${A[@]}" .`,
      delivers: ['registry-push docker.io/acme/api:latest'],
    },
    {
      steps:
        '- run: docker buildx build -o type=oci,dest=out/api.tar .\n- uses: actions/upload-artifact@v4\n  with:\n    name: api\n    path: out',
      delivers: ['image-archive out/api.tar'],
    },
  ],
};

function withoutAttestValues(): OptionNames {
  return {
    ...BUILD_OPTIONS,
    values: BUILD_OPTIONS.values.filter((name) => name !== '--provenance' && name !== '--sbom'),
  };
}

/** `-o file` alone is a folder, or `-` standard output. */
function namedOutput(output: Value): Value {
  return known(output) === '-' ? text('type=tar,dest=-') : output;
}

export function commandOptions(line: CommandLine, words: readonly Value[]): BuildOptions {
  const bare = (name: string) => (words.some((word) => known(word) === name) ? text('true') : null);
  return {
    squash: line.on('--squash') === 'yes' ? 'yes' : 'no',
    ...attestations(
      line.value('--provenance') ?? bare('--provenance'),
      line.value('--sbom') ?? bare('--sbom'),
      line.all('--attest'),
    ),
  };
}

export function commandSource(call: CommandCall, line: CommandLine): BuildSource {
  // A build takes exactly one operand, so an unknown word beside a written one can only be options.
  const written = line.operands.filter((operand) => !line.uncertain.includes(operand));
  const context = written.at(-1) ?? line.operands.at(-1) ?? text('.');
  const file = line.value('--file', '-f');
  return buildSource({
    dockerfile: dockerfilePath(call.path, context, file, false),
    context: call.path(context),
    target: line.value('--target'),
    arguments: pairs(line.all('--build-arg')),
    contexts: pairs(line.all('--build-context')),
    ...platformsIn(line.all('--platform')),
  });
}

export function platformsIn(platforms: readonly Value[]): Pick<BuildSource, 'platforms'> {
  return platforms.length === 0 ? {} : { platforms };
}

/** `NAME=value` each; a name alone takes its value from the environment, which is not known. */
export function pairs(fields: readonly Value[]): Readonly<Record<string, Value>> {
  const entries = fields.flatMap((field): readonly (readonly [string, Value])[] => {
    const start = prefix(field);
    const at = start.indexOf('=');
    if (at !== -1) return [[start.slice(0, at), join([start.slice(at + 1), field.slice(1)])]];
    return start === ''
      ? []
      : [[start, [{ expression: `$${start}`, why: 'it is taken from the environment of the build' }]]];
  });
  return Object.fromEntries(entries);
}

/**
 * The Dockerfile's path in the repository. `-f` is relative to the working directory for the commands and the actions
 * alike; without it the context's own `Dockerfile` is meant. Null when it can't be known, or is not a file here.
 */
export function dockerfilePath(
  path: (path: Value) => Value,
  context: Value,
  file: Value | null,
  inContext: boolean,
): string | null {
  if (file !== null && !inContext) return known(file) === '-' ? null : known(path(file));
  const folder = known(context);
  if (folder === null || folder === '-' || /^(https?:|git:|git@|ssh:)/.test(folder)) return null;
  const inside = suffix(context).endsWith('/') || folder === '' ? folder : `${folder}/`;
  return known(path(join([inside, file ?? text('Dockerfile')])));
}
