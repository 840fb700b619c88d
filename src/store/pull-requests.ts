// What the forge last said about each pull request, and what its verdict shows on its commit.
import { sql } from 'kysely';
import type { CheckReport } from '../core/model/report.ts';
import type { Neighbour, PullRequestRef, PullRequestState } from '../ports.ts';
import type { Handle } from './database.ts';

type Key = Pick<PullRequestRef, 'repositoryId' | 'number'>;

/** Keeps the newest state by `updatedAt`: events arrive in any order. Pushers accumulate whatever the order. */
export const mergedState = (known: string | null, state: PullRequestState): PullRequestState => {
  const before = known === null ? state : (JSON.parse(known) as PullRequestState);
  const newest = state.updatedAt >= before.updatedAt ? state : before;
  const pushers = [...new Map([...before.pushers, ...state.pushers].map((each) => [each.id, each])).values()];
  return { ...newest, pushers: pushers.sort((a, b) => a.id - b.id) };
};

/** As the forge says it when asked; see `mergedState`. */
export const rememberPullRequest = async (handle: Handle, state: PullRequestState): Promise<void> => {
  const { repositoryId, number } = state.pull;
  // Locks the row, and creates it at the first event.
  const row = await handle
    .insertInto('pull_requests')
    .values({
      repository_id: repositoryId,
      number,
      open: state.open,
      state: JSON.stringify(state),
      updated_at: new Date(state.updatedAt),
      shown_sha: null,
      shown: null,
      installation: state.pull.installation,
      expires_at: null,
    })
    .onConflict((conflict) =>
      conflict.columns(['repository_id', 'number']).doUpdateSet({ open: sql.ref('pull_requests.open') }),
    )
    .returning('state')
    .executeTakeFirstOrThrow();
  const newest = mergedState(row.state, state);
  await handle
    .updateTable('pull_requests')
    .set({
      open: newest.open,
      state: JSON.stringify(newest),
      updated_at: new Date(newest.updatedAt),
      installation: newest.pull.installation,
    })
    .where('repository_id', '=', repositoryId)
    .where('number', '=', number)
    .execute();
};

export const recallPullRequest = async (handle: Handle, pull: Key): Promise<PullRequestState | null> => {
  const row = await handle
    .selectFrom('pull_requests')
    .select('state')
    .where('repository_id', '=', pull.repositoryId)
    .where('number', '=', pull.number)
    .executeTakeFirst();
  return row === undefined ? null : (JSON.parse(row.state) as PullRequestState);
};

/** Open pull requests of an installation, or of one of its repositories, by repository and number. */
export const openPullRequests = async (
  handle: Handle,
  installation: number,
  repositoryId: number | null,
): Promise<readonly PullRequestState[]> => {
  const rows = await handle
    .selectFrom('pull_requests')
    .select('state')
    .where('open', '=', true)
    .where('installation', '=', installation)
    .$if(repositoryId !== null, (query) => query.where('repository_id', '=', repositoryId ?? 0))
    .orderBy('repository_id')
    .orderBy('number')
    .execute();
  return rows.map(({ state }) => JSON.parse(state) as PullRequestState);
};

/** Other open pull requests whose verdict is shown on the commit. */
export const pullRequestsShowing = async (
  handle: Handle,
  { repositoryId, number }: Key,
  headSha: string,
): Promise<readonly PullRequestRef[]> => {
  const rows = await handle
    .selectFrom('pull_requests')
    .select('state')
    .where('repository_id', '=', repositoryId)
    .where('shown_sha', '=', headSha)
    .where('open', '=', true)
    .where('number', '!=', number)
    .orderBy('number')
    .execute();
  return rows.map(({ state }) => (JSON.parse(state) as PullRequestState).pull);
};

export const expectChange = async (
  handle: Handle,
  pull: Key,
  expiry: string | null,
  leansOn: readonly string[],
): Promise<void> => {
  await handle
    .updateTable('pull_requests')
    .set({
      expires_at: expiry === null ? null : new Date(expiry),
      leans_on: leansOn.length === 0 ? null : [...leansOn],
    })
    .where('repository_id', '=', pull.repositoryId)
    .where('number', '=', pull.number)
    .execute();
};

/** Open pull requests whose verdict rests on an approval that has ended; at most `most` of them. */
export const expiredPullRequests = async (
  handle: Handle,
  now: Date,
  most: number,
): Promise<readonly PullRequestRef[]> => {
  const rows = await handle
    .selectFrom('pull_requests')
    .select('state')
    .where('open', '=', true)
    .where('expires_at', '<=', now)
    .orderBy('expires_at')
    .limit(most)
    .execute();
  return rows.map(({ state }) => (JSON.parse(state) as PullRequestState).pull);
};

