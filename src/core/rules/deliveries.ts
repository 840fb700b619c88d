// Deliveries that the change under review starts or changes, and how they are told in one clause.
import type { Delivery, DeliveryChange, DeliveryKind, DestinationClass } from '../model/delivery.ts';
import type { Facts } from '../model/facts.ts';
import { deliverySentence } from '../pipeline/sentence.ts';
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

/** `docker.io/acme/api:1.2` or the file of an archive, as far as known; at most two tags are named. */
export function destinationOf({ kind, destination }: Delivery): string {
  const { registry, repository, tags } = destination;
  if (kind === 'image-archive') return `\`${format(repository) || 'a file'}\``;
  // Where one variable holds the whole name, it stands for both.
  const parts = new Set([format(registry), format(repository)].filter((part) => part !== ''));
  const name = [...parts].join('/');
  const shown = tags.slice(0, 2).map((tag) => format(tag));
  const tagged = shown.length === 0 ? '' : `:${shown.join(', ')}${tags.length > 2 ? ', …' : ''}`;
  return name === '' ? 'a place that can’t be told' : `\`${name}${tagged}\``;
}

/** "Delivers to a public registry: pushes …: release.yml → job image → step 3." */
export function told(lead: string, delivery: Delivery): string {
  return `${lead}: ${deliverySentence(delivery)}.`;
}
