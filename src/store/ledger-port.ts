// The gate's ledger port on the database: verdicts, decisions and refused claims become entries of the chain.
import type { Claim, Ledger, LedgerEntry, PullRequestRef } from '../ports.ts';
import { closeClaims } from './claims.ts';
import type { Database, Tx } from './database.ts';
import { appendToLedger } from './ledger.ts';
import { decisionsFor } from './ledger-decisions.ts';
import type { Json, NewEntry } from './ledger-entry.ts';

/** The port's types are readonly data through and through: JSON, though the compiler can't see that. */
const asBody = (value: object): NewEntry['body'] => value as { readonly [key: string]: Json | undefined };

/** What a port entry becomes in the chain. */
const entryOf = (pull: PullRequestRef, entry: LedgerEntry, at: Date): NewEntry => {
  const shared = {
    installation: pull.installation,
    at: at.toISOString(),
    repository: { id: pull.repositoryId, name: `${pull.owner}/${pull.repository}` },
    pull: pull.number,
  };
  switch (entry.kind) {
    case 'verdict':
      return {
        ...shared,
        kind: 'verdict',
        headSha: entry.verdict.subject.headSha,
        body: asBody({ verdict: entry.verdict, cause: entry.cause }),
      };
    case 'decision':
      return {
        ...shared,
        kind: entry.decision.kind,
        headSha: entry.decision.headSha,
        body: asBody(entry.decision),
      };
    case 'refused':
      return {
        ...shared,
        kind: 'refused',
        headSha: entry.claim.headSha,
        body: asBody({ claim: entry.claim, reason: entry.reason }),
      };
  }
};

/**
 * As `Ledger.record`, in the caller's transaction. When all the claims it closes were closed before, what they led to
 * is in the ledger already and nothing is recorded again.
 */
const recordWithin = async (
  tx: Tx,
  pull: PullRequestRef,
  entries: readonly LedgerEntry[],
  at: Date,
  closes: readonly Claim[],
): Promise<void> => {
  const closed = await closeClaims(
    tx,
    closes.map(({ id }) => id),
  );
  if (closes.length > 0 && closed === 0) return;
  const [first, ...others] = entries.map((entry) => entryOf(pull, entry, at));
  if (first !== undefined) await appendToLedger(tx, [first, ...others]);
};

export const ledgerOn = (database: Database): Ledger => ({
  record: (pull, entries, at, closes = []) =>
    database.transaction((tx) => recordWithin(tx, pull, entries, at, closes)),
  decisions: (pull) => database.snapshot((tx) => decisionsFor(tx, pull)),
});
