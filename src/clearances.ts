// A judgement that asks the ledger about the organisation's other projects before it asks people.
import type { Evidence, Instant } from './core/model/evidence.ts';
import { type Review, review } from './core/review.ts';
import { projectsBehind } from './core/rules/clearances.ts';
import type { Clearances, Job, PullRequestRef } from './ports.ts';

/**
 * The review, and the evidence with what the ledger answered about `projects`: without imports from inside nobody is asked.
 */
export async function reviewCleared(
  pull: PullRequestRef,
  evidence: Evidence,
  clearances: Clearances,
): Promise<Review & { readonly evidence: Evidence; readonly projects: readonly string[] }> {
  const alone = review(evidence);
  const projects = projectsBehind(alone.facts, alone.policy);
  if (projects.length === 0) return { ...alone, evidence, projects };
  const asked = { ...evidence, clearances: await clearances.of(pull, projects) };
  return { ...review(asked), evidence: asked, projects };
}

/**
 * Queued with the record of a delivery: what other repositories take from this one may be cleared now, or not any more.
 * Decisions are heard of there as well, since the sweep that follows them goes on to whoever leans on the repository.
 */
export function leaningJob(pull: PullRequestRef): Job {
  return {
    pull: { ...pull, number: 0 },
    cause: `judged again after a delivery of ${pull.owner}/${pull.repository}`,
    delivery: null,
    refresh: false,
    again: false,
    errand: { kind: 'leaning' },
  };
}

/** In case that was missed, or a clearance ends by its age, such verdicts are made anew after this long. */
const CLEARANCE_MINUTES = 60;

/** When the verdict has to be made anew by itself: at `next`, or earlier if it may rest on a clearance; null for never. */
export function lookAgain({ clearances = [], collectedAt }: Evidence, next: Instant | null): Instant | null {
  if (clearances.length === 0) return next;
  const soon = new Date(Date.parse(collectedAt) + CLEARANCE_MINUTES * 60_000).toISOString();
  return next !== null && next < soon ? next : soon;
}
