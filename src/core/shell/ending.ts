// How a command ends, and whether it does anything, as far as its words tell.
import type { AndOr, Command, CompoundList, PipelineNode, SyntaxNode } from 'unbash';
import { forEachChild } from 'unbash';
import type { Routine } from './state.ts';

/** How a command ends, as far as its words tell. Anything that isn't known for failing is taken to go well. */
export type Ending = 'goes on' | 'fails' | 'exits' | 'returns' | 'skips' | 'exits well';

export type Scene = { readonly functions: ReadonlyMap<string, Routine>; readonly exitOnError: boolean };

/** Commands that are looked at to tell how one ends, functions followed; beyond them it is taken for an ordinary one. */
const MAX_STEPS = 256;

type Known = Scene & { steps: number };

export function knownOf({ functions, exitOnError }: Scene): Known {
  return { functions, exitOnError, steps: 0 };
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
export function doesSomething(node: SyntaxNode, endless: boolean, depth: number): boolean {
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

export function leavesLoop(node: SyntaxNode, depth: number): boolean {
  if (depth > MAX_DEPTH) return true;
  if (node.type === 'Command') return /^(break|exit|return)$/.test(node.name?.text ?? '');
  let found = false;
  forEachChild(node, (child) => {
    found ||= leavesLoop(child, depth + 1);
  });
  return found;
}

/** `before`: how the command in front of it ended, which is what a bare `exit` ends with. */
export function endingOf(
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
