// Deliveries that the change under review starts or changes, and how they are told in one clause.
import type { Delivery, DeliveryChange, DeliveryKind, DestinationClass, Trigger } from '../model/delivery.ts';
import type { Facts } from '../model/facts.ts';
import { format } from '../value.ts';

/** Started or changed deliveries of one kind; what was there before is listed elsewhere, not blamed. */
export function fresh(facts: Facts, ...kinds: readonly DeliveryKind[]): readonly DeliveryChange[] {
  return facts.deliveries.filter(
    ({ change, delivery }) => (change === 'started' || change === 'changed') && kinds.includes(delivery.kind),
  );
}

/** Deliveries as they are at the head, whether new or not: for rules whose findings the base can have as well. */
export function standing(facts: Facts, ...kinds: readonly DeliveryKind[]): readonly Delivery[] {
  return facts.deliveries
    .filter(({ change, delivery }) => change !== 'stopped' && kinds.includes(delivery.kind))
    .map(({ delivery }) => delivery);
}

export function freshPushes(facts: Facts, to: DestinationClass): readonly DeliveryChange[] {
  return fresh(facts, 'registry-push').filter(({ delivery }) => delivery.destination.class === to);
}

/** `docker.io/acme/api:1.2`, as far as known; at most two tags are named. */
export function destinationOf({ destination }: Delivery): string {
  const registry = format(destination.registry);
  const name = [registry, format(destination.repository)].filter((part) => part !== '').join('/');
  const tags = destination.tags.map((tag) => format(tag));
  const shown = tags.slice(0, 2).join(', ');
  const tagged = shown === '' ? '' : `:${shown}${tags.length > 2 ? ', …' : ''}`;
  return name === '' ? 'a place that can’t be told' : `\`${name}${tagged}\``;
}

/** "on push-tag v*, release" */
export function occasionOf({ triggers }: Delivery): string {
  if (triggers.length === 0) return '';
  return ` on ${triggers.map(triggerName).join(', ')}`;
}

function triggerName({ event, filter }: Trigger): string {
  return filter === null ? event : `${event} (${filter})`;
}

/** `may` when a condition or the tool's own logic decides whether it happens. */
export function verb(delivery: Delivery, certain: string, possible: string): string {
  return delivery.happens === 'yes' ? certain : possible;
}
