// A repository's Dockerfiles → what is kept of them, so that copies are known elsewhere; a change → what to look for.
import type { KnownFile, SketchedFile } from '../../model/copy.ts';
import type { Dockerfile, FileNotice } from '../../model/dockerfile.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { RepositoryFacts } from '../../model/facts.ts';
import { isDockerfilePath } from '../dockerfile-path.ts';
import { readDockerfile } from '../read.ts';
import { LEAST_SHARED } from './compare.ts';
import type { Sketch } from './sketch.ts';
import { fingerprintsOf } from './well-known.ts';

/** Dockerfiles of one repository that are kept, by path; a repository with more holds generated ones. */
const MOST_KEPT = 200;
/** Fingerprints of one file. The largest of the index of well-known files has 900. */
const MOST_FINGERPRINTS = 3000;
/** Changed Dockerfiles of one pull request that originals are looked for. */
const MOST_SOUGHT = 20;

/** A Dockerfile as a repository holds it at a commit; its fingerprints are made when they are needed. */
export type HeldFile = {
  readonly file: KnownFile;
  /** Of the content. */
  readonly oid: string;
  /** Null when it is too short, or too long, to be recognised. */
  readonly sketched: () => SketchedFile | null;
};

export type Place = Pick<KnownFile, 'server' | 'repository' | 'commit'>;

/** What is on a branch of the repository, never what a pull request proposes: anybody could propose to be the original. */
export function heldFiles(facts: RepositoryFacts, place: Place): readonly HeldFile[] {
  return facts.dockerfiles.slice(0, MOST_KEPT).map((dockerfile) => {
    const file = {
      ...place,
      path: dockerfile.path,
      license: licenseOf(dockerfile.notice) ?? facts.license?.expression ?? null,
      copyrights: dockerfile.notice.copyrights.map(({ text }) => text),
    };
    return { file, oid: dockerfile.oid, sketched: () => sketchedFile(file, dockerfile) };
  });
}

/** Several statements about one file are not one licence. */
function licenseOf({ licenses, recognized }: FileNotice): string | null {
  const stated = new Set(licenses.map(({ expression }) => expression));
  if (stated.size > 1) return null;
  return [...stated][0] ?? recognized?.id ?? null;
}

function sketchedFile(file: KnownFile, dockerfile: Dockerfile): SketchedFile | null {
  const fingerprints = fingerprintsOf(dockerfile);
  return isTelling(fingerprints) ? { ...file, fingerprints } : null;
}

/** Fingerprints of each Dockerfile that the change adds or edits. */
export function sketchesOfChanges({ changes, head, blobs }: Evidence): readonly Sketch[] {
  const oids = new Map(head.entries.map(({ path, oid }) => [path, oid]));
  return changes
    .filter(({ path, status }) => status !== 'removed' && isDockerfilePath(path))
    .slice(0, MOST_SOUGHT)
    .flatMap(({ path }) => {
      const oid = oids.get(path) ?? '';
      const blob = blobs[oid];
      return blob?.kind === 'text' ? [fingerprintsOf(readDockerfile(path, oid, blob))] : [];
    })
    .filter(isTelling);
}

function isTelling({ length }: Sketch): boolean {
  return length >= LEAST_SHARED && length <= MOST_FINGERPRINTS;
}
