// Acts of all runs → deliveries: pushes with what they built, archives with what carries them away, and the unseen.
import type {
  BuildSource,
  Delivery,
  Destination,
  DestinationClass,
  Trigger,
  Unsettled,
} from '../model/delivery.ts';
import type { Truth, Value } from '../model/value.ts';
import { both, either, format, hole, holes, isKnown, join, known, text } from '../value.ts';
import type { Act } from './act.ts';
import { alternatives, decidingText } from './alternatives.ts';
import { archiveDeliveries } from './archives.ts';
import type { Effect } from './effect.ts';
import { byCodeUnit } from './files.ts';
import { type ImageName, imageIdentity, readImageName } from './image-name.ts';

export type Classify = (registry: Value, repository: Value) => DestinationClass;

/** A delivery under one event; equal ones of several events become one delivery. */
export type Found = { readonly key: string; readonly delivery: Delivery };

/** What one run under one event holds. */
export type RunActs = {
  readonly acts: readonly Act[];
  /** Acts of the same job run, by job. */
  readonly byJob: ReadonlyMap<string, readonly Act[]>;
};

export function joinActs(acts: readonly Act[], classify: Classify): readonly Delivery[] {
  const found = groupBy(acts, (act) => act.run).flatMap(([, own]) => {
    const run: RunActs = { acts: own, byJob: new Map(groupBy(own, (act) => act.job)) };
    return [...pushes(run, classify), ...archiveDeliveries(run), ...unseen(run, classify)];
  });
  return groupBy(found, (one) => one.key)
    .map(([, same]) => merged(same.map((one) => one.delivery)))
    .sort(inOrder);
}

