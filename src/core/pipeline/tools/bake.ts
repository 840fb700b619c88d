// Bake: targets from a file, pushed when a switch, an output or `--set` says so.
import type { Truth, Value } from '../../model/value.ts';
import { either, format, known, prefix, split, text } from '../../value.ts';
import { bakeTargets } from '../bake-file.ts';
import { readCommandLine } from '../command-line.ts';
import { buildSource, type Effect, PLAIN } from '../effect.ts';
import type { Files } from '../files.ts';
import type { ActionCall, CommandCall, Tool } from '../tool.ts';
import { attestations, buildEffects } from './build-output.ts';
import { conditionOf } from './build-push-action.ts';

type Request = {
  readonly targets: readonly Value[];
  readonly files: readonly Value[];
  readonly sets: readonly Value[];
  readonly push: Truth;
  readonly condition: string | null;
  readonly provenance: Value | null;
  readonly sbom: Value | null;
  readonly variable: (name: string) => Value | null;
  readonly path: (path: Value) => Value;
  readonly repository: Files;
  readonly folder: Value;
};

export const bake: Tool = {
  id: 'bake',
  family: 'bake',
  documentation: 'https://docs.docker.com/build/bake/reference/',
  commands: ['docker buildx bake', 'docker bake'],
  command: (call) => commandEffects(call),
  actions: ['docker/bake-action', 'depot/bake-action'],
  action: (call) => actionEffects(call),
  examples: [
    {
      script: 'docker buildx bake --push api',
      files: {
        'docker-bake.hcl': `variable "V" { default = "1" }\ntarget "api" {\n  tags = ["acme/api:\${V}"]\n}\n`,
      },
      delivers: ['registry-push docker.io/acme/api:1'],
    },
    {
      script: 'docker buildx bake --set "*.output=type=registry" --set "*.tags=ghcr.io/acme/api:1"',
      delivers: ['registry-push ghcr.io/acme/api:1'],
    },
    { script: 'docker buildx bake --print --push', delivers: [] },
    { script: 'docker buildx bake --load', delivers: [] },
    {
      steps: '- uses: docker/bake-action@v6\n  with: {push: true, files: bake.json}',
      files: { 'bake.json': '{"target": {"default": {"tags": ["quay.io/acme/api:1"]}}}' },
      delivers: ['registry-push quay.io/acme/api:1'],
    },
  ],
};

function commandEffects(call: CommandCall): readonly Effect[] {
  const line = readCommandLine(call.words, {
    values: [
      '--file',
      '-f',
      '--set',
      '--builder',
      '--progress',
      '--metadata-file',
      '--allow',
      '--call',
      '--var',
    ],
    switches: ['--push', '--load', '--print', '--no-cache', '--pull', '--check', '--debug', '-D'],
  });
  if (line.on('--print') === 'yes' || line.on('--check') === 'yes') return [];
  return effects({
    targets: line.operands,
    files: line.all('--file', '-f'),
    sets: line.all('--set'),
    push: line.on('--push'),
    condition: null,
    provenance: line.value('--provenance'),
    sbom: line.value('--sbom'),
    variable: call.variable,
    path: call.path,
    repository: call.files,
    folder: call.path(text('.')),
  });
}

function actionEffects(call: ActionCall): readonly Effect[] {
  const folder = call.input('workdir') ?? call.input('source') ?? text('.');
  return effects({
    targets: call.lines('targets'),
    files: call.lines('files').filter((file) => !prefix(file).startsWith('cwd://')),
    sets: rawLines(call),
    push: call.on('push', 'no'),
    condition: conditionOf(call, 'push'),
    provenance: call.input('provenance'),
    sbom: call.input('sbom'),
    variable: call.variable,
    path: call.path,
    repository: call.files,
    folder: call.path(
      format(folder).startsWith('http') || format(folder).includes('${{') ? text('.') : folder,
    ),
  });
}

function rawLines(call: ActionCall): readonly Value[] {
  const value = call.input('set');
  return value === null ? [] : split(value, '\n').filter((line) => line.length > 0);
}

/** `--set TARGET.KEY=VALUE`. */
function settings(sets: readonly Value[], key: string): readonly Value[] {
  return sets.flatMap((set) => {
    const start = prefix(set);
    const match = /^\s*[^.=]*\.([\w.-]+)\+?=/.exec(start);
    return match?.[1] === key ? [[...text(start.slice(match[0].length).trimEnd()), ...set.slice(1)]] : [];
  });
}

function effects(request: Request): readonly Effect[] {
  const tags = settings(request.sets, 'tags').flatMap((list) => split(list, ','));
  const outputs = settings(request.sets, 'output');
  const caches = settings(request.sets, 'cache-to');
  const found = bakeTargets({
    files: request.repository,
    folder: known(request.folder) ?? '',
    names: request.files.map(known),
    targets: request.targets.map(known),
    variable: request.variable,
  });
  const options = {
    ...PLAIN,
    ...attestations(request.provenance, request.sbom, settings(request.sets, 'attest')),
  };
  if (found === null) {
    const unseen: Value = [
      { expression: 'bake file', why: 'the bake file that names the images is not in sight' },
    ];
    return buildEffects({
      names: tags.length > 0 ? tags : [unseen],
      source: buildSource({}),
      options,
      push: request.push,
      condition: request.condition,
      outputs,
      caches,
      stdout: null,
      path: request.path,
    });
  }
  return found.flatMap((target) =>
    buildEffects({
      names: tags.length > 0 ? tags : target.tags,
      source: target.source,
      options: {
        ...options,
        provenance: either(options.provenance, target.provenance),
        sbom: either(options.sbom, target.sbom),
      },
      push: request.push,
      condition: request.condition,
      outputs: outputs.length > 0 ? outputs : target.outputs,
      caches: caches.length > 0 ? caches : target.caches,
      stdout: null,
      path: request.path,
    }).filter((effect) => effect.kind !== 'push' || effect.names.length > 0),
  );
}
