// Evidence in pieces that verdicts share, so that any recorded verdict can be replayed.
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { canonicalJson } from '../core/canonical-json.ts';
import type { Blob, Evidence, Instant, Oid, Snapshot, TreeEntry } from '../core/model/evidence.ts';
import type { ImageRecord } from '../core/model/image.ts';
import type { PullRequestRef } from '../ports.ts';
import type { Database, Handle, Tx } from './database.ts';
import { createRecent } from './recent.ts';

/** Rows per statement: Postgres takes at most 65,535 parameters. */
const BATCH = 500;

/** A snapshot whose files are kept folder by folder: commits differ in few folders. */
type KeptSnapshot = { readonly commit: Oid; readonly folders: string };

/** What registries said, as a piece; when they did is no part of it, so that the same answer is kept once. */
type KeptImage = { readonly askedAt: Instant | null; readonly said: string };

type Kept = Omit<Evidence, 'base' | 'head' | 'blobs' | 'images'> & {
  readonly base: KeptSnapshot | null;
  readonly head: KeptSnapshot;
  /** Git's id of each content that was read → the piece that holds it. */
  readonly blobs: Readonly<Record<Oid, string>>;
  readonly images: readonly KeptImage[];
};

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Folders of this depth are pieces of their own: deeper ones would be many, shallower ones large. */
const DEPTH = 2;

const folderOf = (path: string): string => path.split('/').slice(0, -1).slice(0, DEPTH).join('/');

/** A piece by its hash; its text is only made where it is needed. */
type Piece = () => string;

/** Values that many evidences share, as the very same objects: their hashes are computed once. */
const HASHES = new WeakMap<object, string>();

/** Evidence as one text and the pieces it names, by their hash. */
const taken = (evidence: Evidence): { readonly text: string; readonly pieces: Map<string, Piece> } => {
  const pieces = new Map<string, Piece>();
  const keep = (value: object): string => {
    const text = JSON.stringify(value);
    const hash = hashOf(text);
    pieces.set(hash, () => text);
    return hash;
  };
  const keepShared = (value: object): string => {
    const hash = HASHES.get(value) ?? keep(value);
    HASHES.set(value, hash);
    if (!pieces.has(hash)) pieces.set(hash, () => JSON.stringify(value));
    return hash;
  };
  const snapshot = ({ commit, entries }: Snapshot): KeptSnapshot => {
    const folders = new Map<string, TreeEntry[]>();
    for (const entry of entries) {
      const folder = folderOf(entry.path);
      const known = folders.get(folder);
      if (known === undefined) folders.set(folder, [entry]);
      else known.push(entry);
    }
    return { commit, folders: keep([...folders.values()].map(keep)) };
  };
  const kept: Kept = {
    ...evidence,
    base: evidence.base === null ? null : snapshot(evidence.base),
    head: snapshot(evidence.head),
    images: evidence.images.map(({ askedAt, ...said }) => ({ askedAt, said: keep(said) })),
    blobs: Object.fromEntries(Object.entries(evidence.blobs).map(([oid, blob]) => [oid, keepShared(blob)])),
  };
  return { text: canonicalJson(kept), pieces };
};

/** Evidence whose pieces are durable; `content` still has to be kept under `hash`. */
export type PreparedEvidence = { readonly hash: string; readonly content: string };

export type PrepareEvidence = (evidence: Evidence) => Promise<PreparedEvidence>;

/** Pieces this process knows to be kept, and for how long it believes that: much less than they are kept unused. */
const KNOWN_PIECES_BYTES = 4 * 1_048_576;
const KNOWN_MS = 6 * 3_600_000;

/**
 * Keeps the pieces. Outside any transaction: others keep the same pieces at the same time, and would all wait for the one
 * that came first until its transaction ends. Pieces that nothing names in the end are pruned like those that nothing
 * names any more.
 */
export const preparingOn = ({ handle, alone }: Database): PrepareEvidence => {
  const recent = createRecent<number>(KNOWN_PIECES_BYTES);
  return async (evidence) => {
    const { text, pieces } = taken(evidence);
    const prepared = { hash: hashOf(text), content: text };
    const since = performance.now() - KNOWN_MS;
    const asked = [...pieces.keys()].filter((hash) => (recent.get(hash) ?? Number.NEGATIVE_INFINITY) < since);
    if (asked.length === 0) return prepared;
    const known = await alone<{ readonly hash: string }>(
      `select hash from evidence_pieces where hash = any($1::text[]) and used_at >= now() - interval '1 day'`,
      [asked],
    );
    const fresh = new Set(known.map(({ hash }) => hash));
    // In one order everywhere: two that keep the same pieces wait for each other instead of deadlocking.
    const rows = asked
      .filter((hash) => !fresh.has(hash))
      .sort()
      .map((hash) => ({ hash, content: pieces.get(hash)?.() ?? '' }));
    for (let from = 0; from < rows.length; from += BATCH)
      await handle
        .insertInto('evidence_pieces')
        .values(rows.slice(from, from + BATCH))
        .onConflict((conflict) => conflict.column('hash').doUpdateSet({ used_at: sql<Date>`now()` }))
        .execute();
    const now = performance.now();
    for (const hash of asked) recent.put(hash, now, hash.length + 40);
    return prepared;
  };
};

