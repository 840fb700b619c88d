// What the statements of a Jenkinsfile share: variables, images, the registry and the folder they stand in.
import type { Value } from '../../../model/value.ts';
import { choice } from '../../../shell/variables.ts';
import { same } from '../../../value.ts';
import type { Ledger } from '../../act.ts';
import type { SourceText } from '../../source-text.ts';
import type { RefPoint } from '../ref-points.ts';
import type { GroovyGroup } from './groovy.ts';

type OwnFunction = { readonly parameters: readonly string[]; readonly body: GroovyGroup; called: boolean };

/** What statements share and change as they run. */
export type Frame = {
  readonly source: SourceText;
  readonly at: RefPoint;
  readonly ledger: Ledger;
  readonly functions: Map<string, OwnFunction>;
  variables: ReadonlyMap<string, Value>;
  /** Names that the block which runs declares itself; what it assigns to others stays when it ends. */
  declared: Set<string>;
  outer: Set<string>;
  /** Variables that hold an image of the Docker plugin. */
  images: ReadonlyMap<string, Value>;
  /** Variables that hold texts in a list or map. */
  lists: ReadonlyMap<string, readonly Value[]>;
  registry: Value | null;
  folder: Value;
  depth: number;
  /** Statements left before reading ends: functions that call each other end here. */
  readonly budget: { left: number };
};

/** Blocks and calls inside each other that are followed. */
export const DEPTH_LIMIT = 60;
export const STATEMENT_LIMIT = 50_000;

export function newFrame(
  source: SourceText,
  at: RefPoint,
  variables: ReadonlyMap<string, Value>,
  ledger: Ledger,
): Frame {
  return {
    source,
    at,
    ledger,
    functions: new Map(),
    variables,
    declared: new Set(),
    outer: new Set(),
    images: new Map(),
    lists: new Map(),
    registry: null,
    folder: [],
    depth: 0,
    budget: { left: STATEMENT_LIMIT },
  };
}

/** Runs a block whose own variables, folder and registry end with it. */
export function scoped(frame: Frame, locals: Iterable<string>, run: () => void): true {
  const { variables, folder, registry, declared, outer } = frame;
  frame.declared = new Set(locals);
  frame.outer = new Set();
  run();
  const kept = new Map(variables);
  for (const name of frame.outer) {
    const value = frame.variables.get(name);
    if (value === undefined) kept.delete(name);
    else kept.set(name, value);
    if (!declared.has(name)) outer.add(name);
  }
  frame.variables = kept;
  frame.declared = declared;
  frame.outer = outer;
  frame.folder = folder;
  frame.registry = registry;
  return true;
}

export function assign(frame: Frame, name: string, value: Value | null, isDeclared: boolean): void {
  const variables = new Map(frame.variables);
  if (value === null) variables.delete(name);
  else variables.set(name, value);
  frame.variables = variables;
  if (isDeclared) frame.declared.add(name);
  else if (!frame.declared.has(name)) frame.outer.add(name);
}

/** Runs ways of which one is taken, nobody knows which: afterwards a variable is what any of them leaves. */
export function oneOf(frame: Frame, ways: readonly (() => void)[]): void {
  const before = frame.variables;
  const after = ways.map((run) => {
    frame.variables = before;
    run();
    return frame.variables;
  });
  const merged = new Map(before);
  for (const name of new Set(after.flatMap((variables) => [...variables.keys()]))) {
    // Where nothing was set before, its author counts on the way that sets it.
    const own = after.map((variables) => variables.get(name)).filter((value) => value !== undefined);
    const [first] = own;
    if (first === undefined) continue;
    const agreed = own.every((value) => value === first || same(value, first));
    merged.set(name, agreed ? first : [choice(`$${name}`, own)]);
  }
  frame.variables = merged;
}
