// An image, its lineage and other known bases → whose each of its layers is.
import type { Hop, Lineage } from '../model/lineage.ts';

/** An image whose layers somebody knows. */
export type KnownBase = { readonly name: string; readonly diffIds: readonly string[] };

/** `own`: made by this image's own build. `unknown`: nothing tells whether a base brought it. */
export type LayerOwner =
  | { readonly kind: 'base'; readonly name: string }
  | { readonly kind: 'own' }
  | { readonly kind: 'unknown' };

/** One owner for each of `diffIds`, the lowest first. A layer is that of the lowest image it is in. */
export function layerOwners(
  diffIds: readonly string[],
  { hops }: Lineage,
  known: readonly KnownBase[],
): readonly LayerOwner[] {
  const bases = [...provenBases(hops), ...known.filter((base) => isPrefix(base.diffIds, diffIds))]
    .map((base) => ({ name: base.name, total: 'total' in base ? base.total : base.diffIds.length }))
    .sort((a, b) => a.total - b.total || (a.name < b.name ? -1 : 1));
  const [image] = hops;
  const isTold = bases.length > 0 || (image !== undefined && image.layers.own !== null);
  return diffIds.map((_, index): LayerOwner => {
    const base = bases.find(({ total }) => index < total);
    if (base !== undefined) return { kind: 'base', name: base.name };
    return { kind: isTold ? 'own' : 'unknown' };
  });
}

/** Down the chain as long as the layers of each base are those of the image above it. */
function provenBases(hops: readonly Hop[]): readonly { readonly name: string; readonly total: number }[] {
  const bases: { name: string; total: number }[] = [];
  for (const [index, hop] of hops.entries()) {
    const base = hops[index + 1];
    if (base === undefined || hop.layers.own === null || hop.layers.own === hop.layers.total) break;
    bases.push({ name: base.name, total: base.layers.total });
  }
  return bases;
}

function isPrefix(base: readonly string[], diffIds: readonly string[]): boolean {
  return base.length > 0 && base.every((id, index) => id === diffIds[index]);
}
