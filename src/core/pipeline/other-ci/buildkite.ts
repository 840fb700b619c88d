// Buildkite pipelines in the repository → acts: commands, and the Docker Compose plugin's pushes.
import type { TriggerEvent } from '../../model/delivery.ts';
import type { Truth, Value } from '../../model/value.ts';
import { both, either, text } from '../../value.ts';
import { type Ledger, newLedger, type Place } from '../act.ts';
import { composeImages } from '../compose-file.ts';
import { pushEffect } from '../effect.ts';
import { type Files, repositoryPath } from '../files.ts';
import { locate, type SourceText, sourceText } from '../source-text.ts';
import { childOf, itemsOf, textOf, type YamlNode } from '../yaml.ts';
import { comparedTexts, conditionTruth } from './condition.ts';
import { type Fact, globMatches, openFact, textFact, variableOf } from './fact.ts';
import { branchesInScripts, type RefPoint, refPoints } from './ref-points.ts';
import { matrixRows } from './rows.ts';
import {
  addAct,
  addLimit,
  addOpaque,
  type Environment,
  jobPlace,
  placeAt,
  readText,
  readTexts,
  readYamlText,
  runShell,
  showsCredentials,
  under,
} from './run.ts';
import { scriptScalars } from './sourced.ts';
import { type Fill, pieceOf, scriptText } from './template.ts';
import { expanded, withVariables } from './variables.ts';

const EVENTS: readonly TriggerEvent[] = ['push-branch', 'push-tag', 'pull_request'];

function isBuildkitePath(path: string): boolean {
  return /^\.?buildkite\/(.+\/)?[^/]+\.ya?ml$|^buildkite\.ya?ml$/.test(path);
}

/** Hooks of the repository run around every command of its pipelines. https://buildkite.com/docs/agent/v3/hooks */
function isHookPath(path: string): boolean {
  return /^\.?buildkite\/hooks\/[\w-]+(\.sh)?$/.test(path);
}

function readHooks(files: Files, ledger: Ledger): void {
  for (const { path, text: content } of readTexts(files, isHookPath, ledger)) {
    const source = sourceText(path, content);
    const whole = locate(source, 0, 0);
    for (const at of refPoints(EVENTS, branchesInScripts(content))) {
      const place = jobPlace(placeAt(path, files, at), 'hook', whole, showsCredentials(content));
      const script = scriptText([{ text: content, locate: (start, end) => locate(source, start, end) }]);
      runShell(script, { environment: new Map(), shell: 'bash' }, place, ledger);
    }
  }
}

