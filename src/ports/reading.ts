// Where the gate looks: the forge, people, registries, and what is remembered of their answers.
import type { SketchedFile } from '../core/model/copy.ts';
import type {
  Actor,
  Blob,
  Clearance,
  Evidence,
  Gap,
  Instant,
  Oid,
  PolicySource,
  Visibility,
} from '../core/model/evidence.ts';
import type { ImageRecord, ImageReference } from '../core/model/image.ts';
import type { PlatformName, SourceFile, SourceText } from '../core/model/lineage.ts';
import type { CommitRange, PullRequestRef, PullRequestState } from './work.ts';

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

export type Roster = {
  /** In which of `teams` (`organization/slug`) the actor is now, in their order; a gap when that can't be known of any. */
  memberOf(pull: PullRequestRef, teams: readonly string[], actor: Actor): Promise<readonly string[] | Gap>;
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

/** Content by blob id: immutable, so it may be kept for ever. */
export type BlobCache = {
  get(oids: readonly Oid[]): Promise<ReadonlyMap<Oid, Blob>>;
  put(blobs: ReadonlyMap<Oid, Blob>): Promise<void>;
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

/** What the ledger knows of the organisation's other projects. */
export type Clearances = {
  /** Those of `projects` (`owner/repository`, lower case) whose newest recorded delivery was cleared and not taken back since; sorted. */
  of(pull: PullRequestRef, projects: readonly string[]): Promise<readonly Clearance[]>;
};
