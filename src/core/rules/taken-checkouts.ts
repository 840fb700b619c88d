// Other repositories in the checkout → those whose files a build takes in, each with what takes them.
import { takersOf } from '../context-paths.ts';
import type { Facts, FurtherCheckout } from '../model/facts.ts';

export type TakenCheckout = {
  /** Path of the Dockerfile, or of the workflow where the delivery has none. */
  readonly dockerfile: string;
  readonly checkout: FurtherCheckout;
};

/** Submodules that a Dockerfile copies from, and what workflows that deliver check out beside the repository itself. */
export function takenCheckouts(facts: Facts): readonly TakenCheckout[] {
  return facts.head.furtherCheckouts.flatMap((checkout) =>
    takersOf(checkout, facts.head).map((dockerfile) => ({ dockerfile, checkout })),
  );
}
