// What is shown on the forge already, so that nothing is written twice and pull requests on one commit agree.
import { sql } from 'kysely';
import { fromKysely } from 'pg-boss';
import type { CheckReport } from '../core/model/report.ts';
import type { Job, Published, PullRequestRef, Shared } from '../ports.ts';
import type { Database, Handle, Tx } from './database.ts';
import type { Follow } from './ledger-port.ts';
import { checksBeside, leaveCommit, pullRequestsShowing, showPullRequest } from './pull-requests.ts';
import { type Fence, heldSql, heldValues, TurnLost } from './queue-turn.ts';

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

/** What nearly always is so, in one statement: nobody is left on the commit that the verdict was shown on before. */
const SHARE = `
  with held as (${heldSql(1)}),
  before as (
    select shown_sha from pull_requests where repository_id = $4::bigint and number = $5::bigint for update),
  free as (
    select 1 from before cross join held
     where before.shown_sha is null or before.shown_sha = $6::text or (
       select other.number from pull_requests other
        where other.repository_id = $4::bigint and other.shown_sha = before.shown_sha and other.open
          and other.number <> $5::bigint limit 1) is null),
  shared as (
    update pull_requests set shown_sha = $6::text, shown = $7::text from free
     where repository_id = $4::bigint and number = $5::bigint
    returning 1)
  select exists (select from held) as held, exists (select from shared) as shared,
         seen.others, seen.digests, seen.comments
    from (${seenSql('$4::bigint', '$5::bigint', '$6::text')}) as seen`;

/** What is known of a commit and a pull request, as JSON; in a snapshot of its own, unless another statement holds it. */
function seenSql(repository: string, number: string, sha: string): string {
  return `select
    (select coalesce(json_agg(json_build_array(number, shown) order by number), '[]')::text from pull_requests
      where repository_id = ${repository} and shown_sha = ${sha} and open and number <> ${number}) as others,
    (select coalesce(json_agg(json_build_array(name, digest) order by name), '[]')::text from published_checks
      where repository_id = ${repository} and head_sha = ${sha}) as digests,
    (select coalesce(json_agg(json_build_array(key, comment_id, digest) order by key), '[]')::text
       from published_comments where repository_id = ${repository} and pull = ${number}) as comments`;
}

type SeenRow = { readonly others: string; readonly digests: string; readonly comments: string };

const sharedOf = ({ others, digests, comments }: SeenRow): Shared => ({
  others: (JSON.parse(others) as [number, string | null][]).map(([number, shown]) => ({
    number,
    checks: JSON.parse(shown ?? '[]') as CheckReport[],
  })),
  digests: new Map(JSON.parse(digests) as [string, string][]),
  comments: new Map(
    (JSON.parse(comments) as [string, number | null, string][]).map(([key, id, digest]) => [
      key,
      { id, digest },
    ]),
  ),
});

/** Runs `$7` to `$9` on the commit `$6`, the head of the pull request `$5` in the repository `$4`. */
const KEEP_SHOWN = `
  with held as (${heldSql(1)}),
  kept as (
    insert into published_checks (repository_id, head_sha, name, check_run_id, digest)
    select $4::bigint, $6::text, run.name, run.id, run.digest
      from held cross join unnest($7::text[], $8::bigint[], $9::text[]) as run (name, id, digest)
     order by run.name
    on conflict (repository_id, head_sha, name) do update
      set check_run_id = excluded.check_run_id, digest = excluded.digest, published_at = now())
  select exists (select from held) as held,
         (select coalesce(json_agg(json_build_array(number, shown) order by number), '[]')::text from pull_requests
           where repository_id = $4::bigint and shown_sha = $6::text and open and number <> $5::bigint) as others`;

const LOST = 'another worker took over what was to be shown';

/** `fence` stands before what is shown in a pull request's name; see `Turn.fence`. */
export const publishedOn = (
  database: Database,
  follow: Follow,
  fence: Fence = async () => undefined,
): Published => ({
  ...records(database),
  async share(pull, headSha, checks) {
    const { repositoryId, number } = pull;
    if (fence.claimed !== undefined) {
      const [row] = await database.alone<SeenRow & { readonly held: boolean; readonly shared: boolean }>(
        SHARE,
        [...heldValues(fence.claimed), repositoryId, number, headSha, JSON.stringify(checks)],
      );
      if (row?.held !== true) throw new TurnLost(LOST);
      if (row.shared) return sharedOf(row);
    }
    const { seen, before } = await database.transaction(async (tx) => {
      await fence(tx);
      const shown = await showPullRequest(tx, pull, headSha, checks);
      if (shown !== null && shown !== headSha) await releaseWithin(tx, follow, pull, shown);
      const { rows } = await fromKysely(tx).executeSql(seenSql('$1::bigint', '$2::bigint', '$3::text'), [
        repositoryId,
        number,
        headSha,
      ]);
      return { seen: rows[0] as SeenRow, before: shown };
    });
    if (before !== headSha) follow.committed();
    return sharedOf(seen);
  },
  async keepShown(pull, headSha, runs) {
    if (fence.claimed === undefined) {
      await fence(database.handle);
      await records(database).keepChecks(pull.repositoryId, headSha, runs);
      return checksBeside(database.handle, pull, headSha);
    }
    const [row] = await database.alone<{ readonly held: boolean; readonly others: string }>(KEEP_SHOWN, [
      ...heldValues(fence.claimed),
      pull.repositoryId,
      pull.number,
      headSha,
      runs.map(({ name }) => name),
      runs.map(({ id }) => id),
      runs.map(({ digest }) => digest),
    ]);
    if (row?.held !== true) throw new TurnLost(LOST);
    return sharedOf({ others: row.others, digests: '[]', comments: '[]' }).others;
  },
  async leave(pull) {
    await database.transaction(async (tx) => {
      await fence(tx);
      const before = await leaveCommit(tx, pull);
      if (before !== null) await releaseWithin(tx, follow, pull, before);
    });
    follow.committed();
  },
});

const records = ({ handle }: Database): Omit<Published, 'share' | 'keepShown' | 'leave'> => ({
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
