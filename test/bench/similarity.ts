// Measures how well copied Dockerfiles are recognised, with the clones that the index was built from and others:
// `npm run bench:similarity -- --known owner/name=CLONE … --unrelated owner/name=CLONE … [--list]`.
// Recall: edited copies of every indexed file. False matches: every file against the index, and every file against those of
// all other owners, where what is common property was learnt from the other half of the owners only. A match is confirmed
// by what fingerprints leave out; `--list` names the others, for people to read.
import { parseArgs } from 'node:util';
import { readDockerfile } from '../../src/core/dockerfile/read.ts';
import { compareWith, THRESHOLD, type Threshold } from '../../src/core/dockerfile/similarity/compare.ts';
import { indexOf } from '../../src/core/dockerfile/similarity/known-index.ts';
import { type Sketch, sketchOf } from '../../src/core/dockerfile/similarity/sketch.ts';
import { copyFinder, fingerprintsOf } from '../../src/core/dockerfile/similarity/well-known.ts';
import type { Dockerfile } from '../../src/core/model/dockerfile.ts';
import { type RepositoryAt, readClone } from '../index/clones.ts';
import { commonShingles, ownerOf } from '../index/common-shingles.ts';
import { type CopyEvidence, copyEvidence, type Held } from './copy-evidence.ts';
import { EDIT_KINDS, editedCopies } from './edited-copies.ts';

/** A file has to have as many fingerprints to be in the index (`test/index/build-index.ts`). */
const LEAST_FINGERPRINTS = 15;
/** Of what is found, and of what is named by mistake, under other thresholds. */
const CURVE: readonly Threshold[] = [
  { shared: 6, ofSmaller: 0.3, ofLarger: 0.1 },
  { shared: 8, ofSmaller: 0.3, ofLarger: 0.1 },
  { shared: 8, ofSmaller: 0.4, ofLarger: 0.1 },
  THRESHOLD,
  { shared: 10, ofSmaller: 0.4, ofLarger: 0.1 },
  { shared: 10, ofSmaller: 0.5, ofLarger: 0.1 },
  { shared: 14, ofSmaller: 0.5, ofLarger: 0.2 },
];

type Sketched = Held & { readonly sketch: Sketch };

const { values } = parseArgs({
  options: {
    known: { type: 'string', multiple: true, default: [] },
    unrelated: { type: 'string', multiple: true, default: [] },
    list: { type: 'boolean', default: false },
  },
});
const known = values.known.map(readClone);
const unrelated = values.unrelated.map(readClone);
if (known.length === 0 || unrelated.length === 0) {
  console.error(
    'usage: npm run bench:similarity -- --known owner/name=CLONE … --unrelated owner/name=CLONE … [--list]',
  );
  process.exitCode = 2;
} else {
  const all = [...known, ...unrelated];
  recall(known);
  againstIndex(unrelated);
  amongOwners(all, copyEvidence(all));
}

function recall(clones: readonly RepositoryAt[]): void {
  const copiesOf = copyFinder([]);
  const found = new Map(EDIT_KINDS.map((kind) => [kind, { named: 0, closest: 0 }]));
  let files = 0;
  for (const { about, dockerfiles } of clones) {
    const { repository } = about;
    for (const dockerfile of dockerfiles) {
      const indexed = copiesOf(dockerfile).some(
        ({ original, same }) => original.repository === repository && same === 1,
      );
      if (!indexed) continue;
      files += 1;
      for (const { kind, text } of editedCopies(dockerfile.text)) {
        const copies = copiesOf(reread(dockerfile, text));
        const count = found.get(kind);
        if (count === undefined) continue;
        if (copies.some(({ original }) => original.repository === repository)) count.named += 1;
        if (copies[0]?.original.repository === repository) count.closest += 1;
      }
    }
  }
  console.log(`recall over ${files} indexed files`);
  for (const [kind, { named, closest }] of found) {
    console.log(`  ${share(named, files)} named, ${share(closest, files)} first  ${kind}`);
  }
}

/** As the app does; the index holds former files too, of which there is no text here to be confirmed by. */
function againstIndex(clones: readonly RepositoryAt[]): void {
  const copiesOf = copyFinder([]);
  const files = clones.flatMap(heldBy);
  const copies = files.flatMap(({ repository, dockerfile }) => {
    const [copy] = copiesOf(dockerfile).filter(({ original }) => original.repository !== repository);
    return copy === undefined ? [] : [{ repository, copy }];
  });
  console.log(
    `repositories outside the index: ${copies.length} of ${files.length} files (${share(copies.length, files.length)}) are said to be copies`,
  );
  if (!values.list) return;
  for (const { repository, copy } of copies) {
    const { original, shared, ofOriginal, ofDockerfile } = copy;
    console.log(
      `  ${repository}/${copy.dockerfile} ← ${original.repository}/${original.path} at ${original.commit}: ${shared} shared, ${share(ofOriginal, 1)} of the original, ${share(ofDockerfile, 1)} of the file`,
    );
  }
}

