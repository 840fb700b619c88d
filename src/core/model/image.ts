// Image names and what a registry says about them.
import type { Gap, Instant } from './evidence.ts';

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

/** What a registry look-up found; filled by the registry adapter, absent when it was not asked. */
export type ImageRecord = {
  readonly reference: ImageReference;
  readonly digest: string | null;
  readonly created: Instant | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly gaps: readonly Gap[];
};
