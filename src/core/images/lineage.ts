// What registries hold about an image and its bases → the lineage, hop by hop, and what has to be looked up to go on.
import type { Gap } from '../model/evidence.ts';
import type { ImageReference } from '../model/image.ts';
import type {
  BuildSource,
  Hop,
  ImageInspection,
  Inspections,
  Lineage,
  SourceFile,
  SourceTexts,
  WantedImage,
} from '../model/lineage.ts';
import { type DistributionId, supportOf } from './distribution-support.ts';
import { distributionOf } from './distributions.ts';
import { type Base, baseOf } from './lineage-base.ts';
import { questionKey } from './lineage-candidates.ts';
import { type Claims, claimsOf, SCRATCH } from './lineage-claims.ts';
import { type SourceClaims, sourceClaims, sourceKey } from './lineage-dockerfile.ts';
import type { Provenance } from './lineage-provenance.ts';
import { own, sourcesOf } from './lineage-sources.ts';
import { formatReference } from './reference.ts';

/** A longer chain of bases is a loop or a trick. */
const HOP_LIMIT = 24;

export type TracedLineage = {
  readonly lineage: Lineage;
  /** Images to look up before the lineage is final, sorted; what can't be had is answered with a gap. */
  readonly wanted: readonly WantedImage[];
  /** Files to read before it is final, sorted; what can't be had is answered with the reason. */
  readonly wantedSources: readonly SourceFile[];
};

type Draft = {
  readonly name: string;
  readonly image: ImageInspection;
  readonly base: Base;
  readonly provenances: readonly Provenance[];
  readonly sources: SourceClaims;
};

export function traceLineage(
  start: ImageReference,
  inspections: Inspections,
  texts: SourceTexts,
): TracedLineage {
  const drafts: Draft[] = [];
  const gaps: Gap[] = [];
  const wanted = new Map<string, WantedImage>();
  const files = new Map<string, SourceFile>();
  const question: WantedImage = { reference: start, platform: null, depth: 'whole' };
  const visited = new Set<string>();
  let name = formatReference(start);
  let next = inspections.get(questionKey(question)) ?? null;
  if (next === null) wanted.set(questionKey(question), question);
  while (next !== null) {
    if (!('diffIds' in next)) {
      gaps.push(next);
      break;
    }
    if (visited.has(next.manifest) || drafts.length >= HOP_LIMIT) {
      gaps.push(endless(name, drafts.length));
      break;
    }
    visited.add(next.manifest);
    const claims = claimsOf(next, name);
    const sources = sourceClaims(next, claims.provenances, texts);
    const base = baseOf(next, name, withSources(claims, sources), inspections);
    drafts.push({ name, image: next, base, provenances: claims.provenances, sources });
    gaps.push(...next.gaps, ...base.gaps, ...(isKnown(base) ? [] : sources.gaps));
    for (const each of base.wanted) wanted.set(questionKey(each), each);
    for (const each of sources.wanted) files.set(sourceKey(each), each);
    if (wanted.size > 0 || files.size > 0 || base.name === null || base.name === SCRATCH) break;
    name = base.name;
    next = base.inspection;
  }
  const hops = withDistributions(drafts, start);
  const last = hops.at(-1);
  return {
    lineage: {
      platform: hops[0]?.platform ?? null,
      hops,
      end: last?.base === SCRATCH ? 'scratch' : 'unknown',
      gaps: distinct([...gaps, ...hops.flatMap(conflictGaps)]),
    },
    wanted: sorted(wanted),
    wantedSources: sorted(files),
  };
}

function sorted<T>(items: ReadonlyMap<string, T>): readonly T[] {
  return [...items].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}

/** What a Dockerfile names comes last: whatever speaks of the image itself goes before it. */
function withSources(claims: Claims, sources: SourceClaims): Claims {
  return { ...claims, bases: [...claims.bases, ...sources.bases] };
}

/** A Dockerfile that could not be read is missed only where nothing else settles the base. */
function isKnown({ sure }: Base): boolean {
  return sure === 'proven' || sure === 'stated';
}

function endless(subject: string, hops: number): Gap {
  return {
    kind: 'limit',
    cause: 'content',
    subject,
    location: null,
    reason: `The chain of bases comes back to an image it has passed, or has more than ${HOP_LIMIT} images (after ${hops}).`,
    remedy: 'Ask the publisher of the image, or vet its base by hand.',
  };
}

function distinct(gaps: readonly Gap[]): readonly Gap[] {
  return [...new Map(gaps.map((gap) => [JSON.stringify(gap), gap])).values()];
}

/** From the root upwards, because an image is of the distribution its base is of. */
function withDistributions(drafts: readonly Draft[], start: ImageReference): readonly Hop[] {
  const hops: Hop[] = [];
  for (const [index, draft] of [...drafts.entries()].reverse()) {
    const reference = index === 0 ? start : draft.image.reference;
    hops.unshift(hopOf(draft, reference, hops[0] ?? null));
  }
  return hops;
}