/** Files that steps upload from other folders. */
function uploaded(
  texts: readonly { readonly text: string }[],
  files: Files,
  ledger: Ledger,
): readonly { readonly path: string; readonly text: string }[] {
  const paths = texts.flatMap(({ text: content }) =>
    [...content.matchAll(/pipeline upload\s+["']?([\w./-]+\.(?:ya?ml|json))/g)].flatMap(
      (match) => repositoryPath(match[1] ?? '') ?? [],
    ),
  );
  return [...new Set(paths)].flatMap((path) => {
    const content = isBuildkitePath(path) || !files.has(path) ? null : readText(path, files, ledger);
    return content === null ? [] : [{ path, text: content }];
  });
}

export function readBuildkite(files: Files): Ledger {
  const ledger = newLedger();
  readHooks(files, ledger);
  const texts = readTexts(files, isBuildkitePath, ledger);
  for (const { path, text: content } of [...texts, ...uploaded(texts, files, ledger)]) {
    const { root, source } = readYamlText(path, content, ledger);
    const steps = root?.kind === 'list' ? root : childOf(root, 'steps');
    if (steps?.kind !== 'list') continue;
    const ifs = [...content.matchAll(/^[ \t]*(?:-[ \t]*)?if:\s*(.*)$/gm)].flatMap((match) =>
      comparedTexts((match[1] ?? '').replace(/^'(.*)'$/, '$1'), /branch/i),
    );
    const branches = [...content.matchAll(/^[ \t]*branches:\s*["']?([\w./ -]+)/gm)].flatMap((match) =>
      (match[1] ?? '').trim().split(/\s+/),
    );
    for (const at of refPoints(EVENTS, [...ifs, ...branches, ...branchesInScripts(content)])) {
      const known = new Map<string, Value>([
        ['CI', text('true')],
        ['BUILDKITE', text('true')],
      ]);
      if (at.event !== 'pull_request') known.set('BUILDKITE_PULL_REQUEST', text('false'));
      for (const [name, fact] of [
        ['BUILDKITE_TAG', at.tag],
        ['BUILDKITE_BRANCH', at.event === 'push-tag' ? at.tag : at.branch],
      ] as const) {
        const value =
          at.event === 'pull_request' && name === 'BUILDKITE_BRANCH' ? null : variableOf(name, fact);
        if (value !== null) known.set(name, value);
      }
      const environment = withVariables(known, childOf(root, 'env'));
      runSteps(steps, environment, at, placeAt(path, files, at), { source, ledger });
    }
  }
  return ledger;
}

const DEPTH_LIMIT = 4;

type Reading = { readonly source: SourceText; readonly ledger: Ledger };

function runSteps(
  steps: YamlNode,
  environment: Environment,
  at: RefPoint,
  place: Place,
  reading: Reading,
  depth = 0,
): void {
  if (steps.kind !== 'list') return;
  if (depth > DEPTH_LIMIT) {
    addLimit(
      reading.ledger,
      locate(reading.source, steps.start, steps.start),
      `groups more than ${DEPTH_LIMIT} deep`,
    );
    return;
  }
  let current: Place | null = place;
  for (const [index, step] of steps.items.entries()) {
    // Behind a block step somebody has to press a button first.
    if (childOf(step, 'block') !== null || textOf(step) === 'block')
      current = current === null ? null : under(current, 'yes', 'unblocked by hand');
    if (current === null) return;
    const inside = under(current, stepTruth(step, at), stepCondition(step));
    if (inside === null) continue;
    const group = childOf(step, 'steps');
    if (group !== null) runSteps(group, environment, at, inside, reading, depth + 1);
    else runStep(step, index, environment, inside, reading);
  }
}

function stepTruth(step: YamlNode, at: RefPoint): Truth {
  const condition = textOf(childOf(step, 'if'));
  const branches = childOf(step, 'branches');
  const byBranch =
    branches === null
      ? 'yes'
      : branchTruth(
          itemsOf(branches).flatMap((item) => (textOf(item) ?? '').split(/\s+/)),
          at,
        );
  return both(
    byBranch,
    condition === null ? 'yes' : conditionTruth(condition, { name: (name) => factAt(name, at) }),
  );
}

function branchTruth(patterns: readonly string[], at: RefPoint): Truth {
  const subject = at.event === 'push-tag' ? at.tag : at.branch;
  return patterns.reduce<Truth>(
    (sum, pattern) =>
      pattern.startsWith('!')
        ? both(sum === 'no' ? 'yes' : sum, negated(globMatches(subject, pattern.slice(1))))
        : either(sum, globMatches(subject, pattern)),
    'no',
  );
}

function negated(truth: Truth): Truth {
  return truth === 'yes' ? 'no' : truth === 'no' ? 'yes' : 'unknown';
}

function factAt(name: string, at: RefPoint): Fact | null {
  switch (name) {
    case 'build.branch':
      return at.event === 'push-tag' ? at.tag : at.branch;
    case 'build.tag':
      return at.tag;
    case 'build.pull_request.id':
    case 'build.pull_request.base_branch':
      return at.event === 'pull_request' ? openFact(name, 'the pull request decides it', 'no') : textFact('');
    case 'pipeline.default_branch':
      return openFact(name, 'it is a setting of the pipeline', 'no');
    default:
      return null;
  }
}

function stepCondition(step: YamlNode): string | null {
  const parts = [textOf(childOf(step, 'if')), textOf(childOf(step, 'branches'))].filter(
    (one) => one !== null,
  );
  return parts.length === 0 ? null : parts.join(' && ');
}

/** Buildkite writes its variables into the file before the run; a doubled or escaped sign stays for the shell. */
const ESCAPES: Fill = { pattern: /\$\$|\\\$/g, resolve: () => ['$'] };

function runStep(step: YamlNode, index: number, outer: Environment, place: Place, reading: Reading): void {
  const { source, ledger } = reading;
  const location = locate(source, step.start, step.end);
  const commands = [
    ...scriptScalars(childOf(step, 'command')),
    ...scriptScalars(childOf(step, 'commands')),
    ...(step.kind === 'scalar' && !/^(wait|block|input)$/.test(step.text) ? scriptScalars(step) : []),
  ];
  const label = textOf(childOf(step, 'label')) ?? textOf(childOf(step, 'name')) ?? `step ${index + 1}`;
  const written = source.text.slice(step.start, step.end);
  const setup = childOf(childOf(step, 'matrix'), 'setup');
  for (const environment of matrixRows(setup, withVariables(outer, childOf(step, 'env')))) {
    const here = jobPlace(
      place,
      `${label}@${location.range.start.line}`,
      location,
      showsCredentials(written),
    );
    const fill: Fill = {
      pattern: /\{\{\s*matrix(?:\.(\w+))?\s*\}\}|\$\$|\\\$/g,
      resolve: (match) =>
        match[0].startsWith('{{')
          ? (environment.get(match[1] ?? '') ?? [{ expression: match[0], why: 'the matrix decides it' }])
          : ESCAPES.resolve(match),
    };
    runShell(
      scriptText(
        commands.map((scalar) => pieceOf(scalar, source)),
        fill,
      ),
      { environment, shell: 'bash -e' },
      here,
      ledger,
    );
    for (const plugin of itemsOf(childOf(step, 'plugins'))) runPlugin(plugin, environment, here, reading);
    const paths = itemsOf(childOf(step, 'artifact_paths')).flatMap((item) => (textOf(item) ?? '').split(';'));
    if (paths.length > 0)
      addAct(
        ledger,
        here,
        { kind: 'carry', channel: 'workflow-artifact', paths: paths.map((path) => text(path.trim())) },
        { tool: 'artifacts', family: 'archive', location },
      );
  }
}

function runPlugin(plugin: YamlNode, environment: Environment, place: Place, reading: Reading): void {
  if (plugin.kind !== 'map') return;
  const { source, ledger } = reading;
  for (const { key, value } of plugin.entries) {
    const name =
      key.text
        .replace(/#.*$/s, '')
        .split('/')
        .at(-1)
        ?.replace(/-buildkite-plugin.*$/, '') ?? '';
    const location = locate(source, key.start, key.end);
    const lookup = (variable: string): Value | null => environment.get(variable) ?? null;
    if (name === 'docker-compose') {
      runCompose(value, lookup, place, reading);
      continue;
    }
    if (
      /image|kaniko|buildah|docker-(build|push|publish)|ecr-(push|publish)/.test(name) &&
      !/scan|lint/.test(name)
    )
      addOpaque(ledger, place, {
        what: key.text,
        doubt: `the plugin ${key.text} is not known here, and its name looks like a push`,
        settledBy: 'push in the open, or approve it as it is',
        family: 'plugin',
        location,
      });
  }
}

/** https://github.com/buildkite-plugins/docker-compose-buildkite-plugin: what it pushes, and prebuilt images it keeps. */
function runCompose(
  value: YamlNode,
  lookup: (variable: string) => Value | null,
  place: Place,
  { source, ledger }: Reading,
): void {
  const pushed = (node: YamlNode, names: readonly Value[], doubt: string | null): void =>
    addAct(
      ledger,
      place,
      pushEffect({
        names,
        doubts: doubt === null ? [] : [{ what: doubt, settledBy: 'name the repository in the plugin' }],
      }),
      {
        tool: 'docker-compose plugin',
        family: 'compose',
        location: locate(source, node.start, node.end),
      },
    );
  for (const item of itemsOf(childOf(value, 'push'))) {
    // `service:repository:tag`; a service alone goes where its `image:` in the compose file says.
    const [service = '', ...rest] = (textOf(item) ?? '').split(':');
    if (rest.length > 0) {
      pushed(item, [expanded(rest.join(':'), lookup)], null);
      continue;
    }
    const config = itemsOf(childOf(value, 'config')).map((file) => textOf(file));
    const images = composeImages(place.files, '', config, [service], lookup) ?? [];
    const names = images.map(({ image }) => image);
    pushed(item, names, names.length === 0 ? `where the service ${service} is pushed` : null);
  }
  const kept = childOf(value, 'image-repository');
  if (kept !== null && childOf(value, 'build') !== null)
    pushed(kept, [expanded(textOf(kept) ?? '', lookup)], null);
}
