// The RUN instructions of one stage as one list of commands, each with its place in the Dockerfile.

import type { CopiedFile, Dockerfile, Instruction, Stage, Word } from '../../model/dockerfile.ts';
import type { Location } from '../../model/position.ts';
import type { Value } from '../../model/value.ts';
import { traceCmd } from '../../shell/cmd.ts';
import { resolvePath } from '../../shell/files.ts';
import { commandName } from '../../shell/options.ts';
import { tracePowerShell } from '../../shell/powershell.ts';
import { isPosixShell, isPowerShell, shellName } from '../../shell/shells.ts';
import type {
  Argument,
  Call,
  FileWrite,
  Invocation,
  Trace,
  TraceContext,
  TraceGap,
} from '../../shell/trace.ts';
import { traceScript } from '../../shell/trace-script.ts';
import { format, join, known, prefix, text } from '../../value.ts';
import { locate, type SourceText } from '../source-text.ts';
import { copiesOf, type FileCopy } from './copied-files.ts';
import { handedOver, type ImageFiles, lookUp, type MadeFile, writtenOut } from './made-files.ts';

export type StageCommand = {
  readonly invocation: Invocation;
  /** Program without folder and `.exe`, lower case; empty when it is not known. */
  readonly name: string;
  readonly instruction: Instruction;
  /** Position in the list: commands that run later have higher ones. */
  readonly order: number;
  /** Added to an index of its own trace to give a position in the list. */
  readonly base: number;
  /** Where offsets of the invocation stand in the Dockerfile. */
  readonly locate: (start: number, end: number) => Location;
  /** Where a call on the way to it stands. */
  readonly locateCall: (call: Call) => Location;
  /** What it writes on the command line, for tools whose language is not read. */
  readonly text: string;
  /** Commands in the same pipeline right before and after it. */
  readonly before: readonly number[];
  readonly after: readonly number[];
};

export type StageWrite = FileWrite & { readonly instruction: Instruction; readonly location: Location };

export type StageRun = {
  /** The commands of one script, by their `base`. */
  readonly groups: ReadonlyMap<number, readonly StageCommand[]>;
  readonly commands: readonly StageCommand[];
  readonly writes: readonly StageWrite[];
  readonly gaps: readonly { readonly gap: TraceGap; readonly location: Location }[];
  /** What stands in the image at the end, as far as that is known. */
  readonly files: ImageFiles;
  readonly directory: Value;
  /** Files of the build context that the steps run or read and that nobody gave. */
  readonly wanted: readonly CopiedFile[];
};

type File = Pick<Dockerfile, 'directives' | 'stages'>;

/** `earlier`: the stages before it; `below`: the one this is built from, null for one that starts from an image. */
export function runStage(
  file: File,
  stage: Stage,
  source: SourceText,
  scripts: ReadonlyMap<string, SourceText>,
  earlier: readonly StageRun[],
  below: StageRun | null,
): StageRun {
  const copies: FileCopy[] = [...(below?.files.copies ?? [])];
  const made = new Map<string, MadeFile>(below?.files.made ?? []);
  const handed = [...(below?.files.handed ?? [])];
  const files: ImageFiles = { copies, made, handed };
  const others = earlier.map((run) => run.files);
  const entered = new Map<string, MadeFile>();
  const wanted = new Map<string, CopiedFile>();
  const windows = isWindows(file, stage);
  const commands: StageCommand[] = [];
  const groups = new Map<number, readonly StageCommand[]>();
  const writes: StageWrite[] = [];
  const gaps: { gap: TraceGap; location: Location }[] = [];
  let directory: Value = below?.directory ?? text('/');
  for (const given of stage.instructions) {
    const instruction = given.trigger ?? given;
    if (instruction.keyword === 'WORKDIR') directory = enter(directory, instruction.words[0]?.value ?? []);
    const brought = copiesOf(instruction, directory);
    if (instruction.keyword !== 'RUN') {
      copies.push(...brought);
      for (const [path, content] of writtenOut(instruction, directory)) made.set(path, content);
      handed.push(...handedOver(instruction, directory, file.stages, others));
      continue;
    }
    const context: TraceContext = {
      environment: instruction.environment,
      workingDirectory: directory,
      openConditions: true,
      readImage: (path) => {
        const given = scripts.get(path);
        if (given !== undefined) return given.text;
        const found = lookUp({ ...files, copies: [...copies, ...brought] }, path);
        if (found.sources.length > 0) wanted.set(path, { image: path, sources: found.sources });
        if (found.made !== null) entered.set(path, found.made);
        return found.made?.text ?? null;
      },
    };
    for (const part of traces(windows, instruction, context, source)) {
      const offset = commands.length;
      const { trace } = part;
      const placed = (path: string | null): Part['locate'] => {
        const script = path === null ? undefined : scripts.get(path);
        if (script !== undefined) return (start, end) => locate(script, start, end);
        return (path === null ? undefined : entered.get(path)?.locate) ?? part.locate;
      };
      const locateCall = ({ path, start, end }: Call) => placed(path)(start, end);
      for (const invocation of trace.invocations) {
        commands.push({
          invocation,
          name: (commandName(invocation.argv) ?? '').toLowerCase(),
          instruction,
          order: commands.length,
          base: offset,
          locate: placed(invocation.path),
          locateCall,
          text: (
            scripts.get(invocation.path ?? '')?.text ??
            entered.get(invocation.path ?? '')?.text ??
            part.text
          ).slice(invocation.start, invocation.end),
          before: invocation.pipeFrom.map((index) => index + offset),
          after: invocation.pipeTo.map((index) => index + offset),
        });
      }
      groups.set(offset, commands.slice(offset));
      for (const write of trace.outputs) {
        writes.push({ ...write, instruction, location: placed(write.path)(write.start, write.end) });
        const path = known(resolvePath(directory, write.target));
        if (path !== null) keep(made, path, write, part, placed(write.path));
      }
      for (const gap of trace.gaps) gaps.push({ gap, location: placed(gap.path)(gap.start, gap.end) });
    }
  }
  return { commands, groups, writes, gaps, files, directory, wanted: [...wanted.values()] };
}

