// Where an image comes from: what registries hold about images, and the chain of bases that follows from it.
import type { Gap, Instant } from './evidence.ts';
import type { ImageReference } from './image.ts';

/** `os/architecture[/variant]` as OCI names them, e.g. `linux/arm/v7`. */
export type PlatformName = string;

/** A line of an image's history; it makes a layer unless `empty`. */
export type HistoryLine = { readonly createdBy: string; readonly empty: boolean };

/** An in-toto statement that an attestation of the image holds; its digest was checked, its signature was not. */
export type AttestedStatement = {
  /** What the attestation says it is, e.g. `https://slsa.dev/provenance/v1`. */
  readonly predicateType: string;
  /** Digest of the statement itself. */
  readonly digest: string;
  /** The parsed statement; null where only its presence matters (bills of materials). */
  readonly content: unknown;
};

/** Something that claims to sign or attest the image. Presence only: nothing here was verified. */
export type SignatureSign = {
  readonly kind: 'cosign' | 'sigstore-bundle' | 'notation';
  /** Digest of the image or index it hangs on. */
  readonly subject: string;
  /** Digest of the manifest that holds it. */
  readonly digest: string;
};

/** Everything about one image that a registry was asked for; every document's digest was checked. */
export type ImageInspection = {
  /** As asked. */
  readonly reference: ImageReference;
  /** What the name stands for: digest of an index or of a manifest. */
  readonly digest: string;
  /** Digest of the platform's manifest; the same as `digest` where there is no index. */
  readonly manifest: string;
  readonly platform: PlatformName;
  readonly created: Instant | null;
  /** Annotations of the manifest's entry in its index; empty where there is no index. */
  readonly entryAnnotations: Readonly<Record<string, string>>;
  readonly manifestAnnotations: Readonly<Record<string, string>>;
  /** Labels of the image's configuration, inherited ones too: builders copy the base's. */
  readonly labels: Readonly<Record<string, string>>;
  /** Compressed sizes in bytes, the lowest layer first. */
  readonly layerSizes: readonly number[];
  /** Digests of the uncompressed layers, the lowest first; as many as `layerSizes`. */
  readonly diffIds: readonly string[];
  readonly history: readonly HistoryLine[];
  readonly statements: readonly AttestedStatement[];
  readonly signatures: readonly SignatureSign[];
  /** Whether every place where signatures hang was seen; if not, `gaps` says why. */
  readonly signaturesSeen: boolean;
  /** Only the manifest and the configuration were read: what hangs on the image was not asked for. */
  readonly isOutline?: true;
  readonly gaps: readonly Gap[];
};

/** Which image is meant. `platform` null is whatever was asked for at the beginning, or what there is. */
export type ImageQuestion = { readonly reference: ImageReference; readonly platform: PlatformName | null };

/** `outline`: the layers are enough to tell whether it is a base at all. */
export type WantedImage = ImageQuestion & { readonly depth: 'outline' | 'whole' };

/** What the registries answered, by `questionKey`. A gap where nothing could be read. */
export type Inspections = ReadonlyMap<string, ImageInspection | Gap>;

/** The Dockerfile an image was built from, as somebody claims. */
export type BuildSource = {
  /** Web or git address of the repository. */
  readonly repository: string;
  /** A full commit id; null when only a branch, a tag or nothing is named. */
  readonly commit: string | null;
  /** Path of the Dockerfile in it; null when nobody names it. */
  readonly path: string | null;
  /** Web address of the Dockerfile (or of the tree) at the commit; null when it can't be made. */
  readonly link: string | null;
  readonly from: EvidenceSource;
};

/** A file of a repository at a commit; `commit` null is the default branch as it is. */
export type SourceFile = {
  /** Web address of the repository, without `.git`. */
  readonly repository: string;
  readonly commit: string | null;
  readonly path: string;
};

/** What is in it; `missing` says that it is not there, or that nobody here may read it: that is an answer. */
export type SourceText = { readonly text: string } | { readonly missing: string } | Gap;

/** The files that could be asked for, by `sourceKey`. */
export type SourceTexts = ReadonlyMap<string, SourceText>;

export type EvidenceSource =
  | 'provenance'
  | 'index annotation'
  | 'manifest annotation'
  | 'label'
  /** The Dockerfile at the commit that the image, or the library of official images, names. */
  | 'dockerfile'
  /** The library of official images. */
  | 'official library'
  | 'layers'
  | 'history'
  | 'image name'
  /** The file of a small layer that was asked for. */
  | 'os-release'
  /** The image's bill of materials. */
  | 'packages';

/** One thing that speaks about an image's base. */
export type BaseEvidence = {
  readonly source: EvidenceSource;
  /** The image it names in full, or `scratch`; null when it names none. */
  readonly names: string | null;
  /** Whether it supports the base that was chosen, speaks against it, or can't tell. */
  readonly agrees: 'yes' | 'no' | 'unknown';
  /** One sentence. */
  readonly says: string;
};

/**
 * How sure it is that the next image is the base. `proven`: its layers are the lowest of this image, and something
 * names it. `stated`: the publisher says so and nothing contradicts. `inferred`: only the history suggests it.
 * `contradicted`: its layers are not in this image. `unknown`: nothing names a base.
 */
export type Sureness = 'proven' | 'stated' | 'inferred' | 'contradicted' | 'unknown';

export type Hop = {
  /** The name in full, as asked or as the image above names it. */
  readonly name: string;
  readonly digest: string;
  readonly manifest: string;
  readonly platform: PlatformName;
  readonly created: Instant | null;
  readonly distribution: {
    readonly name: string;
    readonly release: string | null;
    readonly from: EvidenceSource;
    /** Last day of updates for everybody, `YYYY-MM-DD`; null when it is not known. */
    readonly supported: string | null;
  } | null;
  /** What the image says of its licences; `inherited` when its base says the very same. */
  readonly licenses: { readonly expression: string; readonly inherited: boolean } | null;
  readonly supplier: string | null;
  readonly source: BuildSource | null;
  readonly layers: {
    readonly total: number;
    /** Made by this image itself; null when its base's are not known. */
    readonly own: number | null;
    readonly bytes: number;
    readonly ownBytes: number | null;
  };
  /** `unknown` when the registry did not answer what hangs on the image. */
  readonly signed: 'present' | 'absent' | 'unknown';
  readonly signatures: readonly SignatureSign[];
  /** Predicate types of attestations, sorted. */
  readonly attestations: readonly string[];
  /** The base's name in full, `scratch`, or null when it is not known. */
  readonly base: string | null;
  readonly sure: Sureness;
  readonly evidence: readonly BaseEvidence[];
  /** Other images that went into the build, in full and sorted. */
  readonly ingredients: readonly string[];
  /** Where sources disagree: one sentence each. */
  readonly conflicts: readonly string[];
};

export type Lineage = {
  readonly platform: PlatformName | null;
  /** The image asked for first, each followed by its base. */
  readonly hops: readonly Hop[];
  readonly end: 'scratch' | 'unknown';
  /** All that keeps the lineage from being known; empty only when it ends in `scratch` without a doubt. */
  readonly gaps: readonly Gap[];
};
