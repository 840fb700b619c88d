// Azure's tasks → acts: Docker and Compose, scripts, and what publishes files.
import type { Truth, Value } from '../../../model/value.ts';
import { EMPTY, format, hole, join, known, split, text } from '../../../value.ts';
import type { Ledger, Place } from '../../act.ts';
import { booleanOf } from '../../command-line.ts';
import { buildSource, type Effect, PLAIN, pushEffect } from '../../effect.ts';
import { locate, type SourceText } from '../../source-text.ts';
import { childOf, type YamlNode } from '../../yaml.ts';
import { addAct, addOpaque, type Environment, runShell } from '../run.ts';
import { givenPiece, pieceOf, scriptText } from '../template.ts';
import { filled, fillOf, type Values } from './values.ts';

export type TaskRun = {
  readonly node: YamlNode;
  readonly task: string;
  readonly values: Values;
  readonly environment: Environment;
  readonly source: SourceText;
  readonly place: Place;
  readonly ledger: Ledger;
  /** `cmd` on Windows agents. */
  readonly shell: string;
};

type Input = (...names: readonly string[]) => Value | null;

export function runTask(run: TaskRun): void {
  const inputs = childOf(run.node, 'inputs');
  const entry = (...names: readonly string[]): YamlNode | null => {
    if (inputs?.kind !== 'map') return null;
    return inputs.entries.find(({ key }) => names.includes(key.text.toLowerCase()))?.value ?? null;
  };
  const input: Input = (...names) => {
    const node = entry(...names);
    return node?.kind === 'scalar' && node.text !== '' ? filled(node.text, run.values) : null;
  };
  const name = run.task.toLowerCase().replace(/@.*$/s, '');
  const version = /@(\d+)/.exec(run.task)?.[1] ?? '';
  switch (name) {
    case 'docker':
      for (const effect of version === '2' ? dockerTask(input) : olderDockerTask(input))
        act(run, effect, 'azure-docker-task', 'docker-push');
      return;
    case 'dockercompose': {
      const action = format(input('action', 'dockercomposecommand') ?? EMPTY).toLowerCase();
      // Host names of the service connection are no part of it: Compose pushes what its file names.
      if (/push/.test(action))
        command(
          run,
          join(['docker compose -f ', input('dockercomposefile') ?? text('docker-compose.yml'), ' push']),
        );
      return;
    }
    case 'azurecontainerapps': {
      const registry = input('acrname');
      const image = input('imagetobuild') ?? hole('image', 'the task names it itself');
      if (registry !== null && input('appsourcepath') !== null)
        act(
          run,
          pushEffect({ names: [input('imagetobuild') ?? join([registry, '.azurecr.io/', image])] }),
          'azure-container-apps',
          'cloud-build',
        );
      return;
    }
    case 'bash':
    case 'cmdline':
    case 'shellscript':
    case 'powershell':
    case 'azurecli':
    case 'azurepowershell':
    case 'batchscript':
      scriptTask(run, name, entry, input);
      return;
    case 'publishbuildartifacts':
    case 'publishpipelineartifact':
      act(
        run,
        {
          kind: 'carry',
          channel: 'workflow-artifact',
          paths: [path(input('pathtopublish', 'targetpath', 'path') ?? text('.'))],
        },
        'publish',
        'archive',
      );
      return;
    case 'githubrelease':
      act(
        run,
        { kind: 'carry', channel: 'release-asset', paths: split(input('assets') ?? text('*'), '\n') },
        'publish',
        'archive',
      );
      return;
    case 'azurefilecopy':
      act(
        run,
        { kind: 'carry', channel: 'object-storage', paths: [path(input('sourcepath') ?? text('.'))] },
        'publish',
        'archive',
      );
      return;
    case 'maven':
      command(run, join(['mvn ', input('goals') ?? text('package'), ' ', input('options') ?? EMPTY]));
      return;
    case 'gradle':
      command(run, join(['gradle ', input('tasks') ?? text('build'), ' ', input('options') ?? EMPTY]));
      return;
    case 'make':
      command(run, join(['make ', input('arguments', 'target') ?? EMPTY]));
      return;
    default:
      if (looksLikePush(name, inputs))
        addOpaque(run.ledger, run.place, {
          what: run.task,
          doubt: `the task ${run.task} is not known here, and its name or inputs look like a push`,
          settledBy: 'use a task that is known, push in the open, or approve it as it is',
          family: 'third-party-action',
          location: locate(run.source, run.node.start, run.node.end),
        });
  }
}

/** By its name, or by inputs that name a registry or an image; tasks that deploy or look at images take these as well. */
function looksLikePush(name: string, inputs: YamlNode | null): boolean {
  if (/install|scan|login|trivy|tool|sonar|snyk|aqua|policy/.test(name)) return false;
  if (/docker|kaniko|buildah|(container|image).{0,200}(build|push|publish)|acr/.test(name)) return true;
  if (/deploy|webapp|functionapp|kubernetes|helm|containerinstances|containerapps/.test(name)) return false;
  const names = inputs?.kind === 'map' ? inputs.entries.map(({ key }) => key.text.toLowerCase()) : [];
  return names.some((key) =>
    /container-?registry|docker-?registry|acr(name|server)|push-?image|image-?(name|repository|tags?)$/.test(
      key,
    ),
  );
}

/** Artifact folders of the agent are emptied into what is published: their own names say nothing. */
function path(value: Value): Value {
  const [first] = value;
  return typeof first === 'object' && /StagingDirectory|BinariesDirectory/i.test(first.expression)
    ? value.length === 1
      ? text('.')
      : value
    : value;
}

function act(run: TaskRun, effect: Effect, tool: string, family: string): void {
  addAct(run.ledger, run.place, effect, {
    tool,
    family,
    location: locate(run.source, run.node.start, run.node.end),
  });
}

