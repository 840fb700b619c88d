// Drone, Woodpecker, Bitbucket Pipelines, Buildkite and Tekton → acts: lists of steps with commands and plugins.
import type { Value } from '../../model/value.ts';
import { join, text } from '../../value.ts';
import { type Ledger, newLedger, type Place } from '../act.ts';
import { inside } from '../command-call.ts';
import { booleanOf } from '../command-line.ts';
import { pushEffect } from '../effect.ts';
import type { Files } from '../files.ts';
import { kanikoEffects } from '../tools/kaniko.ts';
import { childOf, itemsOf, textOf, type YamlNode } from '../yaml.ts';
import {
  addEffect,
  addOpaque,
  type CiFile,
  interpolated,
  openCiFile,
  placeOf,
  runCommands,
  scalarsOf,
  variablesOf,
} from './ci-file.ts';

type System = {
  readonly name: string;
  readonly isPath: (path: string) => boolean;
  readonly read: (file: CiFile, root: YamlNode) => void;
};

const SYSTEMS: readonly System[] = [
  { name: 'drone', isPath: (path) => /(^|\/)\.drone(\.\w+)?\.ya?ml$/.test(path), read: readDrone },
  {
    name: 'woodpecker',
    isPath: (path) => /(^|\/)\.woodpecker(\/[^/]+)?\.ya?ml$/.test(path),
    read: readDrone,
  },
  {
    name: 'bitbucket',
    isPath: (path) => /(^|\/)bitbucket-pipelines\.ya?ml$/.test(path),
    read: readBitbucket,
  },
  {
    name: 'buildkite',
    isPath: (path) => /(^|\/)\.buildkite\/([^/]+\/)*[^/]+\.ya?ml$/.test(path),
    read: readBuildkite,
  },
  {
    name: 'tekton',
    isPath: (path) => /(^|\/)\.?tekton\/([^/]+\/)*[^/]+\.ya?ml$/.test(path),
    read: readTekton,
  },
];

export function readStepLists(files: Files): Ledger {
  const ledger = newLedger();
  for (const path of files.list()) {
    const system = SYSTEMS.find((one) => one.isPath(path));
    const file = system === undefined ? null : openCiFile(path, files, ledger);
    for (const root of file?.yaml.roots ?? []) if (file !== null) system?.read(file, root);
  }
  return ledger;
}

function job(
  file: CiFile,
  node: YamlNode,
  name: string,
  conditions: readonly string[] = [],
  event = 'push-branch',
): Place {
  return placeOf({
    file,
    event,
    filter: null,
    happens: conditions.length === 0 ? 'yes' : 'unknown',
    conditions,
    job: name,
    at: node,
  });
}

/** Steps as a list, or as a map of names (Woodpecker's older form and `pipeline:`). */
function stepsOf(node: YamlNode | null): readonly (readonly [string, YamlNode])[] {
  if (node?.kind === 'map') return node.entries.map(({ key, value }) => [key.text, value]);
  return itemsOf(node).map((item, index) => [textOf(childOf(item, 'name')) ?? `step ${index + 1}`, item]);
}

function readDrone(file: CiFile, root: YamlNode): void {
  for (const [name, step] of [...stepsOf(childOf(root, 'steps')), ...stepsOf(childOf(root, 'pipeline'))]) {
    const when = childOf(step, 'when');
    const events = itemsOf(childOf(when, 'event')).map((item) => textOf(item) ?? '');
    const onlyTags = events.length > 0 && events.every((event) => event === 'tag');
    const onlyRequests = events.length > 0 && events.every((event) => event === 'pull_request');
    const conditions =
      when === null ? [] : [file.source.text.slice(when.start, when.end).replace(/\s+/g, ' ').trim()];
    const place = job(
      file,
      step,
      name,
      conditions,
      onlyTags ? 'push-tag' : onlyRequests ? 'pull_request' : 'push-branch',
    );
    const environment = variablesOf(childOf(step, 'environment'), (value) => interpolated(value, new Map()));
    runCommands(file, scalarsOf(childOf(step, 'commands')), environment, place);
    const image = textOf(childOf(step, 'image')) ?? '';
    if (
      /plugins\/(docker|ecr|gcr|gar|acr|kaniko|buildx)|plugin-docker-buildx|drone-(kaniko|docker|buildx)/.test(
        image,
      )
    )
      dockerPlugin(file, step, image, place);
  }
}

