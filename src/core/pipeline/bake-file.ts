// Bake files (HCL, JSON, compose) → the targets a bake builds, with their tags, outputs and sources.
import type { BuildSource } from '../model/delivery.ts';
import type { Truth, Value } from '../model/value.ts';
import { EMPTY, equal, format, known, prefix, text } from '../value.ts';
import { composeTargets } from './bake-compose.ts';
import {
  type Declarations,
  type Declared,
  declarationsOf,
  type Field,
  mergedDeclared,
} from './bake-declared.ts';
import { type BakeOverride, overridden, wildcardMatches } from './bake-overrides.ts';
import { readFields } from './command-line.ts';
import { buildSource } from './effect.ts';
import { type Files, isGap, repositoryPath } from './files.ts';
import { type HclFile, readHcl, readHclJson } from './hcl.ts';

export type BakeTarget = {
  readonly name: string;
  readonly tags: readonly Value[];
  readonly outputs: readonly Value[];
  readonly caches: readonly Value[];
  readonly source: BuildSource;
  readonly provenance: Truth;
  readonly sbom: Truth;
  /** What decides whether it is built at all; null: it is. */
  readonly perhaps: string | null;
};

type BakeReading =
  | { readonly kind: 'targets'; readonly targets: readonly BakeTarget[]; readonly unseen: string | null }
  /** Nothing is known of what is built, and why. */
  | { readonly kind: 'unseen'; readonly why: string };

type Request = {
  readonly files: Files;
  /** Folder of the repository that bake runs in. */
  readonly folder: string;
  /** File names as given; those that can't be known keep their holes. */
  readonly names: readonly Value[];
  readonly targets: readonly Value[];
  readonly overrides: readonly BakeOverride[];
  readonly variable: (name: string) => Value | null;
  /** Image names that a definition made at run time brings (metadata-action's), by its file; null: not known. */
  readonly madeTags: (name: Value) => readonly Value[] | null;
};

const DEFAULT_FILES = [
  'compose.yaml',
  'compose.yml',
  'docker-compose.yml',
  'docker-compose.yaml',
  'docker-bake.json',
  'docker-bake.hcl',
  'docker-bake.override.json',
  'docker-bake.override.hcl',
];
const BLOCK_TYPES = ['variable', 'target', 'group', 'function'];
const TARGET_LIMIT = 500;

/** https://docs.docker.com/build/bake/reference/ */
export function bakeTargets(request: Request): BakeReading {
  const read = readFiles(request);
  if (read.kind === 'unseen') return read;
  const { all, limit } = read.declarations;
  const targets: BakeTarget[] = [];
  const asked: readonly Value[] = request.targets.length === 0 ? [text('default')] : request.targets;
  for (const wanted of asked) {
    const name = known(wanted);
    const chosen = name === null ? null : chosenNames(name.replaceAll('.', '_'), all);
    if (chosen?.length === 0 && read.unseen === null)
      return { kind: 'unseen', why: limit ?? `no bake file in sight declares the target ${name}` };
    // A target that is decided at run time may be each that is declared.
    const names = chosen ?? [...all].filter(([, one]) => one.type === 'target').map(([key]) => key);
    const built = expanded(names, all, new Set());
    if (built.length > TARGET_LIMIT)
      return { kind: 'unseen', why: `the bake builds more than ${TARGET_LIMIT} targets` };
    for (const one of built)
      if (!targets.some((before) => before.name === one))
        targets.push(targetOf(one, all, request, chosen === null ? format(wanted) : null, read.made));
  }
  return { kind: 'targets', targets, unseen: read.unseen ?? limit };
}

type Read =
  | { readonly kind: 'unseen'; readonly why: string }
  | {
      readonly kind: 'read';
      readonly declarations: Declarations;
      readonly made: readonly Value[] | null;
      readonly unseen: string | null;
    };