function command(run: TaskRun, line: Value): void {
  const location = locate(run.source, run.node.start, run.node.end);
  const script = scriptText([givenPiece(format(line), location)]);
  runShell(script, { environment: run.environment }, run.place, run.ledger);
}

function scriptTask(
  run: TaskRun,
  name: string,
  entry: (...names: readonly string[]) => YamlNode | null,
  input: Input,
): void {
  const { source, values, environment, place, ledger } = run;
  const kind = format(input('scripttype') ?? EMPTY).toLowerCase();
  const isPowerShell = /powershell/.test(name) || /^ps|pscore/.test(kind);
  const shell = isPowerShell
    ? 'pwsh'
    : name === 'cmdline'
      ? run.shell
      : name === 'batchscript' || kind === 'batch'
        ? 'cmd'
        : 'bash -e';
  const inline = entry('script', 'inlinescript', 'inline');
  const file = input('filepath', 'scriptpath', 'filename');
  const wantsFile = /path/.test(format(input('targettype', 'scriptlocation') ?? EMPTY).toLowerCase());
  const folder = input('workingdirectory', 'cwd') ?? EMPTY;
  if (inline?.kind === 'scalar' && !wantsFile) {
    runShell(
      scriptText([pieceOf(inline, source)], fillOf(values)),
      { environment, shell, workingDirectory: folder },
      place,
      ledger,
    );
    return;
  }
  const node = entry('filepath', 'scriptpath', 'filename');
  if (file === null || node === null) return;
  const line = join([
    isPowerShell ? 'pwsh ' : 'bash ',
    file,
    ' ',
    input('arguments', 'scriptarguments', 'args') ?? EMPTY,
  ]);
  const script = scriptText([givenPiece(format(line), locate(source, node.start, node.end))]);
  runShell(script, { environment, workingDirectory: folder }, place, ledger);
}

/** https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/docker-v2 */
function dockerTask(input: Input): readonly Effect[] {
  const verb = format(input('command') ?? text('buildAndPush')).toLowerCase();
  const registry = connection(input('containerregistry'));
  if (verb === 'login') return registry === null ? [] : [{ kind: 'login', registry }];
  if (!['buildandpush', 'push', 'build'].includes(verb)) return [];
  const repository = input('repository') ?? hole('repository', 'the task is given no repository');
  // A repository that names its host is taken as it is.
  const hasHost = /^[^/.:]*[.:][^/]*\//.test(format(repository).replace(/\$\([^)$]*\)/g, 'x'));
  const image = registry === null || hasHost ? repository : join([registry, '/', repository]);
  const written = input('tags') ?? hole('$(Build.BuildId)', 'the run decides it');
  const tags = split(written, '\n')
    .flatMap((line) => split(line, ','))
    .map(trimmed)
    .filter((tag) => tag.length > 0);
  const names = tags.map((tag) => join([image, ':', tag]));
  const file = input('dockerfile');
  const source = buildSource({
    dockerfile: file === null ? null : (known(file)?.replace(/^\.\//, '') ?? null),
    context: input('buildcontext'),
  });
  const build: Effect = { kind: 'build', names, source, options: PLAIN };
  if (verb === 'build') return [build];
  return [
    ...(verb === 'push' ? [] : [build]),
    pushEffect({ names, source: verb === 'push' ? null : source }),
  ];
}

function trimmed(value: Value): Value {
  return value.flatMap((part, index): Value => {
    if (typeof part !== 'string') return [part];
    const start = index === 0 ? part.trimStart() : part;
    const cut = index === value.length - 1 ? start.trimEnd() : start;
    return text(cut);
  });
}

/** Versions 0 and 1 name the image whole; unless told otherwise the registry is put in front. */
function olderDockerTask(input: Input): readonly Effect[] {
  const action = format(input('command', 'action') ?? EMPTY).toLowerCase();
  if (!/push|build/.test(action)) return [];
  const azure = input('azurecontainerregistry');
  const registry =
    /^container registry$/i.test(format(input('containerregistrytype') ?? EMPTY)) || azure === null
      ? connection(input('dockerregistryendpoint', 'dockerregistryconnection'))
      : connection(azure);
  const image = input('imagename') ?? hole('image', 'the task is given no image');
  const qualifies: Truth = booleanOf(input('qualifyimagename') ?? text('true'));
  const host = format(registry ?? EMPTY);
  const whole =
    registry === null ||
    qualifies === 'no' ||
    format(image).startsWith(host) ||
    /^[^/.]*\.[^/]*\//.test(format(image))
      ? image
      : join([registry, '/', image]);
  const names = [
    whole,
    ...(format(input('includelatesttag') ?? EMPTY) === 'true'
      ? [join([split(whole, ':')[0] ?? whole, ':latest'])]
      : []),
  ];
  const file = input('dockerfile');
  const source = buildSource({
    dockerfile: file === null ? null : known(file),
    context: input('buildcontext'),
  });
  if (!/push/.test(action)) return [{ kind: 'build', names, source, options: PLAIN }];
  return [pushEffect({ names: /push images/.test(action) ? [] : names })];
}

/** A service connection is a name that the project gives to a registry; a host is a host. */
function connection(value: Value | null): Value | null {
  if (value === null) return null;
  const whole = format(value);
  const server = /"loginServer"\s*:\s*"([^"]+)"/i.exec(whole)?.[1];
  if (server !== undefined) return text(server);
  if (known(value) !== null && /^[\w-]+(\.[\w-]+)+(:\d+)?$/.test(whole)) return value;
  return hole(
    known(value) === null ? whole : `$(${whole})`,
    `the service connection ${whole} names the registry`,
  );
}
