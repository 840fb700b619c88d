// The parts of a Notary Project signature, whichever format it is in.

/** One of both formats, with its headers by the names of the specification. */
export type NotationEnvelope = {
  readonly bytes: Buffer;
  readonly signature: Buffer;
  readonly algorithm: Algorithm;
  /** DER, the signer's first. */
  readonly certificates: readonly Buffer[];
  readonly payload: Buffer;
  readonly payloadType: string | null;
  readonly critical: readonly string[];
  readonly scheme: string | null;
  /** Milliseconds of the epoch; null when the signature never expires. */
  readonly expiry: number | null;
};

const ALGORITHMS = ['ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

export function isAlgorithm(value: unknown): value is Algorithm {
  return ALGORITHMS.some((each) => each === value);
}
