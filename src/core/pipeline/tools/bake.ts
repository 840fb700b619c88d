// Bake: targets from a file, pushed when a switch, an output or `--set` says so.
import type { Truth, Value } from '../../model/value.ts';
import { both, EMPTY, either, format, hole, isKnown, join, known, prefix, split, text } from '../../value.ts';
import { type BakeTarget, bakeTargets, isRemoteDefinition } from '../bake-file.ts';
import { type BakeOverride, canPush, readOverride } from '../bake-overrides.ts';
import { booleanOf, readCommandLine } from '../command-line.ts';
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
  /** Why the definition is not in this repository; null: it is. */
  readonly elsewhere: string | null;
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
      '--list',
      '--var',
      '--provenance',
      '--sbom',
      '--attest',
    ],
    switches: ['--push', '--load', '--print', '--no-cache', '--pull', '--check', '--debug', '-D'],
  });
  const method = line.value('--call');
  // Checks, outlines and lists say what would be built.
  if (line.on('--print') === 'yes' || line.on('--check') === 'yes' || line.value('--list') !== null)
    return [];
  if (method !== null && /^(check|outline|targets)/.test(prefix(method))) return [];
  const given = new Map(line.all('--var').map((one) => pairOf(one)));
  const variable = (name: string): Value | null => given.get(name) ?? call.variable(name);
  const [first] = line.operands;
  const isRemote = first !== undefined && isRemoteDefinition(first);
  const files = line.all('--file', '-f');
  const named = call.variable('BUILDX_BAKE_FILE');
  return effects({
    targets: isRemote ? line.operands.slice(1) : line.operands,
    files:
      files.length > 0 || named === null || named.length === 0
        ? files
        : split(named, format(call.variable('BUILDX_BAKE_FILE_SEPARATOR') ?? text(':'))),
    sets: line.all('--set'),
    push: line.on('--push'),
    condition: null,
    provenance: line.value('--provenance'),
    sbom: line.value('--sbom'),
    variable,
    path: call.path,
    repository: call.files,
    folder: call.path(text('.')),
    elsewhere: isRemote ? `the bake file lies in ${format(first)}` : null,
  });
}

function pairOf(pair: Value): readonly [string, Value] {
  const [first, ...rest] = pair;
  const at = typeof first === 'string' ? first.indexOf('=') : -1;
  return typeof first === 'string' && at !== -1
    ? [first.slice(0, at), join([first.slice(at + 1), rest])]
    : [format(pair), EMPTY];
}

/** `source` says where the definition lies: a folder, this repository by its address, or another one. */
function actionEffects(call: ActionCall): readonly Effect[] {
  const given = call.input('source');
  const inside = given === null ? null : DEFAULT_CONTEXT.exec(format(given));
  const source = inside === null ? given : text(inside[1] ?? '.');
  const isAddress = source !== null && (isRemoteDefinition(source) || !isKnown(source));
  const isOwn = source !== null && /github\.(repository|event\.)|GITHUB_REPOSITORY/.test(format(source));
  const subfolder = source === null ? null : (/[#:]([\w./-]+)$/.exec(format(source))?.[1] ?? null);
  const own =
    isOwn && subfolder !== null && /\.git#.{0,500}:/.test(format(source)) ? text(subfolder) : text('.');
  return effects({
    targets: call.lines('targets'),
    files: call.lines('files'),
    sets: rawLines(call),
    push: call.on('push', 'no'),
    condition: conditionOf(call, 'push'),
    provenance: call.input('provenance'),
    sbom: call.input('sbom'),
    variable: call.variable,
    path: call.path,
    repository: call.files,
    folder: call.path(isAddress ? own : (call.input('workdir') ?? source ?? text('.'))),
    elsewhere: isAddress && !isOwn ? `the bake file lies in ${format(source)}` : null,
  });
}

/** The repository at the commit of the run, or a folder of it. */
const DEFAULT_CONTEXT = /^\{\{\s*defaultContext\s*\}\}(?::(.+))?$/;

function rawLines(call: ActionCall): readonly Value[] {
  const value = call.input('set');
  return value === null ? [] : split(value, '\n').filter((line) => line.length > 0);
}

/** What `--set` says for all targets, for a definition that is not in sight. */
function settings(overrides: readonly BakeOverride[], key: string): readonly Value[] {
  return overrides.flatMap((override) => (override.key === key ? [override.value] : []));
}

/** metadata-action leaves a bake file behind that names the tags it also puts into the environment. */
function madeTags(name: Value, variable: Request['variable']): readonly Value[] | null {
  const written = format(name);
  if (!/bake[-_]?file|metadata|\bmeta\b/i.test(written)) return null;
  if (/bake-file-(labels|annotations)/.test(written)) return [];
  const tags = variable('DOCKER_METADATA_OUTPUT_TAGS');
  return tags === null || tags.length === 0
    ? [hole(written, 'the bake file that names the images is made at run time')]
    : split(tags, '\n').filter((tag) => tag.length > 0);
}

function effects(request: Request): readonly Effect[] {
  const overrides = request.sets.map(readOverride);
  const found =
    request.elsewhere !== null
      ? { kind: 'unseen' as const, why: request.elsewhere }
      : bakeTargets({
          files: request.repository,
          folder: known(request.folder) ?? '',
          names: request.files,
          targets: request.targets,
          overrides,
          variable: request.variable,
          madeTags: (name) => madeTags(name, request.variable),
        });
  const options = {
    ...PLAIN,
    ...attestations(request.provenance, request.sbom, settings(overrides, 'attest')),
  };
  const { push, condition, path } = request;
  const common = { condition, stdout: null, path };
  const unseen = (why: string, happens: Truth): readonly Effect[] => {
    const tags = settings(overrides, 'tags').flatMap((list) => split(list, ','));
    return buildEffects({
      ...common,
      names: tags.length > 0 ? tags : [hole('bake file', why)],
      source: buildSource({}),
      options,
      push: both(either(push, anyOf(settings(overrides, 'push'))), happens),
      outputs: settings(overrides, 'output'),
      caches: settings(overrides, 'cache-to'),
    });
  };
  if (found.kind === 'unseen') return unseen(found.why, 'yes');
  const told = found.targets.flatMap((target) =>
    buildEffects({
      ...common,
      names: perhaps(target.tags, target),
      source: target.source,
      options: {
        ...options,
        provenance: either(options.provenance, target.provenance),
        sbom: either(options.sbom, target.sbom),
      },
      push: canPush(target.outputs) ? push : 'no',
      outputs: perhaps(target.outputs, target),
      caches: perhaps(target.caches, target),
    }).filter((effect) => effect.kind !== 'push' || effect.names.length > 0),
  );
  return found.unseen === null ? told : [...told, ...unseen(found.unseen, 'unknown')];
}

function anyOf(values: readonly Value[]): Truth {
  return values.reduce<Truth>((sum, value) => either(sum, booleanOf(value)), 'no');
}

/** Of a target that may not be built at all, each name may be none. */
function perhaps(values: readonly Value[], target: BakeTarget): readonly Value[] {
  if (target.perhaps === null) return values;
  const decided = { expression: target.perhaps, why: 'which target is built is decided at run time' };
  return values.map((value) => [{ ...decided, choices: [value, EMPTY] }]);
}
