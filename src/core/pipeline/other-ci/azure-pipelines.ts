// Azure Pipelines → acts: scripts, Docker tasks, and templates of the repository.
import type { Value } from '../../model/value.ts';
import { EMPTY, format, hole, join, split, text } from '../../value.ts';
import { type Ledger, newLedger, type Place } from '../act.ts';
import { buildSource, type Effect, PLAIN, pushEffect } from '../effect.ts';
import { type Files, repositoryPath } from '../files.ts';
import { childOf, entryOf, itemsOf, textOf, type YamlNode } from '../yaml.ts';
import { addEffect, addOpaque, type CiFile, openCiFile, placeOf, runCommands, scalarsOf } from './ci-file.ts';

const DEPTH_LIMIT = 10;
const NODE_LIMIT = 20_000;

export function isAzurePath(path: string): boolean {
  return /(^|\/)azure-pipelines[\w.-]*\.ya?ml$|(^|\/)(\.azure[\w-]*|\.?pipelines?)\/[^/]+\.ya?ml$/.test(path);
}

export function readAzurePipelines(files: Files): Ledger {
  const ledger = newLedger();
  for (const path of files.list()) {
    const file = isAzurePath(path) ? openCiFile(path, files, ledger) : null;
    if (file?.yaml.root?.kind === 'map') readPipeline(file);
  }
  return ledger;
}

/** Keys that only a pipeline or a template of one has. */
const PIPELINE_KEYS = ['stages', 'jobs', 'steps', 'extends', 'trigger', 'pool'];

export function readPipeline(file: CiFile): void {
  const { root } = file.yaml;
  if (root === null || !PIPELINE_KEYS.some((key) => childOf(root, key) !== null)) return;
  const trigger = childOf(root, 'trigger');
  const branches = itemsOf(childOf(childOf(trigger, 'branches'), 'include') ?? trigger).map(
    (item) => textOf(item) ?? '',
  );
  const never = textOf(trigger) === 'none';
  const place = placeOf({
    file,
    event: never ? 'workflow_dispatch' : 'push-branch',
    filter: never || branches.length === 0 ? null : branches.join(', '),
    happens: 'yes',
    conditions: [],
    job: 'pipeline',
    at: root,
  });
  walk(file, root, variablesIn(childOf(root, 'variables'), new Map()), place, { depth: 0, left: NODE_LIMIT });
}

/** A map of names, or a list of `{name, value}`; groups and templates stay holes. */
function variablesIn(node: YamlNode | null, outer: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
  const variables = new Map(outer);
  if (node?.kind === 'map')
    for (const { key, value } of node.entries) variables.set(key.text, macro(textOf(value) ?? '', outer));
  for (const item of node?.kind === 'list' ? node.items : []) {
    const name = textOf(childOf(item, 'name'));
    const value = textOf(childOf(item, 'value'));
    if (name !== null && value !== null) variables.set(name, macro(value, outer));
  }
  return variables;
}

/** `$(name)` macros; names that nothing in sight sets are holes. */
function macro(content: string, variables: ReadonlyMap<string, Value>): Value {
  return join(
    content.split(/(\$\([\w.-]+\)|\$\{\{[^}]*\}\})/).map((part): Value => {
      const name =
        /^\$\(([\w.-]+)\)$/.exec(part)?.[1] ?? /^\$\{\{\s*variables\.([\w.-]+)\s*\}\}$/.exec(part)?.[1];
      if (name !== undefined) return variables.get(name) ?? hole(part, 'the pipeline or its settings set it');
      return part.startsWith('${{') ? hole(part, 'a template parameter sets it') : text(part);
    }),
  );
}

type Budget = { readonly depth: number; left: number };

