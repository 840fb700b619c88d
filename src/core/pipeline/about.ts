// What a delivery is about, free of formatting and positions; and how deliveries of two snapshots compare.
import type { Delivery, DeliveryChange } from '../model/delivery.ts';
import type { Dockerfile, Stage } from '../model/dockerfile.ts';
import type { About } from '../model/evidence.ts';
import type { Truth, Value } from '../model/value.ts';
import { format } from '../value.ts';
import { givenAlong, isReliedOn, lacksOf } from './assurance.ts';
import { byCodeUnit } from './files.ts';

/** What of its Dockerfile a delivery answers for; the caller gives the Dockerfile with the build's arguments applied. */
export type FindDockerfile = (delivery: Delivery) => Dockerfile | null;

/** Aspects in a fixed order; each a sorted list without repeats. Aspects without a value are left out. */
export function deliveryAbout(delivery: Delivery, dockerfile: Dockerfile | null): About {
  const { destination, build, options } = delivery;
  const aspects: readonly (readonly [string, readonly string[]])[] = [
    ['kind', [delivery.kind]],
    ['tool', [delivery.tool]],
    ['destination', [`${format(destination.registry)}/${format(destination.repository)}`]],
    ['destination class', [destination.class]],
    ['channel', destination.channel === null ? [] : [destination.channel]],
    ['tags', destination.tags.map(format)],
    [
      'triggers',
      delivery.triggers.map(({ event, filter }) => (filter === null ? event : `${event} ${filter}`)),
    ],
    ['ways there', delivery.ways === undefined ? [] : [`${delivery.ways}`]],
    ['condition', delivery.condition === null ? [] : [delivery.condition]],
    ['options', optionWords(options)],
    ['dockerfile', build?.dockerfile === null || build === null ? [] : [build.dockerfile]],
    ['context', build?.context === null || build === null ? [] : [format(build.context)]],
    ['target', build?.target === null || build === null ? [] : [format(build.target)]],
    ['build arguments', pairs(build?.arguments ?? {})],
    ['build contexts', pairs(build?.contexts ?? {})],
    ['content not seen into', delivery.unseen ?? []],
    ...dockerfileAspects(dockerfile, build?.target ?? null),
  ];
  return Object.fromEntries(
    aspects
      .filter(([, values]) => values.length > 0)
      .map(([aspect, values]) => [aspect, [...new Set(values.map(normalized))].sort(byCodeUnit)]),
  );
}

function optionWords(options: Delivery['options']): readonly string[] {
  const entries: readonly (readonly [string, Truth])[] = Object.entries(options);
  return entries
    .filter(([, truth]) => truth !== 'no')
    .map(([name, truth]) => (truth === 'yes' ? name : `${name} (unknown)`));
}

function pairs(record: Readonly<Record<string, Value>>): readonly string[] {
  return Object.entries(record).map(([name, value]) => `${name}=${format(value)}`);
}

/** Commands within names and conditions are told as written, and indenting them anew changes nothing. */
export function normalized(written: string): string {
  return written.replace(/\s+/g, ' ').trim();
}

/** The stages that end up in the image: the target and everything it takes content from. */
function dockerfileAspects(
  dockerfile: Dockerfile | null,
  target: Value | null,
): readonly (readonly [string, readonly string[]])[] {
  if (dockerfile === null) return [];
  const last = lastStage(dockerfile.stages, target === null ? null : format(target));
  const used = usedStages(dockerfile.stages, last);
  const bases = dockerfile.stages.flatMap((stage) =>
    used.has(stage.index) && stage.base.kind === 'image' ? [format(stage.base.name)] : [],
  );
  const imports = dockerfile.imports.filter((one) => used.has(one.stage));
  return [
    ['base images', bases],
    [
      'imports',
      imports
        .filter(({ kind, packages }) => kind !== 'base-image' && packages.length === 0)
        .map((one) => `${one.kind} ${format(one.source)}`),
    ],
    ['packages', imports.flatMap((one) => one.packages)],
    [UNASSURED, lacksOf(imports, dockerfile.stages, last)],
    [GIVEN_ALONG, givenAlong(dockerfile.stages.filter(({ index }) => used.has(index)))],
    ['licence of the Dockerfile', dockerfile.notice.licenses.map(({ expression }) => expression)],
  ];
}

function lastStage(stages: readonly Stage[], target: string | null): Stage | null {
  const named = target === null ? undefined : stages.find((stage) => stage.name === target.toLowerCase());
  return named ?? stages.at(-1) ?? null;
}

