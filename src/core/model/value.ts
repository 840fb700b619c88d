// What is known of a string or of a condition when parts of it are only decided at run time.

/** Three-valued truth: an `unknown` never passes as a `no`. */
export type Truth = 'yes' | 'no' | 'unknown';

/** A part of a text that can't be known from the repository. */
export type Hole = {
  /** The expression as its author wrote it, e.g. `${{ secrets.REGISTRY }}` or `$VERSION`. */
  readonly expression: string;
  /** Why it can't be known and what would settle it: one clause, lower case, no full stop. */
  readonly why: string;
  /**
   * The variable the author keeps it in, as written (`$NAME`), where `expression` is the command that makes it: people
   * call it by this name, while the command tells two holes apart.
   */
  readonly variable?: string;
  /** What it is unless something out of sight sets it: the `b` of `${A:-b}`. Absent: nothing is known of it. */
  readonly fallback?: Value;
  /** Where it is one of several known texts (branches of a `case`, say): all of them. Absent: anything. */
  readonly choices?: readonly Value[];
  /** Texts that it surely is not; with the empty text among them it is surely filled. Absent: nothing is known. */
  readonly not?: readonly string[];
};

/**
 * A text with holes, in order. Neighbouring strings are joined and empty ones left out, so equal values
 * have equal parts; the empty list is the empty string.
 */
export type Value = readonly (string | Hole)[];