/** A file that a step writes is there for the next ones; what isn't known of it is none of its text. */
function keep(
  made: Map<string, MadeFile>,
  path: string,
  { content, append, start, end }: FileWrite,
  part: Part,
  at: Part['locate'],
): void {
  const written = known(content);
  const before = append ? made.get(path) : undefined;
  if (written === null) made.delete(path);
  else if (before !== undefined) made.set(path, { ...before, text: `${before.text}${written}` });
  else {
    const offset = part.text.indexOf(written, start);
    // A heredoc's body begins on the line below its command.
    const isVerbatim = offset >= 0 && !part.text.slice(end, offset).trimEnd().includes('\n');
    made.set(path, {
      text: written,
      locate: (from, to) => (isVerbatim ? at(offset + from, offset + to) : at(start, end)),
    });
  }
}

function enter(directory: Value, path: Value): Value {
  return prefix(path).startsWith('/') || path.length === 0 ? path : join([directory, '/', path]);
}

type Part = {
  readonly trace: Trace;
  readonly text: string;
  readonly locate: (start: number, end: number) => Location;
};

function traces(
  windows: boolean,
  instruction: Instruction,
  context: TraceContext,
  source: SourceText,
): readonly Part[] {
  if (instruction.json) return withInner(execForm(instruction, context), context);
  const { script } = instruction;
  if (script === null) return [];
  const at = (start: number, end: number) => locate(source, script.start + start, script.start + end);
  const shell = windows && shellName(script.shell) === 'sh' ? 'cmd' : script.shell;
  if (isPowerShell(shell))
    return [{ trace: tracePowerShell(script.text, context), text: script.text, locate: at }];
  if (shellName(shell) === 'cmd')
    return withInner({ trace: traceCmd(script.text, context), text: script.text, locate: at }, context);
  if (!isPosixShell(shell))
    return [{ trace: interpreted(script.text, shell, context), text: script.text, locate: at }];
  const bodies = script.text.includes('<<') ? heredocBodies(script.text) : [];
  if (bodies.length > 0) {
    return bodies.flatMap(({ content, start }) =>
      withInner(
        {
          trace: traceScript(content, { ...context, shell }),
          text: content,
          locate: (first, last) => at(start + first, start + last),
        },
        context,
      ),
    );
  }
  const trace = traceScript(script.text, { ...context, shell });
  // What no POSIX shell can parse and what takes variables as cmd does is a script for cmd.
  const forCmd = trace.gaps.some((gap) => gap.kind === 'syntax') && /%\w+%/.test(script.text);
  return withInner(
    { trace: forCmd ? traceCmd(script.text, context) : trace, text: script.text, locate: at },
    context,
  );
}

/**
 * `RUN <<A <<B`: a command line of nothing but heredocs runs nothing; what its author meant to run is judged.
 */
