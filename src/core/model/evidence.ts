// Everything read about one commit, as JSON. Adapters fill it; the core only ever reads it.
import type { SketchedFile } from './copy.ts';
import type { ImageRecord } from './image.ts';
import type { Location } from './position.ts';

/** A git object id in hexadecimal (SHA-1 or SHA-256). */
export type Oid = string;

/** An instant as ISO 8601 in UTC, e.g. `2026-11-21T20:00:00.000Z`. */
export type Instant = string;

/** An account as the forge knows it; `id` is its numeric id, which survives renames. */
export type Actor = {
  readonly id: number;
  readonly login: string;
  readonly type: 'User' | 'Bot' | 'Organization';
};

/** Who may read the repository: releasing a Dockerfile there ships it to exactly these readers. */
export type Visibility = 'public' | 'private' | 'internal' | 'unknown';

type PullRequestSubject = {
  readonly kind: 'pull-request';
  /** Web address of the forge, e.g. `https://github.com`. */
  readonly server: string;
  readonly owner: string;
  readonly repository: string;
  readonly number: number;
  readonly title: string;
  readonly baseRef: string;
  /** Tip of the base branch when the evidence was collected. */
  readonly baseSha: Oid;
  readonly headSha: Oid;
  readonly isDraft: boolean;
  readonly isFork: boolean;
  readonly visibility: Visibility;
  readonly author: Actor;
};

/** A working copy judged without a forge: the command line. */
type CheckoutSubject = {
  readonly kind: 'checkout';
  /** The name shown to people: the last segment of the folder. */
  readonly name: string;
  /** `owner/repository` from the origin remote, where there is one. */
  readonly slug: string | null;
  readonly headSha: Oid;
  readonly visibility: Visibility;
};

export type Subject = PullRequestSubject | CheckoutSubject;

/** What a tree entry is, after git's modes 100644/100755/120000/160000. */
export type EntryKind = 'file' | 'executable' | 'symlink' | 'submodule';

export type TreeEntry = { readonly path: string; readonly kind: EntryKind; readonly oid: Oid };

/** The files of one commit. `entries` is sorted by path (code unit order) and holds no directories. */
export type Snapshot = { readonly commit: Oid; readonly entries: readonly TreeEntry[] };

/** What a blob holds. Everything but `text` becomes a gap when a rule needs it. */
export type Blob =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'binary'; readonly bytes: number }
  /** Text in an encoding that BuildKit, git and GitHub do not read as text, such as UTF-16. */
  | { readonly kind: 'encoded'; readonly encoding: string; readonly bytes: number }
  | { readonly kind: 'too-large'; readonly bytes: number; readonly limit: number }
  /** A Git LFS pointer: the content lives elsewhere. */
  | { readonly kind: 'lfs-pointer'; readonly bytes: number };

export type ChangeStatus = 'added' | 'modified' | 'removed' | 'renamed' | 'copied';

/** One file of the difference between the merge base and the head. */
export type FileChange = {
  readonly path: string;
  readonly status: ChangeStatus;
  /** The old path of a renamed or copied file. */
  readonly previousPath: string | null;
  /**
   * Lines of the head's file that the unified diff shows (context included), as inclusive spans: where a
   * review comment can be placed. Null when the forge gave no patch.
   */
  readonly shownLines: readonly (readonly [first: number, last: number])[] | null;
};

/** A policy file as read from the base side; never from the head. */
export type PolicySource = {
  readonly origin: 'organization' | 'repository';
  /** Where people find it, e.g. `acme/.github:.github/clear-to-ship.yml`. */
  readonly label: string;
  readonly path: string;
  readonly oid: Oid;
  readonly text: string;
  /** Proposed by the pull request itself, so that its lines can be pointed at; never so for a policy that judges. */
  readonly isUnderReview?: boolean;
};

/** A person who had a hand in the commits under review. `actor` is null when an e-mail maps to no account. */
export type Contributor = {
  readonly role: 'author' | 'committer' | 'co-author' | 'pull-request-author' | 'pusher';
  readonly actor: Actor | null;
  readonly name: string;
};