function groupBy<T>(
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

function inOrder(left: Delivery, right: Delivery): number {
  const [a, b] = [left.location, right.location];
  return (
    byCodeUnit(a.path, b.path) ||
    a.range.start.line - b.range.start.line ||
    a.range.start.column - b.range.start.column ||
    byCodeUnit(destinationText(left), destinationText(right)) ||
    byCodeUnit(left.kind, right.kind)
  );
}

export function destinationText(delivery: Delivery): string {
  return `${format(delivery.destination.registry)}/${format(delivery.destination.repository)}`;
}

type EffectOf<K extends Effect['kind']> = Extract<Effect, { readonly kind: K }>;

export function actsOf<K extends Effect['kind']>(
  acts: readonly Act[],
  kind: K,
): readonly { readonly act: Act; readonly effect: EffectOf<K> }[] {
  return acts.flatMap((act) =>
    act.effect.kind === kind ? [{ act, effect: act.effect as EffectOf<K> }] : [],
  );
}

function pushes(run: RunActs, classify: Classify): readonly Found[] {
  return actsOf(run.acts, 'push').flatMap(({ act, effect }) => {
    const happensAtAll = both(act.happens, effect.happens);
    if (happensAtAll === 'no') return [];
    const names =
      effect.names.length > 0 ? effect.names : [hole('image name', 'the tool is given no name in sight')];
    return groupNames(names).flatMap(({ same, certain, deciding }): readonly Found[] => {
      const [first] = same;
      if (first === undefined) return [];
      const happens = certain ? happensAtAll : 'unknown';
      const image = settled(readImageName(first), first, run, act);
      const repository = image.repository;
      const kind = classify(image.registry, repository);
      if (kind === 'local') return [];
      const destination: Destination = {
        registry: image.registry,
        repository,
        tags: tagsOf(same),
        class: kind,
        channel: null,
      };
      const built = builtAs(run, act, first, effect.origins);
      const delivery: Delivery = {
        kind: 'registry-push',
        tool: act.tool,
        family: act.family,
        happens,
        destination,
        build: effect.source ?? built?.source ?? null,
        triggers: triggersOf(act, happens),
        condition: conditionOf(act, effect.condition ?? deciding),
        options: {
          squash: either(effect.options.squash, built?.options.squash ?? 'no'),
          signed: either(effect.signed, signedBy(run, act, first)),
          provenance: either(
            either(effect.options.provenance, built?.options.provenance ?? 'no'),
            attestedBy(run, act, [first, ...effect.origins], 'provenance'),
          ),
          sbom: either(
            either(effect.options.sbom, built?.options.sbom ?? 'no'),
            attestedBy(run, act, [first, ...effect.origins], 'sbom'),
          ),
        },
        location: act.location,
        evidencePath: act.path,
        unsettled: [
          ...image.unsettled,
          ...effect.doubts.map((doubt) => ({ ...doubt, location: act.location })),
          ...unsettledParts(destination, act),
        ],
      };
      return [{ key: keyOf(delivery), delivery }];
    });
  });
}

type Names = { readonly same: readonly Value[]; readonly certain: boolean; readonly deciding: string | null };

/** Names of one image together. A name that may be another image, or none, is not certain. */
function groupNames(names: readonly Value[]): readonly Names[] {
  const groups = new Map<string, { same: Value[]; certain: boolean; deciding: string | null }>();
  for (const name of names) {
    const options = alternatives(name);
    const identities = new Set(options.map((option) => (option.length === 0 ? '' : imageIdentity(option))));
    for (const option of options) {
      if (option.length === 0) continue;
      const group = groups.get(imageIdentity(option)) ?? { same: [], certain: false, deciding: null };
      group.same.push(option);
      if (identities.size === 1) group.certain = true;
      else group.deciding ??= decidingText(name);
      groups.set(imageIdentity(option), group);
    }
  }
  return [...groups.values()].map((group) => (group.certain ? { ...group, deciding: null } : group));
}

/** One delivery per deciding line, way there, kind and destination. */
export function keyOf(delivery: Delivery): string {
  const { start } = delivery.location.range;
  const way = delivery.evidencePath
    .map((step) => `${step.location.path}:${step.location.range.start.line}`)
    .join('>');
  return [
    delivery.kind,
    delivery.location.path,
    start.line,
    start.column,
    way,
    destinationText(delivery),
    delivery.tool,
  ].join('|');
}

type SettledName = ImageName & { readonly unsettled: readonly Unsettled[] };

/**
 * A host that is not written out and not known: the job can only push where it logged in, so a single log-in settles
 * it. A known name without host goes to Docker Hub wherever the log-in went.
 */
function settled(image: ImageName, written: Value, run: RunActs, act: Act): SettledName {
  if (image.hasHost !== 'unknown') return { ...image, unsettled: [] };
  const registry = onlyLogin(run.byJob.get(act.job) ?? []);
  if (registry === null) return { ...image, unsettled: [] };
  const what = `the host of ${format(written)} is taken from the only log-in of the job`;
  const unsettled = [
    { what, settledBy: 'write the registry in front of the image name', location: act.location },
  ];
  if (known(registry) === 'docker.io') {
    const whole = withoutTag(written, image);
    return { ...image, registry, repository: whole, unsettled };
  }
  return { ...image, registry, unsettled };
}

/** The registry a job logs in to, when it is one only. */
function onlyLogin(own: readonly Act[]): Value | null {
  const registries = actsOf(own, 'login').map(
    ({ effect }) => readImageName(join([effect.registry, '/x'])).registry,
  );
  const [only] = registries;
  return only !== undefined && new Set(registries.map(format)).size === 1 ? only : null;
}

function withoutTag(written: Value, image: ImageName): Value {
  if (image.tag === null && image.digest === null) return written;
  const full =
    format(image.registry) === format(image.repository)
      ? image.repository
      : join([image.registry, '/', image.repository]);
  return full;
}

function tagsOf(names: readonly Value[]): readonly Value[] {
  const tags = new Map<string, Value>();
  for (const name of names) {
    const { tag, digest, hasHost } = readImageName(name);
    const whole = hasHost === 'unknown' && name.length === 1;
    const value = tag ?? (digest === null && !whole ? text('latest') : null);
    if (value !== null) tags.set(format(value), value);
  }
  return [...tags].sort(([left], [right]) => byCodeUnit(left, right)).map(([, value]) => value);
}

function unsettledParts(destination: Destination, act: Act): readonly Unsettled[] {
  const parts = [...holes(destination.registry), ...holes(destination.repository)];
  return parts.map((part) => ({
    what: `${part.expression}: ${part.why}`,
    settledBy: 'write the name out, or let policy say what it stands for',
    location: act.location,
  }));
}

/** The earlier build of this job that made an image of this name, through the tags it was given. */
function builtAs(
  run: RunActs,
  act: Act,
  name: Value,
  origins: readonly Value[],
): { readonly source: BuildSource; readonly options: EffectOf<'build'>['options'] } | null {
  const own = run.byJob.get(act.job) ?? [];
  const names = new Set([name, ...origins].map((one) => format(one)));
  const identities = new Set([name, ...origins].map(imageIdentity));
  for (const { effect } of [...actsOf(own, 'retag')].reverse()) {
    if (!names.has(format(effect.to)) && !identities.has(imageIdentity(effect.to))) continue;
    names.add(format(effect.from));
    identities.add(imageIdentity(effect.from));
  }
  const builds = actsOf(own, 'build');
  const exact = builds.find(({ effect }) => effect.names.some((one) => names.has(format(one))));
  const close =
    exact ?? builds.find(({ effect }) => effect.names.some((one) => identities.has(imageIdentity(one))));
  return close === undefined ? copiedFrom(run, origins) : close.effect;
}

/** The source of what a copy or an index is made of, when pushes of this run made all of it from the same one. */
function copiedFrom(run: RunActs, origins: readonly Value[]): ReturnType<typeof builtAs> {
  const pushed = actsOf(run.acts, 'push');
  const made = origins.map(
    (origin) =>
      pushed.find(
        ({ effect }) =>
          effect.source !== null && effect.names.some((name) => format(name) === format(origin)),
      )?.effect ?? null,
  );
  const [first] = made;
  if (!first?.source) return null;
  const { source, options } = first;
  const isSame = made.every(
    (one) => one?.source?.dockerfile === source.dockerfile && equals(one.source.target, source.target),
  );
  return isSame ? { source, options } : null;
}

function equals(left: Value | null, right: Value | null): boolean {
  return (left === null ? '' : format(left)) === (right === null ? '' : format(right));
}

/**
 * Whether a signature reaches this image. One that names it does; one whose subject is only known when it runs does
 * when the job pushes nothing else.
 */
function signedBy(run: RunActs, act: Act, name: Value): Truth {
  const identity = imageIdentity(name);
  let answer: Truth = 'no';
  for (const { act: signing, effect } of actsOf(run.acts, 'sign')) {
    for (const subject of effect.names) {
      if (imageIdentity(subject) === identity) return 'yes';
      if (signing.job === act.job && !isKnown(subject) && isOpen(subject))
        answer = either(answer, onlyImage(run, act) ? 'yes' : 'unknown');
    }
  }
  return answer;
}

function isOpen(subject: Value): boolean {
  return typeof subject[0] === 'object';
}

function onlyImage(run: RunActs, act: Act): boolean {
  const pushed = actsOf(run.byJob.get(act.job) ?? [], 'push').flatMap(({ effect }) =>
    effect.names.map(imageIdentity),
  );
  return new Set(pushed).size <= 1;
}

/** A copy or an index keeps what was attached to the images it is made of. */
function attestedBy(run: RunActs, act: Act, names: readonly Value[], what: 'provenance' | 'sbom'): Truth {
  const identities = new Set(names.map(imageIdentity));
  const made = actsOf(run.acts, 'push').some(
    ({ act: pushing, effect }) =>
      pushing !== act &&
      effect.options[what] === 'yes' &&
      effect.names.some((name) => identities.has(imageIdentity(name))),
  );
  if (made) return 'yes';
  for (const { act: attesting, effect } of actsOf(run.acts, 'attest')) {
    if (effect.what !== what) continue;
    if (effect.names.some((subject) => identities.has(imageIdentity(subject)))) return 'yes';
    if (attesting.job === act.job && effect.names.some((subject) => isOpen(subject)) && onlyImage(run, act))
      return 'yes';
  }
  return 'no';
}

export function triggersOf(act: Act, happens: Exclude<Truth, 'no'>): readonly Trigger[] {
  return act.point === null ? [] : [{ event: act.point.event, filter: act.point.filter, happens }];
}

export function conditionOf(act: Act, own: string | null): string | null {
  // A loop over a list is no condition to people, although nothing happens when the list is empty.
  const conditions = [...new Set([...act.conditions, ...(own === null ? [] : [own])])].filter(
    (text) => !/^(for|while|until) /.test(text),
  );
  return conditions.length === 0 ? null : conditions.join(' && ');
}

const NOWHERE: Value = hole('destination', 'nothing in sight says where it goes');

function unseen(run: RunActs, classify: Classify): readonly Found[] {
  return actsOf(run.acts, 'opaque').flatMap(({ act, effect }) => {
    const own = run.byJob.get(act.job) ?? [];
    const credentials = act.credentials || actsOf(own, 'login').length > 0;
    if (effect.needsCredentials && !credentials) return [];
    const [name] = effect.names;
    const image = name === undefined ? null : readImageName(name);
    const destination: Destination = {
      registry: image?.registry ?? onlyLogin(own) ?? NOWHERE,
      repository: image?.repository ?? NOWHERE,
      tags: [],
      class: image === null ? 'unknown' : classify(image.registry, image.repository),
      channel: null,
    };
    const delivery: Delivery = {
      kind: 'opaque',
      tool: effect.what,
      family: act.family,
      happens: 'unknown',
      destination,
      build: null,
      triggers: triggersOf(act, 'unknown'),
      condition: conditionOf(act, null),
      options: { squash: 'unknown', signed: 'unknown', provenance: 'unknown', sbom: 'unknown' },
      location: act.location,
      evidencePath: act.path,
      unsettled: [{ ...effect.doubt, location: act.location }],
      ...(effect.content.length === 0 ? {} : { unseen: effect.content }),
    };
    return [{ key: keyOf(delivery), delivery }];
  });
}

/** One delivery out of its appearances under several events and matrix rows. */
function merged(same: readonly Delivery[]): Delivery {
  const [first, ...rest] = same;
  if (first === undefined) throw new Error('a group of deliveries is never empty');
  return rest.reduce(mergeTwo, first);
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
  return [...byKey].sort(([left], [right]) => byCodeUnit(left, right)).map(([, trigger]) => trigger);
}
