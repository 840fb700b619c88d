// What comes of the way a command ends: whether anything stops, or is left out, when it fails or when it goes well.
import type { AndOr, Command, CompoundList, If, PipelineNode, Statement, SyntaxNode, While } from 'unbash';
import { forEachChild } from 'unbash';
import type { Routine } from './state.ts';

/** Each tells whether the script then ends with a failure, or leaves out what depends on the command. */
export type Consequences = {
  /** Of its failing, as far as its status is asked for. */
  readonly failure: boolean;
  /** Of its failing where `set -e` looks; lists and what `!` turns round are exempt (POSIX, section "set"). */
  readonly abort: boolean;
  /** Of its going well: `[ "$a" != "$b" ] && exit 1`. */
  readonly success: boolean;
  /** Of an `exit` with a failure in this shell, and of a `return` with one in this function. */
  readonly exit: boolean;
  readonly leave: boolean;
  /** Something further out takes everything back, so that leaving things out goes unnoticed as well. */
  readonly shrugged: boolean;
  /** Only `break` ends the loop around. */
  readonly endless: boolean;
};

/** A script whose failure somebody notices. */
export const HEARD: Consequences = {
  failure: true,
  abort: true,
  success: false,
  exit: true,
  leave: true,
  shrugged: false,
  endless: false,
};

/** A command whose status nobody asks for: in the background, in the words of another command. */
export const UNHEARD: Consequences = {
  failure: false,
  abort: false,
  success: false,
  exit: false,
  leave: false,
  shrugged: false,
  endless: false,
};

/** A shell within the shell: leaving it is failing, for the one outside. */
export function ofChild(around: Consequences): Consequences {
  const failure = around.failure || around.abort;
  return { ...around, failure, abort: failure, exit: failure, leave: failure, endless: false };
}

/** A function's `return` is the status of the call. */
export function ofCall(around: Consequences): Consequences {
  return { ...around, leave: around.failure || around.abort, endless: false };
}

export function negated(around: Consequences): Consequences {
  return { ...around, failure: around.success, success: around.failure, abort: false };
}

/** Of one statement of a list; the status of the last one is that of the list. */
export function ofStatement(
  around: Consequences,
  { background }: Statement,
  isLast: boolean,
  exitsOnError: boolean,
): Consequences {
  if (background === true) return { ...UNHEARD, shrugged: around.shrugged };
  const abort = exitsOnError && around.exit;
  // Most scripts are one list, and stand as they are.
  if (isLast && abort === around.abort) return around;
  return isLast ? { ...around, abort } : { ...around, failure: false, success: false, abort };
}

/** Of the body of a loop: the status of the last pass is that of the loop. */
export function ofPass(around: Consequences, isLast: boolean): Consequences {
  return isLast ? around : { ...around, failure: false, success: false };
}

/** How a command ends, as far as its words tell. Anything that isn't known for failing is taken to go well. */
type Ending = 'goes on' | 'fails' | 'exits' | 'returns' | 'skips' | 'exits well';

export type Scene = { readonly functions: ReadonlyMap<string, Routine>; readonly exitOnError: boolean };

/** Commands that are looked at to tell how one ends, functions followed; beyond them it is taken for an ordinary one. */
const MAX_STEPS = 256;

type Known = Scene & { steps: number };

function knownOf({ functions, exitOnError }: Scene): Known {
  return { functions, exitOnError, steps: 0 };
}

/** What follows once a command of a list has ended in one way. */
type Sequel = {
  readonly ending: Ending;
  /** Whether a further command of the list runs on the way. */
  readonly ran: boolean;
  /** Whether one that does something is left out. */
  readonly skipped: boolean;
};

