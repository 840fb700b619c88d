// GitLab CI → acts: jobs with extends, includes and references resolved, under the pipelines their rules let run.
import type { TriggerEvent } from '../../model/delivery.ts';
import type { Truth, Value } from '../../model/value.ts';
import { both, either, not } from '../../value.ts';
import { type Ledger, newLedger } from '../act.ts';
import { type Files, repositoryPath } from '../files.ts';
import {
  childOf,
  entryOf,
  itemsOf,
  textOf,
  type YamlEntry,
  type YamlMap,
  type YamlNode,
  type YamlScalar,
} from '../yaml.ts';
import {
  addOpaque,
  type CiFile,
  interpolated,
  openCiFile,
  placeOf,
  runCommands,
  scalarsOf,
  variablesOf,
} from './ci-file.ts';
import { conditionTruth, type Variables } from './conditions.ts';

const RESERVED = new Set([
  'stages',
  'variables',
  'include',
  'default',
  'workflow',
  'image',
  'services',
  'before_script',
  'after_script',
  'cache',
  'pages:deploy',
  'spec',
]);
const INCLUDE_LIMIT = 100;
const EXTENDS_LIMIT = 12;

export function isGitLabPath(path: string): boolean {
  return /(^|\/)\.gitlab-ci\.ya?ml$/.test(path);
}

export function readGitLab(files: Files): Ledger {
  const ledger = newLedger();
  for (const path of files.list()) {
    if (!isGitLabPath(path)) continue;
    const file = openCiFile(path, files, ledger);
    if (file !== null) readPipeline(file);
  }
  return ledger;
}

type Definition = { readonly file: CiFile; readonly entry: YamlEntry };
type Pipeline = { readonly definitions: ReadonlyMap<string, Definition>; readonly root: CiFile };

/** The kinds of pipelines GitLab starts, with the variables that tell them apart. */
const PIPELINES: readonly {
  readonly event: TriggerEvent;
  readonly source: string;
  readonly variables: Readonly<Record<string, Value | null>>;
}[] = [
  {
    event: 'push-branch',
    source: 'push',
    variables: { CI_COMMIT_TAG: null, CI_MERGE_REQUEST_ID: null, CI_MERGE_REQUEST_IID: null },
  },
  {
    event: 'push-tag',
    source: 'push',
    variables: { CI_COMMIT_BRANCH: null, CI_MERGE_REQUEST_ID: null, CI_MERGE_REQUEST_IID: null },
  },
  {
    event: 'pull_request',
    source: 'merge_request_event',
    variables: { CI_COMMIT_TAG: null, CI_COMMIT_BRANCH: null },
  },
  {
    event: 'schedule',
    source: 'schedule',
    variables: { CI_MERGE_REQUEST_ID: null, CI_MERGE_REQUEST_IID: null },
  },
  {
    event: 'workflow_dispatch',
    source: 'web',
    variables: { CI_MERGE_REQUEST_ID: null, CI_MERGE_REQUEST_IID: null },
  },
];
/** Set in every pipeline of the kind, to something that is not known. */
const SET: Readonly<Record<string, readonly string[]>> = {
  'push-branch': ['CI_COMMIT_BRANCH'],
  'push-tag': ['CI_COMMIT_TAG'],
  pull_request: ['CI_MERGE_REQUEST_ID', 'CI_MERGE_REQUEST_IID'],
};
const ALWAYS_SET = [
  'CI_COMMIT_REF_NAME',
  'CI_DEFAULT_BRANCH',
  'CI_COMMIT_SHA',
  'CI_REGISTRY',
  'CI_REGISTRY_IMAGE',
  'CI_PROJECT_PATH',
  'CI',
];

function readPipeline(root: CiFile): void {
  const definitions = new Map<string, Definition>();
  collect(root, definitions, new Set());
  const pipeline: Pipeline = { definitions, root };
  const shared = variablesOf(nodeOf(pipeline, 'variables'), (text) => interpolated(text, new Map()));
  for (const kind of PIPELINES) {
    const variables = kindVariables(kind, shared);
    const allowed = ruleTruth(childOf(nodeOf(pipeline, 'workflow'), 'rules'), variables);
    for (const [name, definition] of definitions) {
      if (RESERVED.has(name) || name.startsWith('.') || definition.entry.value.kind !== 'map') continue;
      runJob(
        name,
        definition,
        pipeline,
        kind,
        shared,
        allowed ?? (kind.event === 'pull_request' ? null : 'yes'),
      );
    }
  }
}

function nodeOf(pipeline: Pipeline, name: string): YamlNode | null {
  return pipeline.definitions.get(name)?.entry.value ?? null;
}

