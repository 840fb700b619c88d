// The schema, step by step: each migration is a list of statements that both engines take. Published ones never change.

import { sql } from 'kysely';
import type { Migration, MigrationProvider } from 'kysely/migration';

/** Days the database itself keeps a ledger entry from being deleted, whatever the caller asks for. */
export const LEDGER_MINIMUM_DAYS = 180;

const initial = [
  `create table ledger_entries (
     installation bigint not null,
     sequence bigint not null check (sequence > 0),
     at timestamptz not null,
     kind text not null,
     repository_id bigint,
     repository text,
     pull bigint,
     head_sha text,
     body text not null,
     previous text not null check (length(previous) = 64),
     hash text not null check (length(hash) = 64),
     primary key (installation, sequence)
   )`,
  `create index ledger_entries_by_pull on ledger_entries (repository_id, pull, sequence)`,
  `create index ledger_entries_checkpoints on ledger_entries (installation, sequence) where kind = 'checkpoint'`,
  `create table ledger_heads (
     installation bigint primary key,
     sequence bigint not null,
     hash text not null
   )`,
  `create table ledger_marks (
     installation bigint not null,
     sequence bigint not null,
     at timestamptz not null,
     kind text not null,
     repository_id bigint not null,
     pull bigint,
     fingerprint text not null,
     primary key (installation, sequence, fingerprint)
   )`,
  `create index ledger_marks_by_fingerprint on ledger_marks (installation, repository_id, fingerprint, sequence)`,
  // Even with the pruning switch set by hand, nothing younger than the minimum can go.
  `create function ledger_guard() returns trigger language plpgsql as $guard$
   begin
     if tg_op = 'DELETE' then
       if current_setting('clear_to_ship.pruning', true) = old.installation::text
          and old.at <= now() - interval '${LEDGER_MINIMUM_DAYS} days' then
         return old;
       end if;
     end if;
     raise exception 'the ledger is append-only: % of % is refused', tg_op, tg_table_name
       using errcode = 'insufficient_privilege';
   end $guard$`,
  ...['ledger_entries', 'ledger_marks'].flatMap((table) => [
    `create trigger ${table}_append_only before update or delete on ${table}
       for each row execute function ledger_guard()`,
    `create trigger ${table}_no_truncate before truncate on ${table}
       for each statement execute function ledger_guard()`,
  ]),
  // The one way out of the ledger. It asks for the checkpoint that keeps the chain verifiable: canonical JSON sorts
  // its keys, so the body of a checkpoint ends in the hash and the number of the last entry it stands for.
  `create function ledger_prune(of_installation bigint, through bigint) returns bigint language plpgsql as $prune$
   declare
     removed bigint;
   begin
     if not exists (
       select 1 from ledger_entries c
         join ledger_entries e on e.installation = c.installation and e.sequence = through
        where c.installation = of_installation and c.kind = 'checkpoint' and c.sequence > through
          and c.body like '%"hash":"' || e.hash || '","through":' || through || '}'
     ) then
       raise exception 'no checkpoint holds the hash of entry % of installation %', through, of_installation;
     end if;
     perform set_config('clear_to_ship.pruning', of_installation::text, true);
     delete from ledger_entries where installation = of_installation and sequence <= through;
     get diagnostics removed = row_count;
     delete from ledger_marks m where m.installation = of_installation and m.sequence <= through
       and not (m.kind = 'approved' and not exists (
         select 1 from ledger_marks t
          where t.installation = m.installation and t.repository_id = m.repository_id
            and t.fingerprint = m.fingerprint and t.sequence > m.sequence and t.kind <> 'approved'));
     perform set_config('clear_to_ship.pruning', '', true);
     return removed;
   end $prune$`,

  `create table pending_jobs (
     key text primary key,
     installation bigint not null,
     job text not null,
     urgency integer not null,
     generation bigint not null,
     taken bigint not null default 0,
     rank bigint not null,
     failure text,
     refresh boolean not null default false,
     again boolean not null default false,
     asked_at timestamptz not null default now()
   )`,
  `create index pending_jobs_rank on pending_jobs (urgency, rank)`,
  `create index pending_jobs_share on pending_jobs (installation, urgency, rank)`,

  `create table claims (
     id text primary key,
     arrival bigint generated always as identity,
     installation bigint not null,
     repository_id bigint not null,
     pull bigint not null,
     claim text not null,
     received_at timestamptz not null default now(),
     handled_at timestamptz
   )`,
  `create index claims_open on claims (repository_id, pull, arrival) where handled_at is null`,
  `create index claims_handled on claims (handled_at) where handled_at is not null`,

  `create table cache (
     kind text not null,
     key text not null,
     content text not null,
     bytes bigint not null,
     used_at timestamptz not null default now(),
     expires_at timestamptz,
     primary key (kind, key)
   )`,
  `create index cache_used on cache (used_at)`,
  `create index cache_expiry on cache (expires_at) where expires_at is not null`,

  `create table published_checks (
     repository_id bigint not null,
     head_sha text not null,
     name text not null,
     check_run_id bigint,
     digest text not null,
     published_at timestamptz not null default now(),
     primary key (repository_id, head_sha, name)
   )`,
  `create index published_checks_age on published_checks (published_at)`,
  `create table published_comments (
     repository_id bigint not null,
     pull bigint not null,
     key text not null,
     comment_id bigint,
     digest text not null,
     published_at timestamptz not null default now(),
     primary key (repository_id, pull, key)
   )`,
];

const pullRequests = [
  `create table pull_requests (
     repository_id bigint not null,
     number bigint not null,
     open boolean not null,
     state text not null,
     updated_at timestamptz not null,
     shown_sha text,
     shown text,
     primary key (repository_id, number)
   )`,
  `create index pull_requests_by_shown on pull_requests (repository_id, shown_sha) where open`,
];

