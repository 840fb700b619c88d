// A Dockerfile → the commands its `RUN` instructions execute, with what is known of their words and where they stand.
import { locate, sourceText } from './dockerfile/source-text.ts';
import type { Dockerfile, Instruction } from './model/dockerfile.ts';
import type { Location } from './model/position.ts';
import type { Value } from './model/value.ts';
import { traceCmd } from './shell/cmd.ts';
import { tracePowerShell } from './shell/powershell.ts';
import { isPosixShell, isPowerShell } from './shell/shells.ts';
import type { Invocation, Trace, TraceContext } from './shell/trace.ts';
import { traceScript } from './shell/trace-script.ts';

export type BuildCommand = {
  /** Index of the stage. */
  readonly stage: number;
  /** The name first; never empty. */
  readonly words: readonly Value[];
  /** Assignments in front of it. */
  readonly assignments: ReadonlyMap<string, Value>;
  readonly stdin: Value | null;
  /** Names of the commands whose output it reads, where they are known. */
  readonly fedBy: readonly Value[];
  readonly location: Location;
};

/**
 * In the order of the file, of those `RUN` instructions whose text matches `mention`: reading a script costs far more
 * than looking for a word in it. What a script nobody can read would execute is missing: see the file's gaps.
 */
export function commandsOf(dockerfile: Dockerfile, mention: RegExp): readonly BuildCommand[] {
  if (!mention.test(dockerfile.text)) return [];
  const source = sourceText(dockerfile.path, dockerfile.text);
  return dockerfile.stages.flatMap((stage) =>
    stage.instructions
      .filter(({ keyword }) => keyword === 'RUN')
      .flatMap((instruction) => {
        if (instruction.script === null) return execForm(instruction, stage.index);
        const { start } = instruction.script;
        if (!mention.test(instruction.script.text)) return [];
        const { invocations } = trace(instruction.script.text, instruction.script.shell, {
          environment: instruction.environment,
          shell: instruction.script.shell,
        });
        return invocations.map((invocation) => ({
          stage: stage.index,
          words: invocation.argv.map(({ value }) => value),
          assignments: invocation.assignments,
          stdin: invocation.stdin,
          fedBy: feeders(invocation, invocations),
          location: locate(source, start + invocation.start, start + invocation.end),
        }));
      }),
  );
}

function trace(script: string, shell: string, context: TraceContext): Trace {
  if (isPowerShell(shell)) return tracePowerShell(script, context);
  return isPosixShell(shell) ? traceScript(script, context) : traceCmd(script, context);
}

function feeders(invocation: Invocation, all: readonly Invocation[]): readonly Value[] {
  return invocation.pipeFrom.flatMap((index) => {
    const name = all[index]?.argv[0];
    return name === undefined ? [] : [name.value];
  });
}

function execForm(instruction: Instruction, stage: number): readonly BuildCommand[] {
  if (!instruction.json || instruction.words.length === 0) return [];
  const words = instruction.words.map(({ value }) => value);
  const { location } = instruction;
  return [{ stage, words, assignments: new Map(), stdin: null, fedBy: [], location }];
}
