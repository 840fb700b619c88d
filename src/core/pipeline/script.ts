// A script in CI text → the acts of the commands it would run.

import type { PathStep } from '../model/delivery.ts';
import type { Location } from '../model/position.ts';
import type { Truth, Value } from '../model/value.ts';
import { isPosixShell } from '../shell/shells.ts';
import type { FileWrite, Invocation, Trace } from '../shell/trace.ts';
import { traceScript } from '../shell/trace-script.ts';
import { both, format, join, known, prefix, text } from '../value.ts';
import { type Act, addGap, type Ledger, type Place } from './act.ts';
import { alternativeCommands, decidingText } from './alternatives.ts';
import type { Effect } from './effect.ts';
import { isGap, repositoryPath } from './files.ts';
import { makeEffects } from './makefile.ts';
import { locate, type SourceText, sourceText } from './source-text.ts';
import type { CommandCall } from './tool.ts';
import { toolForCommand } from './tools/index.ts';
import { unseenProgram } from './unseen.ts';

export type Script = {
  readonly text: string;
  /** Where an offset of the text stands. */
  readonly locate: (start: number, end: number) => Location;
  readonly environment: ReadonlyMap<string, Value>;
  /** Resolves `${{ }}` that stay in the text. */
  readonly expression: (text: string) => Value;
  /** Relative to the root of the repository. */
  readonly workingDirectory: Value;
  readonly shell: string;
  readonly positional?: readonly Value[];
};

export type ScriptResult = {
  /** Lines written to files such as `$GITHUB_OUTPUT`. */
  readonly writes: readonly FileWrite[];
  readonly environment: ReadonlyMap<string, Value>;
};

export function runScript(script: Script, place: Place, ledger: Ledger): ScriptResult {
  if (!isPosixShell(script.shell)) return otherShell(script, place, ledger);
  const trace = traceScript(script.text, {
    environment: script.environment,
    expression: script.expression,
    workingDirectory: script.workingDirectory,
    shell: script.shell,
    read: (path) => readScript(path, place),
    ...(script.positional === undefined ? {} : { positional: script.positional }),
  });
  const sources = new Map<string, SourceText>();
  const where = (path: string | null, start: number, end: number): Location =>
    path === null ? script.locate(start, end) : locate(sourceOf(path, place, sources), start, end);
  for (const gap of trace.gaps) {
    if (gap.kind === 'missing-file') continue;
    const location = where(gap.path, gap.start, gap.end);
    addGap(ledger, {
      kind: gap.kind,
      cause: 'content',
      subject: location.path,
      location,
      reason: `The script at ${location.path}:${location.range.start.line} can't be read: ${gap.reason}.`,
      remedy: `${gap.remedy.charAt(0).toUpperCase()}${gap.remedy.slice(1)}.`,
    });
  }
  for (const invocation of trace.invocations) {
    if (!invocation.entered) runInvocation(invocation, trace, script, place, ledger, where);
  }
  return { writes: trace.outputs, environment: trace.environment };
}

function readScript(path: string, place: Place): string | null | 'unread' {
  const inside = repositoryPath(path);
  if (inside === null) return null;
  const read = place.files.read(inside);
  if (read === null || isGap(read)) return null;
  return read === 'unread' ? 'unread' : read.text;
}

function sourceOf(path: string, place: Place, sources: Map<string, SourceText>): SourceText {
  const found = sources.get(path);
  if (found !== undefined) return found;
  const read = place.files.read(repositoryPath(path) ?? path);
  const source = sourceText(path, read === null || read === 'unread' || isGap(read) ? '' : read.text);
  sources.set(path, source);
  return source;
}

type Where = (path: string | null, start: number, end: number) => Location;

