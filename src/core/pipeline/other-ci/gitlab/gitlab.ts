// `.gitlab-ci.yml` → acts: each job under each event that its rules let it run in.
import type { Value } from '../../../model/value.ts';
import { format, text } from '../../../value.ts';
import { type Ledger, newLedger, type Place } from '../../act.ts';
import type { Files } from '../../files.ts';
import { locate } from '../../source-text.ts';
import { childOf, itemsOf, textOf, type YamlEntry, type YamlNode } from '../../yaml.ts';
import { comparedTexts } from '../condition.ts';
import { variableOf } from '../fact.ts';
import { branchesInScripts, type RefPoint, refPoints } from '../ref-points.ts';
import { matrixRows } from '../rows.ts';
import {
  addAct,
  addOpaque,
  jobPlace,
  placeAt,
  readTexts,
  runShell,
  showsCredentials,
  under,
} from '../run.ts';
import { pieces, sourceOf } from '../sourced.ts';
import { scriptText } from '../template.ts';
import { expanded, withVariables } from '../variables.ts';
import { type Configuration, includeName, readConfiguration, resolved } from './configuration.ts';
import { predefined, type Run, runsByRefs, runsByRules } from './rules.ts';
import { itemsIn } from './shape.ts';

const EVENTS = ['push-branch', 'push-tag', 'pull_request', 'schedule', 'workflow_dispatch'] as const;
/** Includes and components that only look at the code. */
const HARMLESS =
  /SAST|Secret-Detection|Dependency-Scanning|License|Container-Scanning|Code-Quality|DAST|Workflows\/|Fuzzing|Verify\//i;

function isGitLabPath(path: string): boolean {
  return /^\.gitlab-ci\.ya?ml$/.test(path);
}

export function readGitLab(files: Files): Ledger {
  const ledger = newLedger();
  for (const { path, text: content } of readTexts(files, isGitLabPath, ledger)) {
    const configuration = readConfiguration(path, content, files, ledger);
    const branches = [...comparedBranches(configuration), ...branchesInScripts(content)];
    const usesDefault = content.includes('CI_DEFAULT_BRANCH');
    for (const at of refPoints(EVENTS, branches, usesDefault ? '$CI_DEFAULT_BRANCH' : null))
      runPipeline(configuration, at, placeAt(path, files, at), ledger);
  }
  return ledger;
}

/** Branch names that rules and filters tell apart. */
function comparedBranches(configuration: Configuration): readonly string[] {
  const lists = [configuration.root, ...configuration.jobs.map((job) => job.value)];
  return lists.flatMap((node) => {
    const rules = [childOf(node, 'rules'), childOf(childOf(node, 'workflow'), 'rules')];
    const conditions = rules.flatMap((list) =>
      list === null
        ? []
        : itemsIn(resolved(list, configuration) ?? list).map((rule) => textOf(childOf(rule, 'if')) ?? ''),
    );
    const refs = ['only', 'except'].flatMap((key) => {
      const filter = childOf(node, key);
      return itemsOf(filter?.kind === 'map' ? childOf(filter, 'refs') : filter).map(
        (item) => textOf(item) ?? '',
      );
    });
    const names = refs.filter((ref) => !REF_KEYWORDS.has(ref) && !ref.startsWith('/'));
    return [...conditions.flatMap((one) => comparedTexts(one, /BRANCH|REF_NAME/)), ...names];
  });
}

const REF_KEYWORDS = new Set([
  'branches',
  'tags',
  'merge_requests',
  'pushes',
  'schedules',
  'web',
  'api',
  'triggers',
  'pipelines',
  'external',
  'chat',
  'external_pull_requests',
  'push',
  'schedule',
  'merge_request_event',
]);

