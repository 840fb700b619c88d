import { EMPTY } from '../../../value.ts';
import { type Ledger, newLedger, type Place } from '../../act.ts';
import type { Files } from '../../files.ts';
import { locate } from '../../source-text.ts';
import { childOf, textOf, type YamlNode } from '../../yaml.ts';
import { refPoints } from '../ref-points.ts';
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
  stepPlace,
  under,
} from '../run.ts';
import { pieceOf, scriptText } from '../template.ts';
import { runTask } from './tasks.ts';
import {
  DEPTH_LIMIT,
  declared,
  eachItem,
  NODE_LIMIT,
  type Reading,
  templatePath,
  withVariables,
} from './template-lists.ts';
import { branchesOf, eventsOf, startTruth } from './triggers.ts';
import { azureTruth, filled, fillOf, type Values } from './values.ts';

function isAzurePath(path: string): boolean {
  return /(^|\/)[\w.-]*azure[-_]?pipelines?[\w.-]*\.ya?ml$|(^|\/)(\.azure[\w-]*|\.vsts[\w-]*|\.?pipelines?|\.ado)\/([^/]+\/)*[^/]+\.ya?ml$|(^|\/)\.vsts-ci\.ya?ml$/i.test(
    path,
  );
}

/** A pipeline may lie anywhere; files that are called one are looked into. Buildkite and Bitbucket have this name too. */
function mayBePipeline(path: string): boolean {
  return (
    /(^|\/)[\w.-]*pipeline[\w.-]*\.ya?ml$/i.test(path) &&
    !/(^|\/)\.?(buildkite|tekton|github|circleci|semaphore|harness)\/|bitbucket/.test(path)
  );
}

