// Builds src/core/dockerfile/similarity/index.json, the index of well-known Dockerfiles, from local git clones:
// `node test/index/build-index.ts --known owner/name=CLONE … --background owner/name=CLONE …`.
//
// The Dockerfiles of a known clone go in, those of its newest commit and of the last one of each year before: as
// fingerprints, path, commit, licence and copyright lines; never as text. Background clones only teach which shingles
// are common property. All may be bare clones; nothing is fetched. The same clones at the same commits give the same
// bytes. With `--licences-only` and the known clones, only the licences and copyright lines of the index are read anew. Afterwards run `npx biome format --write` on the index, and `npm run bench:similarity`.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { encodeIndex, type IndexData, indexOf } from '../../src/core/dockerfile/similarity/known-index.ts';
import { sketchOf } from '../../src/core/dockerfile/similarity/sketch.ts';
import type { SketchedFile } from '../../src/core/model/copy.ts';
import { type Clone, openClone, type RepositoryAt } from './clones.ts';
import { commonShingles } from './common-shingles.ts';

/** A file with fewer fingerprints can't be told from others. */
const LEAST_FINGERPRINTS = 15;
/** Likeness from which a former file adds nothing: copies of it are found by the later one. */
const LIKE_A_LATER_ONE = 0.8;
/** Examples and test data are put together from what the repository has already. */
const EXAMPLE = /(?:^|\/)\.?(?:examples?|samples?|tests?|testdata|fixtures)\//i;

const { values } = parseArgs({
  options: {
    known: { type: 'string', multiple: true, default: [] },
    background: { type: 'string', multiple: true, default: [] },
    'licences-only': { type: 'boolean', default: false },
    out: {
      type: 'string',
      default: new URL('../../src/core/dockerfile/similarity/index.json', import.meta.url).pathname,
    },
  },
});
if (values['licences-only']) {
  relicense(values.out, values.known.map(openClone));
  process.exit(0);
}
const known = values.known.map(openClone).map((clone) => ({ clone, newest: newest(clone) }));
const common = commonShingles([
  ...known.map((each) => each.newest),
  ...values.background.map((argument) => newest(openClone(argument))),
]);
const index = indexOf(known.flatMap(({ clone }) => sketches(clone)));
const content = `${JSON.stringify(encodeIndex(index, common), null, 2)}\n`;
writeFileSync(values.out, content);
for (const { clone, newest: now } of known) {
  const kept = index.files.filter(({ file }) => file.repository === clone.repository);
  const current = kept.filter(({ file }) => file.commit === now.about.commit);
  console.log(
    `${clone.repository}: ${current.length} current and ${kept.length - current.length} former, ${now.about.license ?? 'licence unknown'}`,
  );
}
console.log(
  `${index.files.length} files, ${index.holders.size} fingerprints, ${common.size} common shingles, ${content.length} bytes`,
);

/** Needs the clones of all repositories in the index, with the commits that are in it. */
function relicense(path: string, clones: readonly Clone[]): void {
  const index = JSON.parse(readFileSync(path, 'utf8')) as IndexData;
  const snapshots = index.snapshots.map((snapshot) => {
    const clone = clones.find(({ repository }) => repository === snapshot.repository);
    if (clone === undefined) throw new Error(`There is no clone of ${snapshot.repository}.`);
    const { license, copyrights } = clone.read(snapshot.commit).about;
    return { ...snapshot, license, copyrights };
  });
  writeFileSync(path, `${JSON.stringify({ ...index, snapshots }, null, 2)}\n`);
  const known = snapshots.filter(({ license }) => license !== null).length;
  console.log(`${known} of ${snapshots.length} snapshots have a licence`);
}

function newest(clone: Clone): RepositoryAt {
  return clone.read(clone.commits()[0] ?? '');
}

/** The newest first. All of its files, and of former ones those that no later one resembles. */
function sketches(clone: Clone): readonly SketchedFile[] {
  const kept: SketchedFile[] = [];
  clone.commits().forEach((commit, age) => {
    const { about, dockerfiles } = clone.read(commit);
    const sketched = dockerfiles
      .filter(({ path }) => !EXAMPLE.test(path))
      .map((dockerfile) => ({
        ...about,
        path: dockerfile.path,
        fingerprints: sketchOf(dockerfile, common),
      }))
      .filter(({ fingerprints }) => fingerprints.length >= LEAST_FINGERPRINTS);
    for (const file of sketched) {
      if (age === 0 || kept.every((later) => likeness(later, file) < LIKE_A_LATER_ONE)) kept.push(file);
    }
  });
  return kept;
}

/** Sørensen–Dice. */
function likeness({ fingerprints: left }: SketchedFile, { fingerprints: right }: SketchedFile): number {
  const first = new Set(left);
  return (2 * right.filter((each) => first.has(each)).length) / (left.length + right.length);
}
