// Shell variables as a persistent map: branches share what they have in common, so copying and joining them is cheap.
import type { Hole, Value } from '../model/value.ts';
import { format, join, same } from '../value.ts';

export type Binding =
  | { readonly kind: 'text'; readonly value: Value }
  /** Indexed and associative arrays: keys are indexes in decimal or names, in order. */
  | { readonly kind: 'array'; readonly items: ReadonlyMap<string, Value> }
  /** Known not to be set. A name without any binding is simply not known. */
  | { readonly kind: 'unset' };

export type Variables = {
  readonly parent: Variables | null;
  readonly changes: Map<string, Binding>;
  readonly depth: number;
  sealed: boolean;
};

/** Layers that a look-up may have to walk through before they are flattened. */
const MAX_LAYERS = 48;
/** Alternatives a variable keeps when branches disagree. */
const MAX_CHOICES = 16;

/**
 * The variables a shell starts with. Steps of one file mostly share an environment, and the layer made of it is sealed,
 * so it is made once.
 */
export function newVariables(environment: ReadonlyMap<string, Value>): Variables {
  const made = STARTS.get(environment) ?? start(environment);
  STARTS.set(environment, made);
  return made;
}

const STARTS = new WeakMap<ReadonlyMap<string, Value>, Variables>();
const SEPARATORS: Binding = { kind: 'text', value: [' \t\n'] };

function start(environment: ReadonlyMap<string, Value>): Variables {
  const changes = new Map<string, Binding>([['IFS', SEPARATORS]]);
  for (const [name, value] of environment) changes.set(name, { kind: 'text', value });
  return { parent: null, changes, depth: 0, sealed: true };
}

export function lookUp(variables: Variables, name: string): Binding | undefined {
  for (let layer: Variables | null = variables; layer !== null; layer = layer.parent) {
    const binding = layer.changes.get(name);
    if (binding !== undefined) return binding;
  }
  return undefined;
}

/** Returns the variables to go on with; a layer nobody else holds is changed in place. */
export function assign(variables: Variables, name: string, binding: Binding): Variables {
  const layer = variables.sealed ? onTop(variables) : variables;
  layer.changes.set(name, binding);
  return layer;
}

/** From here on changes go into a new layer, so that both holders can go on from what they share. */
export function seal(variables: Variables): Variables {
  variables.sealed = true;
  return variables;
}

function onTop(variables: Variables): Variables {
  if (variables.depth < MAX_LAYERS) {
    return { parent: variables, changes: new Map(), depth: variables.depth + 1, sealed: false };
  }
  return { parent: null, changes: flatten(variables), depth: 0, sealed: false };
}

function flatten(variables: Variables): Map<string, Binding> {
  const layers: Variables[] = [];
  for (let layer: Variables | null = variables; layer !== null; layer = layer.parent) layers.push(layer);
  const all = new Map<string, Binding>();
  for (const layer of layers.reverse()) for (const [name, binding] of layer.changes) all.set(name, binding);
  return all;
}

/** Every variable as one value, sorted by name; arrays as their elements joined by one space. */
export function snapshot(variables: Variables): ReadonlyMap<string, Value> {
  const names = flatten(variables);
  const values = new Map<string, Value>();
  for (const name of [...names.keys()].sort()) {
    const binding = names.get(name);
    if (binding !== undefined && binding.kind !== 'unset' && !name.startsWith(FILE))
      values.set(name, asValue(binding));
  }
  return values;
}

/** As `snapshot` has it under that name. */
export function valueNamed(variables: Variables, name: string): Value | undefined {
  const binding = lookUp(variables, name);
  return binding === undefined || binding.kind === 'unset' ? undefined : asValue(binding);
}

export function asValue(binding: Binding): Value {
  if (binding.kind === 'unset') return [];
  if (binding.kind === 'text') return binding.value;
  return join([...binding.items.values()].flatMap((item, index) => (index === 0 ? [item] : [' ', item])));
}

/** Key under which the content of a file that the script writes is kept beside the variables. */
export function fileKey(path: string): string {
  return FILE + path;
}
// No variable can have this in its name.
const FILE = '\u0000';

/** The variables after a branching: where the branches disagree, a hole that names the alternatives. */
export function mergeVariables(before: Variables, branches: readonly Variables[]): Variables {
  const [first, ...others] = branches;
  if (first === undefined) return before;
  if (others.every((other) => other === first)) return first;
  let merged = before;
  for (const name of changedNames(before, branches)) {
    const bindings = branches.map((branch) => lookUp(branch, name));
    merged = assign(merged, name, mergeBindings(name, bindings));
  }
  return merged;
}

function changedNames(before: Variables, branches: readonly Variables[]): readonly string[] {
  const names = new Set<string>();
  for (const branch of branches) {
    let layer: Variables | null = branch;
    while (layer !== null && layer !== before) {
      for (const name of layer.changes.keys()) names.add(name);
      layer = layer.parent;
    }
  }
  return [...names].sort();
}

function mergeBindings(name: string, bindings: readonly (Binding | undefined)[]): Binding {
  const [first] = bindings;
  if (first !== undefined && bindings.every((other) => other !== undefined && sameBinding(first, other)))
    return first;
  const values = bindings.map(
    (binding): Value => (binding === undefined ? [unknownVariable(name)] : asValue(binding)),
  );
  return { kind: 'text', value: [choice(`$${name}`, values)] };
}

function sameBinding(left: Binding, right: Binding): boolean {
  if (left === right) return true;
  if (left.kind !== right.kind) return false;
  if (left.kind === 'text' && right.kind === 'text') return same(left.value, right.value);
  return same(asValue(left), asValue(right));
}

export function unknownVariable(name: string): Hole {
  return { expression: `$${name}`, why: 'nothing in sight sets it' };
}

/** What one unknown command prints is called by the variable that takes it first. */
export function namedAfter(name: string, value: Value): Value {
  const [only] = value;
  if (value.length !== 1 || typeof only !== 'object' || only.choices !== undefined) return value;
  return only.variable === undefined && /^(\$\((?!\()|`)/.test(only.expression)
    ? [{ ...only, variable: `$${name}` }]
    : value;
}

/** A hole that is one of `values`. Too many alternatives are as good as none named. */
export function choice(expression: string, values: readonly Value[]): Hole {
  const why = 'it depends on which branch of the script runs';
  const all = new Map<string, Value>();
  for (const value of values) for (const one of alternatives(value)) all.set(format(one), one);
  if (all.size > MAX_CHOICES) return { expression, why };
  return { expression, why, choices: [...all.keys()].sort().map((key) => all.get(key) ?? []) };
}

/**
 * Does the same to every text a value may be: once when it is known in full or its holes name no alternatives,
 * otherwise to each alternative of its only hole that does. Null when `change` gives null for any.
 */
export function overChoices(
  value: Value,
  expression: string,
  change: (one: Value) => Value | null,
): Value | null {
  const at = value.findIndex((part) => typeof part === 'object' && part.choices !== undefined);
  const part = value[at];
  const others = value.filter((one) => typeof one === 'object').length;
  if (typeof part !== 'object' || part.choices === undefined || others !== 1) return change(value);
  const changed = part.choices.map((one) => change(join([value.slice(0, at), one, value.slice(at + 1)])));
  if (changed.some((one) => one === null)) return null;
  return [
    choice(
      expression,
      changed.map((one) => one ?? []),
    ),
  ];
}

function alternatives(value: Value): readonly Value[] {
  const [only] = value;
  if (value.length === 1 && typeof only === 'object' && only.choices !== undefined) return only.choices;
  return [value];
}
