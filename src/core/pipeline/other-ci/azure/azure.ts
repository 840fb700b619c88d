// Azure Pipelines → acts: stages, jobs and steps with local templates, under each event that starts the pipeline.
import type { TriggerEvent } from '../../../model/delivery.ts';
import type { Truth, Value } from '../../../model/value.ts';
import { both, EMPTY, either, not, text } from '../../../value.ts';
import { type Ledger, newLedger, type Place } from '../../act.ts';
import { type Files, repositoryPath } from '../../files.ts';
import { locate, type SourceText } from '../../source-text.ts';
import { childOf, itemsOf, readYaml, textOf, type YamlMap, type YamlNode } from '../../yaml.ts';
import { comparedTexts } from '../condition.ts';
import { globMatches } from '../fact.ts';
import { type RefPoint, refPoints } from '../ref-points.ts';
import {
  addAct,
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
import { azureTruth, filled, fillOf, type Values } from './values.ts';

export function isAzurePath(path: string): boolean {
  return /(^|\/)[\w.-]*azure[-_]?pipelines?[\w.-]*\.ya?ml$|(^|\/)(\.azure[\w-]*|\.vsts[\w-]*|\.?pipelines?|\.ado)\/([^/]+\/)*[^/]+\.ya?ml$|(^|\/)\.vsts-ci\.ya?ml$/i.test(
    path,
  );
}

const NODE_LIMIT = 20_000;
const DEPTH_LIMIT = 10;

type Reading = {
  readonly source: SourceText;
  readonly ledger: Ledger;
  readonly budget: { left: number };
  readonly depth: number;
};

export function readAzurePipelines(files: Files): Ledger {
  const ledger = newLedger();
  const texts = readTexts(files, isAzurePath, ledger).filter(({ text: content }) =>
    /^(stages|jobs|steps|extends|trigger|pr|pool|schedules)\s*:/m.test(content),
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

/** Anybody who may can start a pipeline by hand. */
function eventsOf(root: YamlMap): readonly TriggerEvent[] {
  const trigger = childOf(root, 'trigger');
  const pr = childOf(root, 'pr');
  const events: TriggerEvent[] = [];
  if (textOf(trigger) !== 'none') events.push('push-branch');
  if (childOf(childOf(trigger, 'tags'), 'include') !== null) events.push('push-tag');
  if (textOf(pr) !== 'none') events.push('pull_request');
  if (childOf(root, 'schedules') !== null) events.push('schedule');
  return [...events, 'workflow_dispatch'];
}

function branchesOf(root: YamlMap, content: string): readonly string[] {
  const trigger = childOf(root, 'trigger');
  const branches = childOf(trigger, 'branches');
  const listed = [childOf(branches, 'include') ?? trigger, childOf(branches, 'exclude')].flatMap((node) =>
    itemsOf(node).map((item) => textOf(item) ?? ''),
  );
  const compared = [...content.matchAll(/refs\/heads\/([\w./-]+)/g)].map((match) => match[1] ?? '');
  const named = content
    .split('\n')
    .filter((line) => /SourceBranchName/i.test(line))
    .flatMap((line) => comparedTexts(line.replace(/^[^(]*?(?=\w+\()/, ''), /SourceBranchName/i));
  return [...listed.filter((name) => name !== 'none'), ...compared, ...named].map((name) =>
    name.replace(/^refs\/heads\//, ''),
  );
}

function startTruth(root: YamlMap, at: RefPoint): Truth {
  const trigger = childOf(root, 'trigger');
  const patterns = (node: YamlNode | null): readonly string[] =>
    itemsOf(node).map((item) => (textOf(item) ?? '').replace(/^refs\/(heads|tags)\//, ''));
  const any = (node: YamlNode | null, subject: RefPoint['branch']): Truth =>
    patterns(node).reduce<Truth>((sum, pattern) => either(sum, globMatches(subject, pattern)), 'no');
  if (at.event === 'push-branch' && trigger !== null) {
    const branches = childOf(trigger, 'branches');
    const include = childOf(branches, 'include') ?? (trigger.kind === 'list' ? trigger : null);
    // With tags alone, branches do not start it.
    if (include === null && branches === null && childOf(trigger, 'tags') !== null) return 'no';
    const exclude = childOf(branches, 'exclude');
    return both(
      include === null ? 'yes' : any(include, at.branch),
      exclude === null ? 'yes' : not(any(exclude, at.branch)),
    );
  }
  if (at.event === 'push-tag')
    return any(childOf(childOf(trigger, 'tags'), 'include'), at.tag) === 'no' ? 'no' : 'yes';
  return 'yes';
}

/** Parameters with their defaults, under what the caller gives: texts as values, everything else as nodes. */
function declared(
  node: YamlNode | null,
  given: YamlNode | null,
  outer: Values | null,
): Pick<Values, 'parameters' | 'nodes'> {
  const parameters = new Map<string, Value>();
  const nodes = new Map<string, YamlNode>();
  const set = (name: string, value: YamlNode | null): void => {
    if (value === null) return;
    if (value.kind === 'scalar')
      parameters.set(name, outer === null ? text(value.text) : filled(value.text, outer));
    nodes.set(
      name,
      outer?.nodes.get(/^\$\{\{\s*parameters\.([\w-]+)\s*\}\}$/.exec(textOf(value) ?? '')?.[1] ?? '') ??
        value,
    );
  };
  if (node?.kind === 'map') for (const { key, value } of node.entries) set(key.text, value);
  for (const item of node?.kind === 'list' ? node.items : [])
    set(textOf(childOf(item, 'name')) ?? '', childOf(item, 'default'));
  if (given?.kind === 'map') for (const { key, value } of given.entries) set(key.text, value);
  return { parameters, nodes };
}

function withVariables(node: YamlNode | null, values: Values, place: Place, reading: Reading): Values {
  if (node === null) return values;
  const variables = new Map(values.variables);
  const current = (): Values => ({ ...values, variables });
  const take = (from: YamlNode, truth: Truth): void => {
    if (from.kind === 'list') for (const item of from.items) take(item, truth);
    if (from.kind !== 'map') return;
    const name = textOf(childOf(from, 'name'));
    const value = childOf(from, 'value');
    const template = textOf(childOf(from, 'template'));
    if (template !== null) {
      const path = templatePath(template, reading.source.path);
      const read = path === null ? null : readText(path, place.files, reading.ledger);
      if (read !== null && path !== null && reading.budget.left-- > 0) {
        const inner = readYaml(path, read).root;
        const list = childOf(inner, 'variables');
        if (list !== null) take(list, truth);
      }
      return;
    }
    if (name !== null && value?.kind === 'scalar') {
      variables.set(
        name,
        truth === 'yes'
          ? filled(value.text, current())
          : [{ expression: `$(${name})`, why: 'a condition of the file decides it' }],
      );
      return;
    }
    if (name !== null || childOf(from, 'group') !== null) return;
    let before: Truth = 'yes';
    for (const { key, value: inner } of from.entries) {
      const branch: Branch | null = templateBranch(key.text, before, current());
      before = branch?.before ?? 'yes';
      if (branch !== null) {
        if (branch.truth !== 'no') take(inner, both(truth, branch.truth));
      } else if (inner.kind === 'scalar')
        variables.set(
          key.text,
          truth === 'yes'
            ? filled(inner.text, current())
            : [{ expression: `$(${key.text})`, why: 'a condition of the file decides it' }],
        );
    }
  };
  take(node, 'yes');
  return current();
}

type Branch = { readonly truth: Truth; readonly before: Truth };

/** `${{ if … }}`, `${{ elseif … }}`, `${{ else }}`, `${{ each … }}`: null for a key that is none. */
function templateBranch(key: string, before: Truth, values: Values): Branch | null {
  const match = /^\$\{\{\s*(if|elseif|else|each|insert)\b\s*([\s\S]*?)\s*\}\}$/.exec(key);
  if (match === null) return null;
  const [, word, condition = ''] = match;
  if (word === 'each' || word === 'insert') return { truth: 'yes', before: 'yes' };
  const truth = word === 'else' ? 'yes' : azureTruth(condition, values);
  const reached = word === 'if' ? 'yes' : before;
  return { truth: both(reached, truth), before: both(reached, not(truth)) };
}

/** Items of a list with template conditions and inserted parameters taken apart. */
function eachItem(
  node: YamlNode | null,
  values: Values,
  place: Place,
  visit: (item: YamlNode, place: Place) => void,
  depth = 0,
): void {
  if (node === null || depth > DEPTH_LIMIT) return;
  if (node.kind === 'scalar') {
    const inserted = values.nodes.get(
      /^\$\{\{\s*parameters\.([\w-]+)\s*\}\}$/.exec(node.text.trim())?.[1] ?? '',
    );
    if (inserted !== undefined && inserted !== node) eachItem(inserted, values, place, visit, depth + 1);
    return;
  }
  let before: Truth = 'yes';
  for (const item of node.kind === 'list' ? node.items : [node]) {
    if (item.kind === 'scalar') {
      eachItem(item, values, place, visit, depth + 1);
      continue;
    }
    const [entry] = item.kind === 'map' ? item.entries : [];
    const branch: Branch | null = entry === undefined ? null : templateBranch(entry.key.text, before, values);
    if (branch === null || entry === undefined) {
      before = 'yes';
      visit(item, place);
      continue;
    }
    before = branch.before;
    const inside = under(
      place,
      branch.truth,
      branch.truth === 'unknown' ? entry.key.text.replace(/^\$\{\{\s*|\s*\}\}$/g, '') : null,
    );
    if (inside !== null) eachItem(entry.value, values, inside, visit, depth + 1);
  }
}

/** A file, stage or template: whatever of `extends`, `stages`, `jobs` and `steps` it holds. */
function runLevel(node: YamlNode, outer: Values, place: Place, reading: Reading): void {
  if (reading.budget.left-- <= 0) return;
  const values = withVariables(childOf(node, 'variables'), outer, place, reading);
  const extended = childOf(node, 'extends');
  if (extended !== null) runTemplate(extended, values, place, reading);
  eachItem(childOf(node, 'stages'), values, place, (stage, at) => runStage(stage, values, at, reading));
  eachItem(childOf(node, 'jobs'), values, place, (job, at) => runJob(job, values, at, reading));
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
  eachItem(childOf(stage, 'jobs'), own, here, (job, at) => runJob(job, own, at, reading));
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
  eachItem(steps, values, place, (step, at) => runStep(step, values, at, shell, reading));
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
  if (reading.budget.left-- <= 0) return;
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

function templatePath(written: string, from: string): string | null {
  const [name = '', repository] = written.split('@');
  if ((repository !== undefined && repository !== 'self') || name.includes('$')) return null;
  const folder = from.includes('/') ? from.slice(0, from.lastIndexOf('/') + 1) : '';
  return repositoryPath(name.startsWith('/') ? name.slice(1) : `${folder}${name}`);
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

function unseenTemplate(
  written: string,
  location: Place['path'][number]['location'],
  place: Place,
  reading: Reading,
): void {
  if (!/publish|push|deploy|release|docker|image|container|build|kaniko/i.test(written)) return;
  addOpaque(reading.ledger, place, {
    what: `template ${written}`,
    doubt: `the template ${written} can't be read here`,
    settledBy: 'keep the template in this repository, or approve it as it is',
    family: 'reusable-workflow',
    location,
    needsCredentials: !/publish|push|docker|image|container|kaniko/i.test(written),
  });
}
