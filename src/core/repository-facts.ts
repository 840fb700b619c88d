// One commit's files → what is derived from them alone: Dockerfiles, deliveries, licences, bills of materials.
import { isBomPath, readBom } from './bom/read.ts';
import { contentTrustUses } from './content-trust-uses.ts';
import { type Taken, takenCheckouts } from './context-paths.ts';
import { readDeliveryFile } from './delivery-file/read.ts';
import type { DerivedBefore, ReadFile } from './derived-before.ts';
import { isDockerfilePath, templatesFor } from './dockerfile/dockerfile-path.ts';
import { followScripts, type ReadScript } from './dockerfile/follow-scripts.ts';
import { readDockerfile } from './dockerfile/read.ts';
import type { copyFinder } from './dockerfile/similarity/well-known.ts';
import { furtherCheckouts, type Place } from './further-checkouts.ts';
import { reuseLicenses } from './licenses/reuse.ts';
import type { ContentTrustUse } from './model/content-trust-use.ts';
import type { Copy, SketchedFile } from './model/copy.ts';
import type { Delivery } from './model/delivery.ts';
import type { Dockerfile } from './model/dockerfile.ts';
import type { Blob, Gap, Oid, Snapshot, TreeEntry } from './model/evidence.ts';
import type { Bom, RepositoryFacts } from './model/facts.ts';
import type { Registries } from './model/policy.ts';
import type { Value } from './model/value.ts';
import { runByHand } from './pipeline/by-hand.ts';
import { byCodeUnit, type Files, type SnapshotFiles, snapshotFiles } from './pipeline/files.ts';
import { findDeliveries } from './pipeline/find-deliveries.ts';
import { followLinks } from './pipeline/links.ts';
import { submodulesOf, withSubmodules } from './pipeline/submodules.ts';
import { classifyDestination } from './policy/destinations.ts';
import { repositoryLicense } from './repository-license.ts';

/** A Dockerfile and what it was probably taken from. */
type ReadDockerfile = { readonly dockerfile: Dockerfile; readonly copies: readonly Copy[] };

/** Dockerfiles by path and blob: what base and head share is read once. */
export type Shelf = {
  readonly copiesOf: ReturnType<typeof copyFinder>;
  readonly files: Map<string, ReadDockerfile>;
};

type Blobs = Readonly<Record<Oid, Blob>>;

/** What a commit's files are seen by. */
export type View = {
  readonly place: Place;
  readonly registries: Registries;
  /** Paths on either side of the change. */
  readonly changed: readonly string[];
  /** Dockerfiles of other repositories that those here may be copies of. */
  readonly seen: readonly SketchedFile[];
};

/** Derives what `before` does not hold yet. */
export function repositoryFacts(
  snapshot: Snapshot,
  blobs: Blobs,
  view: View,
  shelf: Shelf,
  before: DerivedBefore,
): RepositoryFacts {
  const byHand = runByHand(view.changed);
  // Sketches are long, and rare: where there are any, nothing is remembered.
  const key = view.seen.length > 0 ? null : JSON.stringify([view.place, keyOf(view.registries), byHand]);
  const known = key === null ? null : before.find(key, snapshot, blobs);
  if (known !== null) return withContentTrust(known, contentTrustUses(snapshot, blobs));
  const files = snapshotFiles(snapshot, blobs);
  const facts = derived(snapshot.entries, files, blobs, { ...view, changed: byHand }, shelf);
  if (key !== null)
    before.keep(key, { entries: snapshot.entries, read: readOf(snapshot, files, blobs), facts });
  return withContentTrust(facts, contentTrustUses(snapshot, blobs));
}

/** A policy's registries, as one text: the same policy judges again and again. */
function keyOf(registries: Registries): string {
  const key = KEYS.get(registries) ?? JSON.stringify(registries);
  KEYS.set(registries, key);
  return key;
}

const KEYS = new WeakMap<Registries, string>();

function readOf({ entries }: Snapshot, files: SnapshotFiles, blobs: Blobs): readonly ReadFile[] {
  const asked = files.asked();
  return entries.flatMap((entry, index) => (asked.has(entry) ? [{ index, blob: blobs[entry.oid] }] : []));
}