/** Keeps the evidence, and answers the hash by which a ledger entry names it. */
export const keepEvidence = async (
  tx: Tx,
  installation: number,
  { hash, content }: PreparedEvidence,
): Promise<string> => {
  await tx
    .insertInto('kept_evidence')
    .values({ hash, installation, content })
    .onConflict((conflict) => conflict.columns(['installation', 'hash']).doNothing())
    .execute();
  return hash;
};

/**
 * The evidence a ledger entry names; null when it was pruned.
 *
 * @throws Error when a piece is missing or is not what its hash says.
 */
export const readEvidence = async (
  handle: Handle,
  installation: number,
  hash: string,
): Promise<Evidence | null> => {
  const row = await handle
    .selectFrom('kept_evidence')
    .select('content')
    .where('installation', '=', installation)
    .where('hash', '=', hash)
    .executeTakeFirst();
  if (row === undefined) return null;
  if (hashOf(row.content) !== hash) throw new Error(`the evidence ${hash} is not what was recorded`);
  const kept = JSON.parse(row.content) as Kept;
  const pieces = async <T>(hashes: readonly string[]): Promise<readonly T[]> => {
    const found = new Map<string, string>();
    const distinct = [...new Set(hashes)];
    for (let from = 0; from < distinct.length; from += BATCH) {
      const rows = await handle
        .selectFrom('evidence_pieces')
        .select(['hash', 'content'])
        .where('hash', 'in', distinct.slice(from, from + BATCH))
        .execute();
      for (const each of rows) found.set(each.hash, each.content);
    }
    return hashes.map((each) => {
      const content = found.get(each);
      if (content === undefined || hashOf(content) !== each)
        throw new Error(`the piece ${each} of the evidence ${hash} is missing or not what was recorded`);
      return JSON.parse(content) as T;
    });
  };
  const snapshot = async ({ commit, folders }: KeptSnapshot): Promise<Snapshot> => {
    const [list] = await pieces<readonly string[]>([folders]);
    const entries = (await pieces<readonly TreeEntry[]>(list ?? [])).flat();
    return { commit, entries: [...entries].sort((a, b) => (a.path < b.path ? -1 : 1)) };
  };
  const oids = Object.keys(kept.blobs);
  const blobs = await pieces<Blob>(oids.map((oid) => kept.blobs[oid] ?? ''));
  const said = await pieces<Omit<ImageRecord, 'askedAt'>>(kept.images.map((image) => image.said));
  return {
    ...kept,
    base: kept.base === null ? null : await snapshot(kept.base),
    head: await snapshot(kept.head),
    images: said.map((record, index) => ({ ...record, askedAt: kept.images[index]?.askedAt ?? null })),
    blobs: Object.fromEntries(oids.map((oid, index) => [oid, blobs[index] as Blob])),
  };
};

/**
 * Reads everything that is kept of evidence, a page at a time.
 *
 * @returns how many texts there are, and the hashes of those that are not what was recorded, sorted.
 */
export const verifyEvidence = async (
  handle: Handle,
): Promise<{ readonly kept: number; readonly changed: readonly string[] }> => {
  let kept = 0;
  const changed = new Set<string>();
  const look = (rows: readonly { readonly hash: string; readonly content: string }[]): void => {
    kept += rows.length;
    for (const { hash, content } of rows) if (hashOf(content) !== hash) changed.add(hash);
  };
  for (let [installation, after] = [0, '']; ; ) {
    const rows = await handle
      .selectFrom('kept_evidence')
      .select(['installation', 'hash', 'content'])
      .where(({ eb, refTuple, tuple }) =>
        eb(refTuple('installation', 'hash'), '>', tuple(installation, after)),
      )
      .orderBy('installation')
      .orderBy('hash')
      .limit(BATCH)
      .execute();
    look(rows);
    const last = rows.at(-1);
    if (last === undefined) break;
    ({ installation, hash: after } = last);
  }
  for (let after = ''; ; ) {
    const rows = await handle
      .selectFrom('evidence_pieces')
      .select(['hash', 'content'])
      .where('hash', '>', after)
      .orderBy('hash')
      .limit(BATCH)
      .execute();
    look(rows);
    const last = rows.at(-1);
    if (last === undefined) break;
    after = last.hash;
  }
  return { kept, changed: [...changed].sort() };
};

/** What the newest recorded verdict of a pull request was made from; null when there is none any more. */
export const latestEvidence = async (
  handle: Handle,
  { installation, repositoryId, number }: PullRequestRef,
): Promise<Evidence | null> => {
  const last = await handle
    .selectFrom('ledger_entries')
    .select('body')
    .where('repository_id', '=', repositoryId)
    .where('pull', '=', number)
    .where('installation', '=', installation)
    .where('kind', '=', 'verdict')
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (last === undefined) return null;
  const { evidence } = JSON.parse(last.body) as { readonly evidence?: unknown };
  return typeof evidence === 'string' ? readEvidence(handle, installation, evidence) : null;
};

/** Forgets evidence older than the ledger's entries, and pieces that nothing younger has used. */
export const pruneEvidence = async (handle: Handle, days: number): Promise<void> => {
  const since = sql<Date>`now() - make_interval(days => ${days})`;
  await handle.deleteFrom('kept_evidence').where('kept_at', '<', since).execute();
  // A use counts once a day, so a piece may look a day older than the evidence that names it.
  const unused = sql<Date>`now() - make_interval(days => ${days + 2})`;
  await handle.deleteFrom('evidence_pieces').where('used_at', '<', unused).execute();
};
