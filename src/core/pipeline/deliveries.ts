// Acts of all runs → deliveries: pushes with what they built, archives with what carries them away, and the unseen.

import type { Delivery, Destination, DestinationClass, Trigger, Unsettled } from '../model/delivery.ts';
import type { Truth, Value } from '../model/value.ts';
import { both, either, format, hole, holes, presumed } from '../value.ts';
import type { Act } from './act.ts';
import { archiveDeliveries } from './archives.ts';
import { attestedBy, builtAs, signedBy } from './attached.ts';
import { groupNames, presumedName, settled, tagsOf } from './delivery-names.ts';
import { byCodeUnit } from './files.ts';
import { readImageName } from './image-name.ts';
import { merged, mergedWays } from './merged-deliveries.ts';
import { groupBy, onlyLogin, type RunActs, runActs } from './run-acts.ts';

export type Classify = (registry: Value, repository: Value) => DestinationClass;

/** A delivery under one event; equal ones of several events become one delivery. */
export type Found = { readonly key: string; readonly delivery: Delivery };

export function joinActs(acts: readonly Act[], classify: Classify): readonly Delivery[] {
  const found = groupBy(acts, (act) => act.run).flatMap(([, own]) => {
    const run: RunActs = runActs(own);
    return [...pushes(run, classify), ...archiveDeliveries(run), ...unseen(run, classify)];
  });
  return groupBy(found, (one) => one.key)
    .flatMap(([, same]) => {
      const ways = groupBy(same, ({ delivery }) => wayOf(delivery)).map(([, way]) =>
        merged(way.map(({ delivery }) => delivery)),
      );
      return groupBy(ways, ({ build }) => JSON.stringify(build)).map(([, alike]) => mergedWays(alike));
    })
    .sort(inOrder);
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

function destinationText(delivery: Delivery): string {
  return `${format(delivery.destination.registry)}/${format(delivery.destination.repository)}`;
}

function pushes(run: RunActs, classify: Classify): readonly Found[] {
  return run.of('push').flatMap(({ act, effect }) => {
    const happensAtAll = both(act.happens, effect.happens);
    if (happensAtAll === 'no') return [];
    const names =
      effect.names.length > 0 ? effect.names : [hole('image name', 'the tool is given no name in sight')];
    return groupNames(names).flatMap(({ same, certain, deciding }): readonly Found[] => {
      const [first] = same;
      if (first === undefined) return [];
      const happens = certain ? happensAtAll : 'unknown';
      const otherwise = presumedName(first, classify, act);
      const image = otherwise ?? settled(readImageName(first), first, run, act, happens === 'yes');
      const repository = image.repository;
      const kind = classify(image.registry, repository);
      if (kind === 'local') return [];
      const destination: Destination = {
        registry: image.registry,
        repository,
        tags: tagsOf(otherwise === null ? same : same.map((name) => presumed(name))),
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

/**
 * One delivery per pipeline, deciding line, kind and destination: a script that twenty jobs of one workflow
 * run, or a make target that all targets need, is one thing to decide about. What can't be seen into is the same in
 * whichever pipeline it is.
 */
export function keyOf(delivery: Delivery): string {
  const { start } = delivery.location.range;
  const pipeline = delivery.evidencePath[0]?.location.path ?? '';
  return [
    delivery.kind,
    delivery.location.path,
    start.line,
    start.column,
    delivery.kind === 'opaque' ? '' : pipeline,
    destinationText(delivery),
    delivery.tool,
  ].join('|');
}

function wayOf({ evidencePath }: Delivery): string {
  return evidencePath.map(({ location }) => `${location.path}:${location.range.start.line}`).join('>');
}

function unsettledParts(destination: Destination, act: Act): readonly Unsettled[] {
  const parts = [...holes(destination.registry), ...holes(destination.repository)];
  return parts.map((part) => ({
    what: `${part.expression}: ${part.why}`,
    settledBy: 'write the name out, or let policy say what it stands for',
    location: act.location,
  }));
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
  return run.of('opaque').flatMap(({ act, effect }) => {
    const own = run.job(act.job);
    const credentials = act.credentials || own.of('login').length > 0;
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
