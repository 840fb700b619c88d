// The gate's ledger port on the database: verdicts, decisions and refused claims become entries of the chain.

import { canonicalJson } from '../core/canonical-json.ts';
import type { Evidence } from '../core/model/evidence.ts';
import type { Verdict } from '../core/model/verdict.ts';
import type { Claim, Job, Ledger, LedgerEntry, PullRequestRef } from '../ports.ts';
import { closeClaims } from './claims.ts';
import type { Database, Tx } from './database.ts';
import { keepEvidence, type PreparedEvidence, type PrepareEvidence } from './kept-evidence.ts';
import { appendToLedger } from './ledger.ts';
import { appendOne } from './ledger-append.ts';
import type { Json, NewEntry } from './ledger-entry.ts';
import { newsOf } from './ledger-news.ts';
import { type Claimed, type Fence, TurnLost } from './queue-turn.ts';
import { createRecent } from './recent.ts';

/** Queues jobs in the caller's transaction; they are called for once it has committed. */
export type Follow = {
  readonly within: (tx: Tx, jobs: readonly Job[]) => Promise<void>;
  readonly committed: () => void;
};

/** The port's types are readonly data through and through: JSON, though the compiler can't see that. */
const asBody = (value: object): NewEntry['body'] => value as { readonly [key: string]: Json | undefined };

/** An entry with what was made of it before the transaction. */
type Prepared =
  | { readonly entry: Exclude<LedgerEntry, { readonly evidence: Evidence }> }
  | {
      readonly entry: Extract<LedgerEntry, { readonly evidence: Evidence }>;
      readonly evidence: PreparedEvidence;
      /** The pull request's newest recorded verdict. */
      readonly last: Verdict | null;
    };

/** Whether two verdicts say the same; those on two commits never do. */
const isSame = (one: Verdict, other: Verdict): boolean =>
  one.subject.headSha === other.subject.headSha && canonicalJson(one) === canonicalJson(other);

type Delivered = Extract<LedgerEntry, { readonly kind: 'delivered' }>;

/** Whether the newest delivery recorded of the pull request, or of the pushed commit, is this one: a retry adds nothing. */
const isRecorded = async (
  { alone }: Database,
  { installation, repositoryId, number }: PullRequestRef,
  { verdict, cleared }: Delivered,
): Promise<boolean> => {
  const [row] = await alone<{ readonly body: string }>(
    `select body from ledger_entries
      where repository_id = $1::bigint and pull is not distinct from nullif($2::bigint, 0) and installation = $3::bigint
        and kind = 'delivered' and head_sha = $4::text
      order by sequence desc limit 1`,
    [repositoryId, number, installation, verdict.subject.headSha],
  );
  if (row === undefined) return false;
  const last = JSON.parse(row.body) as { readonly verdict?: Verdict; readonly cleared?: boolean };
  return last.verdict !== undefined && last.cleared === cleared && isSame(last.verdict, verdict);
};

/** Whatever takes long or waits for others is done before the chain is locked; null for a verdict that is recorded already. */
const prepared = async (
  database: Database,
  prepare: PrepareEvidence,
  verdicts: RecordedVerdicts,
  pull: PullRequestRef,
  entry: LedgerEntry,
): Promise<Prepared | null> => {
  if (entry.kind === 'decision' || entry.kind === 'refused') return { entry };
  // Nobody else records a verdict of this pull request meanwhile: its jobs run one at a time.
  const last = entry.kind === 'verdict' ? await verdicts.last(pull) : null;
  if (last !== null && isSame(last, entry.verdict)) return null;
  if (entry.kind === 'delivered' && (await isRecorded(database, pull, entry))) return null;
  return { entry, last, evidence: await prepare(entry.evidence) };
};

