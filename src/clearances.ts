// A judgement that asks the ledger about the organisation's other projects before it asks people.
import type { Evidence, Instant } from './core/model/evidence.ts';
import { type Review, review } from './core/review.ts';
import { projectsBehind } from './core/rules/clearances.ts';
import type { Clearances, PullRequestRef } from './ports.ts';

/** The review, and the evidence with what the ledger answered: without imports from inside nobody is asked. */
export async function reviewCleared(
  pull: PullRequestRef,
  evidence: Evidence,
  clearances: Clearances,
): Promise<Review & { readonly evidence: Evidence }> {
  const alone = review(evidence);
  const projects = projectsBehind(alone.facts, alone.policy);
  if (projects.length === 0) return { ...alone, evidence };
  const asked = { ...evidence, clearances: await clearances.of(pull, projects) };
  return { ...review(asked), evidence: asked };
}

/** A clearance may end in its own repository without a word to this one: such verdicts are made anew after this long. */
const CLEARANCE_MINUTES = 60;

/** When the verdict has to be made anew by itself: at `next`, or earlier if it may rest on a clearance; null for never. */
export function lookAgain({ clearances = [], collectedAt }: Evidence, next: Instant | null): Instant | null {
  if (clearances.length === 0) return next;
  const soon = new Date(Date.parse(collectedAt) + CLEARANCE_MINUTES * 60_000).toISOString();
  return next !== null && next < soon ? next : soon;
}
