// A traced script → what each of its commands does to images: by its tool, by what it hands on, or that it can't be told.

import type { Value } from '../model/value.ts';
import type { Invocation, Trace } from '../shell/trace.ts';
import { EMPTY, format, known, prefix, presumed, split, text } from '../value.ts';
import { alternativeCommands, decidingText, longest } from './alternatives.ts';
import { callOf } from './command-call.ts';
import type { Effect } from './effect.ts';
import type { Files } from './files.ts';
import { handedText } from './handed-text.ts';
import { type PackageScript, packageScripts } from './package-scripts.ts';
import { preloaded } from './preloads.ts';
import type { CommandCall } from './tool.ts';
import { toolForCommand } from './tools/index.ts';
import { unseenProgram } from './unseen.ts';

/** A command that does something to container material, or that make has to be asked about. */
export type Command = {
  readonly invocation: Invocation;
  readonly effects: readonly Effect[];
  readonly tool: string;
  readonly family: string;
  readonly isMake: boolean;
  /** Scripts of package.json that it runs. */
  readonly scripts?: readonly PackageScript[];
};

/** Makefiles and package.json have words of their own, and are handed the whole environment. */
export function handsOn({ isMake, scripts }: Command): boolean {
  return isMake || scripts !== undefined;
}

/** `asked` takes the names of the variables that tools look at. */
export function commandsOf(trace: Trace, files: Files, asked: Set<string>): readonly Command[] {
  const told = new Set<string>();
  return trace.invocations.flatMap((invocation): readonly Command[] => [
    ...preloaded(invocation, files, told).map((effect) => opaqueCommand(invocation, effect, 'wrapper')),
    ...ownCommands(invocation, trace, files, asked),
  ]);
}

function ownCommands(
  invocation: Invocation,
  trace: Trace,
  files: Files,
  asked: Set<string>,
): readonly Command[] {
  if (invocation.entered) return [];
  const argv = invocation.argv.map((argument) => argument.value);
  const computed = computedCommand(invocation, argv, trace, files, asked);
  if (computed !== null) return [computed];
  const match = toolForCommand(argv);
  if (match !== null) {
    const { tool } = match;
    const effects = effectsOf(match, callOf(invocation, trace, files, asked));
    const chosen = effects.length === 0 ? chosenCommand(invocation, argv, trace, files, asked) : null;
    if (chosen !== null) return [chosen];
    // A tool knows its own words; what it hands on to another shell or machine is looked at as text.
    const handed =
      effects.length === 0 ? handedText([argv[0] ?? EMPTY, ...match.rest], invocation.stdin) : null;
    if (handed !== null) return [opaqueCommand(invocation, handed, tool.family)];
    return effects.length === 0
      ? []
      : [{ invocation, effects, tool: tool.id, family: tool.family, isMake: false }];
  }
  const chosen = chosenCommand(invocation, argv, trace, files, asked);
  if (chosen !== null) return [chosen];
  const program = argv[0]?.[0];
  const scripts = packageScripts(argv, invocation.workingDirectory, files);
  if (scripts !== null)
    return [{ invocation, effects: [], tool: 'npm', family: 'wrapper', isMake: false, scripts }];
  if (typeof program === 'string' && /(^|\/)g?make$/.test(program) && argv[0]?.length === 1) {
    return [{ invocation, effects: [], tool: 'make', family: 'wrapper', isMake: true }];
  }
  const handed = handedText(argv, invocation.stdin);
  if (handed !== null) return [opaqueCommand(invocation, handed, 'wrapper')];
  const unseen = unseenProgram(argv, files, invocation.workingDirectory);
  return unseen === null ? [] : [opaqueCommand(invocation, unseen.effect, unseen.family)];
}

function opaqueCommand(invocation: Invocation, effect: Effect, family: string): Command {
  const tool = effect.kind === 'opaque' ? effect.what : '';
  return { invocation, effects: [effect], tool, family, isMake: false };
}

type Match = NonNullable<ReturnType<typeof toolForCommand>>;

function effectsOf(
  { tool, command, rest }: Match,
  call: Omit<CommandCall, 'command' | 'words'>,
): readonly Effect[] {
  const readings = alternativeCommands(rest).map(
    (words) => tool.command?.({ ...call, command, words }) ?? [],
  );
  return agreedEffects(readings, rest.map(decidingText).find((text) => text !== null) ?? null);
}

/** Sub-commands stand among the first words: `docker $(if $(PUSH),push,build) NAME`. */
const VERBS = 4;

