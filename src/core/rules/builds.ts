// The builds in sight of a Dockerfile: which arguments they pass, which stage they make, what that takes in.
import { withArguments } from '../dockerfile/read.ts';
import type { BuildSource, Delivery } from '../model/delivery.ts';
import type { Dockerfile, Stage } from '../model/dockerfile.ts';
import type { Facts } from '../model/facts.ts';
import type { Import } from '../model/import.ts';
import type { Value } from '../model/value.ts';
import { format, known } from '../value.ts';

/** The Dockerfile read once for each set of arguments that a delivery builds it with; sorted by those. */
export function buildsOf(facts: Facts, dockerfile: Dockerfile): readonly Dockerfile[] {
  return distinctBuilds(facts, dockerfile, ({ arguments: passed }) => settingsKey(passed)).map((build) =>
    asBuilt(dockerfile, build),
  );
}

/** The same for each set of arguments and named build contexts. */
export function buildsWithContexts(
  facts: Facts,
  dockerfile: Dockerfile,
): readonly { readonly reading: Dockerfile; readonly contexts: BuildSource['contexts'] }[] {
  const key = ({ arguments: passed, contexts }: BuildSource): string =>
    `${settingsKey(passed)} ${settingsKey(contexts)}`;
  return distinctBuilds(facts, dockerfile, key).map((build) => ({
    reading: asBuilt(dockerfile, build),
    contexts: build.contexts,
  }));
}

function distinctBuilds(
  facts: Facts,
  dockerfile: Dockerfile,
  key: (build: BuildSource) => string,
): readonly BuildSource[] {
  const builds = new Map(standingBuilds(facts, dockerfile).map((build) => [key(build), build]));
  return [...builds.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, build]) => build);
}

function standingBuilds(facts: Facts, { path }: Dockerfile): readonly BuildSource[] {
  const kept = BUILDS.get(facts) ?? buildsByPath(facts);
  BUILDS.set(facts, kept);
  return kept.get(path) ?? [];
}

/** Every rule asks for every Dockerfile, so the deliveries are walked once. */
const BUILDS = new WeakMap<Facts, ReadonlyMap<string, readonly BuildSource[]>>();

function buildsByPath({ deliveries }: Facts): ReadonlyMap<string, readonly BuildSource[]> {
  const byPath = new Map<string, BuildSource[]>();
  for (const { change, delivery } of deliveries) {
    const { build } = delivery;
    if (change === 'stopped' || build === null || build.dockerfile === null) continue;
    const builds = byPath.get(build.dockerfile);
    if (builds === undefined) byPath.set(build.dockerfile, [build]);
    else builds.push(build);
  }
  return byPath;
}

/** The Dockerfile as the delivery builds it; null when it has none, or none that is in sight. */
export function dockerfileOf(facts: Facts, { build }: Delivery): Dockerfile | null {
  if (build === null || build.dockerfile === null) return null;
  const dockerfile = facts.head.dockerfiles.find(({ path }) => path === build.dockerfile);
  return dockerfile === undefined ? null : asBuilt(dockerfile, build);
}

function asBuilt(dockerfile: Dockerfile, build: BuildSource): Dockerfile {
  return Object.keys(build.arguments).length === 0 ? dockerfile : withArguments(dockerfile, build.arguments);
}

function settingsKey(settings: Readonly<Record<string, Value>>): string {
  return JSON.stringify(
    Object.entries(settings)
      .map(([name, value]) => [name, format(value)])
      .sort(),
  );
}

/** The stage that a build makes: the named or numbered one, else the last; null when that is not known. */
export function targetStage(dockerfile: Dockerfile, target: Value | null): Stage | null {
  if (target === null || target.length === 0) return dockerfile.stages.at(-1) ?? null;
  const name = known(target)?.toLowerCase();
  if (name === undefined) return null;
  return dockerfile.stages.find((stage) => stage.name === name || String(stage.index) === name) ?? null;
}

/** The stage and those it is based on, down to an image or `scratch`: their layers are the built image's. */
export function layeredStages(dockerfile: Dockerfile, stage: Stage): readonly Stage[] {
  const chain = [stage];
  // A stage can only be based on an earlier one, so this ends.
  for (let { base, index } = stage; base.kind === 'stage'; ) {
    const below: Stage | undefined = dockerfile.stages[base.stage];
    if (below === undefined || below.index >= index) break;
    chain.push(below);
    ({ base, index } = below);
  }
  return chain;
}

/** The image at the bottom of a stage; null when it starts from nothing. */
export function imageBelow(dockerfile: Dockerfile, stage: Stage): Value | null {
  const bottom = layeredStages(dockerfile, stage).at(-1);
  return bottom?.base.kind === 'image' ? bottom.base.name : null;
}

/**
 * Stages whose layers can end up in an image: below the last one, below each that no other stage takes anything from,
 * and below each that a delivery names. Layers of any other stage stay in the builder.
 */
export function stagesWithShippedLayers(facts: Facts, dockerfile: Dockerfile): ReadonlySet<number> {
  const used = new Set(dockerfile.stages.flatMap(({ uses }) => uses));
  const named = standingBuilds(facts, dockerfile).map(({ target }) => targetStage(dockerfile, target));
  if (named.includes(null)) return new Set(dockerfile.stages.map(({ index }) => index));
  const tops = dockerfile.stages.filter(
    (stage) =>
      !used.has(stage.index) || named.includes(stage) || stage.index === dockerfile.stages.length - 1,
  );
  return new Set(tops.flatMap((top) => layeredStages(dockerfile, top).map(({ index }) => index)));
}

/** What the stages behind `target` bring in; of all stages when it is not known which is built. */
export function importsBehind(dockerfile: Dockerfile, target: Value | null): readonly Import[] {
  const stage = targetStage(dockerfile, target);
  if (stage === null) return dockerfile.imports;
  const behind = new Set([stage.index]);
  const open = [stage];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const index of next.uses) {
      const used = dockerfile.stages[index];
      if (used === undefined || behind.has(index)) continue;
      behind.add(index);
      open.push(used);
    }
  }
  return dockerfile.imports.filter((entry) => behind.has(entry.stage));
}
