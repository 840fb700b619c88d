// Content trust: what vouches for an image, whom policy believes, and what came of verifying it. Bills of materials of images.
import type { Gap } from './evidence.ts';

/** What a registry holds of one signature, as JSON: it can be judged again, by another policy, without asking again. */
export type SignatureMaterial =
  /** Cosign's `.sig` layers. Source: github.com/sigstore/cosign specs/SIGNATURE_SPEC.md. */
  | {
      readonly kind: 'cosign';
      /** The signed document (`simplesigning`), byte for byte, in base64. */
      readonly payload: string;
      readonly signature: string;
      /** Annotations of the layer: certificate, chain, transparency log entry. */
      readonly annotations: Readonly<Record<string, string>>;
    }
  /** Cosign's `.att` layers: a DSSE envelope, as text. */
  | {
      readonly kind: 'cosign-attestation';
      readonly envelope: string;
      readonly annotations: Readonly<Record<string, string>>;
    }
  /** Source: github.com/sigstore/protobuf-specs, `Bundle` as JSON text. */
  | { readonly kind: 'sigstore-bundle'; readonly bundle: string }
  /** Source: github.com/notaryproject/specifications; the envelope in base64. */
  | { readonly kind: 'notation'; readonly mediaType: string; readonly envelope: string };

/** Something that claims to sign or attest an image. */
export type FoundSignature = {
  readonly kind: SignatureMaterial['kind'];
  /** Digest of the image or index it hangs on. */
  readonly subject: string;
  /** Digest of the document that holds it. */
  readonly digest: string;
  readonly material: SignatureMaterial | { readonly problem: string };
};

/** What hangs on one image and may vouch for it, read in full. */
export type ImageVouchers = {
  /** All digests that stand for the image: its index's, its manifest's. */
  readonly digests: readonly string[];
  readonly signatures: readonly FoundSignature[];
  /** Bills of materials that come without a signature of their own. */
  readonly sboms: readonly ImageSbom[];
  /** Where something may hang and could not be seen: while there is one, nothing is known to be absent. */
  readonly gaps: readonly Gap[];
  /** Bills of materials that are there and could not be read. */
  readonly sbomGaps: readonly Gap[];
};

/** Whom policy believes. `name` is how requirements and reports call them. */
export type Signer = { readonly name: string } & (
  | {
      /** A short-lived certificate for an identity (Fulcio), noted in a transparency log. */
      readonly kind: 'sigstore';
      /** What the certificate is for, as policy writes patterns: all of it, `*` within a segment, `**` across. */
      readonly identity: string;
      /** Who told the identity, e.g. `https://token.actions.githubusercontent.com`; exactly so. */
      readonly issuer: string;
      /** `trusted_root.json` of the Sigstore instance, as JSON text. */
      readonly root: string;
    }
  | {
      /** A long-lived key (cosign). */
      readonly kind: 'key';
      /** SPKI in PEM. */
      readonly key: string;
    }
  | {
      /** A certificate below one of the given roots (Notary Project). */
      readonly kind: 'notation';
      /** Roots in PEM, one after the other. */
      readonly roots: string;
      /** Attributes that the certificate's subject has to have, e.g. `{O: Acme, C: DE}`; never empty. */
      readonly subject: Readonly<Record<string, string>>;
    }
);

/** Images that have to be signed, each by one at least of the signers named. */
export type SignatureRequirement = {
  /** `registry/repository[:tag]` as in the list of allowed images. */
  readonly image: string;
  readonly by: readonly string[];
};

export type ContentTrust = {
  readonly signers: readonly Signer[];
  /** Every requirement that fits an image has to be met. */
  readonly require: readonly SignatureRequirement[];
  /** Hosts of Notary servers that still answer: there Docker Content Trust has to stay on. Absent: none. */
  readonly notaries?: readonly string[];
};

/**
 * `verified`: by a signer of the policy, for this very image. `present`: something claims to be a signature and none of
 * it could be verified. `absent`: every place was seen and there is none. `unknown`: not looked up, or not all was seen.
 */
export type SignatureState = {
  readonly state: 'verified' | 'present' | 'absent' | 'unknown';
  /** Names of the signers whose signature was verified, sorted. */
  readonly by: readonly string[];
  /** One sentence for each signature, and why something is not known. */
  readonly evidence: readonly string[];
};

/** A package as a bill of materials lists it. */
export type SbomPackage = {
  readonly name: string;
  readonly version: string | null;
  /** An SPDX expression, or words where it gives none; several are joined with AND. Null when it says nothing. */
  readonly license: string | null;
};

/** A bill of materials that hangs on an image. Who vouches for it is judged elsewhere. */
export type ImageSbom = {
  /** E.g. `SPDX-2.3`, `CycloneDX 1.6`. */
  readonly format: string;
  /** Digest of the document that holds it. */
  readonly digest: string;
  /** Whether the image's own index lists it, so that a signature on the index covers it. */
  readonly listed: boolean;
  /** What all of its packages say they are of, as os-release(5) calls it; absent where they don't. */
  readonly distribution?: { readonly id: string; readonly release: string };
  /** Sorted by name and version, each once. */
  readonly packages: readonly SbomPackage[];
};

/** What bills of materials say about an image. `unknown`: not looked up, or one could not be read. */
export type SbomState = {
  readonly state: 'read' | 'absent' | 'unknown';
  readonly formats: readonly string[];
  /** Names of policy's signers that vouch for every document read; empty when anybody could have written one of them. */
  readonly by: readonly string[];
  readonly packages: number;
  /** Packages by licence, the most frequent first; those without one under null, last. */
  readonly licenses: readonly {
    readonly license: string | null;
    readonly packages: readonly SbomPackage[];
  }[];
  /** One sentence for each document, and why something is not known. */
  readonly evidence: readonly string[];
};