function readFiles({ files, folder, names, variable, madeTags }: Request): Read {
  const parsed: HclFile[] = [];
  const composed = new Map<string, Declared>();
  let made: readonly Value[] | null = null;
  let unseen: string | null = null;
  for (const written of names.length > 0 ? names : DEFAULT_FILES.map(text)) {
    const name = known(written)?.replace(/^cwd:\/\//, '') ?? null;
    const path = name === null ? null : repositoryPath(folder === '' ? name : `${folder}/${name}`);
    const file = path === null ? null : files.read(path);
    if (path === null || file === null || file === 'unread' || isGap(file)) {
      if (names.length === 0) continue;
      const tags = name === null ? madeTags(written) : null;
      if (tags !== null) made = [...(made ?? []), ...tags];
      else unseen = `the bake file ${format(written)} is not in sight`;
      continue;
    }
    if (/\.ya?ml$/.test(path)) {
      const one = composeTargets(path, file.text, variable);
      // A compose file that is only found by its name may be there for something else.
      if (one === null && names.length > 0) return { kind: 'unseen', why: `${path} can't be read` };
      for (const [key, target] of one ?? []) composed.set(key, mergedDeclared(composed.get(key), target));
      continue;
    }
    const hcl = path.endsWith('.json') ? readHclJson(file.text, BLOCK_TYPES) : readHcl(file.text);
    if (hcl.broken) return { kind: 'unseen', why: `${path} can't be read` };
    parsed.push(hcl);
  }
  if (parsed.length === 0 && composed.size === 0)
    return { kind: 'unseen', why: unseen ?? 'the bake file that names the images is not in sight' };
  const { all, limit } = declarationsOf(parsed, variable);
  const both = new Map(composed);
  for (const [key, target] of all) both.set(key, mergedDeclared(both.get(key), target));
  return { kind: 'read', declarations: { all: both, limit }, made, unseen };
}

/** What is declared under a name or pattern, and what a matrix may call so. */
function chosenNames(name: string, all: ReadonlyMap<string, Declared>): readonly string[] {
  if (all.has(name)) return [name];
  return [...all]
    .filter(([key, one]) =>
      /[*?]/.test(name) ? wildcardMatches(name, key) : equal(one.name, text(name)) !== 'no',
    )
    .map(([key]) => key);
}

/** Groups down to their targets; a member that nothing declares stays, so that it is told. */
function expanded(
  names: readonly string[],
  all: ReadonlyMap<string, Declared>,
  seen: Set<string>,
): readonly string[] {
  const targets: string[] = [];
  for (const name of names) {
    if (seen.has(name) || seen.size > TARGET_LIMIT * 2) continue;
    seen.add(name);
    const one = all.get(name);
    if (one?.type !== 'group') {
      targets.push(name);
      continue;
    }
    const members = (one.fields.get('targets') ?? []).flatMap((member) => {
      const content = known(member);
      if (content === null)
        return [...all].filter(([, each]) => equal(each.name, member) !== 'no').map(([key]) => key);
      const found = chosenNames(content, all);
      return found.length > 0 ? found : [content];
    });
    targets.push(...expanded(members, all, seen));
  }
  return targets;
}

function targetOf(
  name: string,
  all: ReadonlyMap<string, Declared>,
  request: Request,
  perhaps: string | null,
  made: readonly Value[] | null,
): BakeTarget {
  const whole = inherited(name, all, request.overrides, new Set());
  const field = (key: string): Field => whole.fields.get(key) ?? [];
  const one = (key: string): Value | null => field(key).at(-1) ?? null;
  const context = one('context') ?? text('.');
  const tags = field('tags').filter((tag) => tag.length > 0);
  const attests = field('attest').map(readFields);
  const asks = (type: string): Truth =>
    attests.some((fields) => {
      const [given, disabled] = [fields.get('type') ?? null, fields.get('disabled') ?? null];
      return given !== null && known(given) === type && (disabled === null || known(disabled) !== 'true');
    })
      ? 'yes'
      : 'no';
  return {
    name,
    // Names made at run time belong to the targets that write none.
    tags: tags.length === 0 && made !== null ? made : tags,
    outputs: field('output'),
    caches: field('cache-to'),
    source: buildSource({
      dockerfile: dockerfileOf(whole, context, request.folder),
      context,
      target: one('target'),
      arguments: whole.pairs.get('args') ?? {},
      contexts: whole.pairs.get('contexts') ?? {},
    }),
    provenance: asks('provenance'),
    sbom: asks('sbom'),
    perhaps: perhaps ?? (all.has(name) ? null : name),
  };
}

function dockerfileOf({ fields }: Declared, context: Value, folder: string): string | null {
  const written = known(fields.get('dockerfile')?.at(-1) ?? text('Dockerfile'));
  const base = folder === '' || folder === '.' ? '' : `${folder}/`;
  const inside = known(context);
  const isInline = (fields.get('dockerfile-inline')?.length ?? 0) > 0;
  if (isInline || written === null || inside === null || /^(https?:|git|target:)/.test(inside)) return null;
  return repositoryPath(
    `${base}${inside.replace(/^cwd:\/\//, '')}/${written === '' ? 'Dockerfile' : written}`,
  );
}

const EMPTY_TARGET: Declared = { type: 'target', name: EMPTY, fields: new Map(), pairs: new Map() };

/** A target over its parents, the last of which wins, each with what is set over it. */
function inherited(
  name: string,
  all: ReadonlyMap<string, Declared>,
  overrides: readonly BakeOverride[],
  seen: Set<string>,
): Declared {
  const own = all.get(name);
  if (seen.has(name) || seen.size > TARGET_LIMIT) return EMPTY_TARGET;
  seen.add(name);
  let whole = EMPTY_TARGET;
  for (const parent of own?.fields.get('inherits') ?? []) {
    const from = inherited(known(parent) ?? format(parent), all, overrides, seen);
    const attests = [...(whole.fields.get('attest') ?? []), ...(from.fields.get('attest') ?? [])];
    whole = withField(mergedDeclared(whole, from), 'attest', attests);
  }
  const attests = [...(whole.fields.get('attest') ?? []), ...(own?.fields.get('attest') ?? [])];
  const merged = own === undefined ? whole : withField(mergedDeclared(whole, own), 'attest', attests);
  return overridden(merged, name, overrides);
}

function withField(target: Declared, key: string, values: Field): Declared {
  return values.length === 0 ? target : { ...target, fields: new Map([...target.fields, [key, values]]) };
}

/** A definition that lies elsewhere: nothing in this repository says what it builds. */
export function isRemoteDefinition(word: Value): boolean {
  return /^(https?:\/\/|git@|git:\/\/|ssh:\/\/|github\.com\/)/.test(prefix(word));
}