/** Of each command of a list with `&&` and `||`, in its order. */
export function ofList(around: Consequences, { commands, operators }: AndOr, scene: Scene): Consequences[] {
  const known = knownOf(scene);
  let failed: Sequel = { ending: 'fails', ran: false, skipped: false };
  let passed: Sequel = { ending: 'goes on', ran: false, skipped: false };
  const found: Consequences[] = [];
  for (let at = commands.length - 1; at >= 0; at -= 1) {
    const next = commands[at + 1];
    if (next !== undefined) {
      known.steps = 0;
      const without = (after: Sequel): Sequel =>
        after.skipped || after.ran || !doesSomething(next, around.endless, 0)
          ? after
          : { ...after, skipped: true };
      const through = (before: Ending, onward: { failed: Sequel; passed: Sequel }): Sequel => {
        const ending = endingOf(next, known, before, 0);
        if (ending === 'goes on') return reached(onward.passed);
        return ending === 'fails' ? reached(onward.failed) : { ending, ran: true, skipped: false };
      };
      const onward = { failed, passed };
      const isAnd = operators[at] === '&&';
      failed = isAnd ? without(onward.failed) : through('fails', onward);
      passed = isAnd ? through('goes on', onward) : without(onward.passed);
    }
    const takenBack = failed.ran && (failed.ending === 'goes on' || failed.ending === 'exits well');
    const failure = stops(failed, around);
    const success = stops(passed, around);
    const abort = next === undefined && around.abort;
    const shrugged = around.shrugged || takenBack;
    const last = found.at(-1);
    const isAsLast =
      last?.failure === failure &&
      last.success === success &&
      last.abort === abort &&
      last.shrugged === shrugged;
    found.push(isAsLast ? last : { ...around, failure, success, abort, shrugged });
  }
  return found.reverse();
}

function reached(sequel: Sequel): Sequel {
  return sequel.ran ? sequel : { ...sequel, ran: true };
}

function stops({ ending, ran, skipped }: Sequel, around: Consequences): boolean {
  const guarded = !ran && skipped && !around.shrugged;
  switch (ending) {
    case 'fails':
      return around.failure || (ran && around.abort) || guarded;
    case 'goes on':
      return around.success || guarded;
    case 'exits':
      return around.exit;
    case 'returns':
      return around.leave;
    case 'skips':
      return !around.shrugged;
    case 'exits well':
      return false;
  }
}

/** Of the question an `if` asks. */
export function ofQuestion(
  around: Consequences,
  { then, elif, else: otherwise }: If,
  scene: Scene,
): Consequences {
  const known = knownOf(scene);
  const isGuarded = (body: CompoundList | undefined) =>
    body !== undefined && doesSomething(body, around.endless, 0);
  const path = (taken: CompoundList | undefined, before: Ending, left: CompoundList | undefined): boolean => {
    const ending = taken === undefined ? 'goes on' : endingOf(taken, known, before, 0);
    return stops({ ending, ran: ending !== 'goes on', skipped: isGuarded(left) }, around);
  };
  return {
    ...around,
    failure: path(elif.length > 0 ? undefined : otherwise, 'fails', then),
    success: path(then, 'goes on', elif[0]?.then ?? otherwise),
    abort: false,
  };
}

/** Of the question a loop asks: where only its answer ends the loop, the loop doesn't end without it. */
export function ofCondition(around: Consequences, { kind, body }: While): Consequences {
  const holds = !around.shrugged && !leavesLoop(body, 0);
  return {
    ...around,
    failure: kind === 'until' && holds,
    success: kind === 'while' && holds,
    abort: false,
  };
}

/** Whether `while true`, `until false`: only `break` ends it. */
export function isEndless({ kind, clause }: While): boolean {
  const [first, ...others] = clause.commands;
  if (others.length > 0 || first?.command.type !== 'Command') return false;
  const name = first.command.name?.text;
  return kind === 'while' ? name === 'true' || name === ':' : name === 'false';
}

/** Nesting that is looked into; what lies deeper is taken for an ordinary command. */
const MAX_DEPTH = 16;

const WORDS = new Set(['echo', 'printf', 'true', ':', 'cat', 'ls', 'logger', 'false', 'sleep', 'date']);
/** Where these are left out, the script goes on. */
const ENDS = new Set(['exit', 'return']);
const SKIPS = new Set(['break', 'continue']);
/** What people call functions that end a script; where one is defined, its body counts. */
const GIVES_UP = /^(die|fail(ure|ed)?|abort|bail(_?out)?|fatal|panic|err(or)?([_-]?exit)?|exit[_-]\w+)$/i;

/** Whether a command does more than print words for the log. */
function doesSomething(node: SyntaxNode, endless: boolean, depth: number): boolean {
  if (depth > MAX_DEPTH) return true;
  if (node.type === 'Command') {
    const name = node.name?.text;
    if (name === undefined) return false;
    const base = name.slice(name.lastIndexOf('/') + 1);
    return SKIPS.has(base) ? endless : !WORDS.has(base) && !ENDS.has(base) && !GIVES_UP.test(base);
  }
  let found = false;
  forEachChild(node, (child) => {
    found ||= doesSomething(child, endless, depth + 1);
  });
  return found;
}

