// What hangs on an image, and whom policy believes → whether the image is signed, by whom, and what is known of the rest.
import type { Instant } from '../model/evidence.ts';
import type { FoundSignature, ImageVouchers, SignatureState, Signer } from '../model/trust.ts';
import { type Attempt, failed } from './attempt.ts';
import { verifyWithKey } from './key-signature.ts';
import { verifyNotation } from './notation.ts';
import { type Claim, readSigned } from './signed.ts';
import { verifyWithIdentity } from './sigstore.ts';

/** More signatures than this on one image are not held against the signers. */
const SIGNATURE_LIMIT = 32;

/**
 * Statements that say "we made this" or "we stand for this". Others (bills of materials, scan results) may be about an
 * image that nobody wants to stand for.
 */
const SIGNING_STATEMENTS =
  /^https:\/\/(?:sigstore\.dev\/cosign\/sign\/v1|slsa\.dev\/provenance\/v(?:0\.2|1(?:\.\d+)?))$/;

/** One signature and what it proves. */
export type JudgedSignature = {
  readonly found: FoundSignature;
  /** `signature`, or the predicate type of a statement; null when it can't be read. */
  readonly means: string | null;
  /** Digests of what it is about. */
  readonly about: readonly string[];
  /** Names of the signers it is by, sorted; empty when nobody's. */
  readonly by: readonly string[];
  /** One sentence. */
  readonly says: string;
};

/** `at` is the time at which long-lived certificates have to be valid. Same input, same answer: nobody is asked. */
export function judgeSignatures(
  vouchers: ImageVouchers,
  signers: readonly Signer[],
  at: Instant,
): SignatureState {
  const judged = judgeEach(vouchers, signers, at);
  const by = [...new Set(judged.filter(isSigning).flatMap((each) => each.by))].sort();
  const seen = vouchers.gaps.length === 0;
  return {
    state: by.length > 0 ? 'verified' : judged.length > 0 ? 'present' : seen ? 'absent' : 'unknown',
    by,
    evidence: [
      ...judged.map(({ says }) => says),
      ...(vouchers.signatures.length > judged.length
        ? [`Of ${vouchers.signatures.length} signatures only the first ${SIGNATURE_LIMIT} were looked at.`]
        : []),
      ...vouchers.gaps.map(({ subject, reason }) => `${subject}: ${reason}`),
    ],
  };
}

export function isSigning({ means }: JudgedSignature): boolean {
  return means === 'signature' || SIGNING_STATEMENTS.test(means ?? '');
}

export function judgeEach(
  { signatures, digests }: ImageVouchers,
  signers: readonly Signer[],
  at: Instant,
): readonly JudgedSignature[] {
  return signatures.slice(0, SIGNATURE_LIMIT).map((found) => judge(found, digests, signers, at));
}

const FORMS: Readonly<Record<FoundSignature['kind'], string>> = {
  cosign: 'cosign signature',
  'cosign-attestation': 'cosign attestation',
  'sigstore-bundle': 'Sigstore bundle',
  notation: 'Notation signature',
};

function judge(
  found: FoundSignature,
  digests: readonly string[],
  signers: readonly Signer[],
  at: Instant,
): JudgedSignature {
  const { material, kind, digest } = found;
  const name = `The ${FORMS[kind]} ${digest}`;
  const unread = (problem: string): JudgedSignature => ({
    found,
    means: null,
    about: [],
    by: [],
    says: `${name} is not verified: ${problem}.`,
  });
  if ('problem' in material) return unread(material.problem);
  const { claim, against } =
    material.kind === 'notation' ? notationClaim(material, at) : envelopeClaim(material);
  if ('problem' in claim) return unread(claim.problem);
  const { means, about } = claim;
  const label = means === 'signature' ? name : `${name} (${means})`;
  if (!about.some((each) => digests.includes(each))) {
    const other = about.length === 0 ? 'nothing' : about.slice(0, 3).join(', ');
    return {
      found,
      means,
      about,
      by: [],
      says: `${label} is not verified: it is about ${other}, not this image.`,
    };
  }
  const attempts = signers.map((signer) => ({ signer, attempt: against(signer) }));
  const proven = attempts.flatMap(({ signer, attempt }) =>
    attempt.verified ? [{ name: signer.name, who: attempt.who }] : [],
  );
  if (proven.length === 0)
    return { found, means, about, by: [], says: `${label} is not verified: ${reasonOf(attempts)}.` };
  const by = [...new Set(proven.map((each) => each.name))].sort();
  const who = [...new Set(proven.map((each) => each.who))].join(', ');
  return { found, means, about, by, says: `${label} is by ${by.join(', ')}: ${who}.` };
}

type Held = {
  readonly claim: Claim | { readonly problem: string };
  readonly against: (signer: Signer) => Attempt;
};

function envelopeClaim(material: Parameters<typeof readSigned>[0]): Held {
  const claim = readSigned(material);
  return {
    claim,
    against: (signer) => {
      if ('problem' in claim) return failed(0, claim.problem);
      if (signer.kind === 'sigstore') return verifyWithIdentity(claim, signer);
      return signer.kind === 'key' ? verifyWithKey(claim, signer) : failed(0, NOBODY);
    },
  };
}

function notationClaim(material: Parameters<typeof verifyNotation>[0], at: Instant): Held {
  const read = verifyNotation(material, at);
  return {
    claim: read,
    against: (signer) =>
      'problem' in read || signer.kind !== 'notation' ? failed(0, NOBODY) : read.against(signer),
  };
}

const NOBODY = 'the policy names nobody who signs in this way';

/** The reasons of those that came nearest, each once. */
function reasonOf(attempts: readonly { readonly attempt: Attempt }[]): string {
  const reasons = attempts.flatMap(({ attempt }) => (attempt.verified ? [] : [attempt]));
  const nearest = Math.max(-1, ...reasons.map(({ near }) => near));
  const told = [...new Set(reasons.filter(({ near }) => near === nearest).map(({ reason }) => reason))];
  return told.length === 0 ? 'the policy names nobody whose signature counts' : told.slice(0, 3).join('; ');
}
