// Drone and Woodpecker pipelines → acts: commands, and the plugins that build and push images.
import type { TriggerEvent } from '../../model/delivery.ts';
import type { Truth, Value } from '../../model/value.ts';
import { both, either, format, join, known, not, prefix, text } from '../../value.ts';
import { type Ledger, newLedger, type Place } from '../act.ts';
import { buildSource, PLAIN, pushEffect } from '../effect.ts';
import { type Files, isGap, repositoryPath } from '../files.ts';
import { underRegistry } from '../image-name.ts';
import { locate, type SourceText, sourceText } from '../source-text.ts';
import { childOf, entryOf, itemsOf, textOf, type YamlNode } from '../yaml.ts';
import { conditionTruth } from './condition.ts';
import { wordPieces } from './container-program.ts';
import { type Fact, factOf, globMatches, textFact, variableOf } from './fact.ts';
import { branchesInScripts, type RefPoint, refPoints } from './ref-points.ts';
import { matrixRows } from './rows.ts';
import {
  addAct,
  addOpaque,
  type Environment,
  jobPlace,
  placeAt,
  readTexts,
  readYamlText,
  runShell,
  stepPlace,
  under,
} from './run.ts';
import { scriptScalars } from './sourced.ts';
import { pieceOf, scriptText } from './template.ts';
import { expanded, withVariables } from './variables.ts';

const EVENTS: readonly TriggerEvent[] = [
  'push-branch',
  'push-tag',
  'pull_request',
  'schedule',
  'workflow_dispatch',
];
/** The systems' names of an event. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'push-branch': ['push'],
  'push-tag': ['tag', 'release'],
  pull_request: ['pull_request', 'pull_request_closed', 'pull-request'],
  schedule: ['cron'],
  workflow_dispatch: ['manual', 'custom', 'promote', 'rollback', 'deployment'],
};

function isDronePath(path: string): boolean {
  return /^\.(drone|woodpecker)\.ya?ml$|^\.woodpecker\/(.+\/)?[^/]+\.ya?ml$/.test(path);
}

/** Pipelines written in Starlark or Jsonnet. */
function isComputedPath(path: string): boolean {
  return /^\.drone\.(star|jsonnet|libsonnet)$/.test(path);
}