function usedStages(stages: readonly Stage[], last: Stage | null): ReadonlySet<number> {
  const used = new Set<number>();
  const open = last === null ? [] : [last.index];
  while (open.length > 0) {
    const index = open.pop();
    if (index === undefined || used.has(index)) continue;
    used.add(index);
    const stage = stages[index];
    if (stage === undefined) continue;
    open.push(...stage.uses, ...(stage.base.kind === 'stage' ? [stage.base.stage] : []));
  }
  return used;
}

/** The aspect of what is missing to know that what is taken in is what was meant; see `lacksOf`. */
export const UNASSURED = 'not assured';

/** The aspect of licences and their like that are put into the image by name: more of them is no more to ask about. */
export const GIVEN_ALONG = 'given along';

/** Aspects in which less is no more: fewer things inside, fewer names, fewer occasions, less that is missing. A condition or a base that is gone is not. */
const MAY_SHRINK: ReadonlySet<string> = new Set(['imports', 'packages', 'tags', 'triggers', UNASSURED]);
/** Those of them that may have nothing left. */
const MAY_VANISH: ReadonlySet<string> = new Set(['imports', 'packages', UNASSURED]);

/**
 * Whether `after` is `before`, or what is left of it: nothing came, and what went makes the delivery smaller. What others
 * rely on (licences, signatures, checks) is never merely less.
 */
export function isLess(before: About, after: About): boolean {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].every((aspect) => {
    const [old, now] = [before[aspect] ?? [], after[aspect] ?? []];
    if (aspect === GIVEN_ALONG) return old.every((value) => now.includes(value));
    if (now.length === 0 && old.length > 0 && !MAY_VANISH.has(aspect)) return false;
    const [was, left] = [new Set(old), new Set(now)];
    if (!now.every((value) => was.has(value))) return false;
    if (!MAY_SHRINK.has(aspect)) return was.size === left.size;
    return aspect === UNASSURED || old.every((value) => left.has(value) || !isReliedOn(value));
  });
}

type Described = { readonly delivery: Delivery; readonly about: About };

/**
 * Matches the head's deliveries with the base's: first those about the same thing, then by kind, destination and what
 * is built, then by kind, destination and way. What is left over started or stopped.
 */
export function compareDeliveries(
  base: readonly Delivery[],
  head: readonly Delivery[],
  find: { readonly base: FindDockerfile; readonly head: FindDockerfile },
): readonly DeliveryChange[] {
  const before = base.map(
    (delivery): Described => ({ delivery, about: deliveryAbout(delivery, find.base(delivery)) }),
  );
  const after = head.map(
    (delivery): Described => ({ delivery, about: deliveryAbout(delivery, find.head(delivery)) }),
  );
  const partners = new Map<Described, Described>();
  const free = new Set(before);
  for (const keyOf of [sameAbout, sameSource, sameDestination, samePlace]) {
    const byKey = new Map<string, Described[]>();
    for (const one of free) byKey.set(keyOf(one), [...(byKey.get(keyOf(one)) ?? []), one]);
    for (const one of after) {
      if (partners.has(one)) continue;
      const partner = byKey.get(keyOf(one))?.shift();
      if (partner === undefined) continue;
      partners.set(one, partner);
      free.delete(partner);
    }
  }
  const changes = after.map((one): DeliveryChange => {
    const partner = partners.get(one);
    if (partner === undefined) return { ...one, change: 'started', previously: null };
    // What only lost something is the one that was there, also for approvals it has.
    return isLess(partner.about, one.about)
      ? { ...one, about: partner.about, change: 'unchanged', previously: null }
      : { ...one, change: 'changed', previously: partner.about };
  });
  return [
    ...changes,
    ...before
      .filter((one) => free.has(one))
      .map((one): DeliveryChange => ({ ...one, change: 'stopped', previously: null })),
  ];
}

function sameAbout({ about }: Described): string {
  return JSON.stringify(about);
}

function destinationKey({ delivery }: Described): string {
  return `${delivery.kind}|${format(delivery.destination.registry)}/${format(delivery.destination.repository)}`;
}

function sameSource(one: Described): string {
  const { build } = one.delivery;
  return `${destinationKey(one)}|${build?.dockerfile ?? ''}|${build?.target === null || build === null ? '' : format(build.target)}`;
}

function sameDestination(one: Described): string {
  return `${destinationKey(one)}|${one.delivery.location.path}`;
}

/** The same step sends something elsewhere: labels of the way, without lines. */
function samePlace({ delivery }: Described): string {
  return `${delivery.kind}|${delivery.evidencePath.map((step) => step.label.replace(/:\d+$/, '')).join('>')}`;
}
