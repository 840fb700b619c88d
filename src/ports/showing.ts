// What the forge is made to show, and what is remembered of that so that nothing is shown twice.
import type { CheckReport, Report } from '../core/model/report.ts';
import type { Claim, CommitRange, PullRequestRef } from './work.ts';

/** What another pull request shows on a commit. */
export type Neighbour = { readonly number: number; readonly checks: readonly CheckReport[] };

type ShownRun = { readonly name: string; readonly id: number | null; readonly digest: string };

/** `id` is null while nobody knows whether the comment was created. */
export type KeptComment = { readonly id: number | null; readonly digest: string };

/** What is known of a commit, and of the pull request whose verdict it shows, by one look at all of it. */
export type Shared = {
  /** What other open pull requests show on the commit. */
  readonly others: readonly Neighbour[];
  /** Name → digest of the newest run of that name on the commit. */
  readonly digests: ReadonlyMap<string, string>;
  /** The pull request's comments of ours by their keys. */
  readonly comments: ReadonlyMap<string, KeptComment>;
};

/** What the publisher remembers between runs, so that nothing is shown twice. */
export type Published = {
  /** Name → digest of the newest run of that name on the commit. */
  checkDigests(repositoryId: number, headSha: string): Promise<ReadonlyMap<string, string>>;
  keepChecks(repositoryId: number, headSha: string, runs: readonly ShownRun[]): Promise<void>;
  /**
   * As `keepChecks`, for the head of a pull request, as long as this worker has its job: rejects otherwise. Answers what
   * other open ones show there.
   */
  keepShown(pull: PullRequestRef, headSha: string, runs: readonly ShownRun[]): Promise<readonly Neighbour[]>;
  /** A comment of ours by its key. */
  comment(pull: PullRequestRef, key: string): Promise<KeptComment | null>;
  keepComment(pull: PullRequestRef, key: string, id: number | null, digest: string): Promise<void>;
  /**
   * Keeps what this pull request's verdict on the commit shows, as long as this worker has its job: rejects otherwise. Where
   * it was shown on another commit before, whoever is left there is queued to show its own result again, in the same
   * transaction.
   */
  share(pull: PullRequestRef, headSha: string, checks: readonly CheckReport[]): Promise<Shared>;
  /** The pull request shows nothing any more; whoever shares its commit is queued to show its own result again. */
  leave(pull: PullRequestRef): Promise<void>;
};

/** A worker's hold on its job. */
export type Hold = {
  /** Rejects when another worker has the job: nothing may be written any more. */
  check(): Promise<void>;
};

type Issue = { readonly title: string; readonly body: string };

export type Publisher = {
  /** Idempotent: publishing the same report again changes nothing, unless `again` asks for it. */
  publish(pull: PullRequestRef, report: Report, again: boolean): Promise<void>;
  /** The pull request is closed: its result weighs on no other one with the same commit any more. */
  leave(pull: PullRequestRef): Promise<void>;
  /** Shows checks on the pull request's head and leaves everything else as it is. */
  publishChecks(pull: PullRequestRef, checks: readonly CheckReport[]): Promise<void>;
  /** Shows checks on a commit that is no pull request's head. */
  publishRange(range: CommitRange, checks: readonly CheckReport[], again: boolean): Promise<void>;
  /** Takes a label off again and says why in a comment. */
  refuse(pull: PullRequestRef, claim: Claim, reason: string): Promise<void>;
  /** Asks whoever rejected by label for the reason, once. */
  askReason(pull: PullRequestRef, claim: Claim): Promise<void>;
  /** Opens an issue in the repository, once per key. */
  raise(pull: PullRequestRef, key: string, issue: Issue): Promise<void>;
};
