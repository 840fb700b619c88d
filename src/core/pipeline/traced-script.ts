// A script → its trace and what each command does, remembered: CI runs the same script under many events and rows.

import type { Value } from '../model/value.ts';
import { newSyntaxTrees, type SyntaxTrees } from '../shell/syntax-trees.ts';
import type { Invocation, Trace } from '../shell/trace.ts';
import { traceScript } from '../shell/trace-script.ts';
import { EMPTY, format, known, prefix, presumed, same, split, text } from '../value.ts';
import { alternativeCommands, decidingText, longest } from './alternatives.ts';
import { callOf } from './command-call.ts';
import type { Effect } from './effect.ts';
import { evaluatedParts } from './expression-text.ts';
import { type Files, isGap, repositoryPath } from './files.ts';
import { handedText } from './handed-text.ts';
import { type PackageScript, packageScripts } from './package-scripts.ts';
import { mayPreload, preloaded } from './preloads.ts';
import type { ToldActs } from './retold-acts.ts';
import type { Script } from './script.ts';
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

/** Names that can make a difference; null: all of them. */
export type Words = ReadonlySet<string> | null;

export type TracedScript = {
  readonly trace: Trace;
  readonly commands: readonly Command[];
  /** Variables as the script leaves them, where it changes them; null for those it unsets. */
  readonly changed: ReadonlyMap<string, Value | null>;
  /**
   * Words of the script and of the files it reads, and variables its tools asked for: no variable of another name makes
   * a difference to it. Null when names are computed.
   */
  readonly words: Words;
};

type Entry = {
  readonly words: Words;
  readonly signature: string;
  readonly traced: TracedScript;
};

export type TraceMemory = {
  readonly entries: Map<string, Entry[]>;
  readonly told: ToldActs;
  /** Characters read so far, followed files included. */
  spent: number;
  /** Files that were not followed any more. */
  readonly left: Set<string>;
  readonly trees: SyntaxTrees;
  /** The words of the texts that a script is made of. */
  readonly words: Map<string, Words>;
};

export function newTraceMemory(): TraceMemory {
  return {
    entries: new Map(),
    told: new Map(),
    spent: 0,
    left: new Set(),
    trees: newSyntaxTrees(),
    words: new Map(),
  };
}

/** Characters of scripts that are followed for one snapshot; beyond it files are named, not followed. */
export const FOLLOWED_LIMIT = 96 * 1024 * 1024;

/** Different environments under which one script is remembered. */
const MEMORY_LIMIT = 64;

/** What a trace depends on beside the environment. */
export function scriptKey({ text, shell, workingDirectory, positional }: Script): string {
  return JSON.stringify([text, shell, workingDirectory, positional ?? null]);
}

export function traceOf(script: Script, files: Files, memory: TraceMemory): TracedScript {
  const key = scriptKey(script);
  const entries = memory.entries.get(key) ?? [];
  const signature = signatureFor(script);
  for (const entry of entries) if (entry.signature === signature(entry.words)) return entry.traced;
  const texts = [script.text];
  const trace = traceScript(script.text, {
    environment: script.environment,
    expression: script.expression,
    workingDirectory: script.workingDirectory,
    shell: script.shell,
    trees: memory.trees,
    paths: files.list,
    read: (path) => {
      const content = readScript(path, files);
      if (content === null) return null;
      if (memory.spent > FOLLOWED_LIMIT) {
        memory.left.add(path);
        return null;
      }
      if (!texts.includes(content)) {
        texts.push(content);
        memory.spent += content.length;
      }
      return content;
    },
    ...(script.positional === undefined ? {} : { positional: script.positional }),
  });
  let changed: ReadonlyMap<string, Value | null> | null = null;
  const asked = new Set<string>();
  const commands = commandsOf(trace, files, asked);
  const named = wordsOf(texts, memory);
  const traced: TracedScript = {
    trace,
    commands,
    get changed() {
      changed ??= changedVariables(script.environment, trace.environment);
      return changed;
    },
    words:
      named === null || [...asked].every((name) => named.has(name)) ? named : new Set([...named, ...asked]),
  };
  // What is handed the whole environment has words of its own.
  const words = commands.some(handsOn) ? null : traced.words;
  if (entries.length < MEMORY_LIMIT) {
    entries.push({ words, signature: signature(words), traced });
    memory.entries.set(key, entries);
  }
  return traced;
}

