// `task NAME` → the commands of Taskfile.yml that it runs: https://taskfile.dev/docs/reference/schema
import type { Value } from '../../model/value.ts';
import { format, hole, join, known, text } from '../../value.ts';
import { inside } from '../command-call.ts';
import { type Files, isGap, repositoryPath } from '../files.ts';
import type { SourceText } from '../source-text.ts';
import { locate } from '../source-text.ts';
import {
  childOf,
  entryOf,
  itemsOf,
  readYaml,
  scalarOffsets,
  textOf,
  type YamlNode,
  type YamlScalar,
} from '../yaml.ts';
import { renderTemplate } from './go-template.ts';
import { type TaskScript, taskText } from './task-script.ts';

const NAMES = [
  'Taskfile.yml',
  'taskfile.yml',
  'Taskfile.yaml',
  'taskfile.yaml',
  'Taskfile.dist.yml',
  'taskfile.dist.yml',
  'Taskfile.dist.yaml',
  'taskfile.dist.yaml',
];
const TASK_LIMIT = 200;
const VALUED = new Set([
  '-t',
  '--taskfile',
  '-d',
  '--dir',
  '-C',
  '--concurrency',
  '-o',
  '--output',
  '-I',
  '--interval',
]);
const ONLY_TELLS = new Set([
  '-l',
  '--list',
  '-a',
  '--list-all',
  '--summary',
  '-n',
  '--dry',
  '--status',
  '--version',
  '-i',
  '--init',
]);

type Variables = ReadonlyMap<string, Value>;

/** One Taskfile with what including it adds. */
type Taskfile = {
  readonly root: YamlNode | null;
  readonly source: SourceText;
  readonly folder: string;
  /** In front of its tasks' names, with the colon; empty for the first. */
  readonly namespace: string;
  readonly variables: Variables;
};

/** Null when it is no such call or its Taskfile, or a task of it, is not in sight. */
export function taskScripts(
  argv: readonly Value[],
  folder: Value,
  files: Files,
): readonly TaskScript[] | null {
  const words = argv.slice(1);
  const given = new Map<string, Value>();
  const goals: string[] = [];
  let file: string | null = null;
  let base = known(folder);
  for (let at = 0; at < words.length; at += 1) {
    const word = format(words[at] ?? []);
    if (ONLY_TELLS.has(word)) return [];
    if (word === '--') {
      const rest = words.slice(at + 1);
      given.set(
        'CLI_ARGS',
        join(rest.flatMap((one, index): (Value | string)[] => (index === 0 ? [one] : [' ', one]))),
      );
      break;
    }
    const assignment = /^([A-Za-z_]\w*)=/.exec(word);
    if (assignment?.[1] !== undefined)
      given.set(assignment[1], cutStart(words[at] ?? [], assignment[0].length));
    else if (VALUED.has(word)) {
      const value = known(words[at + 1] ?? []);
      if (word === '-t' || word === '--taskfile') file = value;
      if (word === '-d' || word === '--dir')
        base = value === null ? null : known(inside(folder, text(value)));
      at += 1;
    } else if (!word.startsWith('-')) {
      const goal = known(words[at] ?? []);
      if (goal === null) return null;
      goals.push(goal);
    }
  }
  if (base === null) return null;
  const loaded = load(file, base, files);
  if (loaded === null) return null;
  const run: Run = { taskfiles: loaded, given, scripts: [], seen: new Set(), isLost: false };
  for (const goal of goals.length === 0 ? ['default'] : goals) runTask(goal, given, '', [], run);
  return run.isLost ? null : run.scripts;
}

function cutStart(value: Value, count: number): Value {
  const [first, ...rest] = value;
  return typeof first === 'string' ? join([first.slice(count), rest]) : value;
}

function load(file: string | null, base: string, files: Files): readonly Taskfile[] | null {
  for (const name of file === null ? NAMES : [file]) {
    const path = repositoryPath(base === '' ? name : `${base}/${name}`);
    if (path === null || !files.has(path)) continue;
    const loaded: Taskfile[] = [];
    return include(path, '', new Map(), files, loaded) ? loaded : null;
  }
  return null;
}

