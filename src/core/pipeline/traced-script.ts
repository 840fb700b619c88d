// A script → its trace and what each command does, remembered: CI runs the same script under many events and rows.

import type { Value } from '../model/value.ts';
import { newSyntaxTrees, type SyntaxTrees } from '../shell/syntax-trees.ts';
import type { Trace } from '../shell/trace.ts';
import { traceScript } from '../shell/trace-script.ts';
import { same } from '../value.ts';
import { type Command, commandsOf, handsOn } from './commands.ts';
import { evaluatedParts } from './expression-text.ts';
import { type Files, isGap, repositoryPath } from './files.ts';
import { mayPreload } from './preloads.ts';
import type { ToldActs } from './retold-acts.ts';
import type { Script } from './script.ts';

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
