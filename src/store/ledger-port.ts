// The gate's ledger port on the database: verdicts, decisions and refused claims become entries of the chain.

import { canonicalJson } from '../core/canonical-json.ts';
import type { Evidence } from '../core/model/evidence.ts';
import type { Verdict } from '../core/model/verdict.ts';
import type { Claim, Job, Ledger, LedgerEntry, PullRequestRef } from '../ports.ts';
import { closeClaims } from './claims.ts';
import type { Database, Tx } from './database.ts';
import { keepEvidence } from './kept-evidence.ts';
import { appendToLedger } from './ledger.ts';
import { decisionsFor } from './ledger-decisions.ts';
import type { Json, NewEntry } from './ledger-entry.ts';
import { newsOf } from './ledger-news.ts';

/** Makes a transaction fail that is not its worker's to make any more. */
export type Fence = (tx: Tx) => Promise<void>;

/** Queues jobs in the caller's transaction; they are called for once it has committed. */
export type Follow = {
  readonly within: (tx: Tx, jobs: readonly Job[]) => Promise<void>;
  readonly committed: () => void;
};

/** The port's types are readonly data through and through: JSON, though the compiler can't see that. */
const asBody = (value: object): NewEntry['body'] => value as { readonly [key: string]: Json | undefined };

/** What a port entry becomes in the chain; nothing for a verdict that the pull request's last one says already. */
const entriesOf = async (
  tx: Tx,
  pull: PullRequestRef,
  entry: LedgerEntry,
  at: Date,
): Promise<readonly NewEntry[]> => {
  const shared = {
    installation: pull.installation,
    at: at.toISOString(),
    repository: { id: pull.repositoryId, name: `${pull.owner}/${pull.repository}` },
    // An errand is about no pull request.
    pull: pull.number === 0 ? null : pull.number,
  };
  switch (entry.kind) {
    case 'verdict': {
      const last = await lastVerdict(tx, pull);
      if (last !== null && canonicalJson(last) === canonicalJson(entry.verdict)) return [];
      const { headSha } = entry.verdict.subject;
      return [
        { ...shared, kind: 'verdict', headSha, body: asBody(await judged(tx, pull, entry)) },
        ...newsOf(last, entry.verdict).map(({ kind, body }) => ({
          ...shared,
          kind,
          headSha,
          body: asBody(body),
        })),
      ];
    }
    case 'delivered':
      return [
        {
          ...shared,
          kind: 'delivered',
          headSha: entry.verdict.subject.headSha,
          body: asBody({ ...(await judged(tx, pull, entry)), cleared: entry.cleared }),
        },
      ];
    case 'decision': {
      const { kind, headSha } = entry.decision;
      return [{ ...shared, kind, headSha, body: asBody(entry.decision) }];
    }
    case 'refused': {
      const { claim, reason } = entry;
      return [{ ...shared, kind: 'refused', headSha: claim.headSha, body: asBody({ claim, reason }) }];
    }
  }
};

type Judged = { readonly verdict: Verdict; readonly cause: string; readonly evidence: Evidence };

/** The verdict with the hash of the evidence it was made from, which is kept to replay it. */
const judged = async (
  tx: Tx,
  pull: PullRequestRef,
  { verdict, cause, evidence }: Judged,
): Promise<object> => ({
  verdict,
  cause,
  evidence: await keepEvidence(tx, pull.installation, evidence),
});

/** The pull request's newest recorded verdict: a retry that sees the same adds nothing. */
const lastVerdict = async (tx: Tx, pull: PullRequestRef): Promise<Verdict | null> => {
  const last = await tx
    .selectFrom('ledger_entries')
    .select('body')
    .where('repository_id', '=', pull.repositoryId)
    .where('pull', '=', pull.number)
    .where('installation', '=', pull.installation)
    .where('kind', '=', 'verdict')
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  return last === undefined
    ? null
    : ((JSON.parse(last.body) as { readonly verdict?: Verdict }).verdict ?? null);
};

/**
 * As `Ledger.record`, in the caller's transaction. When all the claims it closes were closed before, what they led to
 * is in the ledger and in the queue already, and nothing is recorded again.
 */
const recordWithin = async (
  tx: Tx,
  pull: PullRequestRef,
  entries: readonly LedgerEntry[],
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
    await database.transaction((tx) => recordWithin(tx, pull, entries, at, settled, fence, follow));
    if (settled.jobs.length > 0) follow.committed();
  },
  decisions: (pull) => database.snapshot((tx) => decisionsFor(tx, pull)),
});