/** What is looked for in every file that was read for whatever reason is no part of what is remembered. */
function withContentTrust(facts: RepositoryFacts, contentTrust: readonly ContentTrustUse[]): RepositoryFacts {
  return contentTrust.length === 0 ? facts : { ...facts, contentTrust };
}

/** Everything that is read of `entries` but for their paths and kinds is asked of `files`, which remembers it. */
function derived(
  entries: readonly TreeEntry[],
  files: Files,
  blobs: Blobs,
  { place, registries, changed }: View,
  shelf: Shelf,
): RepositoryFacts {
  const destinations = knowing(place, registries);
  const found = findDeliveries(
    files,
    (registry, repository) => classifyDestination(destinations, registry, repository),
    changed,
  );
  const submodules = submodulesOf(entries, files);
  const deliveries = found.deliveries.map((delivery) =>
    withSubmodules(withSource(delivery, files), submodules),
  );
  const { read, gaps } = readDockerfiles(entries, files, blobs, contextsOf(deliveries), shelf);
  const license = repositoryLicense(files);
  const boms = readBoms(entries, files, blobs);
  const answers = readDeliveryFile(files);
  const further = furtherCheckouts(entries, files, place);
  const dockerfiles = read.map(({ dockerfile }) => dockerfile);
  const taken = takenCheckouts({ furtherCheckouts: further.checkouts, dockerfiles, deliveries });
  return {
    dockerfiles,
    deliveries: deliveries.map((delivery) => withFurther(delivery, taken)),
    copies: read.flatMap(({ copies }) => copies),
    license,
    boms: boms.boms,
    deliveryFile: answers.file,
    contentTrust: [],
    furtherCheckouts: further.checkouts,
    gaps: [...found.gaps, ...gaps, ...boms.gaps, ...answers.gaps, ...further.gaps],
    wanted: files.wanted(),
  };
}

/** What the CI calls the repository is known here, so that a policy's namespaces can be told apart. */
function knowing({ slug }: Place, registries: Registries): Registries {
  if (slug === null) return registries;
  const [owner = '', name = ''] = slug.split('/');
  const known = {
    'github.repository': slug,
    'github.repository_owner': owner,
    'github.event.repository.name': name,
    GITHUB_REPOSITORY: slug,
    GITHUB_REPOSITORY_OWNER: owner,
  };
  return { ...registries, variables: { ...known, ...registries.variables } };
}

/**
 * A build reads its Dockerfile through links, so what it is made from is the file at their end. One that is not there
 * has to be made first: the templates stand for it, so that an approval ends when they change.
 */
function withSource(delivery: Delivery, files: Files): Delivery {
  const { build } = delivery;
  if (build === null || build.dockerfile === null) return delivery;
  const { dockerfile } = build;
  if (!files.has(dockerfile)) {
    const templates = templatesFor(dockerfile, files.list()).map((path) => `${path} ${files.oid(path)}`);
    const unseen = [...(delivery.unseen ?? []), ...templates];
    return templates.length === 0 ? delivery : { ...delivery, unseen: unseen.sort(byCodeUnit) };
  }
  const end = files.link(dockerfile) === null ? null : followLinks(files, dockerfile);
  return end !== null && end !== 'unread' && 'path' in end
    ? { ...delivery, build: { ...build, dockerfile: end.path } }
    : delivery;
}

/** What other repositories add is part of what a delivery is about: another commit of it is another import. */
function withFurther(delivery: Delivery, taken: readonly Taken[]): Delivery {
  if (taken.length === 0) return delivery;
  const mine = new Set([
    delivery.build?.dockerfile,
    ...delivery.evidencePath.map(({ location }) => location.path),
  ]);
  const beside = taken
    .filter(({ takers }) => takers.some((taker) => mine.has(taker)))
    .map(({ checkout: { address, path, commit } }) =>
      [`${address} in ${path || 'the root'}`, ...(commit === null ? [] : [commit])].join(' '),
    );
  const unseen = [...(delivery.unseen ?? []), ...beside];
  return beside.length === 0 ? delivery : { ...delivery, unseen: unseen.sort(byCodeUnit) };
}