function runPipeline(configuration: Configuration, at: RefPoint, place: Place, ledger: Ledger): void {
  const { root } = configuration;
  const settled = new Map<string, Value>();
  for (const name of [
    'CI_PIPELINE_SOURCE',
    'CI_COMMIT_TAG',
    'CI_COMMIT_BRANCH',
    'CI_COMMIT_REF_NAME',
    'CI_MERGE_REQUEST_IID',
    'CI_PROJECT_DIR',
    'CI',
    'GITLAB_CI',
  ]) {
    const fact = predefined(name, at);
    const value = fact === null ? null : variableOf(name, fact);
    if (value !== null) settled.set(name, value);
  }
  const global = withVariables(settled, childOf(root, 'variables'));
  const workflow = childOf(childOf(root, 'workflow'), 'rules');
  const scope = { at, environment: global, files: place.files };
  const starts: Run =
    workflow === null
      ? { truth: 'yes', condition: null, variables: null }
      : runsByRules(resolved(workflow, configuration) ?? workflow, scope);
  // A workflow rule that only lets events in is a trigger, no condition of a single job.
  const inside = under(place, starts.truth, starts.truth === 'unknown' ? starts.condition : null);
  if (inside === null) return;
  for (const include of configuration.remote) {
    if (HARMLESS.test(include.what)) continue;
    addOpaque(ledger, inside, {
      what: include.what,
      doubt: `${include.what} is not in the repository, and its jobs may push`,
      settledBy: 'keep the included file in the repository, or approve it as it is',
      family: 'reusable-workflow',
      location: include.location,
    });
  }
  const environment = withVariables(global, starts.variables);
  for (const job of configuration.jobs) runJob(job, configuration, environment, at, inside, ledger);
}

function runJob(
  job: YamlEntry,
  configuration: Configuration,
  global: ReadonlyMap<string, Value>,
  at: RefPoint,
  place: Place,
  ledger: Ledger,
): void {
  const { sources } = configuration;
  const { value } = job;
  const own = withVariables(
    textOf(childOf(childOf(value, 'inherit'), 'variables')) === 'false' ? new Map() : global,
    childOf(value, 'variables'),
  );
  const scope = { at, environment: own, files: place.files };
  const rules = childOf(value, 'rules');
  const run =
    rules === null
      ? runsByRefs(childOf(value, 'only'), childOf(value, 'except'), scope)
      : runsByRules(resolved(rules, configuration) ?? rules, scope);
  const manual = rules === null && textOf(childOf(value, 'when')) === 'manual' ? 'started by hand' : null;
  const failing = textOf(childOf(value, 'when')) === 'on_failure' ? 'unknown' : 'yes';
  const conditions = [run.condition, manual].filter((one) => one !== null).join(' && ');
  const reached = under(place, run.truth, conditions);
  const inside = reached === null ? null : under(reached, failing, null);
  if (inside === null || textOf(childOf(value, 'when')) === 'never') return;
  const location = locate(sourceOf(job.key, sources), job.key.start, job.key.end);
  const named = childOf(value, 'script') === null && childOf(value, 'run') === null;
  if (named) {
    triggered(value, configuration, jobPlace(inside, job.key.text, location, false), ledger);
    return;
  }
  const environment = withVariables(own, run.variables);
  const inherited = (key: string): YamlNode | null =>
    resolved(
      childOf(value, key) ??
        (textOf(childOf(childOf(value, 'inherit'), 'default')) === 'false'
          ? null
          : (childOf(childOf(configuration.root, 'default'), key) ?? childOf(configuration.root, key))),
      configuration,
    );
  const main = [
    childOf(inherited('hooks'), 'pre_get_sources_script'),
    inherited('before_script'),
    resolved(childOf(value, 'script'), configuration),
  ];
  const script = scriptText(pieces(main, sources));
  // The runner decides the shell; PowerShell shows in the words themselves.
  const isPowerShell = /\$env:|\bWrite-(Host|Output)\b|\bNew-TimeSpan\b|\bGet-Date\b/.test(script.text);
  const after = scriptText(pieces([inherited('after_script')], sources));
  const credentials = showsCredentials(`${script.text}\n${after.text}\n${[...environment.keys()].join(' ')}`);
  for (const [index, row] of matrixRows(
    childOf(childOf(value, 'parallel'), 'matrix'),
    environment,
  ).entries()) {
    const here = jobPlace(
      inside,
      index === 0 ? job.key.text : `${job.key.text} ${index + 1}`,
      location,
      credentials,
    );
    const shell = { environment: row, shell: isPowerShell ? 'pwsh' : 'bash -eo pipefail' };
    runShell(script, shell, here, ledger);
    for (const step of itemsOf(childOf(value, 'run'))) runStep(step, shell, configuration, here, ledger);
    runShell(after, shell, here, ledger);
    artifacts(childOf(value, 'artifacts') ?? inherited('artifacts'), configuration, row, here, ledger);
  }
}

