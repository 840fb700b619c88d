// The acts of one run under one event, by job and by kind.
import type { Value } from '../model/value.ts';
import { format, join } from '../value.ts';
import type { Act } from './act.ts';

import type { Effect } from './effect.ts';
import { readImageName } from './image-name.ts';

/** What one run under one event holds. */
export type RunActs = {
  readonly acts: readonly Act[];
  /** Acts of the same job run, by job. */
  readonly byJob: ReadonlyMap<string, readonly Act[]>;
};

export function groupBy<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): readonly (readonly [string, readonly T[]])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups];
}

export type EffectOf<K extends Effect['kind']> = Extract<Effect, { readonly kind: K }>;

export function actsOf<K extends Effect['kind']>(
  acts: readonly Act[],
  kind: K,
): readonly { readonly act: Act; readonly effect: EffectOf<K> }[] {
  return acts.flatMap((act) =>
    act.effect.kind === kind ? [{ act, effect: act.effect as EffectOf<K> }] : [],
  );
}

/** The registry a job logs in to, when it is one only. */
export function onlyLogin(own: readonly Act[]): Value | null {
  const registries = actsOf(own, 'login').map(
    ({ effect }) => readImageName(join([effect.registry, '/x'])).registry,
  );
  const [only] = registries;
  return only !== undefined && new Set(registries.map(format)).size === 1 ? only : null;
}