/** What a port entry becomes in the chain; `evidence` is kept by its hash. */
const entriesOf = (pull: PullRequestRef, one: Prepared, at: Date): readonly [NewEntry, ...NewEntry[]] => {
  const shared = {
    installation: pull.installation,
    at: at.toISOString(),
    repository: { id: pull.repositoryId, name: `${pull.owner}/${pull.repository}` },
    // An errand is about no pull request.
    pull: pull.number === 0 ? null : pull.number,
  };
  if (!('evidence' in one)) {
    if (one.entry.kind === 'decision') {
      const { kind, headSha } = one.entry.decision;
      return [{ ...shared, kind, headSha, body: asBody(one.entry.decision) }];
    }
    const { claim, reason } = one.entry;
    return [{ ...shared, kind: 'refused', headSha: claim.headSha, body: asBody({ claim, reason }) }];
  }
  const { entry, last, evidence } = one;
  const { verdict, cause } = entry;
  const { headSha } = verdict.subject;
  const { hash } = evidence;
  if (entry.kind === 'delivered') {
    const body = asBody({ verdict, cause, evidence: hash, cleared: entry.cleared });
    return [{ ...shared, kind: 'delivered', headSha, body }];
  }
  return [
    { ...shared, kind: 'verdict', headSha, body: asBody({ verdict, cause, evidence: hash }) },
    ...newsOf(last, verdict).map(({ kind, body }) => ({ ...shared, kind, headSha, body: asBody(body) })),
  ];
};

/** Verdicts by the entry that holds them, which never changes, in bytes of JSON. */
const REMEMBERED_BYTES = 16 * 1_048_576;

/** The newest recorded verdict of a pull request, and its place in the chain. */
type Recorded = { readonly sequence: number; readonly verdict: Verdict | null };

export type RecordedVerdicts = {
  /** What this process knows of the newest one, which may be out of date. */
  readonly near: (pull: PullRequestRef) => Recorded | null;
  /** A retry that sees the same adds nothing. */
  readonly last: (pull: PullRequestRef) => Promise<Verdict | null>;
  readonly recorded: (pull: PullRequestRef, sequence: number, verdict: Verdict, bytes: number) => void;
};

/** The database is asked each time which entry is the newest, and for what it says only where that is not at hand. */
export const recordedVerdicts = ({ alone }: Database): RecordedVerdicts => {
  const recent = createRecent<Recorded>(REMEMBERED_BYTES);
  const place = ({ installation, repositoryId, number }: PullRequestRef): string =>
    `${installation} ${repositoryId}/${number}`;
  return {
    near: (pull) => recent.get(place(pull)) ?? null,
    async last(pull) {
      const near = recent.get(place(pull));
      const [row] = await alone<{ readonly sequence: number; readonly body: string | null }>(
        `select sequence, case when sequence = $4::bigint then null else body end as body from ledger_entries
          where repository_id = $1::bigint and pull = $2::bigint and installation = $3::bigint and kind = 'verdict'
          order by sequence desc limit 1`,
        [pull.repositoryId, pull.number, pull.installation, near?.sequence ?? 0],
      );
      if (row === undefined) return null;
      if (row.body === null) return near?.verdict ?? null;
      const verdict = (JSON.parse(row.body) as { readonly verdict?: Verdict }).verdict ?? null;
      recent.put(place(pull), { sequence: row.sequence, verdict }, row.body.length);
      return verdict;
    },
    recorded: (pull, sequence, verdict, bytes) => recent.put(place(pull), { sequence, verdict }, bytes),
  };
};

/**
 * As `Ledger.record`, in the caller's transaction. When all the claims it closes were closed before, what they led to
 * is in the ledger and in the queue already, and nothing is recorded again.
 */
