// What a command brings in, before it is known whether something later checks it.
import type { Import, ImportKind, Pinning } from '../../model/import.ts';
import type { Location } from '../../model/position.ts';
import type { Truth, Value } from '../../model/value.ts';
import type { Argument } from '../../shell/trace.ts';
import { withoutTrailing } from '../../shell/trailing.ts';
import { format, join, prefix, suffix } from '../../value.ts';
import type { StageCommand } from './stage-commands.ts';

export type Weakening = Import['weakened'][number];

/** Where the content ends up. */
export type Output =
  | {
      readonly kind: 'file';
      readonly name: Value;
      /** Another name it has when the place it goes to is a folder already. */
      readonly inFolder?: Value;
    }
  /** Goes into a pipe or is printed. */
  | { readonly kind: 'stream' }
  /** Asked for and thrown away: a probe. */
  | { readonly kind: 'discarded' };

export type Fetch = {
  readonly kind: ImportKind;
  readonly source: Value;
  readonly location: Location;
  /** Position of its command in the stage; -1 for `ADD`. */
  readonly order: number;
  /** Line of the instruction that brings it in, where neither command nor location tell it. */
  readonly instructionLine?: number;
  readonly output: Output;
  readonly secureChannel: Truth;
  readonly pinning: Pinning;
  readonly pipedToShell: boolean;
  readonly packages: readonly string[];
  readonly weakened: readonly Weakening[];
  /** What the command itself checks; null: look for checks elsewhere. */
  readonly verification: Import['verification'] | null;
  /** The commands read it only to learn a version or an answer: nothing of it stays. */
  readonly probe: boolean;
};

/** Turns a command into what it fetches; nothing when it fetches nothing. */
export type Fetcher = (command: StageCommand, stage: Surroundings) => readonly Fetch[];

/** What a fetcher may look at beyond its own command. */
export type Surroundings = {
  readonly commands: readonly StageCommand[];
  /** git's next commands after a position, up to the next clone. */
  readonly gitAfter: (order: number) => readonly StageCommand[];
  /** Settings in force for a tool: `git config http.sslVerify false` and the like, by tool. */
  readonly weakenedBefore: (tool: string, order: number) => readonly Weakening[];
  /** Whether what the command prints lands in a file, by a redirect of its own or around it. */
  readonly isWritten: (command: StageCommand) => boolean;
};

/** Where an argument is written; a parameter of a shell function stands where the function is called. */
export function at(command: StageCommand, argument: Argument): Location {
  const { start, callPath } = command.invocation;
  const call = callPath.find((one) => one.kind === 'function');
  const own = command.text.slice(argument.start - start, argument.end - start);
  if (call !== undefined && own.includes('$')) return command.locateCall(call);
  return command.locate(argument.start, argument.end);
}

/**
 * TLS or SSH by the scheme of a URL. Without a scheme it depends on the tool; `plain` says what it would use.
 * A URL that starts with an unknown part is unknown, unless all its alternatives agree.
 */
export function channelOf(url: Value, plain: Truth): Truth {
  const start = prefix(url);
  const [first] = url;
  if (start === '' && typeof first === 'object') {
    if (first.choices === undefined || first.choices.length === 0) return 'unknown';
    const each = first.choices.map((one) => channelOf(join([one, url.slice(1)]), plain));
    if (each.includes('no')) return 'no';
    return each.every((truth) => truth === each[0]) ? (each[0] ?? 'unknown') : 'unknown';
  }
  const scheme = /^(?:git\+)?([a-z][a-z0-9+.-]*):\/\//i.exec(start)?.[1]?.toLowerCase();
  if (scheme === undefined) {
    if (/^[\w.-]+@[\w.-]+:/.test(start)) return 'yes';
    // Words instead of an address, such as a default that says who passes the real one.
    if (/\s/.test(start.trim())) return 'unknown';
    // `ht$X`: not even the scheme is whole.
    return url.length > 1 && !/[/.:]/.test(start) ? 'unknown' : plain;
  }
  return ['https', 'ssh', 'ftps', 'sftp', 'scp', 'hkps'].includes(scheme) ? 'yes' : 'no';
}

/** Whether the address is this machine or a file on it: nothing comes from elsewhere then. */
export function isLocal(url: Value): boolean {
  const start = prefix(url);
  if (/^file:/i.test(start)) return true;
  return /^(?:[a-z]+:\/\/)?(?:[^@/]*@)?(?:localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1\]|host\.docker\.internal)(?:[:/]|$)/i.test(
    start,
  );
}

