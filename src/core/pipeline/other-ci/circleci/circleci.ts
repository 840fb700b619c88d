// `.circleci/config.yml` → acts: the jobs of its workflows under each event, with commands, parameters and matrices.
import type { TriggerEvent } from '../../../model/delivery.ts';
import type { Truth, Value } from '../../../model/value.ts';
import { both, EMPTY, known, not, text } from '../../../value.ts';
import { type Ledger, newLedger, type Place } from '../../act.ts';
import { type Files, repositoryPath } from '../../files.ts';
import { locate, type SourceText } from '../../source-text.ts';
import { childOf, itemsOf, textOf, type YamlEntry, type YamlNode } from '../../yaml.ts';
import { branchesInScripts, refPoints } from '../ref-points.ts';
import { matrixRows } from '../rows.ts';
import {
  addAct,
  addLimit,
  type Environment,
  jobPlace,
  placeAt,
  readText,
  readTexts,
  readYamlText,
  runShell,
  showsCredentials,
  stepPlace,
  under,
} from '../run.ts';
import { scriptScalars } from '../sourced.ts';
import { filledValue, pieceOf, scriptText } from '../template.ts';
import {
  BASH_ENV,
  declared,
  exported,
  filledWith,
  handedSteps,
  settled,
  withEnvironment,
} from './environment.ts';
import { type OrbUse, runOrb } from './orbs.ts';
import { fillOf, filterTruth, logicTruth, type Values } from './values.ts';

const EVENTS: readonly TriggerEvent[] = ['push-branch', 'push-tag', 'schedule', 'workflow_dispatch'];
const DEPTH_LIMIT = 8;

function isCircleCiPath(path: string): boolean {
  return /^\.circleci\/([\w.-]+\/)*[\w.-]+\.ya?ml$/.test(path);
}

type Reading = { readonly root: YamlNode; readonly source: SourceText; readonly ledger: Ledger };

export function readCircleCi(files: Files): Ledger {
  const ledger = newLedger();
  const texts = readTexts(files, isCircleCiPath, ledger);
  for (const { path, text: content } of [...texts, ...continued(texts, files, ledger)]) {
    const { root, source } = readYamlText(path, content, ledger);
    if (root?.kind !== 'map') continue;
    const reading: Reading = { root, source, ledger };
    const pipeline = defaultsOf(childOf(root, 'parameters'));
    for (const at of refPoints(EVENTS, [
      ...branchesIn(childOf(root, 'workflows') ?? root),
      ...branchesInScripts(content),
    ])) {
      const values: Values = { at, parameters: new Map(), nodes: new Map(), pipeline };
      runWorkflows(reading, values, placeAt(path, files, at));
    }
  }
  return ledger;
}

/** Configurations that a setup workflow hands on to, where they lie in the repository. */
function continued(
  texts: readonly { readonly text: string }[],
  files: Files,
  ledger: Ledger,
): readonly { readonly path: string; readonly text: string }[] {
  const paths = texts.flatMap(({ text: content }) =>
    [...content.matchAll(CONTINUED)].flatMap((match) => repositoryPath(match[1] ?? '') ?? []),
  );
  return [...new Set(paths)].flatMap((path) => {
    const content = isCircleCiPath(path) || !files.has(path) ? null : readText(path, files, ledger);
    return content === null ? [] : [{ path, text: content }];
  });
}

