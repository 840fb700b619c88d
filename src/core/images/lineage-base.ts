// One image, what names its base, and the images named → which of them is the base, how sure that is, what disagrees.
import type { Gap } from '../model/evidence.ts';
import type { ImageReference } from '../model/image.ts';
import type { BaseEvidence, ImageInspection, Inspections, Sureness } from '../model/lineage.ts';
import { BASE_DIGEST, BASE_NAME, type Claims, SCRATCH } from './lineage-claims.ts';
import { formatReference } from './reference.ts';

/** More images than this are not looked at for one base. */
const CANDIDATE_LIMIT = 16;

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
  readonly wanted: readonly ImageReference[];
};

/** `layers`: whether all layers of the candidate are the lowest ones of the image. */
type Candidate = {
  readonly name: string;
  readonly reference: ImageReference;
  readonly stated: boolean;
  readonly seen: ImageInspection | Gap | null;
  readonly layers: 'within' | 'outside' | 'empty' | 'unseen';
};

type Choice = Pick<Base, 'name' | 'sure' | 'gaps'> & { readonly candidate: Candidate | null };

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
      .filter((candidate) => !candidate.stated && !isSame(candidate, choice))
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
    wanted: candidates.filter(({ seen }) => seen === null).map(({ reference }) => reference),
  };
}

/** What says "base" comes first, so that a limit never cuts it off. */
function candidatesOf(
  image: ImageInspection,
  { bases, provenances }: Claims,
  inspections: Inspections,
): { readonly candidates: readonly Candidate[]; readonly left: number } {
  const stated = bases.flatMap(({ base }) => (base === SCRATCH ? [] : [base]));
  const all = new Map<string, Candidate>();
  for (const reference of [...stated, ...provenances.flatMap(({ images }) => images)]) {
    const name = formatReference(reference);
    const seen = inspections.get(name) ?? null;
    const isStated = stated.some((each) => formatReference(each) === name);
    if (!all.has(name))
      all.set(name, { name, reference, stated: isStated, seen, layers: layersOf(seen, image) });
  }
  const candidates = [...all.values()];
  return {
    candidates: candidates.slice(0, CANDIDATE_LIMIT),
    left: Math.max(0, candidates.length - CANDIDATE_LIMIT),
  };
}

function layersOf(seen: ImageInspection | Gap | null, image: ImageInspection): Candidate['layers'] {
  if (seen === null || !('diffIds' in seen)) return 'unseen';
  if (seen.diffIds.length === 0) return 'empty';
  return seen.diffIds.every((id, index) => id === image.diffIds[index]) ? 'within' : 'outside';
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
    .filter(({ layers, seen }) => layers === 'within' && inspectionOfSeen(seen)?.manifest !== image.manifest)
    .sort((a, b) => depth(b) - depth(a) || Number(b.stated) - Number(a.stated) || (a.name < b.name ? -1 : 1))
    .at(0);
  if (nearest !== undefined) {
    // An unread image of the build could be nearer still, unless the publisher names this one.
    const doubtful = nearest.stated ? [] : unseen;
    return { candidate: nearest, name: nearest.name, sure: 'proven', gaps: doubtful.flatMap(gapsOf) };
  }
  const stated = candidates.find((candidate) => candidate.stated);
  if (stated !== undefined) return statedOnly(stated, image, name);
  return fromScratch(image, name, claims, candidates, unseen);
}

function statedOnly(stated: Candidate, image: ImageInspection, name: string): Choice {
  if (inspectionOf(stated)?.manifest === image.manifest) {
    const reason = 'It names itself as its base.';
    return { candidate: null, name: null, sure: 'unknown', gaps: [gap(name, reason, ASK)] };
  }
  if (stated.layers === 'unseen')
    return { candidate: stated, name: stated.name, sure: 'stated', gaps: gapsOf(stated) };
  if (stated.layers === 'empty') return { candidate: stated, name: stated.name, sure: 'stated', gaps: [] };
  const moved = stated.reference.digest === null ? ' Its tag may have moved since.' : '';
  const reason = `It says it is built on ${stated.name}, yet its layers do not begin with those of that image.${moved}`;
  return { candidate: stated, name: stated.name, sure: 'contradicted', gaps: [gap(name, reason, ASK)] };
}

const ASK = 'Ask the publisher of the image, or vet its base by hand.';

