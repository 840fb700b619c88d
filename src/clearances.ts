// A judgement that asks the ledger about the organisation's other projects before it asks people.
import type { Evidence } from './core/model/evidence.ts';
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
