// What healing looks through: deliveries that failed, installations, and pull requests as a search lists them.
import type { Oid } from '../core/model/evidence.ts';
import type { PullRequestRef } from './work.ts';

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