/** Nothing named fits: whether that means that there is no base at all. */
function fromScratch(
  image: ImageInspection,
  name: string,
  { bases, provenances }: Claims,
  candidates: readonly Candidate[],
  unseen: readonly Candidate[],
): Choice {
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
  const says = bases.some(({ source }) => source !== 'label' || image.diffIds.length <= 1);
  const complete = provenances.some(
    (provenance) => provenance.complete && provenance.unreadable.length === 0,
  );
  if (says) return { ...scratch, sure: 'stated', gaps: unseen.flatMap(gapsOf) };
  if (complete && unseen.length === 0) return { ...scratch, sure: 'stated', gaps: [] };
  if (unseen.length > 0)
    return { candidate: null, name: null, sure: 'unknown', gaps: unseen.flatMap(gapsOf) };
  const isLabelled = bases.length > 0;
  const isOneLayer =
    image.diffIds.length === 1 && first !== undefined && /\b(?:ADD|COPY)\b|debian\.sh/.test(first.createdBy);
  if (isLabelled || isOneLayer) {
    const reason = isLabelled
      ? 'Only a label says that it starts from scratch, and labels are inherited from bases.'
      : 'Only its history suggests that it starts from scratch: a single layer that was added as it is.';
    return { ...scratch, sure: 'inferred', gaps: [gap(name, reason, ASK)] };
  }
  const named = candidates.length === 0 ? 'Nothing says' : 'None of the images that its build used is';
  const rest =
    candidates.length === 0 ? ' what it is built on: no provenance, annotation or label' : ' its base';
  return { candidate: null, name: null, sure: 'unknown', gaps: [gap(name, `${named}${rest}.`, ASK)] };
}

function isRun(createdBy: string): boolean {
  return /^(?:RUN\b|\/bin\/sh -c (?!#\(nop\)))|^\|\d+ /.test(createdBy);
}

/** Every claim beside the choice: what supports it, what speaks against it. */
function weigh(
  image: ImageInspection,
  { bases, provenances }: Claims,
  choice: Choice,
  base: ImageInspection | null,
  candidates: readonly Candidate[],
): { readonly evidence: readonly BaseEvidence[]; readonly conflicts: readonly string[] } {
  const evidence: BaseEvidence[] = [];
  const conflicts: string[] = [];
  for (const { source, base: claimed } of bases) {
    const names = claimed === SCRATCH ? SCRATCH : formatReference(claimed);
    const candidate = candidates.find((each) => each.name === names);
    const agrees = names === choice.name || (candidate !== undefined && isSame(candidate, choice));
    const inherited = source === 'label' && base !== null && isInherited(image, base);
    evidence.push({
      source,
      names,
      agrees: inherited && !agrees ? 'unknown' : agrees ? 'yes' : 'no',
      says:
        inherited && !agrees
          ? `Names ${names}, as the base’s own label does: inherited.`
          : source === 'label' && !inherited
            ? `Names ${names}; a label may be inherited, so that an image in between would not show.`
            : `Names ${names}.`,
    });
    if (!agrees && !inherited && choice.name !== null)
      conflicts.push(`The ${source} names ${names} as base, other evidence ${choice.name}.`);
  }
  for (const { images, complete } of provenances) {
    const match = candidates.find(
      (each) => isSame(each, choice) && images.some((listed) => formatReference(listed) === each.name),
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
          ? `Lists ${match.name} among ${count(images.length, 'image')} of the build.`
          : `Lists ${count(images.length, 'image')}, none of which is the base.`,
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

function layerEvidence(
  image: ImageInspection,
  base: ImageInspection,
  choice: Choice,
): readonly BaseEvidence[] {
  const names = choice.name;
  const of = `${base.diffIds.length} of ${image.diffIds.length}`;
  const layers: BaseEvidence =
    choice.candidate?.layers === 'within'
      ? { source: 'layers', names, agrees: 'yes', says: `The lowest ${of} layers are those of ${names}.` }
      : choice.candidate?.layers === 'empty'
        ? { source: 'layers', names, agrees: 'unknown', says: `${names} has no layers to compare.` }
        : { source: 'layers', names, agrees: 'no', says: `Its layers do not begin with those of ${names}.` };
  const isPrefix =
    base.history.length > 0 &&
    base.history.every(
      ({ createdBy, empty }, index) =>
        image.history[index]?.createdBy === createdBy && image.history[index]?.empty === empty,
    );
  return isPrefix
    ? [layers, { source: 'history', names, agrees: 'yes', says: `Begins with the history of ${names}.` }]
    : [layers];
}

function isInherited(image: ImageInspection, base: ImageInspection): boolean {
  return [BASE_NAME, BASE_DIGEST].every((key) => image.labels[key] === base.labels[key]);
}

/** Two names of one image, of which one may name its index. */
function isSame(candidate: Candidate, choice: Choice): boolean {
  if (candidate.name === choice.name) return true;
  const [one, other] = [
    inspectionOf(candidate),
    choice.candidate === null ? null : inspectionOf(choice.candidate),
  ];
  return one !== null && other !== null && one.manifest === other.manifest;
}

function depth(candidate: Candidate): number {
  return inspectionOf(candidate)?.diffIds.length ?? 0;
}

function inspectionOf({ seen }: Candidate): ImageInspection | null {
  return inspectionOfSeen(seen);
}

function inspectionOfSeen(seen: Candidate['seen']): ImageInspection | null {
  return seen !== null && 'diffIds' in seen ? seen : null;
}

function gapsOf({ seen }: Candidate): readonly Gap[] {
  return seen !== null && !('diffIds' in seen) ? [seen] : [];
}

function count(number: number, noun: string): string {
  return number === 1 ? `one ${noun}` : `${number} ${noun}s`;
}

function gap(subject: string, reason: string, remedy: string): Gap {
  return { kind: 'remote', cause: 'content', subject, location: null, reason, remedy };
}
