// `npm run bench:scale`: what a large repository costs to derive and judge, and how that grows.
import { createDerivedBefore } from '../../src/core/derived-before.ts';
import { review } from '../../src/core/review.ts';
import { evidenceOf } from '../support/samples.ts';
import { generatedRepository } from './generated.ts';

const ROUNDS = 3;

function milliseconds(size: number): {
  readonly best: number;
  readonly deliveries: number;
  readonly findings: number;
  readonly gaps: number;
} {
  const files = generatedRepository(size);
  // What was read once is remembered with its evidence: every round brings its own.
  const fresh = () => evidenceOf({ title: 'scale', files });
  // So is what was derived from equal files: every round begins without.
  const judged = (evidence: ReturnType<typeof fresh>) =>
    review(evidence, createDerivedBefore(48 * 1_048_576));
  let best = Number.POSITIVE_INFINITY;
  let last = judged(fresh());
  for (let round = 0; round < ROUNDS; round += 1) {
    const evidence = fresh();
    const start = process.cpuUsage();
    last = judged(evidence);
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, (user + system) / 1000);
  }
  return {
    best,
    deliveries: last.facts.head.deliveries.length,
    findings: last.verdict.findings.length,
    gaps: last.verdict.gaps.length,
  };
}

process.stdout.write(
  'n workflows, n scripts and n Dockerfiles: one derivation and judgement, time of the processor (its garbage collector included), best of 3\n',
);
let before: number | null = null;
for (const size of [125, 250, 500, 1000]) {
  const { best, deliveries, findings, gaps } = milliseconds(size);
  const growth = before === null ? '' : `   ${(best / before).toFixed(2)} × the half`;
  process.stdout.write(
    `  n = ${String(size).padStart(4)}   ${best.toFixed(0).padStart(6)} ms   ${deliveries} deliveries, ${findings} findings, ${gaps} gaps${growth}\n`,
  );
  before = best;
}
process.stdout.write(`  resident memory ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB\n`);
