// Measures how well copied Dockerfiles are recognised, with the clones that the index was built from:
// `npm run bench:similarity -- --known owner/name=CLONE … --unrelated owner/name=CLONE … [--list]`.
// Recall: edited copies of every indexed file. False matches: Dockerfiles of unrelated repositories, and those of
// each known repository against all others; `--list` names each match, since some are true copies.
import { parseArgs } from 'node:util';
import { readDockerfile } from '../../src/core/dockerfile/read.ts';
import { copyFinder } from '../../src/core/dockerfile/similarity/well-known.ts';
import type { Copy } from '../../src/core/model/copy.ts';
import type { Dockerfile } from '../../src/core/model/dockerfile.ts';
import { type RepositoryAt, readClone } from '../index/clones.ts';
import { EDIT_KINDS, editedCopies } from './edited-copies.ts';

const { values } = parseArgs({
  options: {
    known: { type: 'string', multiple: true, default: [] },
    unrelated: { type: 'string', multiple: true, default: [] },
    list: { type: 'boolean', default: false },
  },
});
const copiesOf = copyFinder([]);
const known = values.known.map(readClone);
const unrelated = values.unrelated.map(readClone);
if (known.length + unrelated.length === 0) {
  console.error(
    'usage: npm run bench:similarity -- --known owner/name=CLONE … --unrelated owner/name=CLONE …',
  );
  process.exitCode = 2;
} else {
  recall(known);
  falseMatches('unrelated repositories', unrelated);
  falseMatches('known repositories among each other', known);
}

function recall(clones: readonly RepositoryAt[]): void {
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

function falseMatches(title: string, clones: readonly RepositoryAt[]): void {
  let files = 0;
  let matched = 0;
  for (const { about, dockerfiles } of clones) {
    const { repository } = about;
    for (const dockerfile of dockerfiles) {
      files += 1;
      const [copy] = copiesOf(dockerfile).filter(({ original }) => original.repository !== repository);
      if (copy === undefined) continue;
      matched += 1;
      if (values.list) console.log(`  ${repository}/${describe(copy)}`);
    }
  }
  console.log(`${title}: ${matched} of ${files} files (${share(matched, files)}) are said to be copies`);
}

function reread({ path, oid }: Dockerfile, text: string): Dockerfile {
  return readDockerfile(path, oid, { kind: 'text', text });
}

function describe({ dockerfile, original, shared, same, ofOriginal, ofDockerfile }: Copy): string {
  const [of, own, both] = [ofOriginal, ofDockerfile, same].map((part) => `${Math.round(part * 100)} %`);
  return `${dockerfile} ← ${original.repository}/${original.path}: ${shared} shared, ${both} same, ${of} of the original, ${own} of the file`;
}

function share(part: number, whole: number): string {
  return `${((100 * part) / Math.max(1, whole)).toFixed(2)} %`;
}