/** The Dockerfiles that deliveries build, each with the contexts they are built in. */
function contextsOf(deliveries: readonly Delivery[]): ReadonlyMap<string, readonly Value[]> {
  const contexts = new Map<string, Value[]>();
  for (const { build } of deliveries) {
    if (build === null || build.dockerfile === null) continue;
    const known = contexts.get(build.dockerfile) ?? [];
    contexts.set(build.dockerfile, build.context === null ? known : [...known, build.context]);
  }
  return contexts;
}

/** Files that are Dockerfiles by their name, and files of any name that a delivery builds. */
function readDockerfiles(
  all: readonly TreeEntry[],
  files: Files,
  blobs: Blobs,
  contexts: ReadonlyMap<string, readonly Value[]>,
  shelf: Shelf,
): { readonly read: readonly ReadDockerfile[]; readonly gaps: readonly Gap[] } {
  const read: ReadDockerfile[] = [];
  const gaps: Gap[] = [];
  const named = all.filter(({ path }) => isDockerfilePath(path) || contexts.has(path));
  const linked = new Set<string>();
  for (const { path, kind } of named) {
    const end = kind === 'symlink' ? followLinks(files, path) : null;
    if (end === null || end === 'unread') continue;
    if ('path' in end) linked.add(end.path);
    else gaps.push(end);
  }
  const names = new Set([...named.map(({ path }) => path), ...linked]);
  const entries = all.filter(({ path }) => names.has(path));
  for (const entry of [...entries].sort((a, b) => byCodeUnit(a.path, b.path))) {
    if (entry.kind === 'symlink') continue;
    if (entry.kind === 'submodule') {
      gaps.push(submoduleGap(entry));
      continue;
    }
    // Asks for it, so that it is read when it was not yet.
    if (files.read(entry.path) === 'unread') continue;
    const blob = blobs[entry.oid];
    if (blob === undefined) continue;
    const key = `${entry.oid} ${entry.path}`;
    const file = shelf.files.get(key) ?? readOne(entry, blob, shelf);
    shelf.files.set(key, file);
    // Scripts and licences beside the file need not be the same on both sides of a change.
    const followed = followScripts(file.dockerfile, contexts.get(entry.path) ?? [], scriptReader(files));
    read.push({ ...file, dockerfile: withReuse(followed, files) });
    gaps.push(...followed.gaps);
  }
  return { read, gaps };
}

function scriptReader(files: Files): ReadScript {
  return (path) => {
    const found = files.has(path) ? files.read(path) : null;
    return found !== null && found !== 'unread' && 'text' in found ? found.text : null;
  };
}

/** A file that says nothing of its licence may have it said for it, which is not the same on both sides of a change. */
function withReuse(dockerfile: Dockerfile, files: Files): Dockerfile {
  const { notice, path } = dockerfile;
  if (notice.licenses.length > 0 || notice.recognized !== null) return dockerfile;
  const licenses = reuseLicenses(files, path);
  return licenses.length === 0 ? dockerfile : { ...dockerfile, notice: { ...notice, licenses } };
}

function readOne({ path, oid }: TreeEntry, blob: Blob, { copiesOf }: Shelf): ReadDockerfile {
  const dockerfile = readDockerfile(path, oid, blob);
  return { dockerfile, copies: copiesOf(dockerfile) };
}

/** Bills of materials may be larger than the files that deliveries are followed through, so their blobs are read. */
function readBoms(
  entries: readonly TreeEntry[],
  files: Files,
  blobs: Blobs,
): { readonly boms: readonly Bom[]; readonly gaps: readonly Gap[] } {
  const read = entries
    .filter(({ path, kind }) => isBomPath(path) && (kind === 'file' || kind === 'executable'))
    .flatMap(({ path, oid }) => {
      files.read(path);
      const blob = blobs[oid];
      return blob?.kind === 'text' ? [readBom(path, blob.text)] : [];
    });
  return {
    boms: read.filter((each) => 'components' in each),
    gaps: read.filter((each) => 'reason' in each),
  };
}

function submoduleGap({ path }: TreeEntry): Gap {
  const start = { line: 1, column: 1 };
  return {
    kind: 'submodule',
    cause: 'content',
    subject: path,
    location: { path, range: { start, end: start } },
    reason: `${path} is a submodule, so what is built from it is not in this repository’s files.`,
    remedy: 'Replace it by the Dockerfile itself.',
  };
}