/** `run:` holds steps: scripts, and functions or actions of others. https://docs.gitlab.com/ci/yaml/#run */
function runStep(
  step: YamlNode,
  shell: Parameters<typeof runShell>[1],
  { sources }: Configuration,
  place: Place,
  ledger: Ledger,
): void {
  const script = childOf(step, 'script');
  if (script !== null) {
    runShell(scriptText(pieces([script], sources)), shell, place, ledger);
    return;
  }
  const used = ['step', 'func', 'action'].map((key) => childOf(step, key)).find((node) => node !== null);
  const from = textOf(used) ?? textOf(childOf(childOf(used ?? null, 'git'), 'url'));
  if (used === undefined || used === null || HARMLESS_STEP.test(from ?? '')) return;
  addOpaque(ledger, place, {
    what: `step ${from ?? textOf(childOf(step, 'name')) ?? 'without a name'}`,
    doubt: 'what the step does is not in this file',
    settledBy: 'write its commands into the job, or approve it as it is',
    family: 'third-party-action',
    location: locate(sourceOf(step, sources), step.start, step.end),
    content: [sourceOf(step, sources).text.slice(step.start, step.end)],
  });
}

const HARMLESS_STEP = /\/(echo|checkout|cache|setup-[\w-]+|lint|test|scan)(@|$)/;

/** What a job keeps can be downloaded by whoever may see the project. */
function artifacts(
  node: YamlNode | null,
  configuration: Configuration,
  environment: ReadonlyMap<string, Value>,
  place: Place,
  ledger: Ledger,
): void {
  const paths = childOf(node, 'paths');
  if (paths === null) return;
  addAct(
    ledger,
    place,
    {
      kind: 'carry',
      channel: 'workflow-artifact',
      paths: itemsOf(paths).map((item) =>
        expanded(textOf(item) ?? '', (name) => environment.get(name) ?? null),
      ),
    },
    {
      tool: 'artifacts',
      family: 'archive',
      location: locate(sourceOf(paths, configuration.sources), paths.start, paths.end),
    },
  );
}

/** A job that starts another pipeline: one of this repository is read by its own, others can't be seen. */
function triggered(node: YamlNode, configuration: Configuration, place: Place, ledger: Ledger): void {
  const trigger = childOf(node, 'trigger');
  if (trigger === null) return;
  const include = childOf(trigger, 'include');
  const items = include?.kind === 'map' ? [include] : itemsOf(include);
  const source = sourceOf(trigger, configuration.sources);
  const location = locate(source, trigger.start, trigger.end);
  for (const item of items) {
    const file = (item.kind === 'scalar' ? item.text : textOf(childOf(item, 'local'))) ?? '';
    const path = file.replace(/^\/+/, '');
    const read = place.open.includes(path) || place.open.length > 3 ? null : place.files.read(path);
    if (file === '' || read === null || read === 'unread' || 'kind' in read) {
      // It runs with this project's own credentials, whatever a job before made of it.
      unseenPipeline(includeName(item).replace('include', 'trigger'), location, place, ledger, false);
      continue;
    }
    const child = readConfiguration(path, read.text, place.files, ledger);
    const parent = { ...place, open: [...place.open, path] };
    for (const at of refPoints(['push-branch'], [])) {
      // A child pipeline sees the refs of its parent; its own filters stay undecided.
      const point = { ...at, point: place.point ?? at.point };
      runPipeline(child, point, parent, ledger);
    }
  }
  if (items.length === 0) {
    const project =
      textOf(childOf(trigger, 'project')) ?? textOf(trigger) ?? format(text('another pipeline'));
    unseenPipeline(`trigger ${project}`, location, place, ledger, true);
  }
}

function unseenPipeline(
  what: string,
  location: Place['path'][number]['location'],
  place: Place,
  ledger: Ledger,
  needsCredentials: boolean,
): void {
  addOpaque(ledger, place, {
    what,
    doubt: 'the pipeline it starts is not in sight',
    settledBy: 'keep the pipeline in this repository, or approve it as it is',
    family: 'reusable-workflow',
    location,
    needsCredentials,
  });
}
