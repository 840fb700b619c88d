// Facts → the very same object for equal ones, so that what rules make of them is found again.
import type { Facts, RepositoryFacts } from './model/facts.ts';

/** Of one commit's files at once: they may stand against several bases, or be a base themselves. */
const MOST_OF_A_HEAD = 4;

type Met = {
  /** What is compared by its content. */
  readonly beside: string;
  readonly facts: Facts;
};

const MET = new WeakMap<RepositoryFacts, readonly Met[]>();

/** What registries or other projects said is long, and not compared: such facts are always new. */
export function metBefore(facts: Facts): Facts {
  const { head, base, deliveries, subject, at, changes, images, clearances } = facts;
  if (images.length > 0 || clearances !== undefined) return facts;
  const beside = JSON.stringify([subject, at, changes]);
  const known = MET.get(head) ?? [];
  const found = known.find(
    (one) => one.facts.base === base && one.facts.deliveries === deliveries && one.beside === beside,
  );
  if (found === undefined) MET.set(head, [{ beside, facts }, ...known].slice(0, MOST_OF_A_HEAD));
  return found?.facts ?? facts;
}