/** https://plugins.drone.io/plugins/docker : `repo`, `registry`, `tags`, `dry_run`. */
function dockerPlugin(file: CiFile, step: YamlNode, image: string, place: Place): void {
  const settings = childOf(step, 'settings') ?? step;
  const given = (key: string): Value | null => {
    const written = textOf(childOf(settings, key));
    return written === null ? null : interpolated(written, new Map());
  };
  const dry = given('dry_run') ?? given('dry-run') ?? given('no_push');
  if (dry !== null && booleanOf(dry) === 'yes') return;
  const repo = given('repo') ?? [{ expression: 'repo', why: 'the plugin is given no repository' }];
  const registry = given('registry');
  const written = repo.map((part) => (typeof part === 'string' ? part : '')).join('');
  const hasHost = /^[^/]+[.:][^/]*\//.test(written);
  const name = registry === null || hasHost ? repo : join([registry, '/', repo]);
  const tags = itemsOf(childOf(settings, 'tags'))
    .flatMap((item) => (textOf(item) ?? '').split(','))
    .filter((tag) => tag !== '');
  const names =
    tags.length === 0 ? [name] : tags.map((tag) => join([name, ':', interpolated(tag.trim(), new Map())]));
  addEffect(file, place, childOf(step, 'image') ?? step, pushEffect({ names }), image, 'docker-push');
}

function readBitbucket(file: CiFile, root: YamlNode): void {
  const visit = (node: YamlNode | null, name: string, event: string, depth: number): void => {
    if (node === null || depth > 12) return;
    if (node.kind === 'list') for (const item of node.items) visit(item, name, event, depth + 1);
    if (node.kind !== 'map') return;
    const step = childOf(node, 'step');
    if (step !== null) {
      const place = job(
        file,
        step,
        textOf(childOf(step, 'name')) ?? name,
        textOf(childOf(step, 'trigger')) === 'manual' ? ['manual'] : [],
        event,
      );
      runCommands(file, scalarsOf(childOf(step, 'script')), new Map(), place);
      for (const item of itemsOf(childOf(step, 'script'))) {
        const pipe = textOf(childOf(item, 'pipe'));
        if (pipe !== null && /ecr-push|gcr|docker|acr|heroku/i.test(pipe))
          bitbucketPipe(file, item, pipe, place);
      }
    }
    for (const { key, value } of node.entries) {
      if (key.text === 'step') continue;
      const next =
        key.text === 'tags'
          ? 'push-tag'
          : key.text === 'pull-requests'
            ? 'pull_request'
            : key.text === 'custom'
              ? 'workflow_dispatch'
              : event;
      visit(value, key.text, next, depth + 1);
    }
  };
  visit(childOf(root, 'pipelines'), 'pipelines', 'push-branch', 0);
}

function bitbucketPipe(file: CiFile, item: YamlNode, pipe: string, place: Place): void {
  const name = textOf(childOf(childOf(item, 'variables'), 'IMAGE_NAME'));
  const image =
    name === null
      ? ([{ expression: 'IMAGE_NAME', why: 'the pipe is given no image name' }] as Value)
      : interpolated(name, new Map());
  const registry: Value = [
    { expression: pipe.split(':')[0] ?? pipe, why: 'the account of the pipe decides the registry' },
  ];
  addEffect(
    file,
    place,
    childOf(item, 'pipe') ?? item,
    pushEffect({ names: [join([registry, '/', image])] }),
    pipe,
    'docker-push',
  );
}

