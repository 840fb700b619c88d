// The base that was chosen and everything that speaks of one → what is for it, what against it, and what disagrees.
import type { ImageReference } from '../model/image.ts';
import type { BaseEvidence, ImageInspection } from '../model/lineage.ts';
import { type Candidate, type Choice, isSame } from './lineage-candidates.ts';
import { BASE_DIGEST, BASE_NAME, type Claim, type Claims, SCRATCH } from './lineage-claims.ts';
import { formatReference } from './reference.ts';

/** Every claim beside the choice: what supports it, what speaks against it. */
export function weigh(
  image: ImageInspection,
  { bases, provenances }: Claims,
  choice: Choice,
  base: ImageInspection | null,
  candidates: readonly Candidate[],
): { readonly evidence: readonly BaseEvidence[]; readonly conflicts: readonly string[] } {
  const evidence: BaseEvidence[] = [];
  const conflicts: string[] = [];
  for (const claim of bases) {
    const { source, base: claimed, weight } = claim;
    const names = claimed === SCRATCH ? SCRATCH : formatReference(claimed);
    const candidate = candidates.find((each) => each.name === names);
    const agrees =
      names === choice.name ||
      (candidate !== undefined && isSame(candidate, choice)) ||
      (claimed !== SCRATCH && isTagOf(claimed, choice));
    const inherited = source === 'label' && base !== null && isInherited(image, base);
    const isDecisive = weight !== 'supposed' && !inherited;
    evidence.push({
      source,
      names,
      agrees: agrees ? 'yes' : isDecisive ? 'no' : 'unknown',
      says: sentence(claim, agrees ? 'it' : names, inherited, agrees),
    });
    if (!agrees && isDecisive && choice.name !== null)
      conflicts.push(`The ${source} names ${names} as base, other evidence ${choice.name}.`);
  }
  for (const { images, complete } of provenances) {
    const match = candidates.find(
      (each) =>
        isSame(each, choice) && images.some(({ reference }) => formatReference(reference) === each.name),
    );
    const isScratch = choice.name === SCRATCH;
    const agrees =
      match !== undefined || (isScratch && complete)
        ? 'yes'
        : choice.name === null || !complete
          ? 'unknown'
          : 'no';
    evidence.push({
      source: 'provenance',
      names: match?.name ?? (isScratch ? SCRATCH : null),
      agrees,
      says:
        match !== undefined
          ? images.length === 1
            ? 'Lists it as the only image of the build.'
            : `Lists it among ${images.length} images of the build.`
          : images.length === 0
            ? 'Lists no image of the build.'
            : `Lists other images of the build: ${images.length}.`,
    });
    if (agrees === 'no')
      conflicts.push(`The provenance lists every image of the build, and ${choice.name} is not among them.`);
  }
  if (base !== null) evidence.push(...layerEvidence(image, base, choice));
  else if (choice.name === SCRATCH && choice.sure === 'inferred')
    evidence.push({
      source: 'history',
      names: SCRATCH,
      agrees: 'yes',
      says: 'A single layer that was added as it is.',
    });
  return { evidence, conflicts };
}

function sentence({ source, remark }: Claim, named: string, inherited: boolean, agrees: boolean): string {
  if (remark !== undefined) return `Names ${named}: ${remark}.`;
  if (inherited && !agrees) return `Names ${named}, as the base’s own label does: inherited.`;
  return source === 'label' && !inherited
    ? `Names ${named}; a label may be inherited, so that an image in between would not show.`
    : `Names ${named}.`;
}

function layerEvidence(
  image: ImageInspection,
  base: ImageInspection,
  choice: Choice,
): readonly BaseEvidence[] {
  const names = choice.name;
  const of = `${base.diffIds.length} of ${image.diffIds.length}`;
  const layers: BaseEvidence =
    choice.candidate?.layers === 'within'
      ? { source: 'layers', names, agrees: 'yes', says: `The lowest ${of} layers are the base’s.` }
      : choice.candidate?.layers === 'empty'
        ? { source: 'layers', names, agrees: 'unknown', says: 'The base has no layers to compare.' }
        : { source: 'layers', names, agrees: 'no', says: 'Its layers do not begin with the base’s.' };
  const isPrefix =
    base.history.length > 0 &&
    base.history.every(
      ({ createdBy, empty }, index) =>
        image.history[index]?.createdBy === createdBy && image.history[index]?.empty === empty,
    );
  return isPrefix
    ? [layers, { source: 'history', names, agrees: 'yes', says: 'It begins with the base’s.' }]
    : [layers];
}

/** A name without a digest is right about an image whose tag has moved on since. */
function isTagOf(claimed: ImageReference, { candidate }: Choice): boolean {
  return (
    claimed.digest === null &&
    candidate !== null &&
    formatReference({ ...candidate.question.reference, digest: null }) === formatReference(claimed)
  );
}

function isInherited(image: ImageInspection, base: ImageInspection): boolean {
  return [BASE_NAME, BASE_DIGEST].every((key) => image.labels[key] === base.labels[key]);
}
