// Other repositories in the checkout → those whose files a build takes in, each with what takes them.
import type { Facts, FurtherCheckout } from '../model/facts.ts';
import { contextPaths, isWithin } from './context-paths.ts';

export type TakenCheckout = {
  /** Path of the Dockerfile, or of the workflow where the delivery has none. */
  readonly dockerfile: string;
  readonly checkout: FurtherCheckout;
};

/** Submodules that a Dockerfile copies from, and what workflows that deliver check out beside the repository itself. */
export function takenCheckouts(facts: Facts): readonly TakenCheckout[] {
  return facts.head.furtherCheckouts.flatMap((checkout) =>
    usersOf(checkout, facts).map((dockerfile) => ({ dockerfile, checkout })),
  );
}

/** Paths of what takes its files in: Dockerfiles, or the workflow where the delivery has none. */
function usersOf({ kind, path, location }: FurtherCheckout, { head }: Facts): readonly string[] {
  if (kind === 'submodule')
    return head.dockerfiles
      .filter((dockerfile) => contextPaths(dockerfile, head).some((copied) => isWithin(path, copied)))
      .map((dockerfile) => dockerfile.path);
  const deliveries = head.deliveries.filter(({ evidencePath }) =>
    evidencePath.some((step) => step.location.path === location.path),
  );
  return [...new Set(deliveries.map(({ build }) => build?.dockerfile ?? location.path))].sort();
}
