// What one command or action step does to container material, before anybody knows whether it is a delivery.
import type { ArchiveChannel, BuildSource } from '../model/delivery.ts';
import type { Truth, Value } from '../model/value.ts';
import type { Datum } from './datum.ts';

/** Options as far as the tool's own words settle them. */
export type BuildOptions = {
  readonly squash: Truth;
  readonly provenance: Truth;
  readonly sbom: Truth;
};

export const PLAIN: BuildOptions = { squash: 'no', provenance: 'no', sbom: 'no' };

/** Why something may or may not happen, and what would settle it. */
export type Doubt = { readonly what: string; readonly settledBy: string };

export type Effect =
  /** An image stands in a local store under these names. */
  | {
      readonly kind: 'build';
      readonly names: readonly Value[];
      readonly source: BuildSource;
      readonly options: BuildOptions;
    }
  /** An image goes to a registry under these names, as written: host, repository, tag. */
  | {
      readonly kind: 'push';
      readonly names: readonly Value[];
      /** Null when the tool pushes what an earlier step built or pulled. */
      readonly source: BuildSource | null;
      readonly options: BuildOptions;
      readonly happens: Truth;
      /** The text that decides, e.g. an expression in `push:`; null when nothing does. */
      readonly condition: string | null;
      readonly doubts: readonly Doubt[];
      /** The tool obeys `DOCKER_CONTENT_TRUST`, or signs by itself. */
      readonly signed: Truth;
      /** Where the image comes from when it is copied from elsewhere. */
      readonly origins: readonly Value[];
    }
  /** A whole image is written as a file or a folder. */
  | {
      readonly kind: 'archive';
      readonly path: Value;
      readonly names: readonly Value[];
      readonly source: BuildSource | null;
      readonly options: BuildOptions;
      readonly happens: Truth;
    }
  /** Files become other files: compressed, bundled, moved, copied. */
  | { readonly kind: 'repack'; readonly from: readonly Value[]; readonly to: Value }
  /** Files leave the job. */
  | { readonly kind: 'carry'; readonly paths: readonly Value[]; readonly channel: ArchiveChannel }
  | { readonly kind: 'retag'; readonly from: Value; readonly to: Value }
  | { readonly kind: 'sign'; readonly names: readonly Value[]; readonly happens: Truth }
  /** A statement about an image that is stored beside it. */
  | {
      readonly kind: 'attest';
      readonly names: readonly Value[];
      readonly what: 'provenance' | 'sbom';
    }
  /** `registry` as given; null means Docker Hub by default. */
  | { readonly kind: 'login'; readonly registry: Value }
  /** It may deliver, and it can't be seen into. */
  | {
      readonly kind: 'opaque';
      readonly what: string;
      readonly doubt: Doubt;
      /** Only counts where the job holds registry credentials or other signs of a delivery. */
      readonly needsCredentials: boolean;
      /** The command or inputs as written, and the files it runs as `path blob-id`: all that can be known of it. */
      readonly content: readonly string[];
      /** What is known of where it goes; null when nothing is. */
      readonly names: readonly Value[];
    }
  /** What later steps can read: step outputs and variables for the steps that follow. */
  | {
      readonly kind: 'outputs';
      readonly outputs: ReadonlyMap<string, Datum>;
      readonly environment: ReadonlyMap<string, Value>;
    };

export function buildSource(given: Partial<BuildSource>): BuildSource {
  return { dockerfile: null, context: null, target: null, arguments: {}, contexts: {}, ...given };
}

export function pushEffect(given: Partial<Extract<Effect, { kind: 'push' }>>): Effect {
  return {
    kind: 'push',
    names: [],
    source: null,
    options: PLAIN,
    happens: 'yes',
    condition: null,
    doubts: [],
    signed: 'no',
    origins: [],
    ...given,
  };
}

export function archiveEffect(
  given: Partial<Extract<Effect, { kind: 'archive' }>> & { readonly path: Value },
): Effect {
  return { kind: 'archive', names: [], source: null, options: PLAIN, happens: 'yes', ...given };
}

export function opaqueEffect(
  given: Partial<Extract<Effect, { kind: 'opaque' }>> & { readonly what: string; readonly doubt: Doubt },
): Effect {
  return { kind: 'opaque', needsCredentials: false, content: [], names: [], ...given };
}
