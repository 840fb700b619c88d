// The tables of the store as Kysely sees them; migrations.ts creates them.
import type { ColumnType, Generated } from 'kysely';

type Written<T> = ColumnType<T, T, never>;

export type LedgerEntryTable = {
  installation: Written<number>;
  sequence: Written<number>;
  at: Written<Date>;
  kind: Written<string>;
  repository_id: Written<number | null>;
  repository: Written<string | null>;
  pull: Written<number | null>;
  head_sha: Written<string | null>;
  /** Canonical JSON. Text, because jsonb reorders keys and refuses U+0000. */
  body: Written<string>;
  previous: Written<string>;
  hash: Written<string>;
};

/** Last link of each chain; its row lock is what serialises the appends of one installation. */
type LedgerHeadTable = { installation: number; sequence: number; hash: string; previous: string | null };

/** Index from fingerprints to the entries that decided on them; verified against the entries. */
type LedgerMarkTable = {
  installation: Written<number>;
  sequence: Written<number>;
  at: Written<Date>;
  kind: Written<string>;
  repository_id: Written<number>;
  pull: Written<number | null>;
  fingerprint: Written<string>;
  /** When the person decided; null for what nobody decided, and for entries from before the column. */
  decided_at: Written<Date | null>;
};

type PendingJobTable = {
  key: string;
  installation: number;
  job: string;
  urgency: number;
  generation: number;
  /** The generation that was last handed to a worker; 0 for none. */
  taken: number;
  rank: number;
  failure: string | null;
  /** `Job.refresh` and `Job.again` of this and every event it replaced. */
  refresh: boolean;
  again: boolean;
  asked_at: Generated<Date>;
};

type ClaimTable = {
  id: string;
  arrival: Generated<number>;
  installation: number;
  repository_id: number;
  pull: number;
  claim: string;
  received_at: Generated<Date>;
  handled_at: Date | null;
};

type CacheTable = {
  kind: 'blob' | 'answer';
  key: string;
  content: string;
  bytes: number;
  used_at: Generated<Date>;
  /** Null for what stays true for ever. */
  expires_at: Date | null;
};

type PublishedCheckTable = {
  repository_id: number;
  head_sha: string;
  name: string;
  check_run_id: number | null;
  digest: string;
  published_at: Generated<Date>;
};

type PublishedCommentTable = {
  repository_id: number;
  pull: number;
  key: string;
  comment_id: number | null;
  digest: string;
  published_at: Generated<Date>;
};

/** The last known state of a pull request, and what its verdict shows on the commit `shown_sha`. Both are JSON. */
type PullRequestTable = {
  repository_id: number;
  number: number;
  open: boolean;
  state: string;
  updated_at: Date;
  shown_sha: string | null;
  shown: string | null;
  installation: number;
  /** When the first approval ends that the last verdict rests on; null for never. */
  expires_at: Date | null;
  /** Projects whose clearance the last verdict asked about; null for none. */
  leans_on: ColumnType<unknown, string[] | null, string[] | null>;
  /** A worker died or was lost at it: what the forge shows is looked at until then; null where nobody has to. */
  doubted_until: Date | null;
};

type EvidencePieceTable = { hash: string; content: string; used_at: Generated<Date> };

type KeptEvidenceTable = {
  installation: Written<number>;
  hash: Written<string>;
  content: Written<string>;
  kept_at: Generated<Date>;
};

type ChoreTable = { name: string; due_at: Date };

/** Deliveries GitHub was asked for again; `delivery` is the id of the failure that was answered. */
type RedeliveryTable = { guid: string; delivery: string; attempts: number; at: Date };

/** Dockerfiles of judged repositories: `file` is the JSON of a `KnownFile`, `state` says whether it still stands so. */
type SeenDockerfileTable = {
  repository_id: number;
  path: string;
  installation: number;
  visibility: string;
  state: string;
  file: string;
  fingerprints: ColumnType<unknown, number[], number[]>;
  seen_at: Generated<Date>;
};

export type Schema = {
  ledger_entries: LedgerEntryTable;
  ledger_heads: LedgerHeadTable;
  ledger_marks: LedgerMarkTable;
  pending_jobs: PendingJobTable;
  claims: ClaimTable;
  cache: CacheTable;
  published_checks: PublishedCheckTable;
  published_comments: PublishedCommentTable;
  pull_requests: PullRequestTable;
  evidence_pieces: EvidencePieceTable;
  kept_evidence: KeptEvidenceTable;
  chores: ChoreTable;
  redeliveries: RedeliveryTable;
  seen_dockerfiles: SeenDockerfileTable;
};
