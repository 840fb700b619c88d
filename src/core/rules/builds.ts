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
  const builds = new Map<string, BuildSource>();
  for (const { change, delivery } of facts.deliveries) {
    const { build } = delivery;
    if (change === 'stopped' || build?.dockerfile !== dockerfile.path) continue;
    builds.set(argumentsKey(build), build);
  }
  return [...builds.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, build]) => asBuilt(dockerfile, build));
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

function argumentsKey(build: BuildSource): string {
  return JSON.stringify(
    Object.entries(build.arguments)
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

/** The image at the bottom of a stage; null when it starts from nothing. */
export function imageBelow(dockerfile: Dockerfile, stage: Stage): Value | null {
  let current: Stage | undefined = stage;
  // A stage can only be based on an earlier one, so this ends.
  while (current?.base.kind === 'stage') {
    const below: Stage | undefined = dockerfile.stages[current.base.stage];
    current = below !== undefined && below.index < current.index ? below : undefined;
  }
  return current?.base.kind === 'image' ? current.base.name : null;
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
