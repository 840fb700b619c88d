// What a worker knows of the pull request it judges, by one look at the start of its turn: whatever changes meanwhile
// brings a job of its own, which begins with another look.
import type { Claim, Claims, PullRequestRef, PullRequestState, PullRequests } from '../ports.ts';
import type { Alone } from './database.ts';

type Seen = {
  readonly state: PullRequestState | null;
  readonly expires: string | null;
  readonly leansOn: readonly string[];
  /** Null once they were handed out: those that are open after some were decided on have to be asked for. */
  claims: readonly Claim[] | null;
};

type Row = {
  readonly state: string | null;
  readonly expires_at: Date | null;
  readonly leans_on: readonly string[] | null;
  readonly claims: string;
};

const LOOK = `
  select (select state from pull_requests where repository_id = $1::bigint and number = $2::bigint) as state,
         (select expires_at from pull_requests where repository_id = $1::bigint and number = $2::bigint) as expires_at,
         (select leans_on from pull_requests where repository_id = $1::bigint and number = $2::bigint) as leans_on,
         (select coalesce(json_agg(claim order by arrival), '[]')::text from claims
           where repository_id = $1::bigint and pull = $2::bigint and handled_at is null) as claims`;

const seenBy = async (alone: Alone, { repositoryId, number }: PullRequestRef): Promise<Seen> => {
  const [row] = await alone<Row>(LOOK, [repositoryId, number]);
  return {
    state: row === undefined || row.state === null ? null : (JSON.parse(row.state) as PullRequestState),
    expires: row?.expires_at?.toISOString() ?? null,
    leansOn: row?.leans_on ?? [],
    claims: (JSON.parse(row?.claims ?? '[]') as string[]).map((claim) => JSON.parse(claim) as Claim),
  };
};

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((each, index) => each === other[index]);

/** `pulls` and `claims` for one turn, which is the only one that writes what is remembered here. */
export const rememberingTurn = (
  alone: Alone,
  pulls: PullRequests,
  claims: Claims,
): { readonly pulls: PullRequests; readonly claims: Claims } => {
  const memory = new Map<string, Promise<Seen>>();
  const place = ({ repositoryId, number }: PullRequestRef): string => `${repositoryId}/${number}`;
  const seen = (pull: PullRequestRef): Promise<Seen> => {
    const known = memory.get(place(pull)) ?? seenBy(alone, pull);
    memory.set(place(pull), known);
    known.catch(() => memory.delete(place(pull)));
    return known;
  };
  return {
    pulls: {
      ...pulls,
      recall: async (pull) => (await seen(pull)).state,
      async remember(state) {
        memory.delete(place(state.pull));
        await pulls.remember(state);
        memory.delete(place(state.pull));
      },
      async expects(pull, expiry, leansOn) {
        const before = await seen(pull);
        const expires = expiry === null ? null : new Date(expiry).toISOString();
        if (before.state !== null && before.expires === expires && isSame(before.leansOn, leansOn)) return;
        memory.delete(place(pull));
        await pulls.expects(pull, expiry, leansOn);
      },
    },
    claims: {
      async open(pull) {
        const known = await seen(pull);
        if (known.claims === null) return claims.open(pull);
        const { claims: open } = known;
        known.claims = null;
        return open;
      },
    },
  };
};
