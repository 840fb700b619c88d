// An inspected image → everything that names its base: annotations, labels and provenance, not yet weighed.
import type { Gap } from '../model/evidence.ts';
import type { ImageReference } from '../model/image.ts';
import type { EvidenceSource, ImageInspection } from '../model/lineage.ts';
import { type Provenance, readProvenance } from './lineage-provenance.ts';
import { parseReference } from './reference.ts';

/** Annotation keys of github.com/opencontainers/image-spec annotations.md. */
export const BASE_NAME = 'org.opencontainers.image.base.name';
export const BASE_DIGEST = 'org.opencontainers.image.base.digest';

/** `scratch` is Docker's name for nothing; it is no image. */
export const SCRATCH = 'scratch';

/**
 * `own`: the image's own word, or what it was built from. `inheritable`: a label, which may be its base's. `supposed`: a
 * Dockerfile that may be another one than it was built from: it supports what fits and contradicts nothing.
 */
export type Claim = {
  readonly source: EvidenceSource;
  readonly base: ImageReference | typeof SCRATCH;
  readonly weight: 'own' | 'inheritable' | 'supposed';
  /** How it is said, after "which", for claims that need saying; absent: the source names it. */
  readonly remark?: string;
};

export type Claims = {
  /** What says which image the base is. */
  readonly bases: readonly Claim[];
  /** Provenances that are about this very image. */
  readonly provenances: readonly Provenance[];
  readonly gaps: readonly Gap[];
};

export function claimsOf(image: ImageInspection, name: string): Claims {
  const gaps: Gap[] = [];
  const places: readonly (readonly [EvidenceSource, Readonly<Record<string, string>>])[] = [
    ['index annotation', image.entryAnnotations],
    ['manifest annotation', image.manifestAnnotations],
    ['label', image.labels],
  ];
  const bases = places.flatMap(([source, texts]): readonly Claim[] => {
    const claimed = claimedBase(texts);
    if (claimed === null) return [];
    if (typeof claimed === 'object' && 'problem' in claimed) {
      gaps.push(unreadable(name, `Its ${source} about the base can't be used: ${claimed.problem}.`));
      return [];
    }
    return [{ source, base: claimed, weight: source === 'label' ? 'inheritable' : 'own' }];
  });
  const provenances = image.statements.flatMap((statement) => {
    const provenance = readProvenance(statement);
    if (provenance === null) return [];
    // One that hangs on an index is about all of its images.
    if (!provenance.subjects.some((digest) => digest === image.manifest || digest === image.digest)) {
      gaps.push(
        unreadable(name, `A provenance that hangs on it (${statement.digest}) is about another image.`),
      );
      return [];
    }
    for (const purl of provenance.unreadable)
      gaps.push(unreadable(name, `Its provenance lists ${purl}, which names no image.`));
    return [provenance];
  });
  return { bases, provenances, gaps };
}

function claimedBase(
  texts: Readonly<Record<string, string>>,
): ImageReference | typeof SCRATCH | { readonly problem: string } | null {
  const name = (texts[BASE_NAME] ?? '').trim();
  const digest = (texts[BASE_DIGEST] ?? '').trim();
  if (name === '' && digest === '') return null;
  if (name === '') return { problem: 'a digest without a name says nothing about where the base is' };
  if (name === SCRATCH) return SCRATCH;
  const parsed = parseReference(name);
  if ('problem' in parsed) return { problem: `${name} is no image name: ${parsed.problem}` };
  if (digest === '' || digest === parsed.digest) return parsed;
  if (parsed.digest !== null) return { problem: `${name} and ${digest} are two digests` };
  const whole = parseReference(`${name}@${digest}`);
  return 'problem' in whole ? { problem: `${digest} is no digest: ${whole.problem}` } : whole;
}

function unreadable(subject: string, reason: string): Gap {
  return {
    kind: 'remote',
    cause: 'content',
    subject,
    location: null,
    reason,
    remedy: 'Ask the publisher of the image, or vet its base by hand.',
  };
}
