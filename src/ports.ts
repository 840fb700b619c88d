// The few small interfaces the gate needs; adapters implement them, main.ts and cli.ts choose which.
import type { SketchedFile } from './core/model/copy.ts';
import type {
  Actor,
  Blob,
  Clearance,
  Decision,
  Evidence,
  Gap,
  Instant,
  Oid,
  PolicySource,
  Visibility,
} from './core/model/evidence.ts';
import type { ImageRecord, ImageReference } from './core/model/image.ts';
import type { PlatformName, SourceFile, SourceText } from './core/model/lineage.ts';
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
  readonly merged?: boolean;
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

/** Work that is not about one pull request. */
export type Errand =
  /** A merge queue's group: its own content waits for the checks on `headSha`. Refs are full (`refs/heads/main`). */
  | {
      readonly kind: 'merge-group';
      readonly headSha: Oid;
      readonly headRef: string;
      readonly baseSha: Oid;
      readonly baseRef: string;
      readonly repositoryNodeId: string;
      readonly server: string;
      readonly visibility: Visibility;
      readonly actor: Actor;
    }
  /** A branch moved: judged after the fact where it ships. */
  | {
      readonly kind: 'push';
      readonly ref: string;
      /** Whether it surely is a branch that is watched: the default one, or one that pull requests go to. */
      readonly watched: boolean;
      /** Whether the push touches what says when something is built and shipped. */
      readonly defining: boolean;
      readonly defaultBranch: string;
      readonly before: Oid;
      readonly after: Oid;
      readonly repositoryNodeId: string;
      readonly server: string;
      readonly visibility: Visibility;
      readonly actor: Actor;
    }
  /** Registries are asked about images; when they say something new, `afterwards` is done. */
  | {
      readonly kind: 'look-up';
      /** Full names, sorted, and when what whoever waits knows of each was said. */
      readonly images: readonly { readonly name: string; readonly askedAt: Instant | null }[];
      /** Hosts that policy lets ask. */
      readonly registries: readonly string[];
      /** The platforms it is about; absent or empty: the usual one. */
      readonly platforms?: readonly PlatformName[];
      readonly afterwards: Job;
    }
  /** Whoever set a label is told: why it was taken off (`refusal`), or, for null, that a reason is asked for. */
  | { readonly kind: 'reply'; readonly claim: Claim; readonly refusal: string | null }
  /** Open pull requests are judged again: those the store knows, or those the forge lists (`discover`). */
  | { readonly kind: 'sweep'; readonly discover: boolean }
  /** Open pull requests of other repositories that take something from this one are judged again. */
  | { readonly kind: 'leaning' }
  /** Owners of vettings that end soon are told, by the organisation's policy as it is. */
  | { readonly kind: 'vettings' };

/** Work for the gate: evaluate this pull request, because of that event. */
export type Job = {
  /** `number` is 0 in an errand for a repository; so is `repositoryId` in one for a whole installation. */
  readonly pull: PullRequestRef;
  /** Absent for the evaluation of one pull request. */
  readonly errand?: Errand;
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
  /** The same about the commits between two commits of a repository; policy is read at `range.baseSha`. */
  collectRange(range: CommitRange, wanted: (evidence: Evidence) => readonly string[]): Promise<Evidence>;
};

/** Commits of a repository that no pull request of its own stands for. */
export type CommitRange = {
  readonly pull: PullRequestRef;
  readonly repositoryNodeId: string;
  readonly server: string;
  readonly visibility: Visibility;
  /** Short name of the branch. */
  readonly branch: string;
  readonly baseSha: Oid;
  readonly headSha: Oid;
  readonly actor: Actor;
  /** Whether the commits wait in a merge queue (and `pull.number` names whose they are, if that is known), or are in already. */
  readonly kind: 'merge-group' | 'push';
  /** Full name of the branch that holds them, e.g. `refs/heads/gh-readonly-queue/main/pr-7-…`. */
  readonly ref: string;
};

export type Roster = {
  /** In which of `teams` (`organization/slug`) the actor is now, in their order; a gap when that can't be known of any. */
  memberOf(pull: PullRequestRef, teams: readonly string[], actor: Actor): Promise<readonly string[] | Gap>;
};

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

