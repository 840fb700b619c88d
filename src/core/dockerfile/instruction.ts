// One instruction with its words expanded as BuildKit expands them, and what it changes for those after it.
import type { Argument, Flag, Heredoc, Instruction, Word } from '../model/dockerfile.ts';
import type { Location } from '../model/position.ts';
import type { Value } from '../model/value.ts';
import { join, text } from '../value.ts';
import { splitPair } from './arguments.ts';
import type { Span } from './command.ts';
import type { RawHeredoc } from './heredoc.ts';
import { locateIn } from './logical-line.ts';
import type { RawInstruction } from './raw-instruction.ts';
import { assign, expandWord, notPassed, passedValue, type Reading, type Scope } from './scope.ts';
import { scriptOf } from './script.ts';
import { locate, type SourceText } from './source-text.ts';

/** What is in effect before an instruction. */
export type Context = {
  readonly scope: Scope;
  /** The `ARG`s before the first `FROM`, which a stage's `ARG` without default takes its value from. */
  readonly globals: Scope;
  readonly shell: string;
};

/** An instruction and the names it gives values to: variables for `ENV` and `ARG`, labels for `LABEL`. */
export type Step = { readonly instruction: Instruction; readonly changes: readonly Change[] };

type Change = readonly [name: string, value: Value];

const EXPANDED_WORDS = new Set(['ADD', 'COPY', 'EXPOSE', 'STOPSIGNAL', 'USER', 'VOLUME', 'WORKDIR']);
const EXPANDED_FLAGS = new Set(['chown', 'chmod', 'checksum', 'mount', 'from']);
const SHELL_COMMANDS = new Set(['RUN', 'CMD', 'ENTRYPOINT']);

export function interpret(source: SourceText, reading: Reading, raw: RawInstruction, context: Context): Step {
  const { scope } = context;
  const assigned = assignments(source, reading, raw, context);
  const flags = raw.flags.map((flag) => flagOf(source, reading, raw, flag, scope));
  const instruction: Instruction = {
    keyword: raw.keyword,
    location: raw.location,
    flags,
    words: assigned?.words ?? raw.words.map((word) => wordOf(source, reading, raw, word, scope)),
    json: raw.json,
    heredocs: raw.heredocs.map((heredoc) => heredocOf(source, heredoc)),
    script: scriptIn(source, reading, raw, context.shell),
    trigger: raw.trigger ? interpret(source, reading, raw.trigger, context).instruction : null,
    environment: scope.variables,
  };
  return { instruction, changes: assigned?.changes ?? [] };
}

/** The name-value pairs of `ENV`, `LABEL` and `ARG`; null for other instructions. */
function assignments(
  source: SourceText,
  reading: Reading,
  raw: RawInstruction,
  context: Context,
): { readonly words: readonly Word[]; readonly changes: readonly Change[] } | null {
  if (raw.keyword === 'ARG') return argumentsOf(source, reading, raw, context);
  if (raw.keyword !== 'ENV' && raw.keyword !== 'LABEL') return null;
  const expand = (span: Span): Value =>
    expandWord(reading, context.scope, span.content, locateIn(source, raw.line, span.start, span.end));
  const [first, second] = raw.words;
  const old = first && second && !first.content.includes('=');
  if (old) {
    const [key, value] = [expand(first), expand(second)];
    const words = [
      { text: first.content, value: key, location: locateIn(source, raw.line, first.start, first.end) },
      { text: second.content, value, location: locateIn(source, raw.line, second.start, second.end) },
    ];
    return { words, changes: named(key, value) };
  }
  const words: Word[] = [];
  const changes: Change[] = [];
  for (const word of raw.words) {
    const pair = splitPair(raw.line.text, word);
    if (pair === null) continue;
    const [key, value] = [expand(pair.key), expand(pair.value)];
    const location = locateIn(source, raw.line, word.start, word.end);
    words.push({ text: word.content, value: join([key, '=', value]), location });
    changes.push(...named(key, value));
  }
  return { words, changes };
}

/** A name that is itself unknown can't be looked up later and sets nothing here. */
function named(key: Value, value: Value): readonly Change[] {
  const [name] = key;
  return key.length === 1 && typeof name === 'string' ? [[name, value]] : [];
}

