// Bake files (HCL, JSON, compose) → the targets a bake builds, with their tags, outputs and sources.
import type { BuildSource } from '../model/delivery.ts';
import type { Truth, Value } from '../model/value.ts';
import { EMPTY, hole, join, known, prefix, text } from '../value.ts';
import { type Datum, jsonDatum } from './datum.ts';
import { buildSource } from './effect.ts';
import { type Files, isGap, repositoryPath } from './files.ts';
import { type HclExpression, readHcl } from './hcl.ts';

export type BakeTarget = {
  readonly name: string;
  readonly tags: readonly Value[];
  readonly outputs: readonly Value[];
  readonly caches: readonly Value[];
  readonly source: BuildSource;
  readonly provenance: Truth;
  readonly sbom: Truth;
};

type Request = {
  readonly files: Files;
  /** Folder of the repository that bake runs in. */
  readonly folder: string;
  /** File names as given; null for those that can't be known. */
  readonly names: readonly (string | null)[];
  readonly targets: readonly (string | null)[];
  readonly variable: (name: string) => Value | null;
};

type Field = readonly Value[];
type Declared = {
  readonly type: 'target' | 'group';
  readonly fields: ReadonlyMap<string, Field>;
  readonly pairs: ReadonlyMap<string, Readonly<Record<string, Value>>>;
};

const DEFAULT_FILES = [
  'docker-bake.json',
  'docker-bake.hcl',
  'docker-bake.override.json',
  'docker-bake.override.hcl',
];
const TARGET_LIMIT = 200;

/** Null when no bake file can be read, so that nothing is known of its targets. */
export function bakeTargets(request: Request): readonly BakeTarget[] | null {
  const names = request.names.length > 0 ? request.names : DEFAULT_FILES;
  const declared = new Map<string, Declared>();
  let read = false;
  for (const name of names) {
    const path =
      name === null
        ? null
        : repositoryPath(
            request.folder === '' || (name.startsWith('./') && request.folder === '.')
              ? name
              : `${request.folder}/${name}`,
          );
    const file = path === null ? null : request.files.read(path);
    if (path === null || file === null || file === 'unread' || isGap(file)) {
      if (request.names.length > 0) return null;
      continue;
    }
    const one = path.endsWith('.json') ? readJson(file.text) : readHclTargets(file.text, request.variable);
    if (one === null) return null;
    read = true;
    for (const [key, value] of one) declared.set(key, mergedWith(declared.get(key), value));
  }
  if (!read) return null;
  const wanted = request.targets.length === 0 ? ['default'] : request.targets;
  if (wanted.some((target) => target === null)) return null;
  const names_ = expand(
    wanted.filter((target) => target !== null),
    declared,
    new Set(),
  );
  if (names_ === null) return null;
  return names_.map((name) => targetOf(name, declared, request.folder));
}

function mergedWith(base: Declared | undefined, over: Declared): Declared {
  if (base === undefined) return over;
  return {
    type: over.type,
    fields: new Map([...base.fields, ...over.fields]),
    pairs: new Map([...base.pairs, ...over.pairs]),
  };
}

/** Groups down to their targets; null when a name is not declared (a matrix makes it, or it does not exist). */
function expand(
  names: readonly string[],
  declared: ReadonlyMap<string, Declared>,
  seen: Set<string>,
): readonly string[] | null {
  const targets: string[] = [];
  for (const name of names) {
    const one = declared.get(name);
    if (one === undefined) return null;
    if (seen.has(name) || seen.size > TARGET_LIMIT) continue;
    seen.add(name);
    if (one.type === 'target') {
      targets.push(name);
      continue;
    }
    const members = (one.fields.get('targets') ?? []).map(known);
    if (members.some((member) => member === null)) return null;
    const inner = expand(
      members.filter((member) => member !== null),
      declared,
      seen,
    );
    if (inner === null) return null;
    targets.push(...inner);
  }
  return targets;
}