/** All owners among each other with what the index holds to be common; then each half, by what is common in the other. */
function amongOwners(repositories: readonly RepositoryAt[], evidence: CopyEvidence): void {
  const owners = [...new Set(repositories.map(({ about }) => ownerOf(about)))].sort();
  const halves = [0, 1].map((half) => {
    const mine = new Set(owners.filter((_, at) => at % 2 === half));
    const common = commonShingles(repositories.filter(({ about }) => !mine.has(ownerOf(about))));
    const files = repositories
      .filter(({ about }) => mine.has(ownerOf(about)))
      .flatMap(heldBy)
      .map((held): Sketched => ({ ...held, sketch: sketchOf(held.dockerfile, common) }));
    return { common, files };
  });
  const files = repositories
    .flatMap(heldBy)
    .map((held): Sketched => ({ ...held, sketch: fingerprintsOf(held.dockerfile) }));
  const named = copiesAmong(files, THRESHOLD);
  const alone = named.filter(({ copy, original }) => evidence(copy, original) === null);
  console.log(
    `${files.length} files of ${owners.length} owners among each other: ${named.length} named, ${alone.length} (${share(alone.length, files.length)}) by fingerprints alone`,
  );
  if (values.list) listed(alone);
  compareHalves(halves, evidence);
}

function compareHalves(
  halves: readonly { readonly common: ReadonlySet<number>; readonly files: readonly Sketched[] }[],
  evidence: CopyEvidence,
): void {
  const count = halves.reduce((sum, { files }) => sum + files.length, 0);
  console.log('two halves of the owners, each by what is common in the other');
  for (const threshold of CURVE) {
    const copies = halves.flatMap(({ files }) => copiesAmong(files, threshold));
    const doubtful = copies.filter(({ copy, original }) => evidence(copy, original) === null);
    const found = halves.map(({ files, common }) => recallAmong(files, common, threshold));
    const tried = found.reduce((sum, { files }) => sum + files, 0);
    const named = found.reduce((sum, each) => sum + each.named, 0);
    console.log(
      `  ${threshold.shared} shared, ${threshold.ofSmaller} of the smaller, ${threshold.ofLarger} of the larger: ${copies.length} named, ${doubtful.length} (${share(doubtful.length, count)}) by fingerprints alone; recall of all edits and 20 % of lines removed ${share(named, tried)} of ${tried}`,
    );
    if (threshold === THRESHOLD && values.list) listed(doubtful);
  }
}

type Named = { readonly copy: Held; readonly original: Held; readonly shared: number };

function listed(copies: readonly Named[]): void {
  for (const { copy, original, shared } of copies)
    console.log(`    ${nameOf(copy)} ← ${nameOf(original)}: ${shared} shared`);
}

function copiesAmong(files: readonly Sketched[], threshold: Threshold): readonly Named[] {
  const byName = new Map(files.map((file) => [nameOf(file), file]));
  const index = indexAmong(files);
  return files.flatMap((copy) => {
    const best = compareWith(index, copy.sketch, threshold).find(
      ({ original }) => ownerOf(original) !== ownerOf(copy),
    );
    if (best === undefined) return [];
    const original = byName.get(`${best.original.repository}/${best.original.path}`);
    return original === undefined ? [] : [{ copy, original, shared: best.shared }];
  });
}

/** Of every fourth file that is long enough for the index, whether the copy with most edits leads to its repository. */
function recallAmong(
  files: readonly Sketched[],
  common: ReadonlySet<number>,
  threshold: Threshold,
): { readonly files: number; readonly named: number } {
  const long = files.filter(({ sketch }) => sketch.length >= LEAST_FINGERPRINTS);
  const index = indexAmong(long);
  const tried = long.filter((_, at) => at % 4 === 0);
  const named = tried.filter(({ repository, dockerfile }) => {
    const edited = editedCopies(dockerfile.text).find(
      ({ kind }) => kind === 'all of it and 20 % of lines removed',
    );
    const sketch = sketchOf(reread(dockerfile, edited?.text ?? ''), common);
    return compareWith(index, sketch, threshold).some(({ original }) => original.repository === repository);
  });
  return { files: tried.length, named: named.length };
}

function indexAmong(files: readonly Sketched[]): ReturnType<typeof indexOf> {
  return indexOf(
    files.map(({ repository, dockerfile, sketch }) => ({
      server: 'https://github.com',
      repository,
      commit: '',
      path: dockerfile.path,
      license: null,
      copyrights: [],
      fingerprints: sketch,
    })),
  );
}

function heldBy({ about, dockerfiles }: RepositoryAt): readonly Held[] {
  return dockerfiles.map((dockerfile) => ({ repository: about.repository, dockerfile }));
}

function nameOf({ repository, dockerfile }: Held): string {
  return `${repository}/${dockerfile.path}`;
}

function reread({ path, oid }: Dockerfile, text: string): Dockerfile {
  return readDockerfile(path, oid, { kind: 'text', text });
}

function share(part: number, whole: number): string {
  return `${((100 * part) / Math.max(1, whole)).toFixed(2)} %`;
}
