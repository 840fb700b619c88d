// What is shown on the forge already, so that nothing is written twice and pull requests on one commit agree.
import { sql } from 'kysely';
import type { Job, Published, PullRequestRef } from '../ports.ts';
import type { Database, Handle, Tx } from './database.ts';
import type { Follow } from './ledger-port.ts';
import { checksBeside, leaveCommit, pullRequestsShowing, sharePullRequestChecks } from './pull-requests.ts';
import type { Fence } from './queue-turn.ts';

/** Whoever shared the commit with a pull request may have shown its result: each shows its own again. */
const releaseWithin = async (
  tx: Tx,
  follow: Follow,
  pull: PullRequestRef,
  headSha: string,
): Promise<void> => {
  const cause = `released by #${pull.number}`;
  const jobs = (await pullRequestsShowing(tx, pull, headSha)).map(
    (other): Job => ({ pull: other, cause, delivery: null, refresh: false, again: false }),
  );
  await follow.within(tx, jobs);
};

/** `fence` stands before what is shown in a pull request's name; see `Turn.fence`. */
export const publishedOn = (
  database: Database,
  follow: Follow,
  fence: Fence = async () => undefined,
): Published => ({
  ...records(database),
  async share(pull, headSha, checks) {
    const { others, before } = await database.transaction(async (tx) => {
      await fence(tx);
      const shared = await sharePullRequestChecks(tx, pull, headSha, checks);
      if (shared.before !== null && shared.before !== headSha)
        await releaseWithin(tx, follow, pull, shared.before);
      return shared;
    });
    if (before !== headSha) follow.committed();
    return others;
  },
  beside: (pull, headSha) => checksBeside(database.handle, pull, headSha),
  async leave(pull) {
    await database.transaction(async (tx) => {
      await fence(tx);
      const before = await leaveCommit(tx, pull);
      if (before !== null) await releaseWithin(tx, follow, pull, before);
    });
    follow.committed();
  },
});

const records = ({ handle }: Database): Omit<Published, 'share' | 'beside' | 'leave'> => ({
  async checkDigests(repositoryId, headSha) {
    const rows = await handle
      .selectFrom('published_checks')
      .select(['name', 'digest'])
      .where('repository_id', '=', repositoryId)
      .where('head_sha', '=', headSha)
      .execute();
    return new Map(rows.map(({ name, digest }) => [name, digest]));
  },
  async keepChecks(repositoryId, headSha, runs) {
    if (runs.length === 0) return;
    await handle
      .insertInto('published_checks')
      .values(
        runs.map(({ name, id, digest }) => ({
          repository_id: repositoryId,
          head_sha: headSha,
          name,
          check_run_id: id,
          digest,
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['repository_id', 'head_sha', 'name']).doUpdateSet(({ ref }) => ({
          check_run_id: ref('excluded.check_run_id'),
          digest: ref('excluded.digest'),
          published_at: sql<Date>`now()`,
        })),
      )
      .execute();
  },
  async comment(pull, key) {
    const row = await handle
      .selectFrom('published_comments')
      .select(['comment_id', 'digest'])
      .where('repository_id', '=', pull.repositoryId)
      .where('pull', '=', pull.number)
      .where('key', '=', key)
      .executeTakeFirst();
    return row === undefined ? null : { id: row.comment_id, digest: row.digest };
  },
  async keepComment(pull, key, id, digest) {
    await handle
      .insertInto('published_comments')
      .values({ repository_id: pull.repositoryId, pull: pull.number, key, comment_id: id, digest })
      .onConflict((conflict) =>
        conflict.columns(['repository_id', 'pull', 'key']).doUpdateSet(({ ref }) => ({
          comment_id: ref('excluded.comment_id'),
          digest: ref('excluded.digest'),
          published_at: sql<Date>`now()`,
        })),
      )
      .execute();
  },
});

/** Forgets what was published more than `days` ago: it would be published once more if it came up again. */
export const prunePublished = async (handle: Handle, days: number): Promise<number> => {
  const result = await handle
    .deleteFrom('published_checks')
    .where('published_at', '<', sql<Date>`now() - make_interval(days => ${days})`)
    .executeTakeFirst();
  return Number(result.numDeletedRows);
};
