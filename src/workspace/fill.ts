// Evidence with holes → evidence with every file read that the derivation asks for, round by round.
import type { Blob, Evidence, Gap, Oid } from '../core/model/evidence.ts';
import { inParallel } from './in-parallel.ts';

/** Each round follows one more hop (workflow → script → Makefile → …); a longer chain is cut, and said. */
export const ROUND_LIMIT = 12;

/** `wanted` names paths of either snapshot; `read` gives a blob, or null when it can't be had. */
export async function fillEvidence(
  evidence: Evidence,
  wanted: (evidence: Evidence) => readonly string[],
  read: (oid: Oid) => Promise<Blob | null>,
  onRound: (round: number, files: number) => void,
): Promise<Evidence> {
  const lost = new Map<Oid, string>();
  let current = evidence;
  for (let round = 1; round <= ROUND_LIMIT; round += 1) {
    const missing = missingBlobs(current, wanted(current), lost);
    if (missing.size === 0) return withLost(current, lost);
    onRound(round, missing.size);
    const read_ = await inParallel([...missing], 16, async ([oid, path]) => ({
      oid,
      path,
      blob: await read(oid),
    }));
    const blobs: Record<Oid, Blob> = { ...current.blobs };
    for (const { oid, path, blob } of read_) {
      if (blob === null) lost.set(oid, path);
      else blobs[oid] = blob;
    }
    current = { ...current, blobs };
  }
  const left = missingBlobs(current, wanted(current), lost);
  const complete = withLost(current, lost);
  return left.size === 0
    ? complete
    : { ...complete, gaps: [...complete.gaps, tooManyRounds([...left.values()])] };
}

/** Blob ids of the wanted paths that are neither read nor known to be lost, each with one of its paths. */
function missingBlobs(
  { base, head, blobs }: Evidence,
  wanted: readonly string[],
  lost: ReadonlyMap<Oid, string>,
): ReadonlyMap<Oid, string> {
  const paths = new Set(wanted);
  const missing = new Map<Oid, string>();
  for (const entry of [...head.entries, ...(base?.entries ?? [])]) {
    if (!paths.has(entry.path) || entry.kind === 'submodule') continue;
    if (!Object.hasOwn(blobs, entry.oid) && !lost.has(entry.oid)) missing.set(entry.oid, entry.path);
  }
  return missing;
}

function withLost(evidence: Evidence, lost: ReadonlyMap<Oid, string>): Evidence {
  const gaps = [...lost].map(
    ([oid, path]): Gap => ({
      kind: 'unreachable',
      cause: 'world',
      subject: path,
      location: null,
      reason: `The content of ${path} (${oid.slice(0, 12)}) could not be read: it is not in this clone, or it changed while it was being read.`,
      remedy: 'Run again; in a partial clone, fetch the missing objects first (`git fetch --refetch`).',
    }),
  );
  return gaps.length === 0 ? evidence : { ...evidence, gaps: [...evidence.gaps, ...gaps] };
}

function tooManyRounds(paths: readonly string[]): Gap {
  const [first = ''] = [...paths].sort();
  return {
    kind: 'limit',
    cause: 'content',
    subject: first,
    location: null,
    reason: `${first} is reached through more than ${ROUND_LIMIT} files calling each other; what follows was not read.`,
    remedy: 'Shorten the chain of scripts, actions and workflows.',
  };
}
