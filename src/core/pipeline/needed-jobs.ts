// Jobs and what they need: their order, and what one sees of those before it.
import type { Truth } from '../model/value.ts';
import { choiceDatum, type Datum, recordDatum, signature, textDatum, wrapped } from './datum.ts';
import type { JobSyntax } from './workflow.ts';

export type Done = {
  readonly happens: Truth;
  readonly outputs: Datum;
  readonly conditions: readonly string[];
  readonly ancestors: Truth;
};

/** Jobs after those they need; a cycle keeps the written order. */
export function ordered(jobs: readonly JobSyntax[]): readonly JobSyntax[] {
  const byId = new Map(jobs.map((job) => [job.id, job]));
  const visited = new Set<string>();
  const result: JobSyntax[] = [];
  const visit = (job: JobSyntax): void => {
    if (visited.has(job.id)) return;
    visited.add(job.id);
    for (const need of job.needs) {
      const needed = byId.get(need);
      if (needed !== undefined) visit(needed);
    }
    result.push(job);
  };
  for (const job of jobs) visit(job);
  return result;
}

export const SKIPPED = (conditions: readonly string[]): Done => ({
  happens: 'no',
  outputs: recordDatum([]),
  conditions,
  ancestors: 'no',
});

/** The last row to finish wins, so rows that differ leave a choice. */
export function mergedOutputs(outputs: readonly Datum[], job: string): Datum {
  const [first] = outputs;
  if (first === undefined) return recordDatum([]);
  if (outputs.every((one) => signature(one) === signature(first)) || first.kind !== 'record') return first;
  return recordDatum(
    [...first.entries.keys()].map((key) => {
      const options = outputs.flatMap((one) => (one.kind === 'record' ? (one.entries.get(key) ?? []) : []));
      return [
        key,
        choiceDatum(options, {
          expression: wrapped(`needs.${job}.outputs.${key}`),
          why: 'the rows of the matrix set it differently',
        }),
      ] as const;
    }),
    first.others,
  );
}

export function needsDatum(job: JobSyntax, done: ReadonlyMap<string, Done>): Datum {
  return recordDatum(
    job.needs.map((need) => {
      const one = done.get(need);
      const result =
        one?.happens === 'no'
          ? textDatum('skipped')
          : choiceDatum(
              [
                textDatum('success'),
                textDatum('failure'),
                ...(one?.happens === 'unknown' ? [textDatum('skipped')] : []),
              ],
              {
                expression: wrapped(`needs.${need}.result`),
                why: 'the run decides it',
              },
            );
      return [
        need,
        recordDatum([
          ['result', result],
          ['outputs', one?.outputs ?? recordDatum([], 'the job is not in sight')],
        ]),
      ] as const;
    }),
  );
}
