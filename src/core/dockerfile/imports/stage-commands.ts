// The RUN instructions of one stage as one list of commands, each with its place in the Dockerfile.

import type { CopiedFile, Dockerfile, Instruction, Stage } from '../../model/dockerfile.ts';
import type { Location } from '../../model/position.ts';
import type { Value } from '../../model/value.ts';
import { resolvePath } from '../../shell/files.ts';
import { commandName } from '../../shell/options.ts';
import type { Call, FileWrite, Invocation, TraceContext, TraceGap } from '../../shell/trace.ts';
import { join, known, prefix, text } from '../../value.ts';
import { locate, type SourceText } from '../source-text.ts';
import {
  type Configuration,
  copiedConfigurations,
  projectConfigurations,
  writtenConfigurations,
} from './configuration-files.ts';
import { copiesOf, type FileCopy } from './copied-files.ts';
import { type FollowBudget, followTool, isFollowed, type ToolFile } from './followed-tools.ts';
import { isWindows, type Part, traces } from './instruction-traces.ts';
import { handedOver, type ImageFiles, lookUp, type MadeFile, writtenOut } from './made-files.ts';
import { isLanguage, isProgram, programFile } from './program-files.ts';

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
  /** The file it runs, where that is a program in another language and its text is known. */
  readonly program: ProgramText | null;
  /** Commands in the same pipeline right before and after it. */
  readonly before: readonly number[];
  readonly after: readonly number[];
};

type ProgramText = {
  readonly text: string;
  readonly locate: (start: number, end: number) => Location;
};

export type StageWrite = FileWrite & { readonly instruction: Instruction; readonly location: Location };

export type StageRun = {
  /** The commands of one script, by their `base`. */
  readonly groups: ReadonlyMap<number, readonly StageCommand[]>;
  readonly commands: readonly StageCommand[];
  readonly writes: readonly StageWrite[];
  readonly gaps: readonly { readonly gap: TraceGap; readonly location: Location }[];
  /** Files from the build context or a heredoc that tools read their settings from. */
  readonly configured: readonly Configuration[];
  /** What stands in the image at the end, as far as that is known. */
  readonly files: ImageFiles;
  readonly directory: Value;
  /** Files of the build context that the steps run or read and that nobody gave. */
  readonly wanted: readonly CopiedFile[];
};

/** Makefiles and scripts of package.json that call each other, this many deep. */
const MOST_CALLS = 4;
type File = Pick<Dockerfile, 'directives' | 'stages'>;

/** `budget`: what is still followed of Makefiles and the like. `earlier`: the stages before it; `below`: the one this is built from, null for one that starts from an image. */
export function runStage(
  file: File,
  stage: Stage,
  source: SourceText,
  scripts: ReadonlyMap<string, SourceText>,
  earlier: readonly StageRun[],
  below: StageRun | null,
  budget: FollowBudget,
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
  const read = (path: string, brought: readonly FileCopy[]): string | null => {
    const given = scripts.get(path);
    if (given !== undefined) return given.text;
    const found = lookUp({ ...files, copies: [...copies, ...brought] }, path);
    if (found.sources.length > 0) wanted.set(path, { image: path, sources: found.sources });
    if (found.made !== null) entered.set(path, found.made);
    return found.made?.text ?? null;
  };
  const configured = new Map<string, Configuration>();
  const configure = (path: string, brought: readonly FileCopy[], instructionLine: number): void => {
    const content = read(path, brought);
    const script = scripts.get(path);
    if (content === null || script === undefined || configured.has(path)) return;
    const order = commands.length - 1;
    configured.set(path, {
      path,
      text: content,
      locate: located(script),
      order,
      instructionLine,
      isOwn: false,
    });
  };
  for (const given of stage.instructions) {
    const instruction = given.trigger ?? given;
    const { line } = instruction.location.range.start;
    if (instruction.keyword === 'WORKDIR') directory = enter(directory, instruction.words[0]?.value ?? []);
    const brought = copiesOf(instruction, directory);
    if (instruction.keyword !== 'RUN') {
      copies.push(...brought);
      const own = writtenOut(instruction, directory);
      for (const [path, content] of own) made.set(path, content);
      for (const one of writtenConfigurations(own, commands.length - 1, line)) configured.set(one.path, one);
      for (const path of copiedConfigurations(brought)) configure(path, [], line);
      handed.push(...handedOver(instruction, directory, file.stages, others));
      continue;
    }
    const context: TraceContext = {
      environment: instruction.environment,
      workingDirectory: directory,
      openConditions: true,
      readImage: (path) => read(path, brought),
    };
    const programOf = (name: string, invocation: Invocation): ProgramText | null => {
      const written = invocation.entered ? null : programFile(name, invocation);
      const path = written === null ? null : known(resolvePath(invocation.workingDirectory, written));
      const found = path === null ? null : toolFile(path);
      return found !== null && (isLanguage(name) || isProgram(found.text)) ? found : null;
    };
    const toolFile = (path: string): ToolFile | null => {
      const content = read(path, brought);
      const script = scripts.get(path);
      const at = script === undefined ? entered.get(path)?.locate : located(script);
      return content === null || at === undefined ? null : { path, text: content, locate: at };
    };
    const parts = traces(windows, instruction, context, source).map((part) => ({ part, depth: 0 }));
    for (const { part, depth } of parts) {
      const offset = commands.length;
      const { trace } = part;
      const placed = (path: string | null): Part['locate'] => {
        const script = path === null ? undefined : scripts.get(path);
        if (script !== undefined) return located(script);
        return (path === null ? undefined : entered.get(path)?.locate) ?? part.locate;
      };
      const locateCall = ({ path, start, end }: Call) => placed(path)(start, end);
      for (const write of trace.outputs) {
        writes.push({ ...write, instruction, location: placed(write.path)(write.start, write.end) });
        const path = known(resolvePath(directory, write.target));
        if (path !== null) keep(made, path, write, part, placed(write.path));
      }
      for (const invocation of trace.invocations) {
        const name = (commandName(invocation.argv) ?? '').toLowerCase();
        if (depth < MOST_CALLS && budget.left > 0) {
          const followed = followTool(name, invocation, context, toolFile, budget);
          parts.push(...followed.parts.map((one) => ({ part: one, depth: depth + 1 })));
          for (const gap of followed.gaps) gaps.push({ gap, location: placed(gap.path)(gap.start, gap.end) });
        } else if (isFollowed(name, invocation)) gaps.push(tooDeep(invocation, placed));
        for (const path of projectConfigurations(name, invocation.workingDirectory))
          configure(path, brought, line);
        commands.push({
          invocation,
          name,
          program: programOf(name, invocation),
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
      for (const gap of trace.gaps) gaps.push({ gap, location: placed(gap.path)(gap.start, gap.end) });
    }
  }
  return {
    commands,
    groups,
    writes,
    gaps,
    files,
    configured: [...configured.values()],
    directory,
    wanted: [...wanted.values()],
  };
}

function tooDeep({ path, start, end }: Invocation, placed: (path: string | null) => Part['locate']) {
  const gap: TraceGap = {
    kind: 'limit',
    reason: `Makefiles and package.json call each other more than ${MOST_CALLS} deep, or more is run of them than is followed in one Dockerfile`,
    remedy: 'call fewer of them from one instruction',
    path,
    start,
    end,
  };
  return { gap, location: placed(path)(start, end) };
}

function located(source: SourceText): Part['locate'] {
  return (start, end) => locate(source, start, end);
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
