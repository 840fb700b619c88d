// One delivery out of its appearances under several events and matrix rows.
import type { Delivery, Trigger } from '../model/delivery.ts';
import type { Truth } from '../model/value.ts';
import { both, either, format } from '../value.ts';
import { byCodeUnit } from './files.ts';

/** One delivery out of its appearances under several events and matrix rows. */
export function merged(same: readonly Delivery[]): Delivery {
  const [first, ...rest] = same;
  if (first === undefined) throw new Error('a group of deliveries is never empty');
  return rest.reduce(mergeTwo, first);
}

/** One delivery out of the ways that lead to its line, told by the shortest of them. */
export function mergedWays(ways: readonly Delivery[]): Delivery {
  if (ways.length <= 1) return merged(ways);
  const shortest = Math.min(...ways.map(({ evidencePath }) => evidencePath.length));
  const told = ways.find(({ evidencePath }) => evidencePath.length === shortest);
  return {
    ...merged(ways),
    condition: conditionOf(ways),
    ...(told === undefined ? {} : { evidencePath: told.evidencePath, location: told.location }),
    ways: ways.length,
  };
}

/** Where one way is open, it happens whatever holds on the others. */
function conditionOf(ways: readonly Delivery[]): string | null {
  const conditions = new Set<string>();
  for (const { condition } of ways) {
    if (condition === null) return null;
    conditions.add(condition);
  }
  const [only, ...others] = [...conditions].sort(byCodeUnit);
  return only === undefined || others.length === 0
    ? (only ?? null)
    : [only, ...others].map((condition) => `(${condition})`).join(' || ');
}

function mergeTwo(left: Delivery, right: Delivery): Delivery {
  return {
    ...left,
    happens: left.happens === 'yes' || right.happens === 'yes' ? 'yes' : 'unknown',
    destination: {
      ...left.destination,
      tags: unionBy([...left.destination.tags, ...right.destination.tags], format),
    },
    build: left.build ?? right.build,
    triggers: mergedTriggers([...left.triggers, ...right.triggers]),
    condition:
      left.condition === right.condition || right.condition === null
        ? left.condition
        : (left.condition ?? right.condition),
    options: {
      squash: either(left.options.squash, right.options.squash),
      signed:
        both(left.options.signed, right.options.signed) === 'yes'
          ? 'yes'
          : weaker(left.options.signed, right.options.signed),
      provenance: weaker(left.options.provenance, right.options.provenance),
      sbom: weaker(left.options.sbom, right.options.sbom),
    },
    ...(left.unseen === undefined && right.unseen === undefined
      ? {}
      : { unseen: unionBy([...(left.unseen ?? []), ...(right.unseen ?? [])], String) }),
    unsettled: unionBy(
      [...left.unsettled, ...right.unsettled],
      (one) => `${one.what}|${one.location.range.start.line}`,
    ),
  };
}

/** What holds under one event only is not certain. */
function weaker(left: Truth, right: Truth): Truth {
  return left === right ? left : 'unknown';
}

function unionBy<T>(items: readonly T[], keyOfItem: (item: T) => string): readonly T[] {
  const byKey = new Map(items.map((item) => [keyOfItem(item), item]));
  return [...byKey].sort(([left], [right]) => byCodeUnit(left, right)).map(([, item]) => item);
}

function mergedTriggers(triggers: readonly Trigger[]): readonly Trigger[] {
  const byKey = new Map<string, Trigger>();
  for (const trigger of triggers) {
    const key = `${trigger.event}|${trigger.filter ?? ''}`;
    const before = byKey.get(key);
    if (before === undefined || trigger.happens === 'yes') byKey.set(key, trigger);
  }
  // Pushes of any branch include those of a named one.
  for (const [key, { event, filter, happens }] of [...byKey]) {
    const open = filter === null ? undefined : byKey.get(`${event}|`);
    if (open !== undefined && (open.happens === happens || open.happens === 'yes')) byKey.delete(key);
  }
  return [...byKey].sort(([left], [right]) => byCodeUnit(left, right)).map(([, trigger]) => trigger);
}
