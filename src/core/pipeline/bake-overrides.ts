// `--set TARGET.KEY[.NAME][+]=VALUE` → which targets it changes, and how. https://docs.docker.com/build/bake/overrides/
import type { Value } from '../model/value.ts';
import { EMPTY, format, join, known, text } from '../value.ts';
import type { Declared, Field } from './bake-declared.ts';

export type BakeOverride = {
  /** Which targets, `*` and `?` allowed; null: decided at run time. */
  readonly pattern: string | null;
  /** Null: what it changes is decided at run time. */
  readonly key: string | null;
  /** The name behind the key, for `args`, `contexts`, `labels`. */
  readonly name: string | null;
  readonly isAdded: boolean;
  readonly value: Value;
  /** All of it as written. */
  readonly written: Value;
};

/** Keys whose values are lists, one `--set` each. */
const LISTS: ReadonlySet<string> = new Set([
  'tags',
  'output',
  'cache-to',
  'cache-from',
  'platform',
  'attest',
]);

export function readOverride(written: Value): BakeOverride {
  const at = written.findIndex((part) => typeof part === 'string' && part.includes('='));
  const part = written[at];
  const cut = typeof part === 'string' ? part.indexOf('=') : -1;
  const open = { pattern: null, key: null, name: null, isAdded: false, value: written, written };
  if (typeof part !== 'string') return open;
  const left = join([written.slice(0, at), part.slice(0, cut)]);
  const value = trimmedEnd(join([part.slice(cut + 1), written.slice(at + 1)]));
  // The target may be decided at run time while what it changes is written out behind it.
  const last = left.at(-1);
  const match = /^([^.]*)\.([\w-]+)(?:\.(.+?))?(\+?)$/.exec(typeof last === 'string' ? last : '');
  if (match === null) return open;
  const [, start = '', key = '', name = null, plus] = match;
  const pattern = left.length === 1 ? start.trim() : null;
  return { pattern, key, name, isAdded: plus === '+', value, written };
}

function trimmedEnd(value: Value): Value {
  const last = value.at(-1);
  return typeof last === 'string' ? join([value.slice(0, -1), last.trimEnd()]) : value;
}

/** A target with all that is set over it. */
export function overridden(target: Declared, name: string, overrides: readonly BakeOverride[]): Declared {
  const fields = new Map(target.fields);
  const pairs = new Map(target.pairs);
  const begun = new Set<string>();
  for (const { pattern, key, name: field, isAdded, value: set, written } of overrides) {
    if (pattern !== null && !wildcardMatches(pattern, name)) continue;
    const value = pattern === null ? perhaps(set, written) : set;
    if (key === null) {
      // Whatever it sets, it may be an output that pushes.
      fields.set('output', [...(fields.get('output') ?? []), whole(written)]);
    } else if (field !== null) pairs.set(key, { ...pairs.get(key), [field]: value });
    else if (key === 'push') applyPush(fields, value);
    else if (!LISTS.has(key)) fields.set(key, [value]);
    else {
      const isFirst = !begun.has(key) && !isAdded && pattern !== null && key !== 'attest';
      fields.set(key, [...(isFirst ? [] : (fields.get(key) ?? [])), value]);
      begun.add(key);
    }
  }
  return { ...target, fields, pairs };
}

/** What is set over a target that is decided at run time may be set over this one or not. */
function perhaps(value: Value, written: Value): Value {
  return [{ expression: format(written), why: 'its target is decided at run time', choices: [value, EMPTY] }];
}

/** What is surely not `type=…` in its known parts must not be read as one. */
function whole(written: Value): Value {
  return [{ expression: format(written), why: 'what it sets is decided at run time' }];
}

/** `push=true` makes outputs that are images push, or adds one; `push=false` takes registries away. */
function applyPush(fields: Map<string, Field>, value: Value): void {
  const pushes = known(value);
  const before = fields.get('output') ?? [];
  if (pushes === 'false') {
    fields.set(
      'output',
      before
        .filter((output) => outputType(output) !== 'registry')
        .map((output) => (outputType(output) === 'image' ? join([output, ',push=false']) : output)),
    );
    return;
  }
  const push: Value = pushes === null ? join(['type=image,push=', value]) : text('type=image,push=true');
  fields.set('output', [...before, ...(canPush(before) ? [push] : [])]);
}

/** Outputs that write folders, archives or caches only are left alone by `--push`. */
export function canPush(outputs: Field): boolean {
  return outputs.every((output) => {
    const type = outputType(output);
    return type === null || type === 'docker' || type === 'image' || type === 'registry';
  });
}

function outputType(output: Value): string | null {
  const [first] = output;
  return typeof first === 'string' ? (/(?:^|,)\s*"?type=([\w-]+)/.exec(first)?.[1] ?? null) : null;
}

/** `*` and `?` as bake matches names; linear by keeping the last star only. */
export function wildcardMatches(pattern: string, name: string): boolean {
  let [at, from, star, mark] = [0, 0, -1, 0];
  while (at < name.length) {
    if (pattern[from] === '*') {
      star = from;
      mark = at;
      from += 1;
    } else if (pattern[from] === '?' || pattern[from] === name[at]) {
      from += 1;
      at += 1;
    } else if (star !== -1) {
      from = star + 1;
      mark += 1;
      at = mark;
    } else return false;
  }
  while (pattern[from] === '*') from += 1;
  return from === pattern.length;
}
