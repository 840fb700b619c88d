// One image, what names its base, and the images named → which of them is the base, how sure that is, what disagrees.
import type { Gap } from '../model/evidence.ts';
import type { ImageReference } from '../model/image.ts';
import type { BaseEvidence, ImageInspection, Inspections, Sureness, WantedImage } from '../model/lineage.ts';
import {
  CANDIDATE_LIMIT,
  type Candidate,
  type Choice,
  candidatesOf,
  depth,
  gapsOf,
  inspectionOf,
  isNamed,
  isSame,
} from './lineage-candidates.ts';
import { type Claims, SCRATCH } from './lineage-claims.ts';
import { weigh } from './lineage-evidence.ts';

export type Base = {
  /** Full name, `scratch`, or null when it is not known. */
  readonly name: string | null;
  /** The base as its registry shows it; null for `scratch` and for what could not be read. */
  readonly inspection: ImageInspection | null;
  readonly sure: Sureness;
  readonly evidence: readonly BaseEvidence[];
  readonly ingredients: readonly string[];
  readonly conflicts: readonly string[];
  readonly gaps: readonly Gap[];
  /** Names that have to be looked up first; the rest is a draft until there are none. */
  readonly wanted: readonly WantedImage[];
};

export function baseOf(image: ImageInspection, name: string, claims: Claims, inspections: Inspections): Base {
  const { candidates, left } = candidatesOf(image, claims, inspections);
  const choice = choose(image, name, claims, candidates);
  const chosen = choice.candidate;
  const inspection = chosen === null ? null : inspectionOf(chosen);
  const { evidence, conflicts } = weigh(image, claims, choice, inspection, candidates);
  return {
    name: choice.name,
    inspection,
    sure: choice.sure,
    evidence,
    ingredients: candidates
      .filter((candidate) => !candidate.stated && !candidate.supposed && !isSame(candidate, choice))
      .map((candidate) => candidate.name)
      .sort(),
    conflicts,
    gaps: [
      ...claims.gaps,
      ...choice.gaps,
      ...(left === 0
        ? []
        : [
            {
              ...gap(name, `${left} more images are named than are looked at (${CANDIDATE_LIMIT}).`, ''),
              kind: 'limit' as const,
              remedy: 'Vet what went into this image by hand.',
            },
          ]),
    ],
    wanted: wantedOf(candidates, chosen),
  };
}

/** Of several that could be the base the layers come first: what hangs on an image only matters for the one that is. */
function wantedOf(candidates: readonly Candidate[], chosen: Candidate | null): readonly WantedImage[] {
  const unseen = candidates.filter(({ seen }) => seen === null).map(({ question }) => question);
  if (unseen.length > 0) {
    const depth = candidates.length === 1 ? 'whole' : 'outline';
    return unseen.map((question) => ({ ...question, depth }));
  }
  const isOutline = chosen !== null && inspectionOf(chosen)?.isOutline === true;
  return isOutline ? [{ ...chosen.question, depth: 'whole' }] : [];
}

/** The image with the most layers inside ours is the nearest: a base's own bases fit as well, with fewer. */
function choose(
  image: ImageInspection,
  name: string,
  claims: Claims,
  candidates: readonly Candidate[],
): Choice {
  const unseen = candidates.filter(({ layers }) => layers === 'unseen');
  const nearest = candidates
    .filter((each) => each.layers === 'within' && inspectionOf(each)?.manifest !== image.manifest)
    .sort((a, b) => depth(b) - depth(a) || Number(b.stated) - Number(a.stated) || (a.name < b.name ? -1 : 1))
    .at(0);
  if (nearest !== undefined) return within(nearest, name, claims, unseen);
  const stated = candidates.find((candidate) => candidate.stated);
  if (stated !== undefined) return statedOnly(stated, image, name);
  return fromScratch(image, name, claims, candidates, unseen);
}

/** Its layers are in the image; whether it is the very next one depends on who names it. */
function within(
  nearest: Candidate,
  name: string,
  { bases, provenances }: Claims,
  unseen: readonly Candidate[],
): Choice {
  const isNearest = (reference: ImageReference): boolean => isNamed(reference, nearest.question.reference);
  const chosen = { candidate: nearest, name: nearest.name };
  const isAnnotated = bases.some(
    ({ weight, base }) => weight === 'own' && base !== SCRATCH && isNearest(base),
  );
  if (isAnnotated) return { ...chosen, sure: 'proven', gaps: [] };
  // An image of the build that could not be read could be nearer still.
  const gaps = unseen.flatMap(gapsOf);
  if (provenances.some(({ images }) => images.some(({ reference }) => isNearest(reference))))
    return { ...chosen, sure: 'proven', gaps };
  const isLabelled = bases.some(
    ({ weight, base }) => weight === 'inheritable' && base !== SCRATCH && isNearest(base),
  );
  const reason = isLabelled
    ? 'Only a label names its base, and labels are inherited from bases: an image in between would not show.'
    : 'Only a Dockerfile names its base that need not be the one it was built from.';
  return { ...chosen, sure: 'inferred', gaps: [gap(name, reason, ASK), ...gaps] };
}

