// Other repositories in the checkout → those whose files a build takes in, each with what takes them.
import { takenCheckouts as taken } from '../context-paths.ts';
import type { Facts, FurtherCheckout, RepositoryFacts } from '../model/facts.ts';

export type TakenCheckout = {
  /** Path of the Dockerfile, or of the workflow where the delivery has none. */
  readonly dockerfile: string;
  readonly checkout: FurtherCheckout;
};

/** Submodules that a Dockerfile copies from, and what workflows that deliver check out beside the repository itself. */
export function takenCheckouts({ head }: Facts): readonly TakenCheckout[] {
  const known = KNOWN.get(head);
  if (known !== undefined) return known;
  const found = taken(head).flatMap(({ checkout, takers }) =>
    takers.map((dockerfile) => ({ dockerfile, checkout })),
  );
  KNOWN.set(head, found);
  return found;
}

/** Several rules and each Dockerfile of the packet ask for them. */
const KNOWN = new WeakMap<RepositoryFacts, readonly TakenCheckout[]>();