const replayAndHealing = [
  // Files of one folder, or one content, as JSON; named by the SHA-256 of the text.
  `create table evidence_pieces (
     hash text primary key,
     content text not null,
     used_at timestamptz not null default now()
   )`,
  `create index evidence_pieces_age on evidence_pieces (used_at)`,
  `create table kept_evidence (
     installation bigint not null,
     hash text not null,
     content text not null,
     kept_at timestamptz not null default now(),
     primary key (installation, hash)
   )`,
  `create index kept_evidence_age on kept_evidence (kept_at)`,
  `alter table pull_requests add column installation bigint`,
  // jsonb would refuse the U+0000 that a title may hold.
  `update pull_requests set installation = (state::json #>> '{pull,installation}')::bigint`,
  `alter table pull_requests alter column installation set not null`,
  `alter table pull_requests add column expires_at timestamptz`,
  `create index pull_requests_open on pull_requests (installation, repository_id, number) where open`,
  `create index pull_requests_expiry on pull_requests (expires_at) where open and expires_at is not null`,
  `create table chores (name text primary key, due_at timestamptz not null)`,
  `create table redeliveries (
     guid text primary key,
     delivery text not null,
     attempts integer not null,
     at timestamptz not null
   )`,
];

const seenDockerfiles = [
  `create table seen_dockerfiles (
     repository_id bigint not null,
     path text not null,
     installation bigint not null,
     visibility text not null,
     state text not null,
     file text not null,
     fingerprints bigint[] not null,
     seen_at timestamptz not null default now(),
     primary key (repository_id, path)
   )`,
  `create index seen_dockerfiles_by_fingerprint on seen_dockerfiles using gin (fingerprints)`,
  `create index seen_dockerfiles_age on seen_dockerfiles (installation, seen_at)`,
];

/** Decisions are weighed by when they were made: their events arrive, and are recorded, in any order. */
const decidedAt = [
  `alter table ledger_marks add column decided_at timestamptz`,
  // As in 0001, but for the order of what ended an approval.
  `create or replace function ledger_prune(of_installation bigint, through bigint) returns bigint language plpgsql as $prune$
   declare
     removed bigint;
   begin
     if not exists (
       select 1 from ledger_entries c
         join ledger_entries e on e.installation = c.installation and e.sequence = through
        where c.installation = of_installation and c.kind = 'checkpoint' and c.sequence > through
          and c.body like '%"hash":"' || e.hash || '","through":' || through || '}'
     ) then
       raise exception 'no checkpoint holds the hash of entry % of installation %', through, of_installation;
     end if;
     perform set_config('clear_to_ship.pruning', of_installation::text, true);
     delete from ledger_entries where installation = of_installation and sequence <= through;
     get diagnostics removed = row_count;
     delete from ledger_marks m where m.installation = of_installation and m.sequence <= through
       and not (m.kind = 'approved' and not exists (
         select 1 from ledger_marks t
          where t.installation = m.installation and t.repository_id = m.repository_id
            and t.fingerprint = m.fingerprint and t.kind <> 'approved'
            and (coalesce(t.decided_at, t.at) > coalesce(m.decided_at, m.at)
              or (coalesce(t.decided_at, t.at) = coalesce(m.decided_at, m.at)
                and (t.sequence > m.sequence or (t.decided_at is not null and m.decided_at is not null))))));
     perform set_config('clear_to_ship.pruning', '', true);
     return removed;
   end $prune$`,
];

const deliveredByName = [
  `create index ledger_entries_delivered on ledger_entries (installation, lower(repository), sequence desc)
    where kind = 'delivered'`,
];

/** What a link points to, told by the statement that moves the end of the chain. */
const headsPrevious = [`alter table ledger_heads add column previous text`];

const leaningAndDoubts = [
  `alter table pull_requests add column leans_on text[], add column doubted_until timestamptz`,
  `create index pull_requests_leaning on pull_requests (installation) where open and leans_on is not null`,
  `create index pull_requests_doubted on pull_requests (doubted_until) where doubted_until is not null`,
];

/**
 * Each evaluation writes these; the default compression takes longer than everything else a statement does. Servers that were
 * built without it, or are older, go on as before; what is kept already stays as it is.
 */
const quickCompression = [
  ['ledger_entries', 'body'],
  ['kept_evidence', 'content'],
  ['pull_requests', 'state'],
  ['pull_requests', 'shown'],
  ['cache', 'content'],
  ['evidence_pieces', 'content'],
].map(
  ([table, column]) => `do $compress$
   begin
     execute 'alter table ${table} alter column ${column} set compression lz4';
   exception when feature_not_supported or syntax_error or invalid_parameter_value then
     null;
   end $compress$`,
);

const migrations: Readonly<Record<string, readonly string[]>> = {
  '0001-initial': initial,
  '0002-pull-requests': pullRequests,
  '0003-replay-and-healing': replayAndHealing,
  '0004-seen-dockerfiles': seenDockerfiles,
  '0005-decided-at': decidedAt,
  '0006-delivered-by-name': deliveredByName,
  '0007-heads-previous': headsPrevious,
  '0008-leaning-and-doubts': leaningAndDoubts,
  '0009-quick-compression': quickCompression,
};

/** Kysely's source of migrations; names sort in the order they run. */
export const migrationProvider: MigrationProvider = {
  async getMigrations() {
    return Object.fromEntries(
      Object.entries(migrations).map(([name, statements]): [string, Migration] => [
        name,
        {
          async up(db) {
            for (const statement of statements) await sql.raw(statement).execute(db);
          },
        },
      ]),
    );
  },
};
