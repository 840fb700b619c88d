// The fingerprints of a Dockerfile → the known files it was probably taken from.
import type { Copy } from '../../model/copy.ts';
import type { KnownIndex } from './known-index.ts';
import type { Sketch } from './sketch.ts';

export type Likeness = Omit<Copy, 'dockerfile'>;

/**
 * Fingerprints that have to be shared, common ones not counted. Fewer are a phrase, not a text: the install steps
 * that every manual prints have about five.
 */
export const LEAST_SHARED = 10;

/** From where on two files are said to be copies. */
export type Threshold = {
  /** Fingerprints that both have. */
  readonly shared: number;
  /** Share of the smaller of the two files that has to be the same, 0 to 1. */
  readonly ofSmaller: number;
  /** Share of the larger one: a small file inside a very large one is a step, not a copy. */
  readonly ofLarger: number;
};

/** `npm run bench:similarity` prints what others would find, and name by mistake. */
export const THRESHOLD: Threshold = { shared: LEAST_SHARED, ofSmaller: 0.3, ofLarger: 0.1 };

/**
 * The closest file of each repository, the most similar first. The index may be the shipped one, or one made with
 * `indexOf` from other Dockerfiles of the organisation.
 */
export function compareWith(
  index: KnownIndex,
  sketch: Sketch,
  threshold: Threshold = THRESHOLD,
): readonly Likeness[] {
  const shared = new Map<number, number>();
  for (const fingerprint of sketch) {
    for (const holder of index.holders.get(fingerprint) ?? []) {
      shared.set(holder, (shared.get(holder) ?? 0) + 1);
    }
  }
  const best = new Map<string, Likeness>();
  for (const [holder, count] of [...shared].sort(([a], [b]) => a - b)) {
    const known = index.files[holder];
    if (known === undefined) continue;
    const likeness = {
      original: known.file,
      shared: count,
      same: (2 * count) / (sketch.length + known.size),
      ofOriginal: count / known.size,
      ofDockerfile: count / sketch.length,
    };
    const { repository } = known.file;
    if (isCopy(likeness, threshold) && likeness.same > (best.get(repository)?.same ?? 0))
      best.set(repository, likeness);
  }
  return [...best.values()].sort(
    (a, b) => b.same - a.same || (a.original.repository < b.original.repository ? -1 : 1),
  );
}

function isCopy({ shared, ofOriginal, ofDockerfile }: Likeness, least: Threshold): boolean {
  return (
    shared >= least.shared &&
    Math.max(ofOriginal, ofDockerfile) >= least.ofSmaller &&
    Math.min(ofOriginal, ofDockerfile) >= least.ofLarger
  );
}
