// Evidence understood: everything is parsed once, positions are kept, nothing is judged.
import type { ContentTrustUse } from './content-trust-use.ts';
import type { Copy } from './copy.ts';
import type { Delivery, DeliveryChange } from './delivery.ts';
import type { DeliveryFile } from './delivery-file.ts';
import type { Dockerfile } from './dockerfile.ts';
import type { Clearance, FileChange, Gap, Instant, Subject } from './evidence.ts';
import type { ImageRecord } from './image.ts';
import type { Location } from './position.ts';

/** The licence of the repository as a whole, as one of its own files declares it. */
export type RepositoryLicense = {
  /** An SPDX expression; `GPL-2.0` and its like where a GNU text leaves open whether later versions count. */
  readonly expression: string;
  /** The file that says so. */
  readonly path: string;
};

/** One entry of a bill of materials. */
export type BomComponent = {
  readonly name: string;
  readonly version: string | null;
  /** Package URL; null when the entry has none. */
  readonly purl: string | null;
  /** Where it was got from: download, distribution and source addresses; sorted. */
  readonly addresses: readonly string[];
  /** SPDX expressions, or names where the entry gives no id; sorted. */
  readonly licenses: readonly string[];
  /** SHA-256 of the file it is got as, 64 hexadecimal digits in lower case; absent where the entry gives none. */
  readonly sha256?: string;
};

/** A bill of materials that the repository keeps (SPDX or CycloneDX). */
export type Bom = { readonly path: string; readonly components: readonly BomComponent[] };

/** Another repository whose files lie in the checkout that images are built from. */
export type FurtherCheckout = {
  readonly kind: 'submodule' | 'checkout';
  /** As written, relative ones completed; `${{ … }}` that is not known stays in it. */
  readonly address: string;
  /** Its folder in the workspace; empty for the root. */
  readonly path: string;
  /** Of a submodule; null where the run decides. */
  readonly commit: string | null;
  readonly location: Location;
};

/** Everything derived from one snapshot. Lists are sorted by path, then position. */
export type RepositoryFacts = {
  readonly dockerfiles: readonly Dockerfile[];
  readonly deliveries: readonly Delivery[];
  /** Dockerfiles that were probably taken from elsewhere: by path, the most similar original first. */
  readonly copies: readonly Copy[];
  /** Null when no file says it in a way that leaves no doubt. */
  readonly license: RepositoryLicense | null;
  readonly boms: readonly Bom[];
  /** Null when there is none, or none that can be read. */
  readonly deliveryFile: DeliveryFile | null;
  /** Where Docker Content Trust is switched on or off. */
  readonly contentTrust: readonly ContentTrustUse[];
  /** In the order of the files. */
  readonly furtherCheckouts: readonly FurtherCheckout[];
  readonly gaps: readonly Gap[];
  /** Files in the tree that the derivation asked for and evidence does not hold yet; sorted. */
  readonly wanted: readonly string[];
};

type PullRequest = Extract<Subject, { readonly kind: 'pull-request' }>;
type Checkout = Extract<Subject, { readonly kind: 'checkout' }>;

export type Facts = {
  /** The repository: no fact depends on the pull request or commit it is looked at for. */
  readonly subject:
    | Pick<PullRequest, 'kind' | 'server' | 'owner' | 'repository' | 'visibility'>
    | Pick<Checkout, 'kind' | 'slug' | 'visibility'>;
  /**
   * Date of the evidence, for expiry and end-of-life dates. Only signatures and clearances are judged by the hour: where
   * neither registries nor other projects were asked, it is the beginning of the day.
   */
  readonly at: Instant;
  readonly head: RepositoryFacts;
  /** Null when there is nothing to compare with. */
  readonly base: RepositoryFacts | null;
  readonly changes: readonly Pick<FileChange, 'path' | 'status' | 'previousPath'>[];
  readonly deliveries: readonly DeliveryChange[];
  readonly images: readonly ImageRecord[];
  /** Absent: nobody looked. */
  readonly clearances?: readonly Clearance[];
};
