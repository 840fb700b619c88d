// Facts of a change → the base judged by itself: what the same rules would have found there, with nothing started or changed.
import { metBefore } from './facts-met-before.ts';
import type { Facts, RepositoryFacts } from './model/facts.ts';

/** Null where there is no base. The same facts give the same answer, so that what is kept by it is found again. */
export function asOfBase(facts: Facts): Facts | null {
  const { base } = facts;
  if (base === null) return null;
  const known = KNOWN.get(facts);
  if (known !== undefined) return known;
  const before = metBefore({ ...facts, head: base, changes: [], deliveries: unchanged(base) });
  KNOWN.set(facts, before);
  return before;
}

function unchanged(base: RepositoryFacts): Facts['deliveries'] {
  const deliveries: Facts['deliveries'] =
    UNCHANGED.get(base) ??
    base.deliveries.map((delivery) => ({ delivery, change: 'unchanged', about: {}, previously: null }));
  UNCHANGED.set(base, deliveries);
  return deliveries;
}

const UNCHANGED = new WeakMap<RepositoryFacts, Facts['deliveries']>();

const KNOWN = new WeakMap<Facts, Facts>();
