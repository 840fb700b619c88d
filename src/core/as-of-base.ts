// Facts of a change → the base judged by itself: what the same rules would have found there, with nothing started or changed.
import type { Facts } from './model/facts.ts';

/** Null where there is no base. The same facts give the same answer, so that what is kept by it is found again. */
export function asOfBase(facts: Facts): Facts | null {
  const { base } = facts;
  if (base === null) return null;
  const known = KNOWN.get(facts);
  if (known !== undefined) return known;
  const before: Facts = {
    ...facts,
    head: base,
    changes: [],
    deliveries: base.deliveries.map((delivery) => ({
      delivery,
      change: 'unchanged',
      about: {},
      previously: null,
    })),
  };
  KNOWN.set(facts, before);
  return before;
}

const KNOWN = new WeakMap<Facts, Facts>();
