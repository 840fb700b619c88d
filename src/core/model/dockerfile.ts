// A Dockerfile as BuildKit reads it: stages, what enters them, and what the file says about itself.
import type { Gap, Oid } from './evidence.ts';
import type { Import } from './import.ts';
import type { Location } from './position.ts';
import type { Value } from './value.ts';

/** `# syntax=…`, `# escape=…`, `# check=…` at the top of the file. */
export type Directive = {
  readonly name: 'syntax' | 'escape' | 'check';
  readonly value: string;
  readonly location: Location;
};

/** An `ARG` before the first `FROM` or inside a stage. `value` is null when it has no default. */
export type Argument = {
  readonly name: string;
  readonly value: Value | null;
  readonly location: Location;
};

/** What a stage is built from. */
export type StageBase =
  /**
   * An image name as expanded; with holes where build arguments decide it. `candidates`: earlier stages whose
   * names the holes leave possible (`FROM build-${TARGETARCH}`), sorted; empty for a name that is known.
   */
  | { readonly kind: 'image'; readonly name: Value; readonly candidates: readonly number[] }
  | { readonly kind: 'stage'; readonly stage: number }
  | { readonly kind: 'scratch' };

/** One word of an instruction with where it stands; expanded where BuildKit expands it. */
export type Word = { readonly text: string; readonly value: Value; readonly location: Location };

export type Flag = { readonly name: string; readonly value: Word | null; readonly location: Location };

export type Heredoc = {
  readonly name: string;
  /** File descriptor in front of `<<`; 0 when none is written. */
  readonly fd: number;
  readonly content: string;
  /** Whether variables in the body are expanded (the delimiter is not quoted). */
  readonly expand: boolean;
  readonly location: Location;
};

/** An instruction that BuildKit runs or records; `ONBUILD` triggers hold theirs. */
export type Instruction = {
  /** Upper case, e.g. `RUN`. */
  readonly keyword: string;
  readonly location: Location;
  readonly flags: readonly Flag[];
  /** Arguments after the flags: words, or the strings of the JSON form. */
  readonly words: readonly Word[];
  readonly json: boolean;
  readonly heredocs: readonly Heredoc[];
  /** For `RUN` in shell form and its like: the script and how its offsets map to the file. */
  readonly script: Script | null;
  readonly trigger: Instruction | null;
  /**
   * The variables BuildKit expands in this instruction and sets for its script, `ARG`s and `ENV`s, inherited ones
   * too. A name that is missing is not set by this file; the base image may still set it.
   */
  readonly environment: ReadonlyMap<string, Value>;
};

/**
 * A shell text lifted out of a file. Character `i` of `text` stands at offset `start + i` of the file: comments and
 * continuations inside are blanked, not cut, so that positions survive.
 */
export type Script = {
  readonly text: string;
  readonly start: number;
  /** The shell that runs it, with its options, e.g. `/bin/sh`, `bash -euo pipefail -c`; from `SHELL` or a heredoc's `#!`. */
  readonly shell: string;
};

export type Stage = {
  readonly index: number;
  /** Lower case as BuildKit compares it; null when the stage has no name. */
  readonly name: string | null;
  readonly base: StageBase;
  readonly platform: Value | null;
  /** The whole `FROM` instruction. */
  readonly location: Location;
  /** The image or stage name inside it. */
  readonly baseLocation: Location;
  readonly instructions: readonly Instruction[];
  /** `LABEL`s in effect at the end of the stage, its own only; expanded. */
  readonly labels: Readonly<Record<string, Value>>;
  /** The variables at the end of the stage, which a stage built `FROM` it starts with. */
  readonly environment: ReadonlyMap<string, Value>;
  /** Stages whose content this one uses, by `FROM`, `COPY --from` or a mount: indexes, sorted. */
  readonly uses: readonly number[];
};

/** What the file says of its own licence and origin in comments. */
export type FileNotice = {
  /** `SPDX-License-Identifier` expressions, verbatim and trimmed; of the REUSE files where the file itself has none. */
  readonly licenses: readonly { readonly expression: string; readonly location: Location }[];
  /** `SPDX-FileCopyrightText` and plain copyright lines, verbatim and trimmed. */
  readonly copyrights: readonly { readonly text: string; readonly location: Location }[];
  /** Declared origins: the URL after an origin tag such as `Origin:` or `Based on`. */
  readonly origins: readonly { readonly url: string; readonly location: Location }[];
  /** A licence recognised by the words of its standard notice where no SPDX tag stands; null when none. */
  readonly recognized: { readonly id: string; readonly location: Location } | null;
};

/** A command that a `RUN` executes, with what is known of its words. */
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
 * A file of the image that a step runs or reads and that was copied from the build context. `sources`: what it may
 * have been copied from, relative to the context, the last copy first.
 */
export type CopiedFile = { readonly image: string; readonly sources: readonly string[] };

/** A copied script that the steps were followed into; `path` in the repository. */
export type CopiedScript = { readonly image: string; readonly path: string; readonly text: string };

export type Dockerfile = {
  readonly path: string;
  /** Build arguments it was read with (`withArguments`); empty when only its own defaults count. */
  readonly arguments: Readonly<Record<string, Value>>;
  readonly oid: Oid;
  readonly text: string;
  readonly directives: readonly Directive[];
  readonly notice: FileNotice;
  readonly globalArguments: readonly Argument[];
  readonly stages: readonly Stage[];
  readonly imports: readonly Import[];
  /** In the order of the file. What a script nobody can read would execute is missing: see `gaps`. */
  readonly commands: readonly BuildCommand[];
  readonly squash: readonly RootCopy[];
  /** Files that would have to be read to say all that the steps do; empty once `scripts` holds them. */
  readonly copied: readonly CopiedFile[];
  /** Scripts that its commands and imports may stand in, besides the file itself; sorted by their path in the image. */
  readonly scripts: readonly CopiedScript[];
  readonly gaps: readonly Gap[];
};

/** `COPY --from=X / /`: X's whole file system becomes one layer of this stage (flow 13). */
export type RootCopy = {
  readonly stage: number;
  /** X as the file names it. */
  readonly from: Value;
  /** Images whose layers are merged; empty when X is built from `scratch` alone. */
  readonly foreign: readonly Value[];
  readonly location: Location;
};