function statedOnly(stated: Candidate, image: ImageInspection, name: string): Choice {
  if (inspectionOf(stated)?.manifest === image.manifest) {
    const reason = 'It names itself as its base.';
    return { candidate: null, name: null, sure: 'unknown', gaps: [gap(name, reason, ASK)] };
  }
  if (stated.layers === 'unseen')
    return { candidate: stated, name: stated.name, sure: 'stated', gaps: gapsOf(stated) };
  if (stated.layers === 'empty') return { candidate: stated, name: stated.name, sure: 'stated', gaps: [] };
  const moved = stated.question.reference.digest === null ? ' Its tag may have moved since.' : '';
  const reason = `It says it is built on ${stated.name}, yet its layers do not begin with those of that image.${moved}`;
  return { candidate: stated, name: stated.name, sure: 'contradicted', gaps: [gap(name, reason, ASK)] };
}

const ASK = 'Ask the publisher of the image, or vet its base by hand.';

/** Nothing named fits: whether that means that there is no base at all. */
function fromScratch(
  image: ImageInspection,
  name: string,
  claims: Claims,
  candidates: readonly Candidate[],
  unseen: readonly Candidate[],
): Choice {
  const { provenances } = claims;
  const bases = claims.bases.filter(({ weight, base }) => weight !== 'supposed' || base === SCRATCH);
  const scratch = { candidate: null, name: SCRATCH };
  if (image.diffIds.length === 0) return { ...scratch, sure: 'proven', gaps: [] };
  const first = image.history.find(({ empty }) => !empty);
  if (first !== undefined && isRun(first.createdBy) && (bases.length > 0 || provenances.length > 0)) {
    const reason = 'Its lowest layer was made by running a program, which needs a base that nothing names.';
    return {
      candidate: null,
      name: null,
      sure: 'unknown',
      gaps: [gap(name, reason, ASK), ...unseen.flatMap(gapsOf)],
    };
  }
  // Annotations are the image's own; a label may be its base's, which only a single layer makes harmless.
  const scratches = bases.filter(({ base }) => base === SCRATCH);
  const says = scratches.some(({ weight }) => weight === 'own' || image.diffIds.length <= 1);
  const complete = provenances.some(
    (provenance) => provenance.complete && provenance.unreadable.length === 0,
  );
  if (says) return { ...scratch, sure: 'stated', gaps: unseen.flatMap(gapsOf) };
  if (complete && unseen.length === 0) return { ...scratch, sure: 'stated', gaps: [] };
  if (unseen.length > 0)
    return { candidate: null, name: null, sure: 'unknown', gaps: unseen.flatMap(gapsOf) };
  const isOneLayer =
    image.diffIds.length === 1 && first !== undefined && /\b(?:ADD|COPY)\b|debian\.sh/.test(first.createdBy);
  if (scratches.length > 0 || isOneLayer) {
    const reason = scratches.some(({ weight }) => weight === 'inheritable')
      ? 'Only a label says that it starts from scratch, and labels are inherited from bases.'
      : scratches.length > 0
        ? 'Only a Dockerfile that need not be the one it was built from starts from scratch.'
        : 'Only its history suggests that it starts from scratch: a single layer that was added as it is.';
    return { ...scratch, sure: 'inferred', gaps: [gap(name, reason, ASK)] };
  }
  return { candidate: null, name: null, sure: 'unknown', gaps: [gap(name, unnamed(candidates), ASK)] };
}

function unnamed(candidates: readonly Candidate[]): string {
  if (candidates.length === 0) return 'Nothing says what it is built on: no provenance, annotation or label.';
  if (!candidates.every(({ supposed }) => supposed))
    return 'None of the images that its build used is its base.';
  const names = candidates.map((candidate) => candidate.name).join(' and ');
  return `Only a Dockerfile says what it is built on, and its layers do not begin with those of ${names}: that tag may have moved since, or the Dockerfile is another image’s.`;
}

function isRun(createdBy: string): boolean {
  return /^(?:RUN\b|\/bin\/sh -c (?!#\(nop\)))|^\|\d+ /.test(createdBy);
}

function gap(subject: string, reason: string, remedy: string): Gap {
  return { kind: 'remote', cause: 'content', subject, location: null, reason, remedy };
}