/** The last segment of a URL's path, without query and fragment: what tools name a file after it. */
export function fileNameOf(url: Value): Value {
  const end = suffix(url);
  const cut = end.split(/[?#]/, 1)[0] ?? '';
  const slash = cut.lastIndexOf('/');
  if (slash >= 0) return cut.slice(slash + 1) === '' ? [] : [cut.slice(slash + 1)];
  const before = [...url.slice(0, end === '' ? undefined : -1)];
  let at = before.length - 1;
  while (at >= 0) {
    const part = before[at];
    if (typeof part === 'string' && part.includes('/')) {
      return join([part.slice(part.lastIndexOf('/') + 1), before.slice(at + 1), cut]);
    }
    at -= 1;
  }
  // `$URL` alone: its name is the name of whatever it holds.
  const [only] = url;
  if (typeof only === 'object' && only.choices !== undefined && url.length === 1) return [];
  return join([before, cut]);
}

/** The last segment of a path, however its parts are known. */
export function baseName(path: Value): string {
  const shown = withoutTrailing(format(path), '/\\');
  return shown.slice(Math.max(shown.lastIndexOf('/'), shown.lastIndexOf('\\')) + 1);
}

/** What the file that is fetched may be called, by base name; empty for what goes elsewhere. */
export function outputNames({ output }: Fetch): readonly string[] {
  if (output.kind !== 'file') return [];
  return [output.name, output.inFolder ?? []].map(baseName).filter((name) => name !== '');
}

const INTERPRETERS =
  /^(sh|bash|dash|ash|ksh|zsh|python[\d.]*|perl|ruby|node|nodejs|php[\d.]*|iex|invoke-expression|pwsh|powershell|su|lua|groovy|source|\.|eval)$/;

/** Whether a command takes a program from its input. */
function runsInput(command: StageCommand): boolean {
  return INTERPRETERS.test(command.name);
}

/** The commands after `command` in its pipeline, nearest first. */
export function downstream(
  command: StageCommand,
  commands: readonly StageCommand[],
): readonly StageCommand[] {
  const found: StageCommand[] = [];
  let next = command.after;
  while (next.length > 0 && found.length < 32) {
    const step = next.flatMap((index) => commands[index] ?? []).filter((one) => !found.includes(one));
    found.push(...step);
    next = step.flatMap((one) => one.after);
  }
  return found;
}

/** The commands before `command` in its pipeline, nearest first. */
export function upstream(command: StageCommand, commands: readonly StageCommand[]): readonly StageCommand[] {
  const found: StageCommand[] = [];
  let next = command.before;
  while (next.length > 0 && found.length < 32) {
    const step = next.flatMap((index) => commands[index] ?? []).filter((one) => !found.includes(one));
    found.push(...step);
    next = step.flatMap((one) => one.before);
  }
  return found;
}

/** Commands between a substitution and the command it is part of, at most. */
const REACH = 256;

/** Whether what the command prints is run: piped into a shell, `sh -c "$(…)"`, `bash <(…)`, `bash <<< "$(…)"`, `eval`. */
export function isRun(command: StageCommand, commands: readonly StageCommand[]): boolean {
  const chain = [command, ...downstream(command, commands)];
  if (chain.slice(1).some(runsInput)) return true;
  if (!command.invocation.substitution) return false;
  const inside = new Set(chain.map((one) => one.order - command.base));
  return laterCommands(command, commands).some((one) => {
    const { argv, stdin } = one.invocation;
    // `X=$(curl …)` and then `$X`.
    if (argv[0] !== undefined && isWhole(argv[0].value, command)) return true;
    if (!runsInput(one)) return false;
    return (
      argv.some(
        (word) => word.substitutions.some((index) => inside.has(index)) || isWhole(word.value, command),
      ) ||
      (stdin !== null && holds(stdin, command))
    );
  });
}

/** The next commands of the same script. */
export function laterCommands(
  command: StageCommand,
  commands: readonly StageCommand[],
): readonly StageCommand[] {
  return commands.slice(command.order + 1, command.order + REACH).filter(({ base }) => base === command.base);
}

/** Whether a value has what the command prints in it, as `$(…)` or in a variable. */
export function holds(value: Value, { text }: StageCommand): boolean {
  return text !== '' && value.some((part) => typeof part !== 'string' && part.expression.includes(text));
}

/** Whether a value is nothing but what the command prints. */
function isWhole(value: Value, command: StageCommand): boolean {
  return value.length === 1 && holds(value, command);
}