/**
 * Why something that should have been read could not be. A gap is never an empty list, and never passes.
 * `content`: the repository has to change to close it; `world`: a retry may close it.
 */
export type Gap = {
  readonly kind:
    | 'binary-file'
    | 'encoded-file'
    | 'large-file'
    | 'symbolic-link'
    | 'lfs-pointer'
    | 'submodule'
    | 'missing-file'
    | 'syntax'
    | 'limit'
    | 'truncated'
    | 'policy'
    /** The organisation has no policy file: nobody is known who may approve. */
    | 'missing-policy'
    | 'unreachable'
    | 'remote';
  readonly cause: 'content' | 'world';
  /** What should have been read, e.g. a path, a workflow reference, an API resource. */
  readonly subject: string;
  readonly location: Location | null;
  /** One sentence: what went wrong. */
  readonly reason: string;
  /** One sentence: what closes the gap. */
  readonly remedy: string;
};

/**
 * What a finding or a delivery is about, as aspects and their values ("base images": ["docker.io/library/debian:12"]).
 * Its hash is the fingerprint: nothing that reformatting, comments or moved lines change belongs in here.
 */
export type About = Readonly<Record<string, readonly string[]>>;

/** A decision by a verified person, as the ledger holds it. */
export type Decision = {
  readonly id: string;
  readonly kind: 'approved' | 'rejected' | 'withdrawn';
  readonly actor: Actor;
  /** The approving team through which the actor may decide, as `organization/slug`. */
  readonly team: string;
  /** Every team that was asked about it and had the actor in it, `team` among them; absent in old entries: `team` alone. */
  readonly teams?: readonly string[];
  readonly at: Instant;
  readonly expires: Instant | null;
  /** The head in the signed payload that carried the claim. */
  readonly headSha: Oid;
  /** What was decided on: fingerprints of findings and deliveries, sorted. */
  readonly fingerprints: readonly string[];
  /** What each fingerprint stood for when it was decided, so that a withdrawal can say what changed. */
  readonly described: Readonly<Record<string, About>>;
  /** Reason of a rejection or conditions of an approval, as typed by the person. */
  readonly note: string | null;
  /** Number of the pull request it was made on; null where there was none, absent in old evidence. */
  readonly pull?: number | null;
};

/** Whether somebody who decided is in a team on the day of the evidence. */
export type Membership = { readonly actor: number; readonly team: string; readonly active: boolean };

/** Another project of the organisation whose newest recorded delivery was cleared, as the ledger holds it. */
export type Clearance = {
  /** `owner/repository` in lower case. */
  readonly project: string;
  /** When what was cleared reached the branch that ships. */
  readonly at: Instant;
  /** What it delivers: `host/repository` of images without holes in their names; sorted. */
  readonly destinations: readonly string[];
};

export type Evidence = {
  readonly version: 1;
  readonly subject: Subject;
  /** The core's only clock: expiry dates are compared with this. */
  readonly collectedAt: Instant;
  /** The merge base; null when there is nothing to compare with and everything counts as new. */
  readonly base: Snapshot | null;
  readonly head: Snapshot;
  readonly changes: readonly FileChange[];
  /** Content of files that were asked for, by blob id; shared by base and head. */
  readonly blobs: Readonly<Record<Oid, Blob>>;
  readonly policies: readonly PolicySource[];
  readonly contributors: readonly Contributor[];
  readonly decisions: readonly Decision[];
  /** Of those whose approvals bear on it, where policy lets them count only as long; what is absent here does not hold. */
  readonly memberships?: readonly Membership[];
  readonly images: readonly ImageRecord[];
  /** Dockerfiles of the organisation's other repositories that may be originals of those here; absent: nobody looked. */
  readonly seenDockerfiles?: readonly SketchedFile[];
  /** Projects of the organisation that what is imported may come from; absent: nobody looked. */
  readonly clearances?: readonly Clearance[];
  readonly gaps: readonly Gap[];
};
