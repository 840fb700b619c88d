// Pull requests whose worker died or was lost → what the forge should show there, to be compared with what it shows.
import { sql } from 'kysely';
import type { Doubted, PullRequestRef, PullRequestState } from '../ports.ts';
import type { Handle } from './database.ts';

export const doubtPullRequest = async (handle: Handle, pull: PullRequestRef, until: Date): Promise<void> => {
  await handle
    .updateTable('pull_requests')
    .set({ doubted_until: until })
    .where('repository_id', '=', pull.repositoryId)
    .where('number', '=', pull.number)
    .execute();
};

/** The open ones, at most `most`, those that are doubted longest first. */
export const doubtedPullRequests = async (handle: Handle, most: number): Promise<readonly Doubted[]> => {
  const { rows } = await sql<{ state: string; head: string; until: Date; runs: string }>`
    select state, shown_sha as head, doubted_until as until,
           (select coalesce(json_agg(json_build_array(name, check_run_id)), '[]')::text from published_checks
             where published_checks.repository_id = doubted.repository_id and head_sha = shown_sha) as runs
      from pull_requests doubted
     where doubted_until is not null and open and shown_sha is not null
     order by doubted_until limit ${most}`.execute(handle);
  return rows.map(({ state, head, until, runs }) => ({
    pull: (JSON.parse(state) as PullRequestState).pull,
    headSha: head,
    until: new Date(until),
    runs: new Map(JSON.parse(runs) as [string, number | null][]),
  }));
};

/** Nobody has to look any more, unless it was doubted anew meanwhile. */
export const endDoubt = async (handle: Handle, { pull, until }: Doubted): Promise<void> => {
  await handle
    .updateTable('pull_requests')
    .set({ doubted_until: null })
    .where('repository_id', '=', pull.repositoryId)
    .where('number', '=', pull.number)
    .where('doubted_until', '<=', until)
    .execute();
};