function targetOf(name: string, declared: ReadonlyMap<string, Declared>, folder: string): BakeTarget {
  const field = (key: string): Field => inherited(name, key, declared, new Set()) ?? [];
  const one = (key: string): Value | null => field(key)[0] ?? null;
  const pairs = (key: string) => declared.get(name)?.pairs.get(key) ?? {};
  const context = known(one('context') ?? text('.'));
  const dockerfile = known(one('dockerfile') ?? text('Dockerfile'));
  const inline = field('dockerfile-inline').length > 0;
  const remote = context === null || /^(https?:|git)/.test(context);
  const base = folder === '' || folder === '.' ? '' : `${folder}/`;
  const attests = field('attest').map((attest) => prefix(attest));
  return {
    name,
    tags: field('tags').filter((tag) => tag.length > 0),
    outputs: field('output'),
    caches: field('cache-to'),
    source: buildSource({
      dockerfile:
        inline || remote || dockerfile === null ? null : repositoryPath(`${base}${context}/${dockerfile}`),
      context: one('context') ?? text('.'),
      target: one('target'),
      arguments: pairs('args'),
      contexts: pairs('contexts'),
    }),
    provenance: attests.some(
      (attest) => attest.includes('type=provenance') && !attest.includes('disabled=true'),
    )
      ? 'yes'
      : 'no',
    sbom: attests.some((attest) => attest.includes('type=sbom') && !attest.includes('disabled=true'))
      ? 'yes'
      : 'no',
  };
}

function inherited(
  name: string,
  key: string,
  declared: ReadonlyMap<string, Declared>,
  seen: Set<string>,
): Field | null {
  const target = declared.get(name);
  if (target === undefined || seen.has(name)) return null;
  seen.add(name);
  const own = target.fields.get(key);
  if (own !== undefined) return own;
  const parents = (target.fields.get('inherits') ?? []).map(known).filter((parent) => parent !== null);
  for (const parent of parents.reverse()) {
    const found = inherited(parent, key, declared, seen);
    if (found !== null) return found;
  }
  return null;
}

function readHclTargets(source: string, variable: Request['variable']): ReadonlyMap<string, Declared> | null {
  const file = readHcl(source);
  if (file.broken) return null;
  const variables = new Map<string, Value>();
  const resolve = (expression: HclExpression): Value => valueOfHcl(expression, variables);
  for (const [name, expression] of file.attributes) variables.set(name, resolve(expression));
  for (const block of file.blocks) {
    const [name] = block.labels;
    if (block.type !== 'variable' || name === undefined) continue;
    const fallback = block.attributes.get('default');
    variables.set(
      name,
      variable(name) ??
        (fallback === undefined
          ? hole(`\${${name}}`, `the variable ${name} has no default`)
          : resolve(fallback)),
    );
  }
  const declared = new Map<string, Declared>();
  for (const block of file.blocks) {
    const [name] = block.labels;
    if ((block.type !== 'target' && block.type !== 'group') || name === undefined) continue;
    const fields = new Map<string, Field>();
    const pairs = new Map<string, Readonly<Record<string, Value>>>();
    for (const [key, expression] of block.attributes) {
      if (expression.kind === 'object')
        pairs.set(
          key,
          Object.fromEntries(expression.fields.map(([field, value]) => [field, resolve(value)])),
        );
      else
        fields.set(key, expression.kind === 'list' ? expression.items.map(resolve) : [resolve(expression)]);
    }
    declared.set(name, mergedWith(declared.get(name), { type: block.type, fields, pairs }));
  }
  return declared;
}

function valueOfHcl(expression: HclExpression, variables: ReadonlyMap<string, Value>): Value {
  switch (expression.kind) {
    case 'text':
      return join(
        expression.parts.map((part) => (typeof part === 'string' ? part : valueOfHcl(part, variables))),
      );
    case 'name':
      return (
        variables.get(expression.path) ??
        hole(`\${${expression.path}}`, 'nothing in sight sets this variable')
      );
    case 'literal':
      return expression.value === null ? EMPTY : text(String(expression.value));
    default:
      return hole(
        expression.kind === 'other' ? expression.text : expression.kind,
        'the bake file computes it',
      );
  }
}

function readJson(source: string): ReadonlyMap<string, Declared> | null {
  const root = jsonDatum(source);
  if (root?.kind !== 'record') return null;
  const declared = new Map<string, Declared>();
  for (const type of ['group', 'target'] as const) {
    const blocks = root.entries.get(type);
    if (blocks?.kind !== 'record') continue;
    for (const [name, block] of blocks.entries) {
      if (block.kind !== 'record') continue;
      const fields = new Map<string, Field>();
      const pairs = new Map<string, Readonly<Record<string, Value>>>();
      for (const [key, value] of block.entries) {
        if (value.kind === 'list') fields.set(key, value.items.map(plain));
        else if (value.kind === 'record')
          pairs.set(key, Object.fromEntries([...value.entries].map(([field, one]) => [field, plain(one)])));
        else fields.set(key, [plain(value)]);
      }
      declared.set(name, { type, fields, pairs });
    }
  }
  return declared;
}

function plain(datum: Datum): Value {
  if (datum.kind === 'text') return datum.value;
  if (datum.kind === 'number') return text(String(datum.value));
  return EMPTY;
}
