// An act that takes container material outside, as CI definitions and scripts show it (flows 5 to 8 and 13).
import type { About } from './evidence.ts';
import type { Location } from './position.ts';
import type { Truth, Value } from './value.ts';

export type DeliveryKind =
  /** The Dockerfile itself becomes readable outside (flow 5). */
  | 'dockerfile-release'
  /** Layers are pushed to a registry; the destination's class decides flow 6 or 7. */
  | 'registry-push'
  /** A whole image leaves as a file (flow 8). */
  | 'image-archive'
  /** A step that may deliver and that can't be seen into. */
  | 'opaque';

/** Whose registry it is, decided by policy; `local` is gone when the job ends. */
export type DestinationClass = 'public' | 'own' | 'internal' | 'local' | 'unknown';

/** The family of tools that performs it; each has its module in `core/pipeline/tools`. */
export type ToolFamily = string;

/** Where an archive leaves the job. */
export type ArchiveChannel =
  | 'workflow-artifact'
  | 'release-asset'
  | 'object-storage'
  | 'file-transfer'
  | 'repository'
  /** The archive is written and nothing in sight carries it away. */
  | 'none'
  | 'unknown';

export type Destination = {
  /** Host, `docker.io` where none is written; empty for archives. */
  readonly registry: Value;
  /** Without host, tag and digest; for archives the file. */
  readonly repository: Value;
  readonly tags: readonly Value[];
  readonly class: DestinationClass;
  readonly channel: ArchiveChannel | null;
};

/** What is built and shipped. Null parts are not given; values may have holes. */
export type BuildSource = {
  /** Repository path of the Dockerfile once resolved; null when it can't be known or there is none (ko, jib). */
  readonly dockerfile: string | null;
  readonly context: Value | null;
  readonly target: Value | null;
  readonly arguments: Readonly<Record<string, Value>>;
  /** Named build contexts (`--build-context name=…`). */
  readonly contexts: Readonly<Record<string, Value>>;
  /** Platforms it is built for, each as written or several with commas; absent: nobody says, so that of the machine. */
  readonly platforms?: readonly Value[];
};

export type TriggerEvent =
  | 'push-branch'
  | 'push-tag'
  | 'pull_request'
  | 'pull_request_target'
  | 'release'
  | 'schedule'
  | 'workflow_dispatch'
  | 'workflow_call'
  | 'workflow_run'
  | 'merge_group'
  | 'repository_dispatch'
  /** Any other event by its own name. */
  | (string & {});

/** An event for which the delivery happens (`yes`) or may happen (`unknown`), with the filter as written. */
export type Trigger = {
  readonly event: TriggerEvent;
  /** Branch, tag or activity filter as people write it, e.g. `main`, `v*`, `published`; null when there is none. */
  readonly filter: string | null;
  readonly happens: Exclude<Truth, 'no'>;
};

/** One hop of the path a person follows: workflow → job → step → script:line. */
export type PathStep = { readonly label: string; readonly location: Location };

type DeliveryOptions = {
  readonly squash: Truth;
  /** Signed so that the signature reaches this image at this destination. */
  readonly signed: Truth;
  readonly provenance: Truth;
  readonly sbom: Truth;
};

/** Something that has to be known before the delivery is fully known, and what would settle it. */
export type Unsettled = { readonly what: string; readonly settledBy: string; readonly location: Location };

export type Delivery = {
  readonly kind: DeliveryKind;
  readonly tool: string;
  readonly family: ToolFamily;
  /** `unknown` when a condition or the tool's own logic may prevent it. */
  readonly happens: Exclude<Truth, 'no'>;
  readonly destination: Destination;
  readonly build: BuildSource | null;
  readonly triggers: readonly Trigger[];
  /** The `if:` conditions and guards on the way, as written and joined with ` && `; null when there is none. */
  readonly condition: string | null;
  readonly options: DeliveryOptions;
  /** The deciding line: the `uses:` key or the command that pushes or writes. */
  readonly location: Location;
  readonly evidencePath: readonly PathStep[];
  /** How many ways lead to the deciding line, of which the path is one; absent: one. */
  readonly ways?: number;
  readonly unsettled: readonly Unsettled[];
  /**
   * What stands for content that could not be seen into: the command or inputs as written, and the files it runs as
   * `path blob-id`. Absent when everything was read.
   */
  readonly unseen?: readonly string[];
};

/** A delivery of the head compared with the merge base. */
export type DeliveryChange = {
  readonly delivery: Delivery;
  readonly change: 'started' | 'changed' | 'unchanged' | 'stopped';
  /** What it is about; the hash of this is its fingerprint. */
  readonly about: About;
  /** The base's, for `changed`; null otherwise. */
  readonly previously: About | null;
};