function runInvocation(
  invocation: Invocation,
  trace: Trace,
  script: Script,
  place: Place,
  ledger: Ledger,
  where: Where,
): void {
  const location = where(invocation.path, invocation.start, invocation.end);
  const calls = invocation.callPath.map(
    (call): PathStep => ({ label: call.name, location: where(call.path, call.start, call.end) }),
  );
  const base = {
    location,
    conditions: [...place.conditions, ...invocation.guards],
    path: [...place.path, ...calls, { label: lineLabel(location), location }],
    point: place.point,
    job: place.job,
    run: place.run,
    credentials: place.credentials,
  };
  const happens: Truth = both(place.happens, invocation.happens);
  if (happens === 'no') return;
  const argv = invocation.argv.map((argument) => argument.value);
  const add = (effect: Effect, tool: string, family: string): void => {
    ledger.acts.push({ ...base, effect, tool, family, happens });
  };
  const call = callOf(invocation, trace, place);
  const match = toolForCommand(argv);
  if (match !== null) {
    const { tool, command } = match;
    const readings = alternativeCommands(match.rest).map(
      (words) => tool.command?.({ ...call, command, words }) ?? [],
    );
    const deciding = match.rest.map(decidingText).find((text) => text !== null) ?? null;
    for (const effect of agreedEffects(readings, deciding)) add(effect, tool.id, tool.family);
    return;
  }
  if (
    makeEffects(
      argv,
      invocation,
      script,
      { ...place, conditions: base.conditions, path: base.path, happens },
      ledger,
    )
  )
    return;
  const unseen = unseenProgram(argv, place.files, invocation.workingDirectory);
  if (unseen !== null)
    add(unseen.effect, unseen.effect.kind === 'opaque' ? unseen.effect.what : '', unseen.family);
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

function lineLabel(location: Location): string {
  return `${location.path.split('/').at(-1)}:${location.range.start.line}`;
}

function callOf(invocation: Invocation, trace: Trace, place: Place): Omit<CommandCall, 'command' | 'words'> {
  const chain = pipeline(invocation, trace, (one) => one.pipeTo);
  const before = pipeline(invocation, trace, (one) => one.pipeFrom);
  const argvOf = (one: Invocation): readonly Value[] => one.argv.map((argument) => argument.value);
  const path = (given: Value): Value => inside(invocation.workingDirectory, given);
  return {
    variable: (name) => invocation.assignments.get(name) ?? invocation.environment.get(name) ?? null,
    output: outputOf([invocation, ...chain]),
    feeds: chain.map(argvOf),
    fedBy: before.map(argvOf),
    stdin: invocation.stdin,
    path,
    files: place.files,
  };
}

/** The neighbours in one direction, nearest first. */
function pipeline(
  start: Invocation,
  trace: Trace,
  next: (one: Invocation) => readonly number[],
): readonly Invocation[] {
  const chain: Invocation[] = [];
  let current: Invocation | undefined = start;
  while (current !== undefined && chain.length < 32) {
    const [index] = next(current);
    const following: Invocation | undefined = index === undefined ? undefined : trace.invocations[index];
    if (following === undefined || following === start || chain.includes(following)) break;
    chain.push(following);
    current = following;
  }
  return chain;
}

/** The file that the end of a pipeline writes: a redirect, `tee`, or a compressor's `-o`. */
function outputOf(chain: readonly Invocation[]): Value | null {
  for (const one of chain) {
    const redirect = one.redirects.find(
      (candidate) =>
        (candidate.descriptor === 1 || candidate.descriptor === null) && candidate.operator.includes('>'),
    );
    if (redirect !== undefined) return known(redirect.target)?.startsWith('/dev/') ? null : redirect.target;
    const argv = one.argv.map((argument) => argument.value);
    const name = known(argv[0] ?? []);
    if (name === 'tee') {
      const file = argv.slice(1).find((word) => !prefix(word).startsWith('-'));
      if (file !== undefined) return file;
    }
    if (one !== chain[0] && name !== null) {
      const at = argv.findIndex(
        (word) =>
          known(word) === '-o' || known(word) === '--output' || (known(word) === '-f' && name === 'tar'),
      );
      if (at !== -1) return argv[at + 1] ?? null;
    }
  }
  return null;
}

/** A path as seen from the root of the repository; absolute and computed ones stay as they are. */
export function inside(folder: Value, path: Value): Value {
  const start = prefix(path);
  if (start.startsWith('/') || start.startsWith('~') || known(path) === '-' || typeof path[0] === 'object')
    return path;
  if (/^[a-z][a-z+.-]*:\/\//.test(start) || /^git@/.test(start)) return path;
  const whole =
    folder.length === 0 || known(folder) === '.'
      ? path
      : join([folder, format(folder).endsWith('/') ? '' : '/', path]);
  const content = known(whole);
  if (content !== null) return text(repositoryPath(content) ?? content);
  const [first, ...rest] = whole;
  return typeof first === 'string' ? [...text(first.replace(/^(\.\/)+/, '')), ...rest] : whole;
}

/** PowerShell and cmd are not traced yet as scripts: what looks like a delivery in them is said. */
function otherShell(script: Script, place: Place, ledger: Ledger): ScriptResult {
  const lines = script.text.split('\n');
  let offset = 0;
  for (const line of lines) {
    plainCommand(line, offset, script, place, ledger);
    offset += line.length + 1;
  }
  return { writes: [], environment: new Map() };
}

/** A line that is one plain command reads the same in every shell. */
function plainCommand(line: string, offset: number, script: Script, place: Place, ledger: Ledger): void {
  const trimmed = line.trim();
  if (
    trimmed === '' ||
    trimmed.startsWith('#') ||
    trimmed.toLowerCase().startsWith('rem ') ||
    trimmed.startsWith('::')
  )
    return;
  const location = script.locate(offset + line.indexOf(trimmed), offset + line.length);
  const words = trimmed
    .replace(/[`^]$/, '')
    .split(/\s+/)
    .map((word): Value => shellWord(word, script));
  const match = toolForCommand(words);
  const base = {
    location,
    conditions: place.conditions,
    path: [...place.path, { label: lineLabel(location), location }],
    point: place.point,
    job: place.job,
    run: place.run,
    credentials: place.credentials,
  };
  // The shell's own conditions around the line are not read, so nothing is certain.
  const happens: Act['happens'] = 'unknown';
  const call: CommandCall = {
    command: match?.command ?? '',
    words: match?.rest ?? [],
    variable: (name) => script.environment.get(name) ?? null,
    output: null,
    feeds: [],
    fedBy: [],
    stdin: null,
    path: (path) => inside(script.workingDirectory, path),
    files: place.files,
  };
  if (match !== null) {
    for (const effect of match.tool.command?.(call) ?? []) {
      ledger.acts.push({ ...base, effect, tool: match.tool.id, family: match.tool.family, happens });
    }
    return;
  }
  const unseen = unseenProgram(words, place.files, script.workingDirectory);
  if (unseen !== null && unseen.effect.kind === 'opaque')
    ledger.acts.push({
      ...base,
      effect: unseen.effect,
      tool: unseen.effect.what,
      family: unseen.family,
      happens,
    });
}

function shellWord(word: string, script: Script): Value {
  const bare = word.replace(/^["']|["']$/g, '');
  return join(
    bare.split(/(\$\{\{.*?\}\}|\$\{?(?:env:)?\w+\}?|%\w+%)/).map((part): Value => {
      if (part.startsWith('${{')) return script.expression(part);
      const name = /^\$\{?(?:env:)?(\w+)\}?$|^%(\w+)%$/i.exec(part);
      const variable = name?.[1] ?? name?.[2];
      if (variable === undefined) return text(part);
      return (
        script.environment.get(variable) ?? [{ expression: part, why: 'the script sets it when it runs' }]
      );
    }),
  );
}
