// What the forge last said about each pull request, and what its verdict shows on its commit.
import { sql } from 'kysely';
import type { CheckReport } from '../core/model/report.ts';
import type { PullRequestRef, PullRequestState } from '../ports.ts';
import type { Handle } from './database.ts';

type Key = Pick<PullRequestRef, 'repositoryId' | 'number'>;

/** Keeps the newest state by `updatedAt`: events arrive in any order. Pushers accumulate whatever the order. */
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
    })
    .onConflict((conflict) =>
      conflict.columns(['repository_id', 'number']).doUpdateSet({ open: sql.ref('pull_requests.open') }),
    )
    .returning('state')
    .executeTakeFirstOrThrow();
  const before = JSON.parse(row.state) as PullRequestState;
  const newest = state.updatedAt >= before.updatedAt ? state : before;
  const pushers = [...new Map([...before.pushers, ...state.pushers].map((each) => [each.id, each])).values()];
  await handle
    .updateTable('pull_requests')
    .set({
      open: newest.open,
      state: JSON.stringify({ ...newest, pushers: pushers.sort((a, b) => a.id - b.id) }),
      updated_at: new Date(newest.updatedAt),
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

/** Keeps what the pull request's verdict shows on the commit; answers what other open ones show on the same commit. */
export const sharePullRequestChecks = async (
  handle: Handle,
  pull: Key,
  headSha: string,
  checks: readonly CheckReport[],
): Promise<readonly { readonly number: number; readonly checks: readonly CheckReport[] }[]> => {
  await handle
    .updateTable('pull_requests')
    .set({ shown_sha: headSha, shown: JSON.stringify(checks) })
    .where('repository_id', '=', pull.repositoryId)
    .where('number', '=', pull.number)
    .execute();
  const rows = await handle
    .selectFrom('pull_requests')
    .select(['number', 'shown'])
    .where('repository_id', '=', pull.repositoryId)
    .where('shown_sha', '=', headSha)
    .where('open', '=', true)
    .where('number', '!=', pull.number)
    .orderBy('number')
    .execute();
  return rows.map(({ number, shown }) => ({ number, checks: JSON.parse(shown ?? '[]') as CheckReport[] }));
};