/** Definitions of the file and of the local files it includes; its own win. */
function collect(file: CiFile, definitions: Map<string, Definition>, seen: Set<string>): void {
  if (seen.has(file.source.path) || seen.size > INCLUDE_LIMIT) return;
  seen.add(file.source.path);
  const include = childOf(file.yaml.root, 'include');
  for (const item of include?.kind === 'map' ? [include] : itemsOf(include))
    includeOne(file, item, definitions, seen);
  if (file.yaml.root?.kind !== 'map') return;
  for (const entry of file.yaml.root.entries) definitions.set(entry.key.text, { file, entry });
}

function includeOne(
  file: CiFile,
  item: YamlNode,
  definitions: Map<string, Definition>,
  seen: Set<string>,
): void {
  const written = textOf(item) ?? textOf(childOf(item, 'local'));
  const local =
    written === null || /^https?:/.test(written) ? null : repositoryPath(written.replace(/^\/+/, ''));
  const included = local === null ? null : openCiFile(local, file.files, file.ledger);
  if (included !== null) {
    collect(included, definitions, seen);
    return;
  }
  const what =
    written ??
    textOf(childOf(item, 'template')) ??
    textOf(childOf(item, 'remote')) ??
    textOf(childOf(item, 'component')) ??
    `project ${textOf(childOf(item, 'project')) ?? ''}`;
  // GitLab's own templates are known by name: only those that build or deploy matter here.
  if (childOf(item, 'template') !== null && !/build|docker|deploy|auto-devops|kaniko/i.test(what)) return;
  const place = placeOf({
    file,
    event: 'push-branch',
    filter: null,
    happens: 'unknown',
    conditions: [],
    job: 'include',
    at: item,
  });
  addOpaque(file, place, item, what, `the included file ${what} can't be read here`);
}

function kindVariables(kind: (typeof PIPELINES)[number], shared: ReadonlyMap<string, Value>): Variables {
  return (name) => {
    if (name in kind.variables) return kind.variables[name] ?? null;
    if (name === 'CI_PIPELINE_SOURCE') return [kind.source];
    const own = shared.get(name);
    if (own !== undefined) return own;
    const isSet = (SET[kind.event] ?? []).includes(name) || ALWAYS_SET.includes(name);
    return isSet ? [{ expression: `$${name}`, why: 'the pipeline decides it' }] : undefined;
  };
}

/** Null when there are no rules. The first rule that holds decides. */
function ruleTruth(rules: YamlNode | null, variables: Variables): Truth | null {
  if (rules === null) return null;
  let happens: Truth = 'no';
  let open: Truth = 'yes';
  for (const rule of itemsOf(rules)) {
    const condition = textOf(childOf(rule, 'if'));
    const files = childOf(rule, 'changes') !== null || childOf(rule, 'exists') !== null;
    const holds = both(
      condition === null ? 'yes' : conditionTruth(condition, variables),
      files ? 'unknown' : 'yes',
    );
    if (textOf(childOf(rule, 'when')) !== 'never') happens = either(happens, both(open, holds));
    open = both(open, not(holds));
  }
  return happens;
}

/** `only` and `except` with names of refs, patterns and variables. */
function refTruth(list: YamlNode | null, event: TriggerEvent, variables: Variables): Truth {
  const refs = childOf(list, 'refs') ?? (list?.kind === 'map' ? null : list);
  const conditions = itemsOf(childOf(list, 'variables')).map((item) =>
    conditionTruth(textOf(item) ?? '', variables),
  );
  let truth: Truth = refs === null ? 'yes' : 'no';
  for (const item of itemsOf(refs)) {
    const name = textOf(item) ?? '';
    const kinds: Readonly<Record<string, TriggerEvent>> = {
      branches: 'push-branch',
      tags: 'push-tag',
      merge_requests: 'pull_request',
      schedules: 'schedule',
      web: 'workflow_dispatch',
    };
    const kind = kinds[name];
    if (kind !== undefined) truth = either(truth, kind === event ? 'yes' : 'no');
    else if (['pushes', 'api', 'triggers', 'pipelines', 'external'].includes(name))
      truth = either(truth, name === 'pushes' && event.startsWith('push') ? 'yes' : 'unknown');
    else truth = either(truth, event === 'pull_request' ? 'no' : 'unknown');
  }
  return conditions.length === 0 ? truth : both(truth, conditions.reduce(either, 'no'));
}