/** Open pull requests of the installation whose last verdict asked about the project's clearance, in a fixed order. */
export const leaningPullRequests = async (
  handle: Handle,
  installation: number,
  project: string,
): Promise<readonly PullRequestState[]> => {
  const rows = await handle
    .selectFrom('pull_requests')
    .select('state')
    .where('open', '=', true)
    .where('installation', '=', installation)
    .where('leans_on', 'is not', null)
    .where(sql<boolean>`${project} = any(leans_on)`)
    .orderBy('repository_id')
    .orderBy('number')
    .execute();
  return rows.map(({ state }) => JSON.parse(state) as PullRequestState);
};

/** Nothing waits for a verdict any more in an installation, or in one of its repositories. */
export const closePullRequests = async (
  handle: Handle,
  installation: number,
  repositoryId: number | null,
): Promise<void> => {
  await handle
    .updateTable('pull_requests')
    .set({ open: false })
    .where('installation', '=', installation)
    .$if(repositoryId !== null, (query) => query.where('repository_id', '=', repositoryId ?? 0))
    .execute();
};

/** Whether branches of that name are where pull requests go: pushes to them are deliveries. */
export const isBaseBranch = async (
  handle: Handle,
  repositoryId: number,
  branch: string,
): Promise<boolean> => {
  const { rows } = await sql`
    select 1 from pull_requests
     where repository_id = ${repositoryId} and state::json ->> 'baseRef' = ${branch} limit 1`.execute(handle);
  return rows.length > 0;
};

/** Where an open pull request stands: what the store last heard, and the commit its verdict is shown on. */
export const standingOf = async (
  handle: Handle,
  pull: Key,
): Promise<{ readonly state: PullRequestState; readonly shown: string | null } | null> => {
  const row = await handle
    .selectFrom('pull_requests')
    .select(['state', 'open', 'shown_sha'])
    .where('repository_id', '=', pull.repositoryId)
    .where('number', '=', pull.number)
    .executeTakeFirst();
  // What an installation left counts as closed, whatever the pull request said of itself before.
  return row === undefined
    ? null
    : { state: { ...(JSON.parse(row.state) as PullRequestState), open: row.open }, shown: row.shown_sha };
};

/** Forgets pull requests that were closed more than `days` ago: a reopened one is heard of again. */
export const prunePullRequests = async (handle: Handle, days: number, now: Date): Promise<number> => {
  const before = new Date(now.getTime() - days * 86_400_000);
  const result = await handle
    .deleteFrom('pull_requests')
    .where('open', '=', false)
    .where('updated_at', '<', before)
    .executeTakeFirst();
  return Number(result.numDeletedRows);
};

/** What other open pull requests show on the commit, by number. */
export const checksBeside = async (
  handle: Handle,
  { repositoryId, number: own }: Key,
  headSha: string,
): Promise<readonly Neighbour[]> => {
  const rows = await handle
    .selectFrom('pull_requests')
    .select(['number', 'shown'])
    .where('repository_id', '=', repositoryId)
    .where('shown_sha', '=', headSha)
    .where('open', '=', true)
    .where('number', '!=', own)
    .orderBy('number')
    .execute();
  return rows.map(({ number, shown }) => ({ number, checks: JSON.parse(shown ?? '[]') as CheckReport[] }));
};

/** Keeps what the pull request's verdict shows on the commit; answers on which commit it was shown before. */
export const showPullRequest = async (
  handle: Handle,
  pull: Key,
  headSha: string,
  checks: readonly CheckReport[],
): Promise<string | null> => {
  const previous = await sql<{ shown_sha: string | null }>`
    with old as (select shown_sha from pull_requests
                  where repository_id = ${pull.repositoryId} and number = ${pull.number} for update)
    update pull_requests set shown_sha = ${headSha}, shown = ${JSON.stringify(checks)} from old
     where repository_id = ${pull.repositoryId} and number = ${pull.number}
    returning old.shown_sha`.execute(handle);
  return previous.rows[0]?.shown_sha ?? null;
};

/** The pull request shows nothing any more; answers on which commit it did. */
export const leaveCommit = async (handle: Handle, pull: Key): Promise<string | null> => {
  const { rows } = await sql<{ shown_sha: string | null }>`
    with old as (select shown_sha from pull_requests
                  where repository_id = ${pull.repositoryId} and number = ${pull.number} for update)
    update pull_requests set shown_sha = null, shown = null from old
     where repository_id = ${pull.repositoryId} and number = ${pull.number}
    returning old.shown_sha`.execute(handle);
  return rows[0]?.shown_sha ?? null;
};
