// Whose layers a squashing delivery merges: only ours, somebody's, or nobody can tell.
import type { Delivery } from '../model/delivery.ts';
import type { Dockerfile, RootCopy } from '../model/dockerfile.ts';
import type { Facts } from '../model/facts.ts';
import { format, isKnown } from '../value.ts';
import { dockerfileOf, imageBelow, stagesWithShippedLayers, targetStage } from './builds.ts';

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

/** Whole file systems that become one layer of an image we can deliver: foreign when at least one owner is known. */
export function mergedCopies(
  facts: Facts,
  dockerfile: Dockerfile,
  kind: 'foreign' | 'unknown',
): readonly RootCopy[] {
  const shipped = stagesWithShippedLayers(facts, dockerfile);
  return dockerfile.squash.filter(({ stage, foreign }) => {
    if (foreign.length === 0 || !shipped.has(stage)) return false;
    return foreign.some(isKnown) === (kind === 'foreign');
  });
}
