// An image's provenances, annotations and labels → the places that it says it was built from, the surest first.
import type { BuildSource, ImageInspection } from '../model/lineage.ts';
import type { Provenance } from './lineage-provenance.ts';
import { buildSource } from './lineage-source.ts';

/** Annotation keys of github.com/opencontainers/image-spec annotations.md. */
const SOURCE = 'org.opencontainers.image.source';
const REVISION = 'org.opencontainers.image.revision';

/** What is the image's own word. */
export function statedSources(
  image: ImageInspection,
  provenances: readonly Provenance[],
): readonly BuildSource[] {
  const annotated = (['index annotation', 'manifest annotation'] as const).map((from) => {
    const texts = from === 'index annotation' ? image.entryAnnotations : image.manifestAnnotations;
    const address = texts[SOURCE];
    return address === undefined ? null : buildSource(from, address, texts[REVISION] ?? null, null);
  });
  return [...provenances.map(({ source }) => source), ...annotated].filter((each) => each !== null);
}

/** What a label says, be it the image's own or inherited. */
export function labelledSource({ labels }: ImageInspection): BuildSource | null {
  const address = labels[SOURCE] ?? '';
  return address === '' ? null : buildSource('label', address, labels[REVISION] ?? null, null);
}

/** Labels that the base has as well are the base's. */
export function sourcesOf(
  image: ImageInspection,
  base: ImageInspection | null,
  provenances: readonly Provenance[],
): readonly BuildSource[] {
  const address = own(image, base, SOURCE);
  // Both are inherited alone as well: a new commit of an inherited repository is nobody's source.
  const commit = own(image, base, REVISION);
  const label = address === null ? null : buildSource('label', address, commit, null);
  return [...statedSources(image, provenances), ...(label === null ? [] : [label])];
}

/** What an image says in a label and its base does not say as well. */
export function own(image: ImageInspection, base: ImageInspection | null, key: string): string | null {
  const value = image.labels[key];
  return value === undefined || value === '' || value === base?.labels[key] ? null : value;
}