/** Everything below a node in order: stages, jobs and steps may stand in any nesting of templates and conditions. */
function walk(
  file: CiFile,
  node: YamlNode,
  variables: ReadonlyMap<string, Value>,
  place: Place,
  budget: Budget,
): void {
  if (budget.left-- <= 0 || budget.depth > DEPTH_LIMIT) return;
  if (node.kind === 'list') {
    for (const item of node.items) walk(file, item, variables, place, budget);
    return;
  }
  if (node.kind !== 'map') return;
  if (isStep(node)) {
    runStep(file, node, variables, withCondition(place, node), budget);
    return;
  }
  const own = variablesIn(childOf(node, 'variables'), variables);
  const inner = withCondition(place, node);
  for (const { key, value } of node.entries) {
    if (key.text === 'variables' || key.text === 'resources' || key.text === 'trigger') continue;
    // `${{ if … }}:` keys hold lists or maps that are only there when the condition holds.
    const conditional = /^\$\{\{\s*(if|else)/.test(key.text);
    if (value.kind === 'scalar') templateParameter(file, key.text, value, inner);
    else
      walk(
        file,
        value,
        own,
        conditional ? { ...inner, happens: 'unknown', conditions: [...inner.conditions, key.text] } : inner,
        budget,
      );
  }
}

function isStep(node: YamlNode): boolean {
  return ['script', 'bash', 'pwsh', 'powershell', 'task', 'template', 'publish'].some(
    (key) => childOf(node, key)?.kind === 'scalar',
  );
}

function withCondition(place: Place, node: YamlNode): Place {
  const condition = textOf(childOf(node, 'condition'));
  return condition === null
    ? place
    : { ...place, happens: 'unknown', conditions: [...place.conditions, condition] };
}

/** A template handed on by name, as frameworks of templates do. */
function templateParameter(file: CiFile, key: string, value: YamlNode, place: Place): void {
  const written = textOf(value) ?? '';
  if (
    /template/i.test(key) &&
    /\.ya?ml(@\w+)?$/.test(written) &&
    /publish|push|deploy|release/i.test(written)
  )
    followTemplate(file, written, value, place, { depth: 0, left: NODE_LIMIT });
}

function runStep(
  file: CiFile,
  step: YamlNode,
  variables: ReadonlyMap<string, Value>,
  place: Place,
  budget: Budget,
): void {
  const template = textOf(childOf(step, 'template'));
  if (template !== null) {
    const name = childOf(step, 'template') ?? step;
    followTemplate(file, template, name, place, budget);
    const parameters = childOf(step, 'parameters');
    if (parameters !== null) walk(file, parameters, variables, place, { ...budget, depth: budget.depth + 1 });
    return;
  }
  const environment = new Map(
    [...variables].map(([name, value]) => [name.toUpperCase().replaceAll('.', '_'), value] as const),
  );
  for (const key of ['script', 'bash', 'pwsh', 'powershell']) {
    const script = entryOf(step, key)?.value;
    if (script?.kind !== 'scalar') continue;
    runCommands(
      file,
      [script],
      new Map([...variables, ...environment]),
      place,
      key === 'script' || key === 'bash' ? 'bash -e' : 'pwsh',
    );
  }
  const task = textOf(childOf(step, 'task'));
  if (task !== null) runTask(file, task.toLowerCase(), step, variables, place);
}

function runTask(
  file: CiFile,
  task: string,
  step: YamlNode,
  variables: ReadonlyMap<string, Value>,
  place: Place,
): void {
  const inputs = childOf(step, 'inputs');
  const node = childOf(step, 'task') ?? step;
  const input = (...names: readonly string[]): Value | null => {
    if (inputs?.kind !== 'map') return null;
    const found = inputs.entries.find(({ key }) => names.includes(key.text.toLowerCase()));
    return found?.value.kind === 'scalar' && found.value.text !== ''
      ? macro(found.value.text, variables)
      : null;
  };
  if (/^docker@[012]$/.test(task)) {
    const effects = dockerTask(format(input('command') ?? text('buildandpush')).toLowerCase(), input);
    for (const effect of effects) addEffect(file, place, node, effect, 'azure-docker-task', 'docker-push');
  } else if (/^dockercompose@/.test(task) && /push/i.test(format(input('action') ?? EMPTY))) {
    addOpaque(file, place, node, 'DockerCompose push', 'the compose file names the images');
  } else if (/^(bash|cmdline|azurecli|powershell|azurepowershell|shellscript)@/.test(task)) {
    const script =
      inputs?.kind === 'map'
        ? inputs.entries.find(({ key }) => ['script', 'inlinescript'].includes(key.text.toLowerCase()))?.value
        : undefined;
    const path = input('filepath', 'scriptpath');
    const shell =
      /powershell/.test(task) || /ps|pscore/.test(format(input('scripttype') ?? EMPTY)) ? 'pwsh' : 'bash -e';
    if (script?.kind === 'scalar') runCommands(file, scalarsOf(script), variables, place, shell);
    else if (path !== null)
      addOpaque(file, place, node, format(path), `${format(path)} is run by a task`, true);
  }
}

function dockerTask(
  command: string,
  input: (...names: readonly string[]) => Value | null,
): readonly Effect[] {
  if (!/push/.test(command) && command !== 'build') return [];
  const repository =
    input('repository', 'imagename') ?? hole('repository', 'the task is given no repository');
  const connection = input('containerregistry', 'azurecontainerregistry', 'dockerregistryendpoint');
  const host =
    connection === null
      ? null
      : format(connection).includes('.')
        ? connection
        : hole(format(connection), 'the service connection names the registry');
  const tags = split(input('tags') ?? text('$(Build.BuildId)'), '\n').filter((tag) => tag.length > 0);
  const image = host === null ? repository : join([host, '/', repository]);
  const names = tags.map((tag) => join([image, ':', tag]));
  const source = buildSource({ context: input('buildcontext') });
  if (command === 'build') return [{ kind: 'build', names, source, options: PLAIN }];
  return [pushEffect({ names, source: command === 'push' ? null : source })];
}

function followTemplate(file: CiFile, written: string, node: YamlNode, place: Place, budget: Budget): void {
  const [name = '', repository] = written.split('@');
  const base = file.source.path.includes('/')
    ? file.source.path.slice(0, file.source.path.lastIndexOf('/') + 1)
    : '';
  const path =
    repository !== undefined && repository !== 'self'
      ? null
      : repositoryPath(name.startsWith('/') ? name.slice(1) : `${base}${name}`);
  const called =
    path === null || place.open.includes(path) || budget.depth >= DEPTH_LIMIT
      ? null
      : openCiFile(path, file.files, file.ledger);
  if (called?.yaml.root !== null && called !== null) {
    walk(
      called,
      called.yaml.root,
      new Map(),
      { ...place, open: [...place.open, called.source.path] },
      { ...budget, depth: budget.depth + 1 },
    );
  } else if (/publish|push|deploy|release|docker|image|build/i.test(name)) {
    addOpaque(file, place, node, `template ${name}`, `the template ${written} can't be read here`);
  }
}