const recordWithin = async (
  tx: Tx,
  pull: PullRequestRef,
  entries: readonly Prepared[],
  at: Date,
  settled: { readonly closes: readonly Claim[]; readonly jobs: readonly Job[] },
  fence: Fence,
  follow: Follow,
): Promise<void> => {
  const { closes, jobs } = settled;
  await fence(tx);
  const closed = await closeClaims(
    tx,
    closes.map(({ id }) => id),
  );
  if (closes.length > 0 && closed === 0) return;
  const made: NewEntry[] = [];
  for (const entry of entries) {
    if ('evidence' in entry) await keepEvidence(tx, pull.installation, entry.evidence);
    made.push(...entriesOf(pull, entry, at));
  }
  const [first, ...others] = made;
  if (first !== undefined) await appendToLedger(tx, [first, ...others]);
  await follow.within(tx, jobs);
};

/** What all turns of a process share. */
export type LedgerShared = {
  readonly database: Database;
  readonly follow: Follow;
  readonly verdicts: RecordedVerdicts;
  readonly prepare: PrepareEvidence;
  readonly decisions: Ledger['decisions'];
};

/** The one entry that nearly every turn records, where that is all there is to do; null otherwise. */
const onlyEntry = (
  pull: PullRequestRef,
  prepared: readonly Prepared[],
  at: Date,
): {
  readonly entry: NewEntry;
  readonly one: Extract<Prepared, { readonly last: Verdict | null }>;
} | null => {
  const [one, ...more] = prepared;
  if (one === undefined || more.length > 0 || !('evidence' in one)) return null;
  const [entry, ...news] = entriesOf(pull, one, at);
  return news.length > 0 ? null : { entry, one };
};

/**
 * Records a verdict as the one that follows what this process knows of: the statement itself looks whether that still is the
 * newest. False where it is not, or where more has to be told or done: nothing is recorded then.
 */
const recordNext = async (
  { database, verdicts, prepare }: LedgerShared,
  claimed: Claimed,
  pull: PullRequestRef,
  entry: LedgerEntry,
  at: Date,
): Promise<boolean> => {
  const near = entry.kind === 'verdict' ? verdicts.near(pull) : null;
  if (entry.kind !== 'verdict' || near === null || near.verdict === null) return false;
  if (isSame(near.verdict, entry.verdict)) return false;
  const one = { entry, last: near.verdict, evidence: await prepare(entry.evidence) };
  const only = onlyEntry(pull, [one], at);
  if (only === null) return false;
  const sequence = await appendOne(database.alone, claimed, only.entry, one.evidence, near.sequence);
  if (sequence === null) return false;
  verdicts.recorded(pull, sequence, entry.verdict, one.evidence.content.length);
  return true;
};

/** `fence` stands before everything that is recorded; see `Turn.fence`. */
export const ledgerOn = (shared: LedgerShared, fence: Fence = async () => undefined): Ledger => ({
  async record(pull, entries, at, settled = { closes: [], jobs: [] }) {
    const { database, follow, verdicts, prepare } = shared;
    const { closes, jobs } = settled;
    const isAlone = entries.length === 1 && closes.length === 0 && jobs.length === 0;
    const [first] = entries;
    if (fence.claimed !== undefined && first !== undefined && isAlone)
      if (await recordNext(shared, fence.claimed, pull, first, at)) return;
    const made: Prepared[] = [];
    for (const entry of entries) {
      const one = await prepared(database, prepare, verdicts, pull, entry);
      if (one !== null) made.push(one);
    }
    const only = onlyEntry(pull, made, at);
    if (only !== null && fence.claimed !== undefined && isAlone) {
      const { entry, one } = only;
      const sequence = await appendOne(database.alone, fence.claimed, entry, one.evidence);
      if (sequence === null) throw new TurnLost('another worker took over what was to be recorded');
      if (entry.kind === 'verdict')
        verdicts.recorded(pull, sequence, one.entry.verdict, one.evidence.content.length);
      return;
    }
    await database.transaction((tx) => recordWithin(tx, pull, made, at, settled, fence, follow));
    if (jobs.length > 0) follow.committed();
  },
  // Entries only ever grow: marks and the entries they name can be read one after the other. Pruning in between makes it
  // fail, and the job is repeated.
  decisions: shared.decisions,
});