/** Words that only Azure's pipelines have. */
const AZURE = /\bvmImage\s*:|^[ \t]*(?:-[ \t]*)?task[ \t]*:[ \t]*["']?[\w.-]+@\d/m;

export function readAzurePipelines(files: Files): Ledger {
  const ledger = newLedger();
  const texts = readTexts(files, (path) => isAzurePath(path) || mayBePipeline(path), ledger).filter(
    ({ path, text: content }) =>
      /^(stages|jobs|steps|extends|trigger|pr|pool|schedules)\s*:/m.test(content) &&
      (isAzurePath(path) || AZURE.test(content)),
  );
  // A template runs where it is called.
  const called = new Set(
    texts.flatMap(({ path, text: content }) =>
      [...content.matchAll(/\btemplate:\s*["']?([\w./-]+\.ya?ml)/g)].flatMap(
        (match) => templatePath(match[1] ?? '', path) ?? [],
      ),
    ),
  );
  for (const { path, text: content } of texts) {
    if (called.has(path) && !/^(trigger|pr|schedules)\s*:/m.test(content)) continue;
    const { root, source } = readYamlText(path, content, ledger);
    if (root?.kind !== 'map') continue;
    for (const at of refPoints(eventsOf(root), branchesOf(root, content))) {
      const starts = startTruth(root, at);
      const place = under(placeAt(path, files, at), starts, null);
      if (place === null) continue;
      const parameters = declared(childOf(root, 'parameters'), null, null);
      const base: Values = { at, variables: new Map(), ...parameters };
      const reading: Reading = { source, ledger, budget: { left: NODE_LIMIT }, depth: 0 };
      const credentials = showsCredentials(content) || /containerRegistry/i.test(content);
      runLevel(
        root,
        base,
        jobPlace(place, 'pipeline', locate(source, root.start, root.end), credentials),
        reading,
      );
    }
  }
  return ledger;
}

function isSpent(node: YamlNode, reading: Reading): boolean {
  if (reading.budget.left-- > 0) return false;
  const at = locate(reading.source, node.start, node.start);
  addLimit(reading.ledger, at, `more than ${NODE_LIMIT} steps with its templates written out`);
  return true;
}

/** A file, stage or template: whatever of `extends`, `stages`, `jobs` and `steps` it holds. */
function runLevel(node: YamlNode, outer: Values, place: Place, reading: Reading): void {
  if (isSpent(node, reading)) return;
  const values = withVariables(childOf(node, 'variables'), outer, place, reading);
  const extended = childOf(node, 'extends');
  if (extended !== null) runTemplate(extended, values, place, reading);
  eachItem(childOf(node, 'stages'), values, place, (stage, at, own) => runStage(stage, own, at, reading));
  eachItem(childOf(node, 'jobs'), values, place, (job, at, own) => runJob(job, own, at, reading));
  const steps = childOf(node, 'steps');
  if (steps !== null) runSteps(steps, values, place, node, reading);
}

function conditioned(node: YamlNode, values: Values, place: Place): Place | null {
  const condition = textOf(childOf(node, 'condition'));
  if (condition === null) return place;
  return under(place, azureTruth(condition, values), condition.replace(/\s+/g, ' ').trim());
}

function runStage(stage: YamlNode, values: Values, place: Place, reading: Reading): void {
  if (childOf(stage, 'template') !== null) {
    runTemplate(stage, values, place, reading);
    return;
  }
  const own = withVariables(childOf(stage, 'variables'), values, place, reading);
  const inside = conditioned(stage, own, place);
  if (inside === null) return;
  const name = textOf(childOf(stage, 'stage')) ?? 'stage';
  const location = locate(reading.source, stage.start, stage.end);
  const here = { ...inside, path: [...inside.path, { label: `stage ${name}`, location }] };
  eachItem(childOf(stage, 'jobs'), own, here, (job, at, inner) => runJob(job, inner, at, reading));
}

function runJob(job: YamlNode, values: Values, place: Place, reading: Reading): void {
  if (childOf(job, 'template') !== null) {
    runTemplate(job, values, place, reading);
    return;
  }
  const { source } = reading;
  const name = textOf(childOf(job, 'job')) ?? textOf(childOf(job, 'deployment')) ?? 'job';
  const variables = withVariables(childOf(job, 'variables'), values, place, reading);
  const inside = conditioned(job, variables, place);
  if (inside === null) return;
  const location = locate(source, job.start, job.end);
  for (const [index, own] of matrixOf(childOf(childOf(job, 'strategy'), 'matrix'), variables).entries()) {
    const here = jobPlace(
      inside,
      `${name}@${location.range.start.line}${index === 0 ? '' : ` ${index + 1}`}`,
      location,
      false,
    );
    const steps = childOf(job, 'steps');
    if (steps !== null) runSteps(steps, own, here, job, reading);
    const strategy = childOf(job, 'strategy');
    for (const kind of ['runOnce', 'rolling', 'canary'])
      for (const phase of ['preDeploy', 'deploy', 'routeTraffic', 'postRouteTraffic', 'on']) {
        const inner = childOf(childOf(childOf(strategy, kind), phase), 'steps');
        if (inner !== null) runSteps(inner, own, here, job, reading);
      }
  }
}

const ROW_LIMIT = 16;

/** `matrix: {name: {A: 1}}`: one row per name. */
function matrixOf(node: YamlNode | null, values: Values): readonly Values[] {
  const rows = node?.kind === 'map' ? node.entries.filter(({ value }) => value.kind === 'map') : [];
  if (rows.length === 0 || rows.length > ROW_LIMIT) return [values];
  return rows.map(({ value }) => {
    const variables = new Map(values.variables);
    for (const entry of value.kind === 'map' ? value.entries : [])
      if (entry.value.kind === 'scalar') variables.set(entry.key.text, filled(entry.value.text, values));
    return { ...values, variables };
  });
}

function runSteps(steps: YamlNode, values: Values, place: Place, owner: YamlNode, reading: Reading): void {
  const pool = childOf(owner, 'pool');
  const image = `${textOf(childOf(pool, 'vmImage')) ?? ''} ${textOf(pool) ?? ''} ${textOf(childOf(pool, 'name')) ?? ''}`;
  const shell = /windows|vs20\d\d/i.test(image) ? 'cmd' : 'bash -e';
  eachItem(steps, values, place, (step, at, own) => runStep(step, own, at, shell, reading));
}

/** Variables reach scripts in upper case with `_` for dots. */
function environmentOf(step: YamlNode, values: Values): Environment {
  const environment = new Map(
    [...values.variables].map(
      ([name, value]) => [name.toUpperCase().replace(/[.\s-]/g, '_'), value] as const,
    ),
  );
  const env = childOf(step, 'env');
  for (const { key, value } of env?.kind === 'map' ? env.entries : [])
    if (value.kind === 'scalar') environment.set(key.text, filled(value.text, values));
  return environment;
}

const SHELLS: Readonly<Record<string, string>> = { bash: 'bash -e', pwsh: 'pwsh', powershell: 'powershell' };

function runStep(step: YamlNode, values: Values, place: Place, shell: string, reading: Reading): void {
  if (isSpent(step, reading)) return;
  if (childOf(step, 'template') !== null) {
    runTemplate(step, values, place, reading);
    return;
  }
  const inside = textOf(childOf(step, 'enabled')) === 'false' ? null : conditioned(step, values, place);
  if (inside === null) return;
  const { source, ledger } = reading;
  const location = locate(source, step.start, step.end);
  const task = textOf(childOf(step, 'task'));
  const here = stepPlace(inside, textOf(childOf(step, 'displayName')) ?? task ?? 'step', location);
  const environment = environmentOf(step, values);
  if (task !== null) {
    runTask({ node: step, task, values, environment, source, place: here, ledger, shell });
    return;
  }
  for (const key of ['script', 'bash', 'pwsh', 'powershell']) {
    const script = childOf(step, key);
    if (script?.kind !== 'scalar') continue;
    const folder = textOf(childOf(step, 'workingDirectory'));
    runShell(
      scriptText([pieceOf(script, source)], fillOf(values)),
      {
        environment,
        shell: SHELLS[key] ?? shell,
        workingDirectory: folder === null ? EMPTY : filled(folder, values),
      },
      here,
      ledger,
    );
  }
  const published = textOf(childOf(step, 'publish'));
  if (published !== null)
    addAct(
      ledger,
      here,
      { kind: 'carry', channel: 'workflow-artifact', paths: [filled(published, values)] },
      { tool: 'publish', family: 'archive', location },
    );
}

/** A template of this repository is read with its parameters; others are said, with the templates handed on to them. */
function runTemplate(node: YamlNode, values: Values, place: Place, reading: Reading): void {
  const template = childOf(node, 'template');
  const written = textOf(template) ?? '';
  const given = childOf(node, 'parameters');
  const path = templatePath(written, reading.source.path);
  const isOpen = path !== null && place.open.includes(path);
  const content =
    path === null || isOpen || reading.depth >= DEPTH_LIMIT
      ? null
      : readText(path, place.files, reading.ledger);
  const at = template ?? node;
  const location = locate(reading.source, at.start, at.end);
  if (reading.depth >= DEPTH_LIMIT)
    addLimit(reading.ledger, location, `templates more than ${DEPTH_LIMIT} deep`);
  if (content !== null && path !== null) {
    const { root, source } = readYamlText(path, content, reading.ledger);
    if (root === null) return;
    const own: Values = { ...values, ...declared(childOf(root, 'parameters'), given, values) };
    const inside: Place = {
      ...place,
      open: [...place.open, path],
      path: [...place.path, { label: path, location }],
    };
    runLevel(root, own, inside, { ...reading, source, depth: reading.depth + 1 });
    return;
  }
  const handed = handedTemplates(given);
  // A frame of templates delivers what it is handed; without any, its own name has to tell.
  for (const inner of handed) {
    const innerPath = templatePath(textOf(inner) ?? '', reading.source.path);
    const innerText =
      innerPath === null || place.open.includes(innerPath) || reading.depth >= DEPTH_LIMIT
        ? null
        : readText(innerPath, place.files, reading.ledger);
    if (innerText !== null && innerPath !== null) {
      const { root, source } = readYamlText(innerPath, innerText, reading.ledger);
      if (root !== null)
        runLevel(
          root,
          values,
          { ...place, open: [...place.open, innerPath] },
          { ...reading, source, depth: reading.depth + 1 },
        );
    } else
      unseenTemplate(textOf(inner) ?? '', locate(reading.source, inner.start, inner.end), place, reading);
  }
  if (handed.length === 0) unseenTemplate(written, location, place, reading);
}

function handedTemplates(node: YamlNode | null, depth = 0): readonly YamlNode[] {
  if (node === null || depth > 6) return [];
  if (node.kind === 'list') return node.items.flatMap((item) => handedTemplates(item, depth + 1));
  if (node.kind !== 'map') return [];
  const inner = node.entries.flatMap(({ value }) => handedTemplates(value, depth + 1));
  const own = node.entries.flatMap(({ key, value }) =>
    /template$/i.test(key.text) && /\.ya?ml(@\w+)?$/.test(textOf(value) ?? '') ? [value] : [],
  );
  // The innermost one does the work.
  return inner.length > 0 ? inner : own;
}

const HARMLESS = /lint|test|scan|setup|install|init|cache|clean|notif|variable|version/i;

function unseenTemplate(
  written: string,
  location: Place['path'][number]['location'],
  place: Place,
  reading: Reading,
): void {
  // What another repository keeps may do anything; one of this repository that is missing says what it was for.
  const isElsewhere = /@(?!self$)/.test(written) && !HARMLESS.test(written);
  if (!isElsewhere && !/publish|push|deploy|release|docker|image|container|build|kaniko/i.test(written))
    return;
  addOpaque(reading.ledger, place, {
    what: `template ${written}`,
    doubt: `the template ${written} can't be read here`,
    settledBy: 'keep the template in this repository, or approve it as it is',
    family: 'reusable-workflow',
    location,
    needsCredentials: !isElsewhere && !/publish|push|docker|image|container|kaniko/i.test(written),
  });
}
