// Which decisions bear on a pull request: its own, and the repository's approvals that still stand.
import type { Decision } from '../core/model/evidence.ts';
import type { PullRequestRef } from '../ports.ts';
import type { Database, Handle, Tx } from './database.ts';
import { endsAfter } from './ledger.ts';
import type { LedgerRecord } from './ledger-entry.ts';
import { recordsBySequence } from './ledger-prune.ts';

/**
 * Approvals count for the fingerprints on which nothing later in the same repository ended them: an expiry, an
 * invalidation, or a rejection or withdrawal on any other pull request. The pull request's own rejections and
 * withdrawals are returned beside its approvals, in order, for the judge to weigh.
 */
const bearingMarks = (
  tx: Handle,
  { installation, repositoryId, number }: Pick<PullRequestRef, 'installation' | 'repositoryId' | 'number'>,
) =>
  tx
    .selectFrom('ledger_marks as mark')
    .select(['mark.sequence', 'mark.fingerprint'])
    .where('mark.installation', '=', installation)
    .where('mark.repository_id', '=', repositoryId)
    .where((eb) =>
      eb.or([
        eb.and([eb('mark.kind', 'in', ['rejected', 'withdrawn']), eb('mark.pull', '=', number)]),
        eb.and([
          eb('mark.kind', '=', 'approved'),
          eb.not(
            eb.exists(
              eb
                .selectFrom('ledger_marks as later')
                .select('later.sequence')
                .whereRef('later.installation', '=', 'mark.installation')
                .whereRef('later.repository_id', '=', 'mark.repository_id')
                .whereRef('later.fingerprint', '=', 'mark.fingerprint')
                .where(endsAfter('later', 'mark'))
                .where('later.kind', '<>', 'approved')
                .where((inner) =>
                  inner.or([
                    inner('later.kind', 'not in', ['rejected', 'withdrawn']),
                    inner('later.pull', 'is distinct from', number),
                    // Given on another pull request: what this one says about it ends it here as well.
                    inner('mark.pull', 'is distinct from', number),
                  ]),
                ),
            ),
          ),
        ]),
      ]),
    )
    .orderBy('mark.sequence')
    .orderBy('mark.fingerprint')
    .compile();

type Mark = { readonly sequence: number; readonly fingerprint: string };

/** Stands for the pull request in the statement, which is worded once: no id is negative. */
const ANY = { installation: -1, repositoryId: -2, number: -3 };

const marksOn = ({ handle, alone }: Database): ((pull: PullRequestRef) => Promise<readonly Mark[]>) => {
  const { sql: text, parameters } = bearingMarks(handle, ANY);
  return ({ installation, repositoryId, number }) =>
    alone<Mark>(
      text,
      parameters.map((each) =>
        each === ANY.installation
          ? installation
          : each === ANY.repositoryId
            ? repositoryId
            : each === ANY.number
              ? number
              : each,
      ),
    );
};

const bySequence = (rows: readonly Mark[]): ReadonlyMap<number, readonly string[]> => {
  const marks = new Map<number, string[]>();
  for (const { sequence, fingerprint } of rows)
    marks.set(sequence, [...(marks.get(sequence) ?? []), fingerprint]);
  return marks;
};

/** A decision as it was recorded, cut down to the fingerprints it still counts for. */
const decisionOf = (record: LedgerRecord, fingerprints: readonly string[]): Decision => {
  const decision = record.body as unknown as Decision;
  return { ...decision, fingerprints: [...fingerprints].sort(), pull: record.pull };
};

/** Decisions for `Evidence.decisions`, oldest first. Expiry dates are the judge's to compare. */
export const decisionsOn = (database: Database): ((pull: PullRequestRef) => Promise<readonly Decision[]>) => {
  const marksOf = marksOn(database);
  return async (pull) => decisionsBy(database.handle, pull, bySequence(await marksOf(pull)));
};

const decisionsBy = async (
  handle: Handle,
  pull: PullRequestRef,
  marks: ReadonlyMap<number, readonly string[]>,
): Promise<readonly Decision[]> => {
  if (marks.size === 0) return [];
  const records = await recordsBySequence(handle, pull.installation, [...marks.keys()]);
  if (records.length !== marks.size) {
    // An approval that can't be read must not silently turn into none, nor a rejection into nothing.
    throw new Error(
      `the ledger of installation ${pull.installation} misses entries its index of decisions names`,
    );
  }
  return records.map((record) => decisionOf(record, marks.get(record.sequence) ?? []));
};

/** How a fingerprint stands in a repository: the last thing that was decided on it. */
export type Standing = {
  readonly fingerprint: string;
  readonly kind: string;
  readonly sequence: number;
  readonly pull: number | null;
  readonly at: string;
};

/** The latest state of every fingerprint of a repository, by fingerprint. */
export const standings = async (
  tx: Tx,
  installation: number,
  repositoryId: number,
): Promise<readonly Standing[]> => {
  const rows = await tx
    .selectFrom('ledger_marks')
    .distinctOn('fingerprint')
    .select(['fingerprint', 'kind', 'sequence', 'pull', 'at'])
    .where('installation', '=', installation)
    .where('repository_id', '=', repositoryId)
    .orderBy('fingerprint')
    .orderBy('sequence', 'desc')
    .execute();
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
};
