// What there is to do, and on what: pull requests, ranges of commits, and the jobs that events make of them.
import type { Actor, Instant, Oid, Visibility } from '../core/model/evidence.ts';
import type { PlatformName } from '../core/model/lineage.ts';

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