/** Makefiles and package.json have words of their own, and are handed the whole environment. */
export function handsOn({ isMake, scripts }: Command): boolean {
  return isMake || scripts !== undefined;
}

/** A remembered trace began with another environment, of which the script saw no more than it names. */
function changedVariables(
  before: ReadonlyMap<string, Value>,
  after: ReadonlyMap<string, Value>,
): ReadonlyMap<string, Value | null> {
  const changed = new Map<string, Value | null>();
  for (const [name, value] of after) {
    const old = before.get(name);
    if (old === undefined || (old !== value && !same(old, value))) changed.set(name, value);
  }
  for (const name of before.keys()) if (!after.has(name)) changed.set(name, null);
  return changed;
}

function readScript(path: string, files: Files): string | null | 'unread' {
  const inside = repositoryPath(path);
  // The wrappers of Gradle and Maven are those build tools, not scripts of the project.
  if (inside === null || /(^|\/)(gradlew|mvnw)$/.test(inside)) return null;
  const read = files.read(inside);
  if (read === null || isGap(read)) return null;
  return read === 'unread' ? 'unread' : read.text;
}

/** Null: names are computed, so every variable counts. */
function wordsOf(texts: readonly string[], memory: TraceMemory): Words {
  const whole = texts.join('\n');
  const found = memory.words.get(whole);
  if (found !== undefined) return found;
  const words = mayComputeNames(whole) ? null : new Set(whole.match(/[A-Za-z_]\w*/g) ?? []);
  memory.words.set(whole, words);
  return words;
}

/**
 * Whether a script may read or set variables it does not name: `${!x}`, `eval`, `env` alone, `declare "$x=1"`. Most have
 * `env` in their first line, in a comment or in `go env GOPATH`, where it is another matter.
 */
function mayComputeNames(script: string): boolean {
  return (
    /\$\{!(?!\w+\[[@*]\]\})|\b(?:eval|printenv)\b/.test(script) ||
    /\benv(?![\w.-])(?<!(?:^[ \t]{0,40}#[^\n$`]{0,200}|[.-]|\bgo[ \t])env)/m.test(script) ||
    /\bdeclare\b(?!(?:[ \t]+-[aAgilrtux]{1,8})?[ \t]+[A-Za-z_]\w*(?:=(?:"[^"\n]*"|[^\s"';|&()]*))?[ \t]*(?:[;\n)]|$))/.test(
      script,
    )
  );
}

/** Variables that tools read although no script names them. */
const TOOL_VARIABLES =
  /^(PATH$|BASH_ENV$|DOCKER_|KO_|SKAFFOLD_|CLOUDSDK_|BUILDX_|COMPOSE_|COSIGN_|REGISTRY|IMAGE|TAG|VERSION)/;

// Environments hold hundreds of variables, and every remembered trace of a script asks about the same one.
const USED = new WeakMap<Script['environment'], Map<Words, string>>();

/** What a script sees of its environment and of the expressions in its text, as one text. */
export function signatureFor(script: Script): (words: Words) => string {
  const { environment } = script;
  const expressions = JSON.stringify(evaluatedParts(script.text).map((part) => script.expression(part)));
  const signatures = USED.get(environment) ?? new Map<Words, string>();
  USED.set(environment, signatures);
  return (words) => {
    const used =
      signatures.get(words) ??
      [...environment]
        .filter(
          ([name]) => words === null || words.has(name) || TOOL_VARIABLES.test(name) || mayPreload(name),
        )
        .map(([name, value]) => `${name}=${serialized(value)}`)
        .join('\0');
    signatures.set(words, used);
    return `${used}\0\0${expressions}`;
  };
}

// Environments are made anew for every step, of values that stay the same.
const SERIALIZED = new WeakMap<Value, string>();

function serialized(value: Value): string {
  const found = SERIALIZED.get(value);
  if (found !== undefined) return found;
  const made = JSON.stringify(value);
  SERIALIZED.set(value, made);
  return made;
}

/** `asked` takes the names of the variables that tools look at. */
function commandsOf(trace: Trace, files: Files, asked: Set<string>): readonly Command[] {
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
