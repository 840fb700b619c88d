// Whose layers a squashing delivery merges: only ours, somebody's, or nobody can tell.
import type { Delivery } from '../model/delivery.ts';
import type { Dockerfile, Stage } from '../model/dockerfile.ts';
import type { Facts } from '../model/facts.ts';
import type { Value } from '../model/value.ts';
import { format, isKnown, known } from '../value.ts';
import { dockerfileOf } from './deliveries.ts';

export type Squash =
  | { readonly kind: 'none' }
  | { readonly kind: 'own'; readonly dockerfile: string }
  | {
      readonly kind: 'foreign';
      readonly dockerfile: string;
      readonly target: readonly string[];
      readonly images: readonly string[];
    }
  | { readonly kind: 'unknown'; readonly why: string };

/** `options.squash` says whether layers of the base are merged too; what the base is, the Dockerfile says. */
export function squashOf(facts: Facts, delivery: Delivery): Squash {
  if (delivery.options.squash === 'no') return { kind: 'none' };
  const dockerfile = dockerfileOf(facts, delivery);
  if (dockerfile === null) return { kind: 'unknown', why: 'the Dockerfile behind it can’t be seen' };
  const stage = targetStage(dockerfile, delivery.build?.target ?? null);
  if (stage === null) return { kind: 'unknown', why: 'which stage it builds can’t be told' };
  const image = imageBelow(dockerfile, stage);
  if (image === null) return { kind: 'own', dockerfile: dockerfile.path };
  if (delivery.options.squash === 'unknown')
    return { kind: 'unknown', why: 'whether it merges the layers of the base can’t be told' };
  if (!isKnown(image)) return { kind: 'unknown', why: `its base \`${format(image)}\` can’t be told` };
  return {
    kind: 'foreign',
    dockerfile: dockerfile.path,
    target: stage.name === null ? [] : [stage.name],
    images: [format(image)],
  };
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
