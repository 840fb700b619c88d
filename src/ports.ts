// The few small interfaces the gate needs; adapters implement them, main.ts and cli.ts choose which.
import type {
  Actor,
  Blob,
  Decision,
  Evidence,
  Gap,
  Instant,
  Oid,
  Visibility,
} from './core/model/evidence.ts';
import type { CheckReport, Report } from './core/model/report.ts';
import type { Verdict } from './core/model/verdict.ts';

/** A pull request by the ids that survive renames, and the names the API wants. */
export type PullRequestRef = {
  readonly installation: number;
  readonly repositoryId: number;
  readonly owner: string;
  readonly repository: string;
  readonly number: number;
};

/** What the forge last said about a pull request, in a signed event or an answer. */
export type PullRequestState = {
  readonly pull: PullRequestRef;
  /** Global node ids, which the GraphQL API wants. */
  readonly nodeId: string;
  readonly repositoryNodeId: string;
  /** Web address of the forge, e.g. `https://github.com`. */
  readonly server: string;
  readonly open: boolean;
  readonly title: string;
  readonly baseRef: string;
  readonly baseSha: string;
  readonly headSha: string;
  readonly isDraft: boolean;
  readonly isFork: boolean;
  readonly visibility: Visibility;
  readonly author: Actor;
  /** Who is known to have pushed to it, beside the authors of its commits. */
  readonly pushers: readonly Actor[];
  readonly labels: readonly string[];
  /** Number of files GitHub says the pull request changes; null when it did not say. */
  readonly changedFiles: number | null;
  readonly updatedAt: Instant;
};

/** Work for the gate: evaluate this pull request, because of that event. */
export type Job = {
  readonly pull: PullRequestRef;
  /** Event and action, e.g. `pull_request.synchronize`, or `sweep`. */
  readonly cause: string;
  /** The forge's id of the webhook delivery; null for the app's own sweeps. */
  readonly delivery: string | null;
  /** Whether to ask the forge for the pull request's state first, because the event did not carry it. */
  readonly refresh: boolean;
  /** Whether to publish again what is published already, because somebody asked for a re-run. */
  readonly again: boolean;
};

/**
 * Something a person did that may be meant as a decision, as a signed event carried it. What it means and whether it
 * counts is only known after policy, the roster and the contributors have been asked (see `gate.ts`).
 */
export type Claim = {
  /** The delivery's GUID and kind: the same claim arrives twice on a redelivery. */
  readonly id: string;
  readonly pull: PullRequestRef;
  readonly act: 'labeled' | 'unlabeled' | 'review-approved' | 'review-changes-requested' | 'review-dismissed';
  /** Name of the label, or the body of the review. */
  readonly text: string;
  readonly actor: Actor;
  /** The head in the signed payload: what the person saw. */
  readonly headSha: string;
  readonly at: Instant;
};

export type Clock = () => Date;

export type Source = {
  /**
   * Everything about the pull request at `headSha` (its last known head when null). `wanted` is asked which files are
   * still missing until it wants nothing more. What can't be had becomes a gap of the evidence.
   */
  collect(
    pull: PullRequestRef,
    headSha: string | null,
    wanted: (evidence: Evidence) => readonly string[],
  ): Promise<Evidence>;
};

export type Roster = {
  /** Through which of `teams` (`organization/slug`) the actor may decide now; null for none; a gap when it can't be known. */
  memberOf(pull: PullRequestRef, teams: readonly string[], actor: Actor): Promise<string | null | Gap>;
};

export type LedgerEntry =
  | { readonly kind: 'verdict'; readonly verdict: Verdict; readonly cause: string }
  | { readonly kind: 'decision'; readonly decision: Decision }
  | { readonly kind: 'refused'; readonly claim: Claim; readonly reason: string };

export type Ledger = {
  /** Durable before it resolves. A claim that leads to the entry is closed in the same transaction. */
  record(
    pull: PullRequestRef,
    entries: readonly LedgerEntry[],
    at: Date,
    closes?: readonly Claim[],
  ): Promise<void>;
  /** Decisions that may bear on the pull request: its own, and the repository's standing approvals. */
  decisions(pull: PullRequestRef): Promise<readonly Decision[]>;
};

export type Claims = {
  /** Claims on the pull request that nobody has decided on yet, in the order in which they arrived. */
  open(pull: PullRequestRef): Promise<readonly Claim[]>;
};

export type PullRequests = {
  /** Keeps the newest state by `updatedAt`; pushers accumulate. */
  remember(state: PullRequestState): Promise<void>;
  recall(pull: PullRequestRef): Promise<PullRequestState | null>;
};

/** Where the forge is asked for a pull request's state. */
export type Forge = { askState(pull: PullRequestRef): Promise<PullRequestState> };

/** Where webhooks leave what they brought. Durable in one transaction before it resolves. */
export type Inbox = {
  accept(event: {
    readonly state: PullRequestState | null;
    readonly claim: Claim | null;
    readonly job: Job;
  }): Promise<void>;
};

/** Content by blob id: immutable, so it may be kept for ever. */
export type BlobCache = {
  get(oids: readonly Oid[]): Promise<ReadonlyMap<Oid, Blob>>;
  put(blobs: ReadonlyMap<Oid, Blob>): Promise<void>;
};

/** Answers that stay true for ever, or for a while; a cache that forgets costs requests, never truth. */
export type AnswerCache = {
  /** The value kept under `key`, else what `ask` answers, kept for as long as `keep` says (ms; 0 for not at all, Infinity for ever). */
  through<T>(key: string, ask: () => Promise<T>, keep: (value: T) => number): Promise<T>;
  /** Forgets every key that begins so. */
  forget(prefix: string): Promise<void>;
};

/** What the publisher remembers between runs, so that nothing is shown twice. */
export type Published = {
  /** Digest of the newest run of that name on the commit; null when there is none. */
  checkDigest(repositoryId: number, headSha: string, name: string): Promise<string | null>;
  keepCheck(
    repositoryId: number,
    headSha: string,
    name: string,
    checkRunId: number | null,
    digest: string,
  ): Promise<void>;
  /** A comment of ours by its key; `id` is null while nobody knows whether it was created. */
  comment(
    pull: PullRequestRef,
    key: string,
  ): Promise<{ readonly id: number | null; readonly digest: string } | null>;
  keepComment(pull: PullRequestRef, key: string, id: number | null, digest: string): Promise<void>;
  /** Keeps what this pull request's verdict on the commit shows, and answers what other open ones show on the same commit. */
  share(
    pull: PullRequestRef,
    headSha: string,
    checks: readonly CheckReport[],
  ): Promise<readonly { readonly number: number; readonly checks: readonly CheckReport[] }[]>;
};

export type Publisher = {
  /** Idempotent: publishing the same report again changes nothing, unless `again` asks for it. */
  publish(pull: PullRequestRef, report: Report, again: boolean): Promise<void>;
  /** Takes a label off again and says why in a comment. */
  refuse(pull: PullRequestRef, claim: Claim, reason: string): Promise<void>;
};
