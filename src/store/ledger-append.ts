// One verdict → the end of its installation's chain, with its evidence, in one statement behind the worker's fence.
import { canonicalJson } from '../core/canonical-json.ts';
import type { Alone } from './database.ts';
import type { PreparedEvidence } from './kept-evidence.ts';
import { assertRecordable, decidedFingerprints, GENESIS, linkParts, type NewEntry } from './ledger-entry.ts';
import { type Claimed, heldSql, heldValues } from './queue-turn.ts';

/** The hash is the database's work here: the link before is only known once the chain is locked. See `linkHashOf`. */
const hashSql = (previous: string, sequence: string): string =>
  `encode(sha256(convert_to(${previous} || $11::text || $9::text || $12::text || ${sequence} || '}', 'UTF8')), 'hex')`;

const APPEND = `
  with held as (${heldSql(1)}),
  expected as (
    select 1 from held where $16::bigint is null or $16::bigint = (
      select sequence from ledger_entries
       where repository_id = $13::bigint and pull = $15::bigint and installation = $5::bigint and kind = 'verdict'
       order by sequence desc limit 1)),
  kept as (
    insert into kept_evidence (hash, installation, content)
    select $4::text, $5::bigint, $10::text from expected
    on conflict (installation, hash) do nothing),
  head as (
    insert into ledger_heads as chain (installation, sequence, hash, previous)
    select $5::bigint, 1, ${hashSql(`'${GENESIS}'`, "'1'")}, '${GENESIS}' from expected
    on conflict (installation) do update
      set sequence = chain.sequence + 1, hash = ${hashSql('chain.hash', '(chain.sequence + 1)::text')},
          previous = chain.hash
    returning sequence, hash, previous)
  insert into ledger_entries (installation, sequence, at, kind, repository_id, repository, pull, head_sha, body, previous, hash)
  select $5::bigint, head.sequence, $6::timestamptz, $7::text, $13::bigint, $14::text, $15::bigint, $8::text, $9::text,
         head.previous, head.hash from head
  returning sequence`;

/**
 * Records an entry that decides nothing and is about a repository. Null when another worker has the job, or when `newest` is
 * not the place of the pull request's newest verdict (null for whichever it is): nothing is recorded then.
 *
 * @returns the entry's place in the chain.
 * @throws TypeError when the entry can't be recorded exactly.
 */
export const appendOne = async (
  alone: Alone,
  claimed: Claimed,
  entry: NewEntry,
  evidence: PreparedEvidence,
  newest: number | null = null,
): Promise<number | null> => {
  assertRecordable(entry);
  if (decidedFingerprints(entry).length > 0) throw new TypeError('what decides is recorded with its marks');
  const [before, after] = linkParts(entry);
  const { installation, at, kind, headSha, body, repository, pull } = entry;
  const [row] = await alone<{ readonly sequence: number }>(APPEND, [
    ...heldValues(claimed),
    evidence.hash,
    installation,
    at,
    kind,
    headSha,
    canonicalJson(body),
    evidence.content,
    before,
    after,
    repository?.id ?? null,
    repository?.name ?? null,
    pull,
    newest,
  ]);
  return row?.sequence ?? null;
};
