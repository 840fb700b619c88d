// What the app has seen of the organisation's Dockerfiles: kept when a repository is judged, and given to the judgement of others.
import { type HeldFile, heldFiles, sketchesOfChanges } from './core/dockerfile/similarity/seen.ts';
import type { SketchedFile } from './core/model/copy.ts';
import type { Evidence, Oid, Visibility } from './core/model/evidence.ts';
import type { Facts, RepositoryFacts } from './core/model/facts.ts';
import type { PullRequestRef, SeenDockerfiles, Source } from './ports.ts';

/** A source whose evidence also holds the Dockerfiles of other repositories that a changed one may be a copy of. */
export function sourceWithSeen(source: Source, seen: SeenDockerfiles): Source {
  return {
    collect: async (pull, headSha, wanted) =>
      withSeen(pull, await source.collect(pull, headSha, wanted), seen),
    collectRange: async (range, wanted) =>
      withSeen(range.pull, await source.collectRange(range, wanted), seen),
  };
}

async function withSeen(pull: PullRequestRef, evidence: Evidence, seen: SeenDockerfiles): Promise<Evidence> {
  const sketches = sketchesOfChanges(evidence);
  if (sketches.length === 0) return evidence;
  const alike = new Map<string, SketchedFile>();
  for (const sketch of sketches)
    for (const file of await seen.alike(pull, evidence.subject.visibility, sketch))
      alike.set(`${file.repository} ${file.path}`, file);
  const sorted = [...alike].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, file]) => file);
  return { ...evidence, seenDockerfiles: sorted };
}

/** Keeps what the pull request starts from: its own files are nobody's original before they are merged. */
export async function keepSeenBase(
  pull: PullRequestRef,
  { subject, base }: Evidence,
  facts: Facts,
  seen: SeenDockerfiles,
): Promise<void> {
  if (subject.kind !== 'pull-request' || base === null || facts.base === null) return;
  await keepSeen(pull, subject, base.commit, facts.base, seen);
}

type Shown = {
  readonly visibility: Visibility;
  /** Web address of the forge. */
  readonly server: string;
};

/** Keeps the Dockerfiles that a branch of the repository holds at `commit`; what is kept already costs one query. */
export async function keepSeen(
  pull: PullRequestRef,
  { visibility, server }: Shown,
  commit: Oid,
  facts: RepositoryFacts,
  seen: SeenDockerfiles,
): Promise<void> {
  const repository = `${pull.owner}/${pull.repository}`;
  const held = new Map(
    heldFiles(facts, { server, repository, commit }).map((file) => [file.file.path, file]),
  );
  if (held.size === 0) return;
  const changed = await seen.changed(
    pull,
    visibility,
    [...held.values()].map(({ file, oid }) => ({ path: file.path, state: stateOf(file, oid) })),
  );
  const fresh = changed.flatMap((path) => {
    const file = held.get(path);
    const sketched = file?.sketched() ?? null;
    return file === undefined || sketched === null
      ? []
      : [{ ...sketched, state: stateOf(file.file, file.oid) }];
  });
  if (fresh.length > 0) await seen.keep(pull, visibility, fresh);
}

/** What has to be the same for a kept file to stand; the commit moves on without it. */
function stateOf({ license, repository }: HeldFile['file'], oid: Oid): string {
  return JSON.stringify([oid, license, repository]);
}