/** Where the forge is asked for a pull request's state. */
export type Forge = {
  /** The policy files for pull requests of that repository, as they are now. */
  policies(
    pull: PullRequestRef,
  ): Promise<{ readonly sources: readonly PolicySource[]; readonly gaps: readonly Gap[] }>;
  /** The branch as it is now; null when there is none. */
  branch(
    pull: PullRequestRef,
    name: string,
  ): Promise<{ readonly head: Oid; readonly isProtected: boolean } | null>;
  /** Whether rules protect the branch; that none do may have been said minutes ago. */
  isProtected(pull: PullRequestRef, name: string): Promise<boolean>;
  /** Null when there is no such pull request in reach. */
  askState(pull: PullRequestRef): Promise<PullRequestState | null>;
  /** Every open pull request of the installation, or of one of its repositories, as the forge lists them now. */
  listOpen(installation: number, repositoryId: number | null): Promise<readonly PullRequestState[]>;
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

/** Content by blob id: immutable, so it may be kept for ever. */
export type BlobCache = {
  get(oids: readonly Oid[]): Promise<ReadonlyMap<Oid, Blob>>;
  put(blobs: ReadonlyMap<Oid, Blob>): Promise<void>;
};

/** What the ledger knows of the organisation's other projects. */
export type Clearances = {
  /** Those of `projects` (`owner/repository`, lower case) whose newest recorded delivery was cleared and not taken back since; sorted. */
  of(pull: PullRequestRef, projects: readonly string[]): Promise<readonly Clearance[]>;
};

/** Dockerfiles of the repositories that the app judges, by their fingerprints; never their text. */
export type SeenDockerfiles = {
  /**
   * Files of the installation's other repositories that share fingerprints with `sketch`, most alike first and few. Only
   * such as readers of a repository of that visibility may hear of.
   */
  alike(
    pull: PullRequestRef,
    visibility: Visibility,
    sketch: readonly number[],
  ): Promise<readonly SketchedFile[]>;
  /** Which of the repository's files are not kept in that state. What is kept takes the repository's visibility. */
  changed(
    pull: PullRequestRef,
    visibility: Visibility,
    files: readonly { readonly path: string; readonly state: string }[],
  ): Promise<readonly string[]>;
  keep(
    pull: PullRequestRef,
    visibility: Visibility,
    files: readonly (SketchedFile & { readonly state: string })[],
  ): Promise<void>;
};

/** Answers that stay true for ever, or for a while; a cache that forgets costs requests, never truth. */
export type AnswerCache = {
  /** The value kept under `key`, else what `ask` answers, kept for as long as `keep` says (ms; 0 for not at all, Infinity for ever). */
  through<T>(key: string, ask: () => Promise<T>, keep: (value: T) => number): Promise<T>;
  /** As `through`, for what can never change: kept for ever, and at hand, unless it does not hold. */
  always<T>(key: string, ask: () => Promise<T>, holds: (value: T) => boolean): Promise<T>;
  /**
   * Keeps a value for ever, in place of the one before; `soon`, without waiting for it: other processes may have to ask once
   * more.
   */
  keep<T>(key: string, value: T, when?: 'soon'): Promise<void>;
  /** Forgets every key that begins so. */
  forget(prefix: string): Promise<void>;
};

/** Files of public repositories, for what images say of themselves: whoever wrote that may name any repository. */
export type PublicFiles = {
  /** Never rejects. What is not public, not there or not on this forge is `missing`; a gap is worth another try. */
  read(file: SourceFile): Promise<SourceText>;
};

/** What registries say about images; nothing that judges ever waits for them. */
export type Images = {
  /** What is known of each without asking anybody, in the order given; `askedAt` is null where nothing is. */
  recall(
    images: readonly ImageReference[],
    platforms?: readonly PlatformName[],
  ): Promise<readonly ImageRecord[]>;
  /** Whether it is time to ask again. */
  isDue(record: ImageRecord): boolean;
  /**
   * Asks, of `registries` only (hosts that policy names), and keeps the answers; somebody else's fresh answer is as good.
   * `files` is where Dockerfiles of public repositories are read. `changed`: any differs from what whoever asks knows, which was said at `askedAt`; `passing`: what could not be seen and
   * may be later.
   */
  lookUp(
    images: readonly { readonly reference: ImageReference; readonly askedAt: Instant | null }[],
    registries: readonly string[],
    files: PublicFiles | null,
    platforms?: readonly PlatformName[],
  ): Promise<{ readonly changed: boolean; readonly passing: readonly Gap[] }>;
};

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

/**
 * A pull request whose worker died or was lost, the runs (name → id, if known) that its head should show, and until when
 * somebody may still write in its name.
 */
export type Doubted = {
  readonly pull: PullRequestRef;
  readonly until: Date;
  readonly headSha: Oid;
  readonly runs: ReadonlyMap<string, number | null>;
};

/** A webhook that did not arrive. Ids may be larger than a number holds. */
export type FailedDelivery = { readonly id: string; readonly guid: string; readonly deliveredAt: string };

/** Some of them, and the place in GitHub's list where there are more; null at its end. */
export type FailedDeliveries = {
  readonly deliveries: readonly FailedDelivery[];
  readonly next: string | null;
};

export type InstalledOn = {
  readonly id: number;
  readonly login: string;
  readonly kind: 'org' | 'user';
  readonly suspended: boolean;
};

/** A pull request as a search shows it: enough to tell whether its verdict is current. */
export type Listed = {
  readonly pull: PullRequestRef;
  readonly open: boolean;
  readonly headSha: string;
  readonly baseRef: string;
  readonly isDraft: boolean;
  readonly labels: readonly string[];
};
