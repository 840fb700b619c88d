// An event's state, claim and job → one statement that makes them durable together and calls a worker, on pg-boss.
import { fromKysely } from 'pg-boss';
import type { Claim, Job, PullRequestState } from '../ports.ts';
import type { Statements, Tx } from './database.ts';
import { mergedState } from './pull-requests.ts';
import { callWaiting, type Queue, REVIEW } from './queue.ts';
import { prioritySql, rankSql, type Urgency, urgencyLevel } from './queue-share.ts';
import { createRecent, type Recent } from './recent.ts';

/** The line a job stands in. A pull request has one, whatever its repository is called now; so has each errand. */
const jobKey = ({ pull, errand }: Job): string => {
  const { installation, repositoryId, number } = pull;
  switch (errand?.kind) {
    case undefined:
      return `${repositoryId}/${number}`;
    case 'merge-group':
      return `${repositoryId}/group ${errand.headSha}`;
    case 'push':
      return `${repositoryId}/push ${errand.ref} ${errand.after}`;
    case 'sweep':
      return `${installation}/${repositoryId} sweep${errand.discover ? ' discovering' : ''}`;
    case 'leaning':
      return `${installation}/${repositoryId} leaning`;
    case 'reply':
      return `${repositoryId}/${number} reply to ${errand.claim.id}`;
    case 'vettings':
      return `${installation} vettings`;
    case 'look-up':
      return `${jobKey(errand.afterwards)} look-up`;
    default:
      return errand satisfies never;
  }
};

/** What an event brought, and what was known of its pull request: it is only kept where that is still so. */
type Arrival = {
  readonly job: Job;
  readonly urgency: Urgency;
  readonly claim: Claim | null;
  readonly state: { readonly now: PullRequestState; readonly before: string | null } | null;
};

/** `kept`: nothing had changed in between; otherwise `known` is how the pull request was known when the statement began. */
type Arrived = { readonly kept: boolean; readonly known: string | null };

/** Parameters as they are needed, numbered from `$2`: `$1` is pg-boss's. */
const parameters = () => {
  const values: unknown[] = [];
  return {
    values,
    of: (value: unknown, type: string): string => {
      values.push(value);
      return `$${values.length + 1}::${type}`;
    },
  };
};

type Parameters = ReturnType<typeof parameters>;

const keptSql = (
  { now, before }: NonNullable<Arrival['state']>,
  text: string,
  { of }: Parameters,
): string => `
  kept as (
    insert into pull_requests as known (repository_id, number, open, state, updated_at, installation)
    values (${of(now.pull.repositoryId, 'bigint')}, ${of(now.pull.number, 'bigint')}, ${of(now.open, 'boolean')},
            ${of(text, 'text')}, ${of(now.updatedAt, 'timestamptz')}, ${of(now.pull.installation, 'bigint')})
    on conflict (repository_id, number) do update
      set open = excluded.open, state = excluded.state, updated_at = excluded.updated_at,
          installation = excluded.installation
      where known.state = ${of(before, 'text')}
    returning 1)`;

const claimedSql = (claim: Claim, where: string, { of }: Parameters): string => `
  claimed as (
    insert into claims (id, installation, repository_id, pull, claim)
    select ${of(claim.id, 'text')}, ${of(claim.pull.installation, 'bigint')}, ${of(claim.pull.repositoryId, 'bigint')},
           ${of(claim.pull.number, 'bigint')}, ${of(JSON.stringify(claim), 'text')}${where}
    on conflict (id) do nothing)`;

/** A newer event replaces the one that waits in the line; a sweep never replaces a live event. */
const lineSql = (key: string, job: Job, level: number, where: string, { of }: Parameters): string => {
  const [installation, urgency] = [of(job.pull.installation, 'bigint'), of(level, 'integer')];
  const idle = 'waiting.taken = waiting.generation';
  const takesPlace = `${idle} or excluded.urgency > waiting.urgency`;
  return `
  line as (
    insert into pending_jobs as waiting (key, installation, job, urgency, generation, taken, rank, refresh, again)
    select ${of(key, 'text')}, ${installation}, ${of(JSON.stringify(job), 'text')}, ${urgency}, 1, 0,
           ${rankSql(installation, urgency)}, ${of(job.refresh, 'boolean')}, ${of(job.again, 'boolean')}${where}
    on conflict (key) do update
      set installation = excluded.installation,
          job = case when ${idle} or excluded.urgency >= waiting.urgency then excluded.job else waiting.job end,
          urgency = case when ${takesPlace} then excluded.urgency else waiting.urgency end,
          rank = case when ${takesPlace} then excluded.rank else waiting.rank end,
          asked_at = case when ${idle} then excluded.asked_at else waiting.asked_at end,
          -- What a replaced event asked for is not lost with it.
          refresh = excluded.refresh or waiting.refresh,
          again = excluded.again or waiting.again,
          generation = waiting.generation + 1,
          failure = null
    returning rank as line_rank, urgency as line_urgency)`;
};

/**
 * pg-boss's own statement for a new job, taught to take its priority from the line, and to do nothing where there is none.
 *
 * @throws Error when pg-boss words its statement differently: a release of it that this was not written for.
 */