/** False when the file or one that it includes can't be read, unless it may be missing. */
function include(
  path: string,
  namespace: string,
  variables: Variables,
  files: Files,
  loaded: Taskfile[],
): boolean {
  const read = files.read(path);
  if (read === null || read === 'unread' || isGap(read) || loaded.length >= 64) return false;
  const yaml = readYaml(path, read.text);
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  const own = new Map([...readVariables(childOf(yaml.root, 'vars'), new Map()), ...variables]);
  loaded.push({ root: yaml.root, source: yaml.source, folder, namespace, variables: own });
  const includes = childOf(yaml.root, 'includes');
  if (includes?.kind !== 'map') return true;
  for (const { key, value } of includes.entries) {
    const written = textOf(value) ?? textOf(childOf(value, 'taskfile'));
    const isOptional = textOf(childOf(value, 'optional')) === 'true';
    const target = written === null || written.includes('{{') ? null : includedFile(folder, written, files);
    const flatten = textOf(childOf(value, 'flatten')) === 'true';
    const inner = new Map([...own, ...readVariables(childOf(value, 'vars'), own)]);
    const name = flatten ? namespace : `${namespace}${key.text}:`;
    if (target === null ? !isOptional : !include(target, name, inner, files, loaded)) return false;
  }
  return true;
}

function includedFile(folder: string, written: string, files: Files): string | null {
  const lead = folder === '' ? '' : `${folder}/`;
  for (const candidate of [written, ...NAMES.map((name) => `${written}/${name}`)]) {
    const path = repositoryPath(`${lead}${candidate}`);
    if (path !== null && files.has(path)) return path;
  }
  return null;
}

function readVariables(node: YamlNode | null, outer: Variables): Variables {
  const values = new Map<string, Value>();
  if (node?.kind !== 'map') return values;
  for (const { key, value } of node.entries) {
    const scope = new Map([...outer, ...values]);
    if (value.kind === 'scalar') values.set(key.text, renderTemplate(value.text, scope));
    else if (value.kind === 'list')
      values.set(
        key.text,
        join(
          value.items.flatMap((item, at) => [at === 0 ? '' : ' ', renderTemplate(textOf(item) ?? '', scope)]),
        ),
      );
    else values.set(key.text, hole(`{{.${key.text}}}`, 'a command prints it when it runs'));
  }
  return values;
}

type Run = {
  readonly taskfiles: readonly Taskfile[];
  readonly given: Variables;
  readonly scripts: TaskScript[];
  readonly seen: Set<string>;
  isLost: boolean;
};

function runTask(
  name: string,
  given: Variables,
  namespace: string,
  guards: readonly string[],
  run: Run,
): void {
  const found = findTask(name, namespace, run);
  if (found === null) {
    run.isLost = true;
    return;
  }
  const { task, taskfile, stem } = found;
  const key = JSON.stringify([taskfile.namespace, name, [...given]]);
  if (run.seen.has(key)) return;
  if (run.seen.size >= TASK_LIMIT) {
    run.isLost = true;
    return;
  }
  run.seen.add(key);
  const global = new Map([...taskfile.variables, ...run.given]);
  const called = new Map([
    ...global,
    ...given,
    ['TASK', text(name)] as const,
    ['MATCH', text(stem)] as const,
  ]);
  const variables = new Map([...called, ...readVariables(childOf(task, 'vars'), called)]);
  const environment = new Map([
    ...readVariables(childOf(taskfile.root, 'env'), variables),
    ...readVariables(childOf(task, 'env'), variables),
  ]);
  const own = textOf(childOf(task, 'dir'));
  const folder = inside(text(taskfile.folder), own === null ? text('.') : renderTemplate(own, variables));
  const condition = textOf(childOf(task, 'if'));
  const inner = condition === null ? guards : [...guards, condition];
  const commands = commandsOf(task);
  const needs = itemsOf(childOf(task, 'deps'));
  for (const one of [
    ...needs.map((node) => ({ node, isNeed: true })),
    ...commands.map((node) => ({ node, isNeed: false })),
  ]) {
    for (const scope of passes(one.node, variables)) {
      runCommand(one.node, one.isNeed, scope, { taskfile, name, environment, folder, guards: inner }, run);
    }
  }
}

