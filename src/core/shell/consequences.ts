// What comes of the way a command ends: whether anything stops, or is left out, when it fails or when it goes well.
import type { AndOr, CompoundList, If, Statement, While } from 'unbash';
import { doesSomething, type Ending, endingOf, knownOf, leavesLoop, type Scene } from './ending.ts';

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
