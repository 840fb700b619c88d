// The few small interfaces the gate needs; adapters implement them, main.ts and cli.ts choose which.
import type { Actor, Decision, Evidence, Gap } from './core/model/evidence.ts';
import type { Report } from './core/model/report.ts';
import type { Verdict } from './core/model/verdict.ts';

/** A pull request by the ids that survive renames, and the names the API wants. */
export type PullRequestRef = {
  readonly installation: number;
  readonly repositoryId: number;
  readonly owner: string;
  readonly repository: string;
  readonly number: number;
};

/** Work for the gate: evaluate this pull request, because of that event. */
export type Job = {
  readonly pull: PullRequestRef;
  /** Event and action, e.g. `pull_request.synchronize`, or `sweep`. */
  readonly cause: string;
  /** The forge's id of the webhook delivery; null for the app's own sweeps. */
  readonly delivery: string | null;
};

/**
 * A person's wish to approve, reject or withdraw, as a signed event carried it. It counts only after the roster,
 * the contributors and policy have been asked (see `gate.decide`).
 */
export type Claim = {
  /** The delivery's GUID and kind: the same claim arrives twice on a redelivery. */
  readonly id: string;
  readonly pull: PullRequestRef;
  readonly kind: 'approve' | 'reject' | 'withdraw';
  readonly by: 'label' | 'review';
  /** Name of the label; the body of the review. */
  readonly text: string;
  readonly actor: Actor;
  readonly headSha: string;
  /** ISO 8601, from the payload where it has a time, else when it arrived. */
  readonly at: string;
};

export type Clock = () => Date;

export type Source = {
  /**
   * Everything about the pull request at `headSha` (its live head when null). `wanted` is asked which files are
   * still missing until it wants nothing more.
   */
  collect(
    pull: PullRequestRef,
    headSha: string | null,
    wanted: (evidence: Evidence) => readonly string[],
  ): Promise<Evidence>;
};

export type Roster = {
  /** Through which of `teams` (`organization/slug`) the actor may approve now; a gap when it can't be known. */
  memberOf(pull: PullRequestRef, teams: readonly string[], actor: Actor): Promise<string | null | Gap>;
};

export type LedgerEntry =
  | { readonly kind: 'verdict'; readonly verdict: Verdict; readonly cause: string }
  | { readonly kind: 'decision'; readonly decision: Decision }
  | { readonly kind: 'refused-claim'; readonly claim: Claim; readonly reason: string };

export type Ledger = {
  record(pull: PullRequestRef, entry: LedgerEntry, at: Date): Promise<void>;
  /** Decisions that may bear on the pull request: its own, and the repository's standing approvals. */
  decisions(pull: PullRequestRef): Promise<readonly Decision[]>;
};

export type Publisher = {
  /** Idempotent: publishing the same report again changes nothing. */
  publish(pull: PullRequestRef, report: Report): Promise<void>;
  /** Takes a label off again and says why in a comment. */
  refuse(pull: PullRequestRef, claim: Claim, reason: string): Promise<void>;
};
