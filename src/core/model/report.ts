// What the world is shown: data that a publisher turns into check runs, comments and labels.
import type { Outcome } from './verdict.ts';

/** GitHub's check conclusions that we use; `neutral` and `skipped` satisfy a required check and are never used. */
export type Conclusion = 'success' | 'failure' | 'action_required';

export type Annotation = {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  /** 1-based; only given when the annotation is on one line. */
  readonly startColumn: number | null;
  readonly endColumn: number | null;
  readonly level: 'notice' | 'warning' | 'failure';
  readonly title: string;
  readonly message: string;
};

export type CheckReport = {
  readonly name: string;
  readonly outcome: Outcome;
  readonly conclusion: Conclusion;
  /** At most 255 characters. */
  readonly title: string;
  /** Markdown, at most 65,535 bytes. */
  readonly summary: string;
  /** Markdown, at most 65,535 bytes; empty for none. */
  readonly text: string;
  readonly annotations: readonly Annotation[];
};

/** A comment on lines of the diff. `key` is the finding's fingerprint: the same is never posted twice. */
export type ReviewComment = {
  readonly key: string;
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly body: string;
};

export type Report = {
  readonly headSha: string;
  /** Compliance first, delivery second. */
  readonly checks: readonly CheckReport[];
  /** Body of the sticky comment (the approval packet); null when no delivery has ever needed one. */
  readonly packet: string | null;
  readonly reviewComments: readonly ReviewComment[];
  readonly labels: { readonly add: readonly string[]; readonly remove: readonly string[] };
};
