// Image names and what registries say about them.
import type { Gap, Instant } from './evidence.ts';
import type { Lineage, PlatformName } from './lineage.ts';
import type { ImageVouchers } from './trust.ts';

/**
 * An image name after the OCI distribution reference grammar, normalised as Docker does: `debian` is
 * `docker.io/library/debian`, tag `latest` is only written when it was written.
 */
export type ImageReference = {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string | null;
  /** `algorithm:hex`. */
  readonly digest: string | null;
};

/** What registries said about an image and its bases; filled by the registry adapter, absent when nobody asked for it. */
export type ImageRecord = {
  /** The name that was asked for. */
  readonly reference: ImageReference;
  /** What the name stands for; null when that is not known. */
  readonly digest: string | null;
  readonly created: Instant | null;
  readonly labels: Readonly<Record<string, string>>;
  /** When the registries were last asked; null while they have not been. */
  readonly askedAt: Instant | null;
  /** Hop by hop to `scratch`, each with its evidence and conflicts; null when not even the image could be read. */
  readonly lineage: Lineage | null;
  /** The same for the other platforms it is built for; absent where there is no other. */
  readonly elsewhere?: readonly { readonly platform: PlatformName; readonly lineage: Lineage | null }[];
  /** Signatures and bills of materials on the image itself; policy judges them. Absent where nobody looked for them. */
  readonly vouchers?: ImageVouchers;
  /** All that is not known of it, with the reasons; never empty while `lineage` is null. */
  readonly gaps: readonly Gap[];
};