const CONTINUED = /\b(?:configuration_path|config-path|config_path)["']?:\s*["']?([\w./-]+\.ya?ml)/g;

/** Names in filters and comparisons; what is no branch only makes a point that nothing asks for. */
function branchesIn(node: YamlNode, depth = 0): readonly string[] {
  if (depth > 30) return [];
  if (node.kind === 'list') return node.items.flatMap((item) => branchesIn(item, depth + 1));
  if (node.kind === 'scalar') return [];
  return node.entries.flatMap(({ key, value }) => {
    const lists =
      key.text === 'branches'
        ? [childOf(value, 'only'), childOf(value, 'ignore')]
        : key.text === 'equal'
          ? [value]
          : [];
    const names = lists.flatMap((list) => itemsOf(list).map((item) => textOf(item) ?? ''));
    return [
      ...names.filter((name) => /^[A-Za-z]/.test(name) && name !== 'true' && name !== 'false'),
      ...branchesIn(value, depth + 1),
    ];
  });
}

function defaultsOf(node: YamlNode | null): ReadonlyMap<string, Value> {
  const values = new Map<string, Value>();
  for (const { key, value } of node?.kind === 'map' ? node.entries : []) {
    const fallback = textOf(childOf(value, 'default'));
    if (fallback !== null) values.set(key.text, text(fallback));
  }
  return values;
}

function runWorkflows(reading: Reading, values: Values, place: Place): void {
  const workflows = childOf(reading.root, 'workflows');
  const jobs = childOf(reading.root, 'jobs');
  if (workflows?.kind !== 'map') {
    // Without workflows only the job called `build` runs.
    const [build] = jobs?.kind === 'map' ? jobs.entries.filter(({ key }) => key.text === 'build') : [];
    if (build !== undefined && values.at.event === 'push-branch')
      runJob({ name: 'build', node: build.key, options: null }, values, place, reading);
    return;
  }
  for (const { key, value } of workflows.entries) {
    if (value.kind !== 'map') continue;
    const schedules =
      itemsOf(childOf(value, 'triggers')).length > 0 || childOf(value, 'triggers')?.kind === 'list';
    const { event } = values.at;
    // A workflow with triggers of its own runs on these alone.
    if (schedules !== (event === 'schedule') && (schedules || childOf(value, 'when') === null)) continue;
    const when = childOf(value, 'when');
    const unless = childOf(value, 'unless');
    const truth = both(
      when === null ? 'yes' : logicTruth(when, values),
      unless === null ? 'yes' : not(logicTruth(unless, values)),
    );
    const inside = under(place, truth, truth === 'unknown' ? `when of the workflow ${key.text}` : null);
    if (inside === null) continue;
    for (const use of jobUses(childOf(value, 'jobs'))) runUse(use, values, inside, reading);
  }
}

type JobUse = { readonly name: string; readonly node: YamlNode; readonly options: YamlNode | null };

function jobUses(jobs: YamlNode | null): readonly JobUse[] {
  return (jobs?.kind === 'list' ? jobs.items : []).flatMap((item): readonly JobUse[] => {
    if (item.kind === 'scalar') return [{ name: item.text, node: item, options: null }];
    return item.kind === 'map'
      ? item.entries.map(({ key, value }) => ({ name: key.text, node: key, options: value }))
      : [];
  });
}

function runUse(use: JobUse, values: Values, place: Place, reading: Reading): void {
  if (textOf(childOf(use.options, 'type')) === 'approval') return;
  const filters = childOf(use.options, 'filters');
  const inside = under(place, filterTruth(filters, values), filters === null ? null : shownFilters(filters));
  if (inside === null) return;
  const rows = matrixRows(childOf(childOf(use.options, 'matrix'), 'parameters'), new Map());
  for (const row of rows) runJob(use, { ...values, parameters: row }, inside, reading);
}

function shownFilters(filters: YamlNode): string | null {
  if (filters.kind === 'scalar') return filters.text;
  if (filters.kind !== 'map') return null;
  const parts = filters.entries.flatMap(({ key, value }) =>
    value.kind === 'map'
      ? value.entries.map(
          (entry) =>
            `${key.text} ${entry.key.text} ${itemsOf(entry.value)
              .map((item) => textOf(item) ?? '')
              .join(', ')}`,
        )
      : [],
  );
  return parts.join(' && ') || null;
}

/** A job or command of the file, or of an orb that is written in the file. */
function definition(kind: 'jobs' | 'commands', name: string, root: YamlNode): YamlEntry | null {
  const [orb = '', own] = name.split('/');
  const holder = own === undefined ? root : childOf(childOf(root, 'orbs'), orb);
  const map = childOf(holder, kind);
  return map?.kind === 'map' ? (map.entries.find(({ key }) => key.text === (own ?? name)) ?? null) : null;
}

function orbUse(name: string, node: YamlNode, options: YamlNode | null, root: YamlNode): OrbUse {
  return { name, node, options, orb: textOf(childOf(childOf(root, 'orbs'), name.split('/')[0] ?? '')) };
}

function runJob(use: JobUse, values: Values, place: Place, reading: Reading): void {
  const { root, source, ledger } = reading;
  const found = definition('jobs', use.name, root);
  const label = textOf(childOf(use.options, 'name')) ?? use.name;
  const at = found?.key ?? use.node;
  const location = locate(source, at.start, at.end);
  const row = [...values.parameters].map(([key, value]) => `${key}=${value.join('')}`).join(',');
  const written = found === null ? '' : source.text.slice(found.value.start, found.value.end);
  const contexts = itemsOf(childOf(use.options, 'context'))
    .map((item) => textOf(item) ?? '')
    .join(' ');
  const here = jobPlace(
    place,
    row === '' ? label : `${label} ${row}`,
    location,
    showsCredentials(`${written} ${contexts}`) || HOLDS_SECRETS.test(contexts),
  );
  const own = declared(childOf(found?.value, 'parameters'), use.options, values);
  const executor = childOf(found?.value, 'executor');
  const executorName = textOf(executor) ?? textOf(childOf(executor, 'name')) ?? '';
  const shared = withEnvironment(
    settled(values),
    childOf(childOf(childOf(root, 'executors'), executorName), 'environment'),
    own,
  );
  const environment = withEnvironment(shared, childOf(found?.value, 'environment'), own);
  const context: StepContext = { values: own, environment, left: new Map(), folder: EMPTY, depth: 0 };
  runSteps(childOf(use.options, 'pre-steps'), context, here, reading);
  if (found !== null) runSteps(childOf(found.value, 'steps'), context, here, reading);
  else if (use.name.includes('/'))
    runOrb(orbUse(use.name, use.node, use.options, root), own, environment, here, source, ledger);
  runSteps(childOf(use.options, 'post-steps'), context, here, reading);
}

/** Contexts hand secrets to a job; their names say what for. */
const HOLDS_SECRETS = /docker|image|container|regist|publish|release|\bhub|ecr|gcr|acr|quay|prod|deploy/i;

type StepContext = {
  readonly values: Values;
  readonly environment: Environment;
  /** What earlier steps of the job wrote into the file that is sourced before each step. */
  readonly left: Map<string, Value>;
  readonly folder: Value;
  readonly depth: number;
};

function runSteps(given: YamlNode | null, context: StepContext, place: Place, reading: Reading): void {
  const steps = handedSteps(given, context.values);
  if (steps?.kind !== 'list') return;
  if (context.depth > DEPTH_LIMIT) {
    const at = locate(reading.source, steps.start, steps.start);
    addLimit(reading.ledger, at, `commands more than ${DEPTH_LIMIT} deep`);
    return;
  }
  for (const step of steps.items) {
    const handed = handedSteps(step, context.values);
    if (handed !== step) {
      runSteps(handed, { ...context, depth: context.depth + 1 }, place, reading);
      continue;
    }
    const [entry] = step.kind === 'map' ? step.entries : [];
    const name = textOf(step) ?? entry?.key.text ?? '';
    runStep(name, entry?.key ?? step, entry?.value ?? null, context, place, reading);
  }
}

function runStep(
  name: string,
  node: YamlNode,
  options: YamlNode | null,
  context: StepContext,
  place: Place,
  reading: Reading,
): void {
  const { root, source, ledger } = reading;
  const { values, environment } = context;
  const location = locate(source, node.start, node.end);
  switch (name) {
    // `deploy` is the old name of the last step; it runs a command in the same way.
    case 'deploy':
    case 'run': {
      const command = options?.kind === 'scalar' ? options : childOf(options, 'command');
      const inside = under(place, failureTruth(options), null);
      if (inside === null) return;
      const folder = textOf(childOf(options, 'working_directory'));
      const pieces = scriptScalars(command).map((scalar) => pieceOf(scalar, source));
      const label = textOf(childOf(options, 'name')) ?? 'run';
      const current = withEnvironment(
        new Map([...environment, ...context.left]),
        childOf(options, 'environment'),
        values,
      );
      const { writes } = runShell(
        scriptText(pieces, fillOf(values)),
        {
          environment: current,
          workingDirectory:
            folder === null || /^[~/]/.test(folder) ? EMPTY : filledValue(folder, fillOf(values)),
          shell: textOf(childOf(options, 'shell')) ?? 'bash -eo pipefail',
        },
        stepPlace(inside, label, location),
        ledger,
      );
      for (const write of writes)
        if (known(write.target) === BASH_ENV)
          for (const [name, value] of exported(write.content, current)) context.left.set(name, value);
      return;
    }
    case 'when':
    case 'unless': {
      const logic = logicTruth(childOf(options, 'condition'), values);
      const inside = under(
        place,
        name === 'when' ? logic : not(logic),
        logic === 'unknown' ? `${name} of a step` : null,
      );
      if (inside !== null)
        runSteps(childOf(options, 'steps'), { ...context, depth: context.depth + 1 }, inside, reading);
      return;
    }
    case 'steps':
      runSteps(options, { ...context, depth: context.depth + 1 }, place, reading);
      return;
    case 'store_artifacts': {
      const path = textOf(childOf(options, 'path'));
      if (path !== null)
        addAct(
          ledger,
          place,
          { kind: 'carry', channel: 'workflow-artifact', paths: [filledWith(path, values, environment)] },
          { tool: 'store_artifacts', family: 'archive', location },
        );
      return;
    }
    default: {
      const command = definition('commands', name, root);
      if (command === null) {
        if (name.includes('/'))
          runOrb(orbUse(name, node, options, root), values, environment, place, source, ledger);
        return;
      }
      const own = declared(childOf(command.value, 'parameters'), options, values);
      const inside = { ...place, path: [...place.path, { label: `command ${name}`, location }] };
      runSteps(
        childOf(command.value, 'steps'),
        { ...context, values: own, depth: context.depth + 1 },
        inside,
        reading,
      );
    }
  }
}

function failureTruth(options: YamlNode | null): Truth {
  return textOf(childOf(options, 'when')) === 'on_fail' ? 'unknown' : 'yes';
}
