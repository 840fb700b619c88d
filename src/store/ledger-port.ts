// The gate's ledger port on the database: verdicts, decisions and refused claims become entries of the chain.

import { canonicalJson } from '../core/canonical-json.ts';
import type { Evidence } from '../core/model/evidence.ts';
import type { Verdict } from '../core/model/verdict.ts';
import type { Claim, Job, Ledger, LedgerEntry, PullRequestRef } from '../ports.ts';
import { closeClaims } from './claims.ts';
import type { Database, Handle, Tx } from './database.ts';
import { keepEvidence, type PreparedEvidence, prepareEvidence } from './kept-evidence.ts';
import { appendToLedger } from './ledger.ts';
import { decisionsFor } from './ledger-decisions.ts';
import type { Json, NewEntry } from './ledger-entry.ts';
import { newsOf } from './ledger-news.ts';

/** Makes a transaction fail that is not its worker's to make any more. */
export type Fence = (tx: Handle) => Promise<void>;

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
      /** The verdict of the newest entry of that kind. */
      readonly last: Verdict | null;
    };

/** What verdicts and deliveries say. */
type Said = { readonly verdict: Verdict; readonly cleared?: boolean };

/** Whether two entries say the same; those on two commits never do. */
const isSame = (one: Said, other: Said): boolean =>
  one.cleared === other.cleared &&
  one.verdict.subject.headSha === other.verdict.subject.headSha &&
  canonicalJson(one.verdict) === canonicalJson(other.verdict);

/** Whatever takes long or waits for others is done before the chain is locked; null for a verdict that is recorded already. */
const prepared = async (
  { handle }: Database,
  pull: PullRequestRef,
  entry: LedgerEntry,
): Promise<Prepared | null> => {
  if (entry.kind === 'decision' || entry.kind === 'refused') return { entry };
  // Nobody else records a verdict of this pull request meanwhile: its jobs run one at a time.
  const last = await lastLike(handle, pull, entry);
  if (last !== null && isSame(last, entry)) return null;
  return { entry, last: last?.verdict ?? null, evidence: await prepareEvidence(handle, entry.evidence) };
};

/** What a port entry becomes in the chain. */
const entriesOf = async (
  tx: Tx,
  pull: PullRequestRef,
  one: Prepared,
  at: Date,
): Promise<readonly NewEntry[]> => {
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
  const { entry, last } = one;
  const { verdict, cause } = entry;
  const { headSha } = verdict.subject;
  const evidence = await keepEvidence(tx, pull.installation, one.evidence);
  if (entry.kind === 'delivered') {
    const body = asBody({ verdict, cause, evidence, cleared: entry.cleared });
    return [{ ...shared, kind: 'delivered', headSha, body }];
  }
  return [
    { ...shared, kind: 'verdict', headSha, body: asBody({ verdict, cause, evidence }) },
    ...newsOf(last, verdict).map(({ kind, body }) => ({ ...shared, kind, headSha, body: asBody(body) })),
  ];
};

/** Of the pull request's, or the pushed commit's, newest entry of that kind: a retry that sees the same adds nothing. */
const lastLike = async (
  handle: Handle,
  pull: PullRequestRef,
  { kind, verdict }: Extract<LedgerEntry, { readonly evidence: Evidence }>,
): Promise<Said | null> => {
  const last = await handle
    .selectFrom('ledger_entries')
    .select('body')
    .where('repository_id', '=', pull.repositoryId)
    .$if(pull.number !== 0, (query) => query.where('pull', '=', pull.number))
    .$if(pull.number === 0, (query) =>
      query.where('pull', 'is', null).where('head_sha', '=', verdict.subject.headSha),
    )
    .where('installation', '=', pull.installation)
    .where('kind', '=', kind)
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (last === undefined) return null;
  const { verdict: said, cleared } = JSON.parse(last.body) as Partial<Said>;
  return said === undefined ? null : { verdict: said, ...(cleared === undefined ? {} : { cleared }) };
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
    made.push(...(await entriesOf(tx, pull, entry, at)));
  }
  const [first, ...others] = made;
  if (first !== undefined) await appendToLedger(tx, [first, ...others]);
  await follow.within(tx, jobs);
};

/** `fence` stands before everything that is recorded; see `Turn.fence`. */
export const ledgerOn = (
  database: Database,
  follow: Follow,
  fence: Fence = async () => undefined,
): Ledger => ({
  async record(pull, entries, at, settled = { closes: [], jobs: [] }) {
    const made: Prepared[] = [];
    for (const entry of entries) {
      const one = await prepared(database, pull, entry);
      if (one !== null) made.push(one);
    }
    await database.transaction((tx) => recordWithin(tx, pull, made, at, settled, fence, follow));
    if (settled.jobs.length > 0) follow.committed();
  },
  // Entries only ever grow: marks and the entries they name can be read one after the other. Pruning in between makes it
  // fail, and the job is repeated.
  decisions: (pull) => decisionsFor(database.handle, pull),
});
