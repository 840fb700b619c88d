// Where an abstract run of a script stands: variables, directory, and whether control gets here at all.
import type { Function as FunctionNode } from 'unbash';
import type { Truth, Value } from '../model/value.ts';
import { both, either, join, not, same } from '../value.ts';
import type { Consequences } from './consequences.ts';
import type { Source } from './source.ts';
import { type Binding, choice, lookUp, mergeVariables, seal, type Variables } from './variables.ts';

export type Routine = { readonly node: FunctionNode; readonly source: Source };

export type State = {
  variables: Variables;
  positional: readonly Value[] | null;
  /** Where branches left different arguments: all of them as one text, with its choices. */
  handed: Value | null;
  functions: ReadonlyMap<string, Routine>;
  directory: Value;
  /** Whether the branches on the way here were surely taken. */
  entry: 'yes' | 'unknown';
  guards: readonly string[];
  /** Whether control has left by `exit`, `return`, `break`, `continue`. */
  exited: Truth;
  /** It was left by an `exit` with a code that tells of failure. */
  failed: boolean;
  returned: Truth;
  broken: Truth;
  continued: Truth;
  /** `set -e`. */
  exitOnError: boolean;
  /** `set -o pipefail`. */
  pipesFail: boolean;
  /** What comes of the way in which the command that runs now ends. */
  consequences: Consequences;
  /** Its words are those of an assignment, whose status is that of the last `$(…)` in it. */
  isAssigning: boolean;
  /** Bindings that `local` hid, put back when the function ends; null outside functions. */
  hidden: ReadonlyMap<string, Binding | null> | null;
};

/** Whether the next command runs. */
export function reached(state: State): Truth {
  return both(
    state.entry,
    not(either(either(state.exited, state.returned), either(state.broken, state.continued))),
  );
}

/** A copy to go on with separately. */
export function fork(state: State, changes: Partial<State> = {}): State {
  seal(state.variables);
  return { ...state, ...changes };
}

/** A copy for a branch whose condition is not decided. */
export function branch(state: State, guard: string): State {
  const guards = guard === '' || state.guards.includes(guard) ? state.guards : [...state.guards, guard];
  return fork(state, { entry: 'unknown', guards });
}

/**
 * Lets `state` go on after branches of which exactly one runs. Branches that never come out have no say in what
 * the variables are afterwards; they leave their mark in that control may not get here.
 */
export function rejoin(state: State, all: readonly State[]): void {
  const branches = staying(all);
  const leaves = branches.map((one) => reached({ ...one, entry: 'yes' }));
  const alive = branches.filter((_, index) => leaves[index] !== 'no');
  const going = alive.length === 0 ? branches : alive;
  const [first] = going;
  if (first === undefined) return;
  state.variables = mergeVariables(
    seal(state.variables),
    going.map((one) => seal(one.variables)),
  );
  state.directory = going.every((one) => same(one.directory, first.directory))
    ? first.directory
    : [
        choice(
          '$PWD',
          going.map((one) => one.directory),
        ),
      ];
  const handed = going.every((one) => one.positional === first.positional) ? first.handed : handedBy(going);
  state.positional = going.every((one) => one.positional === first.positional) ? first.positional : null;
  state.handed = handed;
  state.functions = mergeFunctions(going);
  state.exitOnError = going.some((one) => one.exitOnError);
  state.pipesFail = going.some((one) => one.pipesFail);
  state.exited = agree(branches.map((one) => one.exited));
  state.failed = branches.every((one) => one.failed);
  state.returned = agree(branches.map((one) => one.returned));
  state.broken = agree(branches.map((one) => one.broken));
  state.continued = agree(branches.map((one) => one.continued));
  state.hidden = first.hidden;
  if (alive.length === 1 && branches.length > 1) state.guards = first.guards;
}

function handedBy(states: readonly State[]): Value | null {
  const lists = states.map(({ positional, handed }) => positional ?? (handed === null ? null : [handed]));
  const texts = lists.flatMap((list): Value[] =>
    list === null ? [] : [join(list.flatMap((word, at) => (at === 0 ? [word] : [' ', word])))],
  );
  return texts.length < states.length ? null : [choice('$@', texts)];
}

/**
 * A check that ends the script with a failure (`[ -n "$TAG" ] || exit 1`) is no condition of what comes after it: like
 * every other command it is taken to go well.
 */
function staying(branches: readonly State[]): readonly State[] {
  const left = branches.filter((one) => !(one.failed && one.exited === 'yes'));
  return left.length === 0 ? branches : left;
}

function agree(truths: readonly Truth[]): Truth {
  const [first] = truths;
  return first !== undefined && truths.every((other) => other === first) ? first : 'unknown';
}

function mergeFunctions(states: readonly State[]): ReadonlyMap<string, Routine> {
  const [first, ...others] = states;
  if (first === undefined) return new Map();
  if (others.every((other) => other.functions === first.functions)) return first.functions;
  const merged = new Map<string, Routine>();
  for (const state of states) for (const [name, routine] of state.functions) merged.set(name, routine);
  return merged;
}

export function binding(state: State, name: string): Binding | undefined {
  return lookUp(state.variables, name);
}