const sendSql = (text: string): string => {
  const taught = text
    .replace('COALESCE(priority, 0) as priority', `${prioritySql('line_urgency', 'line_rank')} as priority`)
    .replace(/JOIN (\S+\.queue q) ON/, 'CROSS JOIN line JOIN $1 ON');
  if (!taught.includes('line_rank') || !taught.includes('CROSS JOIN line'))
    throw new Error('pg-boss inserts jobs by another statement than the one this store builds upon');
  return taught;
};

const arrivalSql = (
  sending: string,
  key: string,
  { job, urgency, claim, state }: Arrival,
): { readonly text: string; readonly values: readonly unknown[] } => {
  const taken = parameters();
  const merged = state === null ? null : mergedState(state.before, state.now);
  const where = state === null ? '' : ' where exists (select from kept)';
  const parts = [
    ...(state === null || merged === null
      ? []
      : [keptSql({ ...state, now: merged }, JSON.stringify(merged), taken)]),
    ...(claim === null ? [] : [claimedSql(claim, where, taken)]),
    lineSql(key, job, urgencyLevel[urgency], where, taken),
    `sent as (${sendSql(sending)})`,
  ];
  const known =
    merged === null
      ? 'null'
      : `(select state from pull_requests where repository_id = ${taken.of(merged.pull.repositoryId, 'bigint')}
            and number = ${taken.of(merged.pull.number, 'bigint')})`;
  const text = `with ${parts.join(',')}
    select (select id from sent) as id, (select line_rank from line) as rank,
           (select line_urgency from line) as urgency, ${known} as known`;
  return { text, values: taken.values };
};

type Row = {
  readonly id: string | null;
  readonly rank: number | null;
  readonly urgency: number | null;
  readonly known: string | null;
};

/**
 * Keeps all of it, or nothing where the pull request is known otherwise by now. The worker that waits for the end of a
 * back-off is called at once in a statement after it: should that one be lost, the job waits, but is there.
 */
const arrive = async (queue: Queue, on: Statements, arrival: Arrival): Promise<Arrived> => {
  const key = jobKey(arrival.job);
  const found: { row: Row | null } = { row: null };
  const installation = arrival.job.pull.installation;
  await queue.boss.send(
    REVIEW,
    { key },
    {
      singletonKey: key,
      group: { id: String(installation) },
      db: {
        async executeSql(sending, values = []) {
          const { text, values: ours } = arrivalSql(sending, key, arrival);
          const { rows } = await on.executeSql(text, [...values, ...ours]);
          found.row = (rows[0] as Row | undefined) ?? null;
          return { rows: rows.filter(({ id }) => id !== null) };
        },
      },
    },
  );
  const { row } = found;
  if (row === null || row.rank === null || row.urgency === null)
    return { kept: false, known: row?.known ?? null };
  if (row.id === null)
    await callWaiting(queue, on, key, { installation, rank: row.rank, urgency: row.urgency });
  return { kept: true, known: row.known };
};

/**
 * Puts a job in its pull request's line, replacing the one that waits there; a sweep never replaces a live event.
 * It is durable once `tx` has committed; call `queue.nudge()` after that.
 */
export const enqueueWithin = async (queue: Queue, tx: Tx, job: Job, urgency: Urgency): Promise<void> => {
  await arrive(queue, fromKysely(tx), { job, urgency, claim: null, state: null });
};

/** As `enqueueWithin`, by itself: when this resolves, the job survives anything. */
export const enqueue = async (queue: Queue, job: Job, urgency: Urgency = 'live'): Promise<void> => {
  await arrive(queue, queue.alone, { job, urgency, claim: null, state: null });
  queue.nudge();
};

/** How pull requests were last known to this process: a statement that rests on it fails where that is out of date. */
const KNOWN_BYTES = 8 * 1_048_576;

/** Events of one pull request that come in at the same instant, at most; each makes the others look once more. */
const MOST_TRIES = 50;

/** What `Inbox.accept` gets, with the urgency of its job. */
export type Event = {
  readonly state: PullRequestState | null;
  readonly claim: Claim | null;
  readonly job: Job;
  readonly urgency: Urgency;
};

/** State, claim and job of one event are durable together when the promise resolves, or none of them is. */
export const acceptingOn = (queue: Queue): ((event: Event) => Promise<void>) => {
  const recent: Recent<string> = createRecent(KNOWN_BYTES);
  const accept = async ({ state: now, claim, job, urgency }: Event): Promise<void> => {
    const on = queue.urgent;
    if (now === null) {
      await arrive(queue, on, { job, urgency, claim, state: null });
      return;
    }
    const place = `${now.pull.repositoryId}/${now.pull.number}`;
    let before = recent.get(place) ?? null;
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const { kept, known } = await arrive(queue, on, { job, urgency, claim, state: { now, before } });
      if (kept) {
        const text = JSON.stringify(mergedState(before, now));
        recent.put(place, text, text.length);
        return;
      }
      before = known;
    }
    throw new Error(`the state of ${place} changed ${MOST_TRIES} times while an event of it was kept`);
  };
  return async (event) => {
    await accept(event);
    queue.nudge();
  };
};
