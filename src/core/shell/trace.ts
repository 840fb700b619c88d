// The vocabulary of a traced script: what it would execute, as far as reading it can tell.
import type { Truth, Value } from '../model/value.ts';
import type { SyntaxTrees } from './syntax-trees.ts';

/** One word of a command. Offsets are UTF-16 into the file the invocation stands in, half open. */
export type Argument = {
  readonly value: Value;
  readonly start: number;
  readonly end: number;
  /** Indexes into `Trace.invocations` of what runs in its `$(…)`, backticks and `<(…)`. */
  readonly substitutions: readonly number[];
};

export type FileRedirect = {
  /** As written: `>`, `>>`, `<`, `&>`, `>|`, … */
  readonly operator: string;
  /** 0 stdin, 1 stdout, 2 stderr; null when it is held in a variable. */
  readonly descriptor: number | null;
  readonly target: Value;
};

/** A function call, sourced file, script or `sh -c` text on the way to a command, outermost first. */
export type Call = {
  readonly kind: 'function' | 'source' | 'script' | 'inline';
  /** Function name, repository path, or the shell that takes the text. */
  readonly name: string;
  /** Where the call stands: the file (null: the traced script) and the offsets in it. */
  readonly path: string | null;
  readonly start: number;
  readonly end: number;
};

/** A command as the shell would execute it. */
export type Invocation = {
  /** Command name first, wrappers such as `sudo` and `env` taken off; never empty. */
  readonly argv: readonly Argument[];
  /** The file it is written in: null for the traced script, else the path given to `read`. */
  readonly path: string | null;
  /** The whole command with redirects. Text handed to `eval` or `sh -c` stands where the text is written. */
  readonly start: number;
  readonly end: number;
  /**
   * `yes` when nothing but the failure of an ordinary command before it can prevent it: like its author, the trace
   * takes a command that is no test to succeed. Commands that can't run are not listed.
   */
  readonly happens: Exclude<Truth, 'no'>;
  /** Undecided conditions on the way, as written, outermost first; negated ones start with `!`. */
  readonly guards: readonly string[];
  /** Names of the wrappers taken off, outermost first, e.g. `sudo`, `xargs`. */
  readonly wrappers: readonly string[];
  /** Assignments in front of the command or given to `env`. */
  readonly assignments: ReadonlyMap<string, Value>;
  /** Shell variables in force (exported or not), the assignments not included. Shared: never changed later. */
  readonly environment: ReadonlyMap<string, Value>;
  /** One of them, at a fraction of what putting all of them together takes. */
  readonly variable: (name: string) => Value | undefined;
  readonly redirects: readonly FileRedirect[];
  /** What it reads: a heredoc, a here-string or known text from a pipe. Null: not redirected, or unknown. */
  readonly stdin: Value | null;
  /** Indexes into `Trace.invocations` of the neighbours in the pipeline. */
  readonly pipeFrom: readonly number[];
  readonly pipeTo: readonly number[];
  readonly workingDirectory: Value;
  readonly callPath: readonly Call[];
  /**
   * Nothing stops or is left out when it fails: `cmd || true`, `cmd | tee log`, or `cmd; next` without `set -e`. Inside a
   * chain, what follows with `&&` is left out, unless it only prints words.
   */
  readonly failureIgnored: boolean;
  /** Nothing stops or is left out when it goes well: other than in `if cmd; then exit 1; fi`, `! cmd`. */
  readonly successIgnored: boolean;
  /** Runs inside `$(…)`, backticks or `<(…)`: its output is used as text. */
  readonly substitution: boolean;
  /** Whether what it runs (function, script, `sh -c` text) is in the trace as well. */
  readonly entered: boolean;
};

/** Text that lands in a file, such as a line of `$GITHUB_OUTPUT`. */
export type FileWrite = {
  readonly target: Value;
  readonly content: Value;
  readonly append: boolean;
  readonly happens: Exclude<Truth, 'no'>;
  readonly path: string | null;
  readonly start: number;
  readonly end: number;
};

/** Something in the script that could not be read. The caller knows the file and makes a `Gap` of it. */
export type TraceGap = {
  readonly kind: 'syntax' | 'limit' | 'missing-file';
  /** One sentence. */
  readonly reason: string;
  readonly remedy: string;
  readonly path: string | null;
  readonly start: number;
  readonly end: number;
};

export type Trace = {
  /** In the order in which they start. */
  readonly invocations: readonly Invocation[];
  /** Variables when the script ends; arrays as their elements joined by one space. */
  readonly environment: ReadonlyMap<string, Value>;
  readonly outputs: readonly FileWrite[];
  /** Repository paths that `read` answered with `unread`; sorted, each once. */
  readonly wanted: readonly string[];
  readonly gaps: readonly TraceGap[];
};

export type TraceContext = {
  /** Variables the shell starts with. A name that is missing becomes a hole when it is used. */
  readonly environment: ReadonlyMap<string, Value>;
  /** `$1`, `$2`, …; without it they are holes. */
  readonly positional?: readonly Value[];
  /** Resolves a `${{ … }}`, given with its braces. Without it each is a hole. */
  readonly expression?: (text: string) => Value;
  /** Reads a file of the repository by its path; null when there is none. */
  readonly read?: (path: string) => string | null | 'unread';
  /** Reads a file of the machine the script runs on by its absolute path; null when it is not known. */
  readonly readImage?: (path: string) => string | null;
  /** All files of the repository, sorted; the same list each time. Without it patterns are not looked up. */
  readonly paths?: () => readonly string[];
  /** Relative to the root of the repository; empty at the root. */
  readonly workingDirectory?: Value;
  /**
   * Leaves every test and `case` undecided, so that all branches are in the trace: for values that hold by default
   * but that somebody may change from outside, such as build arguments.
   */
  readonly openConditions?: boolean;
  /** Syntax trees of earlier traces: the same helper script is often followed from hundreds of steps. */
  readonly trees?: SyntaxTrees;
  /** The command line of the shell, e.g. `/bin/sh` or `bash -e {0}`; tells whether a failure ends the script. */
  readonly shell?: string;
};