function hopOf(
  { name, image, base, provenances, sources: { library, evidence, conflicts } }: Draft,
  reference: ImageReference,
  below: Hop | null,
): Hop {
  const bytes = sum(image.layerSizes);
  const inherited =
    base.name === SCRATCH ? 0 : base.sure === 'proven' ? (base.inspection?.diffIds.length ?? null) : null;
  const sources = sourcesOf(image, base.inspection, provenances);
  const distribution = distributionIn(reference, image, below);
  const elsewhere = sources.find((each) => disagree(sources[0] ?? each, each));
  return {
    name,
    digest: image.digest,
    manifest: image.manifest,
    platform: image.platform,
    created: image.created,
    distribution,
    licenses: licensesOf(image, base.inspection),
    supplier: own(image, base.inspection, 'org.opencontainers.image.vendor'),
    source: sources[0] ?? library,
    layers: {
      total: image.diffIds.length,
      own: inherited === null ? null : image.diffIds.length - inherited,
      bytes,
      ownBytes: inherited === null ? null : sum(image.layerSizes.slice(inherited)),
    },
    signed: image.signatures.length > 0 ? 'present' : image.signaturesSeen ? 'absent' : 'unknown',
    signatures: image.signatures,
    attestations: [...new Set(image.statements.map(({ predicateType }) => predicateType))].sort(),
    base: base.name,
    sure: base.sure,
    evidence: [...base.evidence, ...evidence],
    ingredients: base.ingredients,
    conflicts: [
      ...base.conflicts,
      ...(elsewhere === undefined || sources[0] === undefined
        ? []
        : [
            `The ${sources[0].from} names ${place(sources[0])} as its source, the ${elsewhere.from} ${place(elsewhere)}.`,
          ]),
      ...conflicts,
      ...distributionsApart(distribution, below),
    ],
  };
}

function disagree(one: BuildSource, other: BuildSource): boolean {
  if (one.repository.toLowerCase() !== other.repository.toLowerCase()) return true;
  return one.commit !== null && other.commit !== null && one.commit !== other.commit;
}

function place({ repository, commit }: BuildSource): string {
  return commit === null ? repository : `${repository} at ${commit}`;
}

function licensesOf(image: ImageInspection, base: ImageInspection | null): Hop['licenses'] {
  const key = 'org.opencontainers.image.licenses';
  const annotated = image.entryAnnotations[key] ?? image.manifestAnnotations[key];
  if (annotated !== undefined && annotated !== '') return { expression: annotated, inherited: false };
  const labelled = image.labels[key];
  if (labelled === undefined || labelled === '') return null;
  return { expression: labelled, inherited: base?.labels[key] === labelled };
}

/** Debian's own build tool leaves its command line in the history. */
const DEBUERREOTYPE = /# debian\.sh .*? '([a-z]+)' '@\d+'/;

function distributionIn(
  reference: ImageReference,
  image: ImageInspection,
  below: Hop | null,
): Hop['distribution'] {
  const named = distributionOf(reference);
  if (named !== null && (named.release !== null || below?.distribution?.name !== named.id))
    return { ...describe(named.id, named.release), from: 'image name' };
  const codename = image.history.map(({ createdBy }) => DEBUERREOTYPE.exec(createdBy)?.[1]).find(Boolean);
  const built =
    codename === undefined
      ? null
      : distributionOf({ registry: 'docker.io', repository: 'library/debian', tag: codename, digest: null });
  if (built !== null) return { ...describe(built.id, built.release), from: 'history' };
  return below?.distribution ? { ...below.distribution, from: 'layers' } : null;
}

function describe(
  id: DistributionId,
  release: string | null,
): Omit<NonNullable<Hop['distribution']>, 'from'> {
  const supported = release === null ? null : (supportOf(id, release)?.ends ?? null);
  return { name: id, release, supported };
}

function distributionsApart(distribution: Hop['distribution'], below: Hop | null): readonly string[] {
  const base = below?.distribution ?? null;
  if (distribution === null || base === null) return [];
  const apart =
    distribution.name !== base.name ||
    (distribution.release !== null && base.release !== null && distribution.release !== base.release);
  return apart
    ? [
        `By its ${distribution.from} it is ${label(distribution)}, yet ${below?.name} below it is ${label(base)}.`,
      ]
    : [];
}

function label({ name, release }: NonNullable<Hop['distribution']>): string {
  return release === null ? name : `${name} ${release}`;
}

function conflictGaps({ name, conflicts }: Hop): readonly Gap[] {
  return conflicts.map((reason) => ({
    kind: 'remote',
    cause: 'content',
    subject: name,
    location: null,
    reason,
    remedy: 'Ask the publisher which of them holds.',
  }));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
