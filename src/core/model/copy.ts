// A Dockerfile that is, or holds, another one that is known by its fingerprints.
import type { Oid } from './evidence.ts';

/** A Dockerfile at one commit of another repository; never its text. */
export type KnownFile = {
  /** Web address of the forge, e.g. `https://github.com`. */
  readonly server: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly commit: Oid;
  readonly path: string;
  /**
   * SPDX expression; null when the repository does not say it without doubt. `GPL-2.0` and its like where there is only the
   * text, which does not say whether later versions count.
   */
  readonly license: string | null;
  /** Copyright lines of the repository's licence text, verbatim: licences ask to keep them. */
  readonly copyrights: readonly string[];
};

/** A known file with its fingerprints: unsigned 32-bit, each once, ascending. */
export type SketchedFile = KnownFile & { readonly fingerprints: readonly number[] };

export type Copy = {
  /** Path of the Dockerfile in the repository under review. */
  readonly dockerfile: string;
  /** The closest file of its repository. */
  readonly original: KnownFile;
  /** Fingerprints both have. */
  readonly shared: number;
  /** Share of both files that is the same, 0 to 1 (Sørensen–Dice). */
  readonly same: number;
  /** Share of the original that stands in the Dockerfile, 0 to 1. */
  readonly ofOriginal: number;
  /** Share of the Dockerfile that stands in the original, 0 to 1. */
  readonly ofDockerfile: number;
};