function heredocBodies(script: string): readonly { readonly content: string; readonly start: number }[] {
  const [first = ''] = script.split('\n', 1);
  if (!/^\s*(?:\d*<<-?(["']?)\w+\1\s*){2,}$/.test(first)) return [];
  const bodies: { content: string; start: number }[] = [];
  let start = first.length + 1;
  for (const [, name = ''] of first.matchAll(/<<-?["']?(\w+)/g)) {
    const closing = new RegExp(`^\\t*${name}[ \\t]*$`, 'm').exec(script.slice(start));
    const end = closing === null ? script.length : start + closing.index;
    bodies.push({ content: script.slice(start, end), start });
    start = end + (closing?.[0].length ?? 0) + 1;
  }
  return bodies;
}

/** The `escape` directive is only ever set to a backtick for Windows, whose default shell is cmd. */
function isWindows(file: File, stage: Stage): boolean {
  if (stage.base.kind === 'image' && /(^|\/)windows\/|nanoserver|servercore/.test(format(stage.base.name)))
    return true;
  return file.directives.some((directive) => directive.name === 'escape' && directive.value === '`');
}

const OPERATOR = /^(&&|\|\|?|;|[12]?>>?|[12]>&[12])$/;

// `RUN ["a", "b"]`: no shell, the words are the command.
function execForm(instruction: Instruction, context: TraceContext): Part {
  const spans: { readonly from: number; readonly to: number; readonly word: Word }[] = [];
  let script = '';
  for (const word of instruction.words) {
    const content = known(word.value) ?? word.text;
    // No shell reads these words, so an operator among them is the author's mistake: what was meant is judged.
    const quoted = OPERATOR.test(content) ? content : `'${content.replaceAll("'", "'\\''")}'`;
    spans.push({ from: script.length, to: script.length + quoted.length, word });
    script += `${quoted} `;
  }
  const at = (start: number) => spans.find((span) => start < span.to)?.word.location ?? instruction.location;
  const trace = traceScript(script, { ...context, shell: 'sh' });
  return { trace, text: script, locate: at };
}

/** A script for `python`, `node` and the like, given by a heredoc's `#!`: one command with the text as its program. */
function interpreted(script: string, shell: string, context: TraceContext): Trace {
  const name = shellName(shell.replace(/^\S*\/env\s+(-S\s+)?/, ''));
  const quoted = traceScript(`${/^[\w.-]+$/.test(name) ? name : 'unknown'} -c x`, context);
  const invocations = quoted.invocations.map((invocation) => ({
    ...invocation,
    argv: invocation.argv.map((word, index) =>
      index === 2 ? { ...word, value: text(script), start: 0, end: script.length } : word,
    ),
    start: 0,
    end: script.length,
  }));
  return { ...quoted, invocations };
}

/** Adds what PowerShell runs when another shell calls it with a command, and over-quoted commands. */
function withInner(part: Part, context: TraceContext): readonly Part[] {
  if (!part.trace.invocations.some(mayHoldAnother)) return [part];
  const inner = part.trace.invocations.flatMap((invocation): readonly Part[] => {
    const name = commandName(invocation.argv)?.toLowerCase();
    const [first] = invocation.argv;
    const line = first === undefined ? null : known(first.value);
    // One pair of quotes too many makes a whole line the command's name: what its author meant is judged.
    if (first !== undefined && line !== null && /^[\w/.-]+\s+\S/.test(line) && invocation.argv.length === 1) {
      return [
        { trace: traceScript(line, context), text: line, locate: () => part.locate(first.start, first.end) },
      ];
    }
    if (name !== 'powershell' && name !== 'pwsh') return [];
    const start = commandStart(invocation.argv, part.text);
    if (start === null) return [];
    const last = invocation.argv.at(-1);
    let end = last?.end ?? start;
    let from = start;
    if (/["']/.test(part.text.charAt(from)) && part.text.charAt(end - 1) === part.text.charAt(from)) {
      from += 1;
      end -= 1;
    }
    const script = part.text.slice(from, end);
    const at = (first: number, second: number) => part.locate(from + first, from + second);
    return [{ trace: tracePowerShell(script, context), text: script, locate: at }];
  });
  return [part, ...inner];
}

function mayHoldAnother({ argv }: Invocation): boolean {
  const first = argv[0] === undefined ? null : known(argv[0].value);
  return first !== null && /\s|powershell|pwsh/i.test(first);
}

const VALUED =
  /^-(ExecutionPolicy|ep|ex|File|Version|OutputFormat|InputFormat|WindowStyle|ConfigurationName|PSConsoleFile)$/i;

/** Offset of the command in PowerShell's own arguments; null when a file is run or nothing is given. */
function commandStart(argv: readonly Argument[], script: string): number | null {
  for (let index = 1; index < argv.length; index += 1) {
    const word = argv[index];
    if (word === undefined) return null;
    const written = script.slice(word.start, word.end);
    if (/^-(Command|c)$/i.test(written)) return argv[index + 1]?.start ?? null;
    if (/^-(File|f)$/i.test(written)) return null;
    if (VALUED.test(written)) index += 1;
    else if (!written.startsWith('-')) return word.start;
  }
  return null;
}
