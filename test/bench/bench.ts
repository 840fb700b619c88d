// `npm run bench -- [DOCKERFILES] [REPOSITORIES]`: what a file, a repository and an evaluation cost, beside the peers, in one run.
// Both arguments are folders; without them the rules' own samples are used.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { validate } from 'dockerfile-utils';
import dockerfilelint from 'dockerfilelint';
import { createDerivedBefore } from '../../src/core/derived-before.ts';
import { readDockerfile } from '../../src/core/dockerfile/read.ts';
import { review } from '../../src/core/review.ts';
import { RULES } from '../../src/core/rules/index.ts';
import { startGate } from '../app/harness.ts';
import { DOCUMENTATION, NEW_BASE, PRODUCT, PUBLIC_PUSH } from '../demo/scenes.ts';
import { evidenceOf } from '../support/samples.ts';

/** Rounds over all files; the fastest counts, since others on the machine only ever slow one down. */
const ROUNDS = 5;
const CLI = join(import.meta.dirname, '../../src/cli.ts');
const LARGEST_FILE = 200_000;

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

type Measured = { readonly name: string; readonly perSecond: number; readonly failures: number };

function measure(name: string, inputs: readonly string[], work: (input: string) => unknown): Measured {
  let best = Number.POSITIVE_INFINITY;
  let failures = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    failures = 0;
    const start = performance.now();
    for (const input of inputs)
      try {
        work(input);
      } catch {
        failures += 1;
      }
    best = Math.min(best, performance.now() - start);
  }
  return { name, perSecond: (inputs.length * 1000) / best, failures };
}

function table(unit: string, rows: readonly Measured[]): void {
  const [first] = rows;
  for (const { name, perSecond, failures } of rows)
    say(
      `  ${name.padEnd(44)} ${perSecond.toFixed(0).padStart(8)} ${unit}/s   ${(perSecond / (first?.perSecond ?? perSecond)).toFixed(2).padStart(6)} ×${failures > 0 ? `   threw on ${failures}` : ''}`,
    );
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile() && statSync(path).size <= LARGEST_FILE)
    .sort()
    .map((path) => readFileSync(path, 'utf8'));
}

function sampleDockerfiles(): string[] {
  const samples = RULES.flatMap(({ examples }) => [...examples.accepts, ...examples.rejects]);
  return samples.flatMap(({ files }) =>
    Object.entries(files).flatMap(([path, text]) => (/Dockerfile/.test(path) ? [text] : [])),
  );
}

function benchFiles(folder: string | undefined): void {
  const texts = folder === undefined ? sampleDockerfiles() : filesOf(folder);
  const bytes = texts.reduce((sum, text) => sum + text.length, 0);
  say(`\nDockerfiles: ${texts.length} files, ${(bytes / 1e6).toFixed(2)} MB`);
  table('files', [
    measure('Clear to Ship: read, import facts', texts, (text) =>
      readDockerfile('Dockerfile', 'oid', { kind: 'text', text }),
    ),
    measure('Clear to Ship: read, derive, all rules, judge', texts, (text) =>
      // Nothing is remembered from one round to the next.
      review(evidenceOf({ title: 'bench', files: { Dockerfile: text } }), createDerivedBefore(0)),
    ),
    measure('dockerfile-utils: validate', texts, (text) => validate(text)),
    measure('dockerfilelint: run', texts, (text) => dockerfilelint.run(tmpdir(), text)),
  ]);
}

function benchRepositories(folder: string | undefined): void {
  if (folder === undefined) {
    say('\nRepositories: no folder given');
    return;
  }
  const repositories = readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isDirectory());
  say(`\nRepositories: \`check\` on ${repositories.length} checkouts, whole process, one after the other`);
  const start = performance.now();
  for (const repository of repositories) {
    const before = performance.now();
    const { status } = spawnSync(process.execPath, [CLI, 'check', '--format', 'json', repository], {
      maxBuffer: 1e9,
    });
    const seconds = (performance.now() - before) / 1000;
    say(`  ${basename(repository).padEnd(50)} ${seconds.toFixed(2).padStart(7)} s   exit ${status}`);
  }
  say(`  ${(repositories.length / ((performance.now() - start) / 1000)).toFixed(2)} repositories/s`);
}

async function benchRequests(): Promise<void> {
  say('\nRequests and round trips per evaluation, counted at the stand-in');
  const gate = await startGate({ standIn: { latency: 30 } });
  const api = gate.repository('api', { files: PRODUCT });
  const count = async (what: string, act: () => unknown): Promise<void> => {
    const mark = gate.github.mark();
    await act();
    await gate.settled();
    const asked = gate.github.requests.slice(mark);
    const besides = asked.filter(
      ({ method, path }) => /\/(comments|labels|reviews)/.test(path) && method !== 'GET',
    ).length;
    const { requests, roundTrips } = gate.github.countRequests(mark);
    say(
      `  ${what.padEnd(52)} ${String(requests - besides).padStart(3)} requests ${String(roundTrips - besides).padStart(3)} round trips, and ${besides} to comments and labels`,
    );
  };
  let pull = api.openPullRequest({ author: 'dev', branch: 'warm-up', files: { 'docs/a.md': 'a\n' } });
  await gate.settled();
  await count('no container file', () =>
    api.openPullRequest({ author: 'dev', branch: 'docs', files: DOCUMENTATION }),
  );
  await count('a Dockerfile changes', () =>
    api.openPullRequest({ author: 'dev', branch: 'base', files: NEW_BASE }),
  );
  await count('a delivery starts', () => {
    pull = api.openPullRequest({ author: 'dev', branch: 'push', files: PUBLIC_PUSH });
  });
  await count('a push that changes nothing relevant', () => pull.push(DOCUMENTATION));
  await count('the approval label', () => pull.label('delivery: approved', { as: 'olga' }));
  const other = gate.repository('other', { files: PRODUCT });
  await count('the first of a repository, nothing cached', () =>
    other.openPullRequest({ author: 'dev', branch: 'push', files: PUBLIC_PUSH }),
  );
  await gate.stop();
}

const [dockerfiles, repositories] = process.argv.slice(2);
benchFiles(dockerfiles);
benchRepositories(repositories);
await benchRequests();
