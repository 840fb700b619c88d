// What a rule found, where, and what to do about it.
import type { About } from './evidence.ts';
import type { Location } from './position.ts';

/** A rule's id: its file name; for ever. */
export type RuleId = string;

export type Outcome =
  /** The author can and must change something. */
  | 'violation'
  /** The OSPO has to decide. */
  | 'needs-approval'
  /** It can't be told from what is in sight; asks the OSPO and never passes. */
  | 'unknown';

export type Severity = 'error' | 'warning' | 'note';

/** Replaces whole lines `first` to `last` (1-based, inclusive) of `path` by `text` (without final newline). */
export type Edit = {
  readonly path: string;
  readonly first: number;
  readonly last: number;
  readonly text: string;
};

export type Finding = {
  readonly rule: RuleId;
  readonly outcome: Outcome;
  readonly severity: Severity;
  readonly location: Location;
  /** One sentence: what is wrong here, naming the thing. */
  readonly message: string;
  /** What to do about it here, when it can be said more exactly than the rule's remedy. */
  readonly remedy: string | null;
  /** The one edit that makes the finding go away; null when a person has to think. */
  readonly edit: Edit | null;
  readonly about: About;
  /** What the base had of it, where this changes it. Absent: it is new, or the rule does not compare. */
  readonly previously?: About;
  /** Further places that belong to it. */
  readonly related: readonly { readonly location: Location; readonly message: string }[];
};
