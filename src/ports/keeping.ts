// What is kept for good: the ledger, claims, what is known of pull requests, and what webhooks brought.
import type { Decision, Evidence, Instant, Oid } from '../core/model/evidence.ts';
import type { Verdict } from '../core/model/verdict.ts';
import type { Claim, Job, PullRequestRef, PullRequestState } from './work.ts';

export type LedgerEntry =
  /** Recorded once as long as it stays the same; the evidence is kept to replay it. */
  | {
      readonly kind: 'verdict';
      readonly verdict: Verdict;
      readonly cause: string;
      readonly evidence: Evidence;
    }
  /** Changes reached a branch that ships. `cleared` says whether everything they deliver was. */
  | {
      readonly kind: 'delivered';
      readonly verdict: Verdict;
      readonly cause: string;
      readonly evidence: Evidence;
      readonly cleared: boolean;
    }
  | { readonly kind: 'decision'; readonly decision: Decision }
  | { readonly kind: 'refused'; readonly claim: Claim; readonly reason: string };

export type Ledger = {
  /**
   * Durable before it resolves. Claims that lead to the entries are closed, and the work that follows from them is queued,
   * in the same transaction: whoever dies right after it leaves nothing half done.
   */
  record(
    pull: PullRequestRef,
    entries: readonly LedgerEntry[],
    at: Date,
    settled?: { readonly closes: readonly Claim[]; readonly jobs: readonly Job[] },
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
  /** Open pull requests of an installation, or of one of its repositories; ordered by repository and number. */
  open(installation: number, repositoryId: number | null): Promise<readonly PullRequestState[]>;
  /**
   * When the approvals that the last verdict rests on run out first (null for never), and the projects (`owner/repository`,
   * lower case) whose clearance it asked about.
   */
  expects(pull: PullRequestRef, expiry: Instant | null, leansOn: readonly string[]): Promise<void>;
  /** Open pull requests of the installation whose last verdict asked about that project's clearance. */
  leaning(installation: number, project: string): Promise<readonly PullRequestState[]>;
  /** Somebody else may still write in its name, until then. */
  doubt(pull: PullRequestRef, until: Date): Promise<void>;
};

/** What webhooks tell of whole repositories. */
export type Estate = {
  /** Whether branches of that name are where known pull requests go: a push to one is a delivery. */
  isBase(repositoryId: number, branch: string): Promise<boolean>;
  /** Open pull requests whose verdict is shown on that commit. */
  showing(repositoryId: number, headSha: Oid): Promise<readonly PullRequestRef[]>;
  /** The app was taken out of an installation, or of one repository: nothing there waits for it any more. */
  leave(installation: number, repositoryId: number | null): Promise<void>;
  /** Its name or its readers are others now: what is known of its files is forgotten until it is judged again. */
  forgetFiles(repositoryId: number): Promise<void>;
};

/** Where webhooks leave what they brought. Durable in one transaction before it resolves. */
export type Inbox = {
  accept(event: {
    readonly state: PullRequestState | null;
    readonly claim: Claim | null;
    readonly job: Job;
  }): Promise<void>;
};