function argumentsOf(
  source: SourceText,
  reading: Reading,
  raw: RawInstruction,
  context: Context,
): { readonly words: readonly Word[]; readonly changes: readonly Change[] } {
  const words: Word[] = [];
  const changes: Change[] = [];
  // Later names of one ARG see the earlier ones.
  const variables = new Map(context.scope.variables);
  const scope = { ...context.scope, variables };
  for (const found of declarations(source, raw)) {
    const given = passedValue(reading, found.name);
    const fallback =
      found.content === null ? null : expandWord(reading, scope, found.content, found.location);
    const inherited = context.globals.variables.get(found.name) ?? null;
    const value = given ?? fallback ?? inherited;
    const set = value ?? (scope.variables.has(found.name) ? null : notPassed(found.name));
    words.push({
      text: found.text,
      value: join([found.name, ...(fallback ? ['=', fallback] : [])]),
      location: found.location,
    });
    if (set === null) continue;
    changes.push([found.name, set]);
    variables.set(found.name, set);
  }
  return { words, changes };
}

type Declaration = {
  readonly name: string;
  readonly content: string | null;
  readonly text: string;
  readonly location: Location;
};

function declarations(source: SourceText, raw: RawInstruction): readonly Declaration[] {
  return raw.words.map((word) => {
    const pair = splitPair(raw.line.text, word);
    const location = locateIn(source, raw.line, word.start, word.end);
    return {
      name: pair?.key.content ?? word.content,
      content: pair?.value.content ?? null,
      text: word.content,
      location,
    };
  });
}

/** An `ARG` before the first `FROM`: what it declares and the scope after it. */
export function interpretGlobal(
  source: SourceText,
  reading: Reading,
  raw: RawInstruction,
  scope: Scope,
): { readonly declared: readonly Argument[]; readonly scope: Scope } {
  const declared: Argument[] = [];
  let current = scope;
  for (const found of declarations(source, raw)) {
    const fallback =
      found.content === null ? null : expandWord(reading, current, found.content, found.location);
    const value = passedValue(reading, found.name) ?? fallback;
    declared.push({ name: found.name, value, location: found.location });
    const set = value ?? (current.variables.has(found.name) ? null : notPassed(found.name));
    if (set !== null) current = assign(reading, current, [[found.name, set]]);
  }
  return { declared, scope: current };
}

function wordOf(source: SourceText, reading: Reading, raw: RawInstruction, word: Span, scope: Scope): Word {
  const location = locateIn(source, raw.line, word.start, word.end);
  const expanded = EXPANDED_WORDS.has(raw.keyword) && !isHeredocName(raw, word);
  const value = expanded ? expandWord(reading, scope, word.content, location) : text(word.content);
  return { text: word.content, value, location };
}

function isHeredocName(raw: RawInstruction, word: Span): boolean {
  return raw.heredocs.length > 0 && /^\d*<</.test(word.content);
}

function flagOf(
  source: SourceText,
  reading: Reading,
  raw: RawInstruction,
  flag: RawInstruction['flags'][number],
  scope: Scope,
): Flag {
  const location = locateIn(source, raw.line, flag.start, flag.end);
  if (flag.value === null) return { name: flag.name, value: null, location };
  const at = locateIn(source, raw.line, flag.value.start, flag.value.end);
  const content = flag.value.content;
  const value = EXPANDED_FLAGS.has(flag.name) ? expandWord(reading, scope, content, at) : text(content);
  return { name: flag.name, value: { text: content, value, location: at }, location };
}

function heredocOf(source: SourceText, raw: RawHeredoc): Heredoc {
  const body = source.text.slice(raw.start, raw.end);
  const content = raw.chomp ? body.replace(/^\t+/gm, '') : body;
  return {
    name: raw.name,
    fd: raw.fd,
    content,
    expand: raw.expand,
    location: locate(source, raw.start, raw.end),
  };
}

function scriptIn(source: SourceText, reading: Reading, raw: RawInstruction, shell: string) {
  if (raw.json) return null;
  if (SHELL_COMMANDS.has(raw.keyword)) return scriptOf(source, raw, raw.rest, shell, reading.budget);
  const [type, command] = raw.words;
  if (raw.keyword !== 'HEALTHCHECK' || type?.content.toUpperCase() !== 'CMD' || !command) return null;
  return scriptOf(source, raw, command, shell, reading.budget);
}
