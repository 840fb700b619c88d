// Tokens that call workers → the jobs they call to, marked as being worked on: as many as there is room for in one statement.
import type { Job as Token } from 'pg-boss';
import type { Job } from '../ports.ts';
import { type Queue, REVIEW } from './queue.ts';

export type TokenData = { readonly key: string };

export type Taken = {
  readonly job: Job;
  readonly generation: number;
  readonly failure: string | null;
};

type TakenRow = Omit<Taken, 'job'> & Pick<Job, 'refresh' | 'again'> & { readonly job: string };

const takenOf = ({ job, refresh, again, generation, failure }: TakenRow): Taken => ({
  generation,
  failure,
  job: { ...JSON.parse(job), refresh, again },
});

/** Marks the newest generation of the job as being worked on; null when nothing is wanted any more. */
export const takeJob = async (queue: Queue, token: Token<TokenData>): Promise<Taken | null> => {
  const [row] = await queue.database.alone<TakenRow>(
    `update pending_jobs set taken = generation where key = $1
     returning job, refresh, again, generation, failure`,
    [token.data.key],
  );
  return row === undefined ? null : takenOf(row);
};

/** `taken` is null where somebody just has the job's line in hand: `takeJob` waits for that. */
export type Fetched = { readonly token: Token<TokenData>; readonly taken: Taken | null };

type FetchedRow = Token<TokenData> & { readonly [Key in keyof TakenRow]: TakenRow[Key] | null };

/**
 * pg-boss's own statement for fetching tokens, taught to take their jobs with them. Whoever has a job's line and wants its
 * token waits for this statement, so that this one must not wait for lines. Tokens are found by their place: plans made when
 * there were few would walk over all of them.
 *
 * @throws Error when pg-boss words its statement differently: a release of it that this was not written for.
 */
const takeSql = (text: string): string => {
  const fetching = text
    .replace(/SELECT j\.id\b/, 'SELECT j.ctid as place')
    .replace('AND j.id = next.id', 'AND j.ctid = next.place');
  if (!fetching.includes('j.ctid as place') || !fetching.includes('j.ctid = next.place'))
    throw new Error('pg-boss fetches jobs by another statement than the one this store builds upon');
  return `with fetched as (${fetching}),
  free as (
    select key from pending_jobs where key = any (array(select data ->> 'key' from fetched)) for update skip locked),
  taken as (
    update pending_jobs line set taken = line.generation from free where line.key = free.key
    returning line.key, line.job, line.refresh, line.again, line.generation, line.failure)
  select fetched.*, taken.job, taken.refresh, taken.again, taken.generation, taken.failure
    from fetched left join taken on taken.key = fetched.data ->> 'key'`;
};

/** At most `batchSize` tokens with their jobs, the first in line first; none of the installations in `ignoreGroups`. */
export const takeJobs = async (
  queue: Queue,
  options: { readonly batchSize: number; readonly ignoreGroups: string[] },
): Promise<readonly Fetched[]> => {
  const rows = (await queue.boss.fetch<TokenData>(REVIEW, {
    ...options,
    db: { executeSql: (text, values) => queue.alone.executeSql(takeSql(text), values) },
  })) as unknown as readonly FetchedRow[];
  return rows.map(({ job, refresh, again, generation, failure, ...token }) => ({
    token,
    taken:
      job === null || refresh === null || again === null || generation === null
        ? null
        : takenOf({ job, refresh, again, generation, failure }),
  }));
};
