// Where a job stands in line: start-time fair queuing, so that a busy installation never holds up a quiet one.
import { type RawBuilder, sql } from 'kysely';

/** Live events come before the app's own sweeps. */
export type Urgency = 'sweep' | 'live';

export const urgencyLevel: Readonly<Record<Urgency, number>> = { sweep: 0, live: 1 };

/** pg-boss priorities are 32-bit integers, higher first; each urgency gets its own half. */
const SPAN = 1_000_000_000;

/** The pg-boss priority of a place in line. */
export const priorityOf = (level: number, rank: number): number =>
  level * SPAN - Math.min(Math.max(rank, 0), SPAN - 1);

/** The same as SQL, of columns or expressions. */
export const prioritySql = (level: string, rank: string): string =>
  `(${level} * ${SPAN} - least(greatest(${rank}, 0), ${SPAN - 1}))::integer`;

/**
 * SQL for the place of one more job of an installation: behind its own last one, but never before the front of the line,
 * so idle time can't be saved up. Whoever has few jobs waiting is served in turn with whoever has thousands.
 * Two concurrent arrivals may get the same place; creation time breaks the tie.
 */
export const rankSql = (installation: string, level: string): string => `greatest(
  coalesce((select max(mine.rank) + 1 from pending_jobs mine
             where mine.installation = ${installation} and mine.urgency = ${level}), 0),
  coalesce((select min(front.rank) from pending_jobs front where front.urgency = ${level}), 0))`;

/** The same for a row of `pending_jobs` that goes to the end of its installation's line. */
export const lastRank: RawBuilder<number> = sql.raw(
  rankSql('pending_jobs.installation', 'pending_jobs.urgency'),
);