export function readDrone(files: Files): Ledger {
  const ledger = newLedger();
  for (const { path, text: content } of readTexts(files, isComputedPath, ledger)) {
    if (
      !/plugins?[/-](docker|kaniko|buildah|ecr|gcr|gar|acr|manifest|heroku)|docker push|--push|buildx/.test(
        content,
      )
    )
      continue;
    const [at] = refPoints(['push-branch'], []);
    if (at === undefined) continue;
    const source = sourceText(path, content);
    const first = locate(source, 0, content.search(/\n|$/));
    addOpaque(ledger, placeAt(path, files, at), {
      what: path,
      doubt: `the pipeline is what ${path} computes when the run starts`,
      settledBy: 'keep the computed pipeline in the repository, or approve it as it is',
      family: 'wrapper',
      location: first,
    });
  }
  for (const { path, text: content } of readTexts(files, isDronePath, ledger)) {
    const { roots, source } = readYamlText(path, content, ledger);
    const branches = [
      ...content.matchAll(/branch(?:es)?:\s*\[?\s*((?:["']?[\w./-]+["']?\s*,?\s*)+)/g),
    ].flatMap((match) => (match[1] ?? '').split(/[\s,]+/).map((name) => name.replace(/["']/g, '')));
    for (const at of refPoints(EVENTS, [
      ...branches.filter((name) => /^(main|master|develop|dev|release)/.test(name)),
      ...branchesInScripts(content),
    ])) {
      for (const [index, root] of roots.entries()) {
        if (root.kind === 'map') runPipeline(root, index, at, { source, files, path, ledger });
      }
    }
  }
  return ledger;
}

type Reading = {
  readonly source: SourceText;
  readonly files: Files;
  readonly path: string;
  readonly ledger: Ledger;
};

function runPipeline(root: YamlNode, index: number, at: RefPoint, reading: Reading): void {
  const kind = textOf(childOf(root, 'kind'));
  const { source, ledger } = reading;
  if (kind === 'template') {
    const start = placeAt(reading.path, reading.files, at);
    const named = textOf(childOf(root, 'load')) ?? 'without a name';
    addOpaque(ledger, start, {
      what: `template ${named}`,
      doubt: `the template ${named} is kept by the server, and its steps may push`,
      settledBy: 'write the steps into the repository, or approve it as it is',
      family: 'reusable-workflow',
      location: locate(source, root.start, root.end),
      content: [source.text.slice(root.start, root.end)],
    });
  }
  if (kind !== null && kind !== 'pipeline') return;
  const limits = [childOf(root, 'trigger'), childOf(root, 'when')].filter((node) => node !== null);
  const branches = childOf(root, 'branches');
  const byBranch = branches === null ? 'yes' : patternTruth(branches, at.branch);
  const truth = limits.reduce<Truth>((sum, limit) => both(sum, whenTruth(limit, at)), byBranch);
  const start = under(
    placeAt(reading.path, reading.files, at),
    truth,
    truth === 'unknown' ? shownWhen(limits[0] ?? null) : null,
  );
  if (start === null) return;
  const name = textOf(childOf(root, 'name')) ?? `pipeline ${index + 1}`;
  const location = locate(source, root.start, root.end);
  const settled = new Map<string, Value>([
    ['CI', text('true')],
    ['CI_WORKSPACE', text('.')],
    ['DRONE_WORKSPACE', text('.')],
  ]);
  for (const [name, fact] of [
    ['DRONE_TAG', at.tag],
    ['CI_COMMIT_TAG', at.tag],
    ['DRONE_BRANCH', at.branch],
    ['CI_COMMIT_BRANCH', at.branch],
  ] as const) {
    const value = at.event === 'schedule' || at.event === 'workflow_dispatch' ? null : variableOf(name, fact);
    // What a tag's branch variable holds differs between versions.
    if (value !== null && !(at.event === 'push-tag' && name.endsWith('BRANCH'))) settled.set(name, value);
  }
  const names = NAMES[at.event] ?? [];
  if (names[0] !== undefined && at.event !== 'workflow_dispatch') {
    settled.set('DRONE_BUILD_EVENT', text(names[0]));
    settled.set('CI_PIPELINE_EVENT', text(names[0]));
  }
  const environment = withVariables(settled, childOf(root, 'environment'));
  const steps = childOf(root, 'steps') ?? childOf(root, 'pipeline');
  for (const [row, variables] of matrixRows(childOf(root, 'matrix'), environment).entries()) {
    const job = jobPlace(start, `${name}${row === 0 ? '' : ` ${row + 1}`}`, location, true);
    const list =
      steps?.kind === 'map'
        ? steps.entries.map(({ key, value }) => ({ label: key.text, step: value }))
        : itemsOf(steps).map((step, at) => ({
            label: textOf(childOf(step, 'name')) ?? `step ${at + 1}`,
            step,
          }));
    for (const { label, step } of list) runStep(label, step, variables, at, job, { source, ledger });
  }
}

/** `when`/`trigger`: a map whose keys all have to hold, or a list of such maps of which one has to. */
function whenTruth(when: YamlNode, at: RefPoint): Truth {
  if (when.kind === 'list')
    return when.items.reduce<Truth>((sum, item) => either(sum, whenTruth(item, at)), 'no');
  if (when.kind !== 'map') return 'yes';
  return when.entries.reduce<Truth>((sum, { key, value }) => {
    switch (key.text) {
      case 'event':
        return both(sum, anyOf(value, NAMES[at.event] ?? [at.event]));
      case 'branch':
        return both(
          sum,
          at.event === 'push-tag'
            ? value.kind === 'map' && childOf(value, 'include') === null
              ? 'yes'
              : 'unknown'
            : patternTruth(value, at.branch),
        );
      case 'ref':
        return both(sum, patternTruth(value, refOf(at)));
      case 'tag':
        return both(sum, patternTruth(value, at.tag));
      case 'status':
        return both(sum, itemsOf(value).some((item) => textOf(item) === 'success') ? 'yes' : 'unknown');
      case 'evaluate':
        return both(sum, evaluated(textOf(value) ?? '', at));
      default:
        // Instance, platform, matrix, path, cron: decided by what is set up or what changed.
        return both(sum, 'unknown');
    }
  }, 'yes');
}

function refOf(at: RefPoint): Fact {
  if (at.event === 'push-tag') return factOf(['refs/tags/', ...at.tag.value]);
  if (at.event === 'pull_request') return factOf(['refs/pull/', ...at.branch.value]);
  return factOf(['refs/heads/', ...at.branch.value]);
}

function evaluated(written: string, at: RefPoint): Truth {
  return conditionTruth(written, {
    name: (name) => {
      const event = NAMES[at.event]?.[0];
      if (/^(CI_PIPELINE_EVENT|CI_BUILD_EVENT)$/.test(name) && event !== undefined) return textFact(event);
      if (name === 'CI_COMMIT_BRANCH') return at.branch;
      return name === 'CI_COMMIT_TAG' ? at.tag : null;
    },
  });
}

function anyOf(node: YamlNode, names: readonly string[]): Truth {
  const has = (list: YamlNode | null): boolean =>
    itemsOf(list).some((item) => names.includes(textOf(item) ?? ''));
  if (node.kind !== 'map') return maybe(has(node), names);
  const include = childOf(node, 'include');
  const exclude = childOf(node, 'exclude');
  const included: Truth = include === null ? 'yes' : maybe(has(include), names);
  return both(included, excluded(exclude, names));
}

/** An event has one main name; those of runs that people start are several. */
function excluded(list: YamlNode | null, names: readonly string[]): Truth {
  const written = itemsOf(list).map((item) => textOf(item) ?? '');
  if (names.every((name) => written.includes(name))) return 'no';
  if (names[0] !== 'manual') return names[0] !== undefined && written.includes(names[0]) ? 'no' : 'yes';
  return names.some((name) => written.includes(name)) ? 'unknown' : 'yes';
}

function maybe(found: boolean, names: readonly string[]): Truth {
  if (!found) return 'no';
  return names.length > 2 ? 'unknown' : 'yes';
}

function patternTruth(node: YamlNode, fact: Fact): Truth {
  const any = (list: YamlNode | null): Truth =>
    itemsOf(list).reduce<Truth>((sum, item) => either(sum, globMatches(fact, textOf(item) ?? '')), 'no');
  if (node.kind !== 'map') return any(node);
  const include = childOf(node, 'include');
  return both(include === null ? 'yes' : any(include), not(any(childOf(node, 'exclude'))));
}

function shownWhen(when: YamlNode | null): string | null {
  if (when?.kind === 'list')
    return (
      when.items
        .map((item) => shownWhen(item))
        .filter((one) => one !== null)
        .join(' || ') || null
    );
  if (when?.kind !== 'map') return null;
  return when.entries
    .map(({ key, value }) => {
      const lists =
        value.kind === 'map'
          ? value.entries.map((entry) => `${entry.key.text} ${listed(entry.value)}`).join(' ')
          : listed(value);
      return `${key.text} ${lists}`;
    })
    .join(' && ');
}

function listed(node: YamlNode): string {
  return itemsOf(node)
    .map((item) => textOf(item) ?? '')
    .join(', ');
}

function runStep(
  label: string,
  step: YamlNode,
  environment: Environment,
  at: RefPoint,
  place: Place,
  reading: { readonly source: SourceText; readonly ledger: Ledger },
): void {
  const { source, ledger } = reading;
  const when = childOf(step, 'when');
  const inside = under(place, when === null ? 'yes' : whenTruth(when, at), shownWhen(when));
  if (inside === null) return;
  const here = stepPlace(inside, label, locate(source, step.start, step.end));
  const own = withVariables(environment, childOf(step, 'environment'));
  const commands = scriptScalars(childOf(step, 'commands'));
  const entry = wordPieces(scriptScalars(childOf(step, 'entrypoint')), source);
  if (entry.length > 0 && commands.length === 0) {
    runShell(scriptText(entry, undefined, ' '), { environment: own, shell: 'sh -e' }, here, ledger);
    return;
  }
  if (commands.length > 0) {
    runShell(
      scriptText(commands.map((scalar) => pieceOf(scalar, source))),
      { environment: own, shell: 'sh -e' },
      here,
      ledger,
    );
    return;
  }
  // An anchor may hold the image; the key stands where the step is.
  const image = entryOf(step, 'image');
  const name = textOf(image?.value);
  if (name === null || image === null) return;
  runPlugin(
    name,
    childOf(step, 'settings') ?? step,
    own,
    { ...here, credentials: true },
    // What is merged in from an anchor stands elsewhere: then the step itself is the place.
    image.key.start >= step.start && image.key.end <= step.end
      ? locate(source, image.key.start, image.key.end)
      : locate(source, step.start, step.start),
    ledger,
  );
}

function runPlugin(
  image: string,
  settings: YamlNode,
  environment: Environment,
  place: Place,
  location: Place['path'][number]['location'],
  ledger: Ledger,
): void {
  const plugin = image
    .replace(/@.*$/, '')
    .replace(/:[^/]*$/, '')
    .replace(/^(docker\.io|index\.docker\.io)\//, '');
  // Settings reach a plugin as variables with this prefix, whoever sets them.
  const variable = (name: string): Value | undefined =>
    environment.get(`PLUGIN_${name.toUpperCase().replaceAll('-', '_')}`);
  const value = (...names: readonly string[]): readonly Value[] =>
    names.flatMap((name) => {
      const written = childOf(settings, name);
      if (written === null) return [variable(name)].filter((one) => one !== undefined);
      return itemsOf(written)
        .flatMap((item) => (textOf(item) ?? '').split(','))
        .filter((one) => one.trim() !== '')
        .map((one) => expanded(one.trim(), (inner) => environment.get(inner) ?? null));
    });
  const by = { tool: plugin, family: /kaniko/.test(plugin) ? 'kaniko' : 'plugin', location };
  if (
    /(^|[/-])(docker|kaniko|ecr|gcr|gar|acr|buildx|buildah|heroku)([/-]|$)/.test(plugin) &&
    value('repo').length > 0
  ) {
    const dry = value('dry_run', 'dry-run', 'no_push', 'no-push', 'skip_push').map(format);
    if (dry.includes('true')) return;
    const [registry] = value('registry');
    const prefixed = /ecr|gcr|gar|kaniko/.test(plugin);
    const host = registry ?? (/gcr/.test(plugin) ? text('gcr.io') : null);
    const repositories = value('repo').map((repository) =>
      host !== null && prefixed && !prefix(repository).startsWith(format(host))
        ? underRegistry(host, repository)
        : repository,
    );
    const tags = value('tags', 'tag');
    const names = repositories.flatMap((repository) =>
      tags.length === 0
        ? [repository]
        : tags.map((tag) => join([repository.slice(0, -1), glue(repository.at(-1), tag)])),
    );
    const [dockerfile] = value('dockerfile');
    const [context = text('.')] = value('context');
    const source = buildSource({
      dockerfile: dockerfile === undefined ? 'Dockerfile' : format(dockerfile),
      context,
      target: value('target')[0] ?? null,
    });
    const squash: Truth = value('squash').map(format).includes('true') ? 'yes' : 'no';
    addAct(ledger, place, pushEffect({ names, source, options: { ...PLAIN, squash } }), by);
    return;
  }
  if (/(^|[/-])manifest([/-]|$)/.test(plugin)) {
    const written = value('target');
    const names = written.length > 0 ? written : value('spec').flatMap((spec) => specified(spec, place));
    addAct(ledger, place, pushEffect({ names, happens: 'yes' }), by);
    return;
  }
  if (/release|s3|artifact/.test(plugin)) {
    const paths = value('files', 'source', 'target_files');
    const channel = /s3/.test(plugin) ? 'object-storage' : 'release-asset';
    if (paths.length > 0)
      addAct(ledger, place, { kind: 'carry', channel, paths }, { ...by, family: 'archive' });
    return;
  }
  const looksLike = /docker|kaniko|buildah|podman|skopeo|image|container|registry/i.test(plugin);
  const isTold = looksLike ? settingNames(settings) !== '' : holdsSecret(settings) && !HARMLESS.test(plugin);
  if (isTold)
    addOpaque(ledger, place, {
      what: image,
      doubt: `the plugin ${image} is not known here, and it is given what a push needs`,
      settledBy: 'use a plugin that is known, push in the open, or approve it as it is',
      family: 'plugin',
      location,
    });
}

/** The image that a manifest's template names first; what the template fills in is a hole. */
function specified(spec: Value, place: Place): readonly Value[] {
  const path = repositoryPath(known(spec) ?? '');
  const read = path === null || path === '' ? null : place.files.read(path);
  if (read === null || read === 'unread' || isGap(read)) return [];
  const written = /^image:\s*(\S.*)$/m.exec(read.text)?.[1]?.trim();
  if (written === undefined) return [];
  const open = written.indexOf('{{');
  if (open === -1) return [text(written)];
  return [
    [...text(written.slice(0, open)), { expression: written.slice(open), why: 'the plugin fills it in' }],
  ];
}

/** Plugins that tell people, look at code, or carry other things than images. */
const HARMLESS =
  /slack|discord|telegram|matrix|mattermost|irc|mail|notif|webhook|codecov|coverage|sonar|trivy|snyk|scan|lint|prettier|spell|cache|npm|pypi|maven|\bgit\b|gitea|github|comment|surge|transifex|crowdin|ansible|\bssh\b|scp|sftp|ftp|rsync|hugo|pages|renovate|label|crates|gem|downstream|jira|helm|translat|changelog|ready|bots?\b/i;

function holdsSecret(settings: YamlNode, depth = 0): boolean {
  if (depth > 6 || settings.kind === 'scalar') return false;
  if (settings.kind === 'list') return settings.items.some((item) => holdsSecret(item, depth + 1));
  return settings.entries.some(
    ({ key, value }) => key.text === 'from_secret' || key.text === 'secrets' || holdsSecret(value, depth + 1),
  );
}

function settingNames(settings: YamlNode): string {
  return settings.kind === 'map'
    ? settings.entries
        .map(({ key }) => key.text)
        .filter((key) => /repo|registry|password|push|tags?$/.test(key))
        .join(' ')
    : '';
}

function glue(last: Value[number] | undefined, tag: Value): Value {
  const start: Value = last === undefined ? [] : [last];
  return format(start).includes(':') ? start : join([start, ':', tag]);
}