function findTask(
  name: string,
  namespace: string,
  run: Run,
): { readonly task: YamlNode; readonly taskfile: Taskfile; readonly stem: string } | null {
  // A leading colon names a task of the first Taskfile.
  const wanted = name.startsWith(':') ? [name.slice(1)] : [`${namespace}${name}`];
  for (const full of wanted) {
    for (const taskfile of run.taskfiles) {
      if (!full.startsWith(taskfile.namespace) && full !== taskfile.namespace.slice(0, -1)) continue;
      const local = full.slice(taskfile.namespace.length) || 'default';
      const tasks = childOf(taskfile.root, 'tasks');
      if (tasks?.kind !== 'map') continue;
      for (const { key, value } of tasks.entries) {
        const aliases = itemsOf(childOf(value, 'aliases')).map(textOf);
        if (key.text === local || aliases.includes(local)) return { task: value, taskfile, stem: '' };
      }
      for (const { key, value } of tasks.entries) {
        const [before = '', after] = key.text.split('*');
        if (
          after !== undefined &&
          local.startsWith(before) &&
          local.endsWith(after) &&
          local.length > before.length + after.length
        )
          return { task: value, taskfile, stem: local.slice(before.length, local.length - after.length) };
      }
    }
  }
  return null;
}

/** A task may be a text, a list, or a map with `cmd` or `cmds`. */
function commandsOf(task: YamlNode): readonly YamlNode[] {
  if (task.kind === 'scalar') return [task];
  if (task.kind === 'list') return task.items;
  const one = entryOf(task, 'cmd')?.value;
  return one === undefined ? itemsOf(childOf(task, 'cmds')) : [one];
}

/** The variables of each pass of a `for:`; one pass without. */
function passes(node: YamlNode, variables: Variables): readonly Variables[] {
  const loop = childOf(node, 'for');
  if (loop === null) return [variables];
  const name = textOf(childOf(loop, 'as')) ?? 'ITEM';
  const list = childOf(loop, 'var');
  const named = list === null ? undefined : variables.get(textOf(list) ?? '');
  const items =
    loop.kind === 'list'
      ? loop.items.map((item) => renderTemplate(textOf(item) ?? '', variables))
      : (known(named ?? [])
          ?.split(textOf(childOf(loop, 'split')) ?? /\s+/)
          .map(text) ?? null);
  if (items === null || named?.length === 0 || (loop.kind !== 'list' && named === undefined))
    return [new Map([...variables, [name, hole(`{{.${name}}}`, 'the list is only known when it runs')]])];
  return items.map((item) => new Map([...variables, [name, item]]));
}

type Place = {
  readonly taskfile: Taskfile;
  readonly name: string;
  readonly environment: Variables;
  readonly folder: Value;
  readonly guards: readonly string[];
};

function runCommand(node: YamlNode, isNeed: boolean, variables: Variables, place: Place, run: Run): void {
  const { taskfile } = place;
  const task = isNeed && node.kind === 'scalar' ? node.text : textOf(childOf(node, 'task'));
  const condition = textOf(childOf(node, 'if'));
  const guards = condition === null ? place.guards : [...place.guards, condition];
  if (task !== null) {
    const name = known(renderTemplate(task, variables));
    if (name === null) run.isLost = true;
    else runTask(name, readVariables(childOf(node, 'vars'), variables), taskfile.namespace, guards, run);
    return;
  }
  const deferred = childOf(node, 'defer');
  if (deferred?.kind === 'map') {
    runCommand(deferred, false, variables, place, run);
    return;
  }
  const scalar = deferred ?? (node.kind === 'scalar' ? node : childOf(node, 'cmd'));
  if (scalar?.kind !== 'scalar') return;
  run.scripts.push({
    name: place.name,
    ...taskText(renderTemplate(scalar.text, variables)),
    locate: placed(taskfile.source, scalar),
    environment: place.environment,
    folder: place.folder,
    shell: 'bash',
    guards,
  });
}

/** Templates change the length of a text, not its lines: a place is the line it is in. */
function placed(source: SourceText, scalar: YamlScalar): TaskScript['locate'] {
  const toFile = scalarOffsets(source, scalar);
  return () => locate(source, toFile(0), toFile(scalar.text.length));
}