function runJob(
  name: string,
  definition: Definition,
  pipeline: Pipeline,
  kind: (typeof PIPELINES)[number],
  shared: ReadonlyMap<string, Value>,
  allowed: Truth | null,
): void {
  const { file, entry } = definition;
  const job = (key: string): Found | null => inherited(name, key, pipeline, 0);
  const own = new Map([
    ...shared,
    ...variablesOf(job('variables')?.node ?? null, (text) => interpolated(text, shared)),
  ]);
  const variables = kindVariables(kind, own);
  const rules = ruleTruth(job('rules')?.node ?? null, variables);
  const only = job('only')?.node ?? null;
  const except = job('except')?.node ?? null;
  const refs = both(
    only === null ? (kind.event === 'pull_request' ? 'no' : 'yes') : refTruth(only, kind.event, variables),
    except === null ? 'yes' : not(refTruth(except, kind.event, variables)),
  );
  const happens = both(allowed ?? 'yes', rules ?? refs);
  if (happens === 'no' || textOf(job('when')?.node) === 'never') return;
  const rulesNode = job('rules')?.node ?? only;
  const place = placeOf({
    file,
    event: kind.event,
    filter: null,
    happens,
    conditions: rulesNode === null ? [] : conditionTexts(rulesNode),
    job: name,
    at: entry.key,
  });
  const fallback = childOf(nodeOf(pipeline, 'default'), 'before_script') ?? nodeOf(pipeline, 'before_script');
  const lists = [
    job('before_script') ?? (fallback === null ? null : { node: fallback, file }),
    job('script'),
    job('after_script'),
  ];
  for (const list of lists) {
    if (list === null) continue;
    for (const group of grouped(resolved(list, pipeline, 0)))
      runCommands(group.file, group.scalars, own, place, 'bash -e', group.file.source);
  }
  const remote = childOf(job('trigger')?.node ?? null, 'project') ?? null;
  if (remote !== null && remote.kind === 'scalar')
    addOpaque(file, place, remote, `pipeline of ${remote.text}`, 'it runs in another project', true);
}

function conditionTexts(rules: YamlNode): readonly string[] {
  const texts = itemsOf(rules)
    .map((rule) => textOf(childOf(rule, 'if')) ?? textOf(rule) ?? '')
    .filter((text) => text !== '');
  return texts.length === 0 ? [] : [texts.join(' || ')];
}

type Found = { readonly node: YamlNode; readonly file: CiFile };

/** A key of a job, its own or of what it extends (later parents win). */
function inherited(name: string, key: string, pipeline: Pipeline, depth: number): Found | null {
  const definition = pipeline.definitions.get(name);
  const map = definition?.entry.value;
  if (definition === undefined || map?.kind !== 'map' || depth > EXTENDS_LIMIT) return null;
  const own = entryOf(map, key)?.value ?? null;
  const parents = itemsOf(childOf(map, 'extends'))
    .map((item) => textOf(item) ?? '')
    .reverse();
  const above =
    parents.map((parent) => inherited(parent, key, pipeline, depth + 1)).find((found) => found !== null) ??
    null;
  if (own === null) return above;
  if (own.kind === 'map' && above?.node.kind === 'map')
    return { node: mergedMaps(above.node, own), file: definition.file };
  return { node: own, file: definition.file };
}

function mergedMaps(base: YamlMap, over: YamlMap): YamlMap {
  const entries = new Map([...base.entries, ...over.entries].map((entry) => [entry.key.text, entry]));
  return { ...over, entries: [...entries.values()] };
}

type Line = { readonly scalar: YamlScalar; readonly file: CiFile };

/** Lines of a script, with `!reference [job, key]` put in place. */
function resolved(found: Found, pipeline: Pipeline, depth: number): readonly Line[] {
  const { node, file } = found;
  if (node.kind === 'list' && node.tag === '!reference') {
    const [job, key] = node.items.map((item) => textOf(item) ?? '');
    const target =
      job === undefined || key === undefined || depth > EXTENDS_LIMIT
        ? null
        : inherited(job, key, pipeline, 0);
    return target === null ? [] : resolved(target, pipeline, depth + 1);
  }
  if (node.kind === 'list')
    return node.items.flatMap((item) => resolved({ node: item, file }, pipeline, depth + 1));
  return scalarsOf(node).map((scalar) => ({ scalar, file }));
}

/** Neighbouring lines of one file together. */
function grouped(
  lines: readonly Line[],
): readonly { readonly file: CiFile; readonly scalars: readonly YamlScalar[] }[] {
  const groups: { file: CiFile; scalars: YamlScalar[] }[] = [];
  for (const { scalar, file } of lines) {
    const last = groups.at(-1);
    if (last?.file === file) last.scalars.push(scalar);
    else groups.push({ file, scalars: [scalar] });
  }
  return groups;
}
