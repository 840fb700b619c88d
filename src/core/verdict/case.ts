// Everything that is judged together: evidence, facts, policy and what the rules found.
import type { Evidence, Gap } from '../model/evidence.ts';
import type { Facts } from '../model/facts.ts';
import type { Finding } from '../model/finding.ts';
import type { Obligation, Policy } from '../model/policy.ts';
import type { Circumstances } from './coverage.ts';

export type Case = {
  readonly evidence: Evidence;
  readonly policy: Policy;
  readonly policyGaps: readonly Gap[];
  readonly facts: Facts;
  readonly findings: readonly Finding[];
  /** Findings of the same rules on the merge base. */
  readonly preexisting: readonly Finding[];
  /** The obligation of each rule. */
  readonly obligations: Readonly<Record<string, Obligation>>;
  /** Digest of the rule set. */
  readonly ruleSet: string;
};

/** The day the case is judged on, `YYYY-MM-DD` in UTC. */
export function dayOf({ evidence }: Case): string {
  return evidence.collectedAt.slice(0, 10);
}

/** What decides today whether a decision counts. */
export function circumstancesOf({ collectedAt, contributors, memberships }: Evidence): Circumstances {
  return { at: collectedAt, contributors, ...(memberships === undefined ? {} : { memberships }) };
}
