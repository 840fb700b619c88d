// The shape of a tool: what it recognises in commands and action steps, and what these do to container material.
import type { ToolFamily } from '../model/delivery.ts';
import type { Truth, Value } from '../model/value.ts';
import type { Effect } from './effect.ts';
import type { Files } from './files.ts';

/** A command as the shell would run it, with its place in the pipeline. */
export type CommandCall = {
  /** The words that made the tool take it, e.g. `docker push`. */
  readonly command: string;
  /** What follows them. */
  readonly words: readonly Value[];
  /** A variable as the command sees it; null when nothing in sight sets it. */
  readonly variable: (name: string) => Value | null;
  /** Where its standard output ends up as a file, through the pipeline it feeds; null when nowhere. */
  readonly output: Value | null;
  /** The commands its output flows into, in order. */
  readonly feeds: readonly (readonly Value[])[];
  /** The commands whose output flows into it. */
  readonly fedBy: readonly (readonly Value[])[];
  readonly stdin: Value | null;
  /** A path as seen from the root of the repository. */
  readonly path: (path: Value) => Value;
  readonly files: Files;
};

/** A step with `uses:`. */
export type ActionCall = {
  /** `owner/name` or `owner/name/path`, lower case, without version. */
  readonly action: string;
  /** What stands behind `@`; empty when nothing does. */
  readonly version: string;
  /** An input's text; null when it is not given. */
  readonly input: (name: string) => Value | null;
  /** An input's lines, list items or comma-separated values, trimmed, without empty ones. */
  readonly lines: (name: string) => readonly Value[];
  /** An input as a switch; `otherwise` when it is not given. */
  readonly on: (name: string, otherwise: Truth) => Truth;
  /** An input as its author wrote it; null when it is not given. */
  readonly written: (name: string) => string | null;
  readonly variable: (name: string) => Value | null;
  readonly path: (path: Value) => Value;
  readonly files: Files;
  /** The step's id; empty when it has none. */
  readonly step: string;
};

type Example = {
  /** A shell script, or the YAML of one or more steps. */
  readonly script?: string;
  readonly steps?: string;
  /** Further files of the repository. */
  readonly files?: Readonly<Record<string, string>>;
  /** What it delivers: `KIND HOST/REPOSITORY:TAG,TAG`, with `?` behind when it only may; sorted. Empty: nothing. */
  readonly delivers: readonly string[];
};

export type Tool = {
  /** File name; for ever. */
  readonly id: string;
  readonly family: ToolFamily;
  readonly documentation: string;
  /** Leading words it takes, e.g. `docker push`; the longest match of all tools wins. */
  readonly commands: readonly string[];
  readonly command?: (call: CommandCall) => readonly Effect[];
  /** Actions it takes: `owner/name`, `owner/name/path` or `owner/name/*`, lower case. */
  readonly actions: readonly string[];
  readonly action?: (call: ActionCall) => readonly Effect[];
  readonly examples: readonly Example[];
};
