// A RUN instruction → the traces of what its shell, its words or its here-documents run.
import type { Dockerfile, Instruction, Stage, Word } from '../../model/dockerfile.ts';
import type { Location } from '../../model/position.ts';
import { traceCmd } from '../../shell/cmd.ts';
import { commandName } from '../../shell/options.ts';
import { tracePowerShell } from '../../shell/powershell.ts';
import { isPosixShell, isPowerShell, shellName } from '../../shell/shells.ts';
import type { Argument, Invocation, Trace, TraceContext } from '../../shell/trace.ts';
import { traceScript } from '../../shell/trace-script.ts';
import { format, known, text } from '../../value.ts';
import { locate, type SourceText } from '../source-text.ts';
import { isLanguage } from './program-files.ts';

export type Part = {
  readonly trace: Trace;
  readonly text: string;
  readonly locate: (start: number, end: number) => Location;
};

/** One part for each script that the instruction runs; a shell within a shell is one more. */
export function traces(
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
  if (!isPosixShell(shell)) return otherShell(script.text, shell, instruction, context, at);
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
  const added = /(?:^|\s)-[a-z]*c\s+(\S.*)$/s.exec(shell)?.[1];
  if (added !== undefined)
    return [
      { trace, text: script.text, locate: at },
      { trace: traceScript(added, context), text: added, locate: () => instruction.location },
    ];
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
export function isWindows(file: Pick<Dockerfile, 'directives'>, stage: Stage): boolean {
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

/**
 * `SHELL ["python3", "-c"]`, `SHELL ["conda", "run", "bash", "-c"]`, and `#!` of a heredoc. A shell that nobody knows is
 * taken to read what its authors write for it, and the program it is runs with the script as its last word.
 */
function otherShell(
  script: string,
  shell: string,
  instruction: Instruction,
  context: TraceContext,
  at: Part['locate'],
): readonly Part[] {
  const words = shell.split(/\s+/).filter((word) => word !== '');
  const inner = words.findIndex((word, index) => index > 0 && isPosixShell(word));
  if (inner > 0) {
    const trace = traceScript(script, { ...context, shell: words.slice(inner).join(' ') });
    return withInner({ trace, text: script, locate: at }, context);
  }
  const program = words.find((word) => isLanguage(shellName(word)));
  if (program !== undefined)
    return [{ trace: interpreted(script, shellName(program), context), text: script, locate: at }];
  const line = `${shell} '${script.replaceAll("'", "'\\''")}'`;
  return [
    ...withInner({ trace: traceScript(script, context), text: script, locate: at }, context),
    { trace: traceScript(line, context), text: line, locate: () => instruction.location },
  ];
}

/** A script for `python`, `node` and the like: one command that reads the text as its program. */
function interpreted(script: string, name: string, context: TraceContext): Trace {
  const trace = traceScript(name, context);
  const invocations = trace.invocations.map((invocation) => ({
    ...invocation,
    stdin: text(script),
    start: 0,
    end: script.length,
  }));
  return { ...trace, invocations };
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