/** A program whose sub-command is one of several. */
function chosenCommand(
  invocation: Invocation,
  argv: readonly Value[],
  trace: Trace,
  files: Files,
  asked: Set<string>,
): Command | null {
  const verb = argv.slice(1, VERBS).find((word) => word.length === 1 && decidingText(word) !== null);
  if (verb === undefined) return null;
  const call = callOf(invocation, trace, files, asked);
  const read = alternativeCommands(argv).map((words) => {
    const match = toolForCommand(words);
    return { match, effects: match === null ? [] : effectsOf(match, call) };
  });
  const tool = read.find(({ effects }) => effects.length > 0)?.match?.tool;
  if (tool === undefined) return null;
  const effects = agreedEffects(
    read.map((one) => one.effects),
    decidingText(verb),
  );
  return { invocation, effects, tool: tool.id, family: tool.family, isMake: false };
}

/** A command whose first word stands for a program, or for a whole command with its words, that can be told. */
function computedCommand(
  invocation: Invocation,
  argv: readonly Value[],
  trace: Trace,
  files: Files,
  asked: Set<string>,
): Command | null {
  const [first, ...others] = argv;
  if (first === undefined || known(first) !== null) return null;
  const all = alternativeCommands(argv);
  const isOpen = all.length === 1 && first.length === 1 && decidingText(first) !== null;
  // Too many ways to put it together: the one with the most words says what it may do.
  const most = isOpen ? split(longest(first), ' ').filter((word) => word.length > 0) : [];
  const commands = isOpen ? [[...most, ...others]] : all;
  const read = commands.map(([program = EMPTY, ...words]) =>
    matchOf([...presumedProgram(program), ...words]),
  );
  const tool = read.find(({ match }) => match !== null)?.match?.tool;
  if (tool === undefined) return null;
  const call = callOf(invocation, trace, files, asked);
  const readings = read.map(({ match }) => (match === null ? [] : effectsOf(match, call)));
  const isSure = !isOpen && read.every((one) => one.isSure);
  const effects = agreedEffects(isSure ? readings : [...readings, []], decidingText(first) ?? format(first));
  return effects.length === 0
    ? null
    : { invocation, effects, tool: tool.id, family: tool.family, isMake: false };
}

/** A program by its fallback; none where that is empty. A look-up prints a line for each program that is there. */
function presumedProgram(program: Value): readonly Value[] {
  const otherwise = presumed(program);
  if (otherwise === program) return [program];
  const [, lookedUp] = /^(\S+)\s/.exec(prefix(otherwise)) ?? [];
  if (lookedUp !== undefined) return [text(lookedUp)];
  return otherwise.length === 0 ? [] : [otherwise];
}

/** The tool of a command, behind `sudo` or behind a word that nobody knows (`$SUDO docker push …`). */
function matchOf(words: readonly Value[]): { readonly match: Match | null; readonly isSure: boolean } {
  const [first = EMPTY, ...rest] = words;
  const direct = toolForCommand(words);
  if (direct !== null) return { match: direct, isSure: true };
  if (known(first) === 'sudo') return { match: toolForCommand(rest), isSure: true };
  return { match: known(first) === null ? toolForCommand(rest) : null, isSure: false };
}

/** Effects under every reading of the words are certain; the others only may happen. */
function agreedEffects(readings: readonly (readonly Effect[])[], deciding: string | null): readonly Effect[] {
  const [first = []] = readings;
  if (readings.length <= 1) return first;
  const counted = new Map<string, { readonly effect: Effect; count: number }>();
  for (const reading of readings) {
    const own = new Map(
      reading
        .flatMap(onePerName)
        .map((effect) => [JSON.stringify({ ...effect, happens: '', options: '' }), effect]),
    );
    for (const [key, effect] of own) {
      const entry = counted.get(key) ?? { effect, count: 0 };
      entry.count += 1;
      counted.set(key, entry);
    }
  }
  return [...counted.values()].map(({ effect, count }): Effect => {
    if (count === readings.length) return effect;
    if (effect.kind === 'push')
      return { ...effect, happens: 'unknown', condition: effect.condition ?? deciding };
    return effect.kind === 'archive' ? { ...effect, happens: 'unknown' } : effect;
  });
}

function onePerName(effect: Effect): readonly Effect[] {
  return effect.kind === 'push' && effect.names.length > 1
    ? effect.names.map((name) => ({ ...effect, names: [name] }))
    : [effect];
}