function leavesLoop(node: SyntaxNode, depth: number): boolean {
  if (depth > MAX_DEPTH) return true;
  if (node.type === 'Command') return /^(break|exit|return)$/.test(node.name?.text ?? '');
  let found = false;
  forEachChild(node, (child) => {
    found ||= leavesLoop(child, depth + 1);
  });
  return found;
}

/** `before`: how the command in front of it ended, which is what a bare `exit` ends with. */
function endingOf(
  node: PipelineNode | AndOr | CompoundList,
  known: Known,
  before: Ending,
  depth: number,
): Ending {
  known.steps += 1;
  if (depth > MAX_DEPTH || known.steps > MAX_STEPS) return 'goes on';
  const inside = (one: PipelineNode | AndOr | CompoundList): Ending =>
    endingOf(one, known, before, depth + 1);
  switch (node.type) {
    case 'Command':
      return endingOfCommand(node, known, before, depth);
    case 'CompoundList':
      return endingOfAll(node, known, before, depth);
    case 'BraceGroup':
      return inside(node.body);
    case 'Subshell':
      return asStatus(inside(node.body));
    case 'Redirected':
      return inside(node.command);
    case 'AndOr':
      return endingOfList(node, known, before, depth);
    case 'Pipeline': {
      const last = node.commands.at(-1);
      const ending = last === undefined ? 'goes on' : inside(last);
      const status = node.commands.length > 1 ? asStatus(ending) : ending;
      const turned = node.prefixes.filter((prefix) => prefix.type === 'Negation').length % 2 === 1;
      if (!turned) return status;
      return status === 'fails' ? 'goes on' : status === 'goes on' ? 'fails' : status;
    }
    case 'If': {
      const bodies = [node.then, ...node.elif.map((one) => one.then), node.else];
      const endings = bodies.map((body) => (body === undefined ? 'goes on' : inside(body)));
      const [first = 'goes on'] = endings;
      return endings.every((one) => one === first) ? first : 'goes on';
    }
    default:
      return 'goes on';
  }
}

function asStatus(ending: Ending): Ending {
  return ending === 'goes on' || ending === 'exits well' ? 'goes on' : 'fails';
}

function endingOfAll({ commands }: CompoundList, known: Known, before: Ending, depth: number): Ending {
  let ending = before;
  for (const { command, background } of commands) {
    ending = background === true ? 'goes on' : endingOf(command, known, ending, depth + 1);
    if (ending !== 'goes on' && ending !== 'fails') return ending;
    if (ending === 'fails' && known.exitOnError && command.type === 'Command') return 'exits';
  }
  return ending;
}

function endingOfList({ commands, operators }: AndOr, known: Known, before: Ending, depth: number): Ending {
  let ending = before;
  for (const [index, command] of commands.entries()) {
    const operator = operators[index - 1];
    if (operator === '&&' && ending === 'fails') continue;
    if (operator === '||' && ending === 'goes on') continue;
    // `[ -n "$STRICT" ] && exit 1`: nobody knows whether it gets there.
    if (isTest(commands[index - 1])) return 'goes on';
    ending = endingOf(command, known, ending, depth + 1);
    if (ending !== 'goes on' && ending !== 'fails') return ending;
  }
  return ending;
}

function isTest(node: PipelineNode | undefined): boolean {
  if (node?.type === 'TestCommand') return true;
  return node?.type === 'Command' && /^(\[|test|grep|command)$/.test(node.name?.text ?? '');
}

function endingOfCommand(node: Command, known: Known, before: Ending, depth: number): Ending {
  const written = node.name?.text ?? '';
  const name = written.slice(written.lastIndexOf('/') + 1);
  if (name === 'exit' || name === 'return') {
    const [argument] = node.args;
    const code = argument?.type === 'Word' ? argument.text : null;
    const isFailure = code === null || code === '$?' ? before === 'fails' : code !== '0';
    if (name === 'return') return isFailure ? 'returns' : 'goes on';
    return isFailure ? 'exits' : 'exits well';
  }
  if (name === 'false') return 'fails';
  if (name === 'kill') return 'exits';
  if (SKIPS.has(name)) return 'skips';
  const routine = known.functions.get(written);
  if (routine !== undefined) {
    const { body } = routine.node;
    const ending = endingOf(body, known, before, depth + 1);
    return ending === 'returns' ? 'fails' : ending;
  }
  return GIVES_UP.test(name) ? 'exits' : 'goes on';
}
