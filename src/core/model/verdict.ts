// Findings, approvals and gaps, judged.
import type { DeliveryChange } from './delivery.ts';
import type { About, Decision, Gap, Subject } from './evidence.ts';
import type { Finding } from './finding.ts';
import type { Exception, Mode, Obligation } from './policy.ts';

/** How a finding stands once policy and approvals are taken into account. */
export type Standing =
  /** Blocks, or asks for approval, or leaves the check undecided, after its outcome. */
  | { readonly kind: 'open' }
  /** Shown, but does not block: the obligation is in `advise` mode. */
  | { readonly kind: 'advised' }
  /** Recorded only: the obligation is in `observe` mode. */
  | { readonly kind: 'observed' }
  | { readonly kind: 'approved'; readonly by: readonly Decision[] }
  | { readonly kind: 'rejected'; readonly by: Decision }
  | { readonly kind: 'excepted'; readonly by: Exception }
  /** The base has it too: counted, not blamed. */
  | { readonly kind: 'pre-existing' };

/**
 * Where a question is on its way: nobody is asked (`none`), nobody answered (`pending`), or the last thing that happened to
 * the answer. `invalidated`: its giver no longer counts, or what was approved has changed.
 */
export type ApprovalState =
  | 'none'
  | 'pending'
  | 'approved'
  | 'rejected'
  | 'withdrawn'
  | 'expired'
  | 'invalidated';

export type JudgedFinding = {
  readonly finding: Finding;
  readonly obligation: Obligation;
  readonly mode: Mode;
  readonly fingerprint: string;
  readonly standing: Standing;
  /** Absent for violations, which nobody approves. */
  readonly approval?: ApprovalState;
};

export type JudgedDelivery = {
  readonly change: DeliveryChange;
  readonly fingerprint: string;
};

/** An approval that no longer covers what it was given for, and how the thing differs now. */
export type Lapse = {
  readonly decision: Decision;
  readonly fingerprint: string;
  readonly approved: About;
  /** Null when the thing is gone. */
  readonly now: About | null;
  /** `team`: the team through which it was given may not approve any more; `left`: whoever gave it is not in it any more. */
  readonly because: 'changed' | 'expired' | 'contributor' | 'team' | 'left';
};

/** People of some teams who still have to approve, and for which obligations. */
type Awaited = {
  readonly teams: readonly string[];
  /** How many of them are missing. */
  readonly missing: number;
  readonly obligations: readonly Obligation[];
};

export type Outcome = 'clear' | 'needs-approval' | 'blocked' | 'undecided';

export type Verdict = {
  readonly subject: Subject;
  /** The worst of the two checks. */
  readonly outcome: Outcome;
  readonly compliance: Outcome;
  readonly delivery: Outcome;
  /** Sorted by path, position, rule; without `off` obligations. */
  readonly findings: readonly JudgedFinding[];
  readonly deliveries: readonly JudgedDelivery[];
  readonly gaps: readonly Gap[];
  /** What could not be read in the base either: told, and not blamed on this change. Absent: nothing. */
  readonly gapsBefore?: readonly Gap[];
  readonly lapses: readonly Lapse[];
  /** Approvals still needed for each open fingerprint: people who approved so far and how many it takes. */
  readonly approvals: {
    readonly required: number;
    readonly given: readonly Decision[];
    readonly teams: readonly string[];
    /** Who is still missing, the approving teams first. */
    readonly awaited?: readonly Awaited[];
    /** Contributors whose e-mail belongs to no account, by name: nobody can be barred for them, so they are shown. */
    readonly unmapped?: readonly string[];
  };
  /** SHA-256 of the canonical evidence, of the rule set and of the policy: what it takes to replay the verdict. */
  readonly digests: { readonly evidence: string; readonly rules: string; readonly policy: string };
};
