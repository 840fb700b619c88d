// What one link of the ledger holds, and the hash that ties it to the link before.
import { createHash } from 'node:crypto';
import { canonicalJson } from '../core/canonical-json.ts';
import type { Instant } from '../core/model/evidence.ts';

export type LedgerKind =
  | 'verdict'
  | 'approved'
  | 'rejected'
  | 'withdrawn'
  | 'expired'
  | 'invalidated'
  | 'delivered'
  | 'exception-used'
  /** A claim that was not believed, and why. */
  | 'refused'
  /** Stands for pruned entries; only pruning writes it. */
  | 'checkpoint';

/** Kinds that say how a fingerprint stands; their body lists `fingerprints`. */
export type DecidingKind = 'approved' | 'rejected' | 'withdrawn' | 'expired' | 'invalidated';

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/** What is to be recorded. */
export type NewEntry = {
  readonly installation: number;
  readonly at: Instant;
  readonly kind: LedgerKind;
  /** Null for what concerns the installation as a whole. */
  readonly repository: { readonly id: number; readonly name: string } | null;
  readonly pull: number | null;
  readonly headSha: string | null;
  readonly body: { readonly [key: string]: Json | undefined };
};

/** A link of the chain. `sequence` counts from 1 within the installation, without holes. */
export type LedgerRecord = NewEntry & {
  readonly sequence: number;
  /** Hash of the link before, 64 hexadecimal digits; `GENESIS` for the first. */
  readonly previous: string;
  readonly hash: string;
};

/** What the first link of every chain points to. */
export const GENESIS = '0'.repeat(64);

const deciding: ReadonlySet<LedgerKind> = new Set<DecidingKind>([
  'approved',
  'rejected',
  'withdrawn',
  'expired',
  'invalidated',
]);

/** SHA-256 over the previous hash (as its 64 ASCII digits) followed by the canonical JSON of the entry (UTF-8). */
export const linkHash = (previous: string, entry: NewEntry & { readonly sequence: number }): string =>
  linkHashOf(previous, entry, canonicalJson(entry.body));

/**
 * As `linkHash`, for who has the canonical JSON of the body already: it is by far the largest part. `at` and `body` are the
 * first keys in canonical order, `sequence` is the last.
 */
export const linkHashOf = (
  previous: string,
  entry: Omit<NewEntry, 'body'> & { readonly sequence: number },
  body: string,
): string => {
  const [before, after] = linkParts(entry);
  return createHash('sha256')
    .update(previous)
    .update(`${before}${body}${after}${entry.sequence}}`)
    .digest('hex');
};

/** The canonical JSON of an entry but for its body, which stands between the parts, and for `sequence` and the last brace. */
export const linkParts = ({
  at,
  headSha,
  installation,
  kind,
  pull,
  repository,
}: Omit<NewEntry, 'body'>): readonly [string, string] => {
  const others = canonicalJson({ headSha, installation, kind, pull, repository });
  return [`{"at":${canonicalJson(at)},"body":`, `,${others.slice(1, -1)},"sequence":`];
};

/** The fingerprints an entry decides on, sorted, each once; empty for entries that decide nothing. */
export const decidedFingerprints = (entry: Pick<NewEntry, 'kind' | 'body'>): readonly string[] => {
  if (!deciding.has(entry.kind)) return [];
  const { fingerprints } = entry.body;
  return Array.isArray(fingerprints)
    ? [...new Set(fingerprints.filter((one): one is string => typeof one === 'string'))].sort()
    : [];
};

/** When the person decided, in their own signed event; null for entries that nobody decided. */
export const decidedAt = ({ kind, body }: Pick<NewEntry, 'kind' | 'body'>): Instant | null => {
  if (kind !== 'approved' && kind !== 'rejected' && kind !== 'withdrawn') return null;
  return typeof body.at === 'string' && !Number.isNaN(Date.parse(body.at)) ? body.at : null;
};

/**
 * Refuses what could not be read back exactly as it was hashed.
 *
 * @throws TypeError naming the field: a bug of the caller.
 */
export const assertRecordable = (entry: NewEntry): void => {
  const time = new Date(entry.at);
  if (Number.isNaN(time.getTime()) || time.toISOString() !== entry.at) {
    throw new TypeError(`at must be an ISO 8601 instant in UTC with milliseconds, not ${entry.at}`);
  }
  if (!deciding.has(entry.kind)) return;
  if (entry.repository === null) throw new TypeError(`a ${entry.kind} entry needs its repository`);
  const { fingerprints } = entry.body;
  if (!Array.isArray(fingerprints) || !fingerprints.every((one) => typeof one === 'string')) {
    throw new TypeError(`a ${entry.kind} entry needs the list of fingerprints it is about`);
  }
};