function readBuildkite(file: CiFile, root: YamlNode): void {
  const visit = (node: YamlNode, depth: number): void => {
    if (depth > 10) return;
    for (const step of itemsOf(node.kind === 'map' ? childOf(node, 'steps') : node)) {
      if (childOf(step, 'steps') !== null) visit(step, depth + 1);
      const conditions = [textOf(childOf(step, 'if')), textOf(childOf(step, 'branches'))].filter(
        (one) => one !== null,
      );
      const place = job(
        file,
        step,
        textOf(childOf(step, 'label')) ?? textOf(childOf(step, 'name')) ?? 'step',
        conditions,
      );
      const environment = variablesOf(childOf(step, 'env'), (value) => interpolated(value, new Map()));
      runCommands(
        file,
        [...scalarsOf(childOf(step, 'command')), ...scalarsOf(childOf(step, 'commands'))],
        environment,
        place,
      );
      for (const plugin of itemsOf(childOf(step, 'plugins'))) {
        const [entry] = plugin.kind === 'map' ? plugin.entries : [];
        if (entry !== undefined && /docker-compose#|docker-build-push|ecr-push|kaniko/.test(entry.key.text))
          buildkitePlugin(file, entry.key, entry.value, place);
      }
    }
  };
  visit(root, 0);
}

/** https://github.com/buildkite-plugins/docker-compose-buildkite-plugin : `push: [service:image:tag]`. */
function buildkitePlugin(file: CiFile, key: YamlNode, options: YamlNode, place: Place): void {
  const plugin = textOf(key) ?? 'plugin';
  if (!plugin.includes('docker-compose#')) {
    addOpaque(file, place, key, plugin, `the plugin ${plugin} can't be read here`);
    return;
  }
  for (const item of scalarsOf(childOf(options, 'push'))) {
    const [, ...image] = item.text.split(':');
    if (image.length === 0)
      addOpaque(file, place, item, `${plugin} push ${item.text}`, 'the compose file names the image');
    else
      addEffect(
        file,
        place,
        item,
        pushEffect({ names: [interpolated(image.join(':'), new Map())] }),
        plugin,
        'docker-push',
      );
  }
}

/** Tasks hold steps; pipelines name tasks. Parameters stay `$(params.x)` as people read them. */
function readTekton(file: CiFile, root: YamlNode): void {
  const visit = (node: YamlNode, depth: number): void => {
    if (depth > 14) return;
    if (node.kind === 'list') for (const item of node.items) visit(item, depth + 1);
    if (node.kind !== 'map') return;
    if (childOf(node, 'image') !== null) tektonStep(file, node);
    const reference = textOf(childOf(childOf(node, 'taskRef'), 'name'));
    if (
      reference !== null &&
      /kaniko|buildah|buildpacks|jib|s2i|skopeo|docker|ko\b|image|push/i.test(reference)
    ) {
      addOpaque(
        file,
        job(file, node, reference),
        childOf(node, 'taskRef') ?? node,
        `task ${reference}`,
        `the task ${reference} of the cluster can't be read here`,
      );
    }
    for (const { value } of node.entries) visit(value, depth + 1);
  };
  visit(root, 0);
}

function tektonStep(file: CiFile, step: YamlNode): void {
  const place = job(file, step, textOf(childOf(step, 'name')) ?? 'step');
  const environment = new Map<string, Value>();
  runCommands(file, scalarsOf(childOf(step, 'script')), environment, place);
  const image = textOf(childOf(step, 'image')) ?? '';
  const words = [...scalarsOf(childOf(step, 'command')), ...scalarsOf(childOf(step, 'args'))].map(
    (scalar): Value => text(scalar.text),
  );
  if (!/kaniko/.test(image) || words.length === 0) return;
  const call = {
    command: 'kaniko',
    words,
    variable: () => null,
    output: null,
    feeds: [],
    fedBy: [],
    stdin: null,
    path: (path: Value) => inside([], path),
    files: file.files,
  };
  for (const effect of kanikoEffects(call, words))
    addEffect(file, place, childOf(step, 'image') ?? step, effect, 'kaniko', 'kaniko');
}
