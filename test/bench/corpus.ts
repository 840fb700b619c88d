// Writes what the core says of a folder of single files, for the corpus' score script:
// `npm run bench:corpus -- FILES OUT SOURCES.tsv`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { predictDockerfiles } from './corpus-dockerfiles.ts';
import { predictOtherCi } from './corpus-other-ci.ts';
import { predictWorkflows, readNotes, readSources } from './corpus-pipelines.ts';

const [files, out, sources] = process.argv.slice(2);
if (files === undefined || out === undefined || sources === undefined) {
  console.error('usage: npm run bench:corpus -- FILES OUT SOURCES.tsv');
  process.exitCode = 2;
} else {
  mkdirSync(out, { recursive: true });
  const paths = readSources(sources);
  const dockerfiles = predictDockerfiles(join(files, 'dockerfiles'), paths);
  writeFileSync(
    join(out, 'dockerfiles.jsonl'),
    dockerfiles.map((line) => `${JSON.stringify(line)}\n`).join(''),
  );
  predictWorkflows(files, out, paths);
  predictOtherCi(files, out, paths, readNotes(sources));
}
