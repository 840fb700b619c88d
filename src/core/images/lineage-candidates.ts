// The images that could be an image's base, each with whether its layers are the lowest ones of the image.
import type { Gap } from '../model/evidence.ts';
import type { ImageReference } from '../model/image.ts';
import type { ImageInspection, ImageQuestion, Inspections, Sureness } from '../model/lineage.ts';
import { type Claims, SCRATCH } from './lineage-claims.ts';
import { formatReference } from './reference.ts';

/** More images than this are not looked at for one base. */
export const CANDIDATE_LIMIT = 16;

/** `layers`: whether all layers of the candidate are the lowest ones of the image. */
export type Candidate = {
  readonly name: string;
  readonly question: ImageQuestion;
  readonly stated: boolean;
  /** Only a Dockerfile names it that may be another image's. */
  readonly supposed: boolean;
  readonly seen: ImageInspection | Gap | null;
  readonly layers: 'within' | 'outside' | 'empty' | 'unseen';
};

export type Choice = {
  readonly candidate: Candidate | null;
  /** Full name, `scratch`, or null when it is not known. */
  readonly name: string | null;
  readonly sure: Sureness;
  readonly gaps: readonly Gap[];
};

export function questionKey({ reference, platform }: ImageQuestion): string {
  return `${formatReference(reference)} ${platform ?? ''}`.trimEnd();
}

/** What says "base" comes first, so that a limit never cuts it off. */
export function candidatesOf(
  image: ImageInspection,
  { bases, provenances }: Claims,
  inspections: Inspections,
): { readonly candidates: readonly Candidate[]; readonly left: number } {
  const all = new Map<string, Candidate>();
  const claimed = (isSupposed: boolean): readonly ImageReference[] =>
    bases.flatMap(({ base, weight }) =>
      base === SCRATCH || (weight === 'supposed') !== isSupposed ? [] : [base],
    );
  const [stated, supposed] = [claimed(false), claimed(true)];
  const listed = provenances.flatMap(({ images }) => images);
  const named = [
    ...[...stated, ...supposed].map((reference): ImageQuestion => ({ reference, platform: null })),
    ...listed,
  ];
  const pinned = new Set(
    named.flatMap(({ reference }) => (reference.digest === null ? [] : [tagOf(reference)])),
  );
  for (const { reference, platform } of named) {
    // What the name stands for today says nothing about a build that somebody names the digest of.
    if (reference.digest === null && pinned.has(tagOf(reference))) continue;
    const question = { reference, platform: platform ?? image.platform };
    const name = formatReference(reference);
    const key = questionKey(question);
    const seen = inspections.get(key) ?? null;
    const isStated = stated.some((each) => isNamed(each, reference));
    const isSupposed = !isStated && !listed.some((each) => formatReference(each.reference) === name);
    if (!all.has(key))
      all.set(key, {
        name,
        question,
        stated: isStated,
        supposed: isSupposed,
        seen,
        layers: layersOf(seen, image),
      });
  }
  const candidates = [...all.values()];
  return {
    candidates: candidates.slice(0, CANDIDATE_LIMIT),
    left: Math.max(0, candidates.length - CANDIDATE_LIMIT),
  };
}

/** A name without a digest names every build of its tag. */
export function isNamed(claimed: ImageReference, reference: ImageReference): boolean {
  const name = formatReference(claimed);
  return name === formatReference(reference) || (claimed.digest === null && name === tagOf(reference));
}

function tagOf(reference: ImageReference): string {
  return formatReference({ ...reference, digest: null });
}

function layersOf(seen: ImageInspection | Gap | null, image: ImageInspection): Candidate['layers'] {
  if (seen === null || !('diffIds' in seen)) return 'unseen';
  if (seen.diffIds.length === 0) return 'empty';
  return seen.diffIds.every((id, index) => id === image.diffIds[index]) ? 'within' : 'outside';
}

/** Two names of one image, of which one may name its index. */
export function isSame(candidate: Candidate, choice: Choice): boolean {
  if (candidate.name === choice.name) return true;
  const [one, other] = [
    inspectionOf(candidate),
    choice.candidate === null ? null : inspectionOf(choice.candidate),
  ];
  return one !== null && other !== null && one.manifest === other.manifest;
}

export function depth(candidate: Candidate): number {
  return inspectionOf(candidate)?.diffIds.length ?? 0;
}

export function inspectionOf({ seen }: Candidate): ImageInspection | null {
  return inspectionOfSeen(seen);
}

function inspectionOfSeen(seen: Candidate['seen']): ImageInspection | null {
  return seen !== null && 'diffIds' in seen ? seen : null;
}

export function gapsOf({ seen }: Candidate): readonly Gap[] {
  return seen !== null && !('diffIds' in seen) ? [seen] : [];
}
