// What hangs on an image, and the policy → everything that policy has to say about it.
import type { LicenseTerms } from '../licenses/expression.ts';
import type { Instant } from '../model/evidence.ts';
import type { ImageReference } from '../model/image.ts';
import type {
  ContentTrust,
  ImageVouchers,
  SbomState,
  SignatureRequirement,
  SignatureState,
} from '../model/trust.ts';
import { unmetRequirements } from './requirements.ts';
import { judgeSboms, type LicenseTrouble, licenseTroubles } from './sboms.ts';
import { judgeSignatures } from './signatures.ts';

export type ImageTrust = {
  readonly signature: SignatureState;
  readonly sbom: SbomState;
  /** Requirements for signatures that the image does not meet. */
  readonly unmet: readonly SignatureRequirement[];
  /** Licences of its packages that policy denies, and where policy has a list those that it can't tell. */
  readonly licenses: readonly LicenseTrouble[];
};

export function judgeImage(
  reference: ImageReference,
  vouchers: ImageVouchers,
  policy: { readonly contentTrust: ContentTrust; readonly licenses: LicenseTerms },
  at: Instant,
): ImageTrust {
  const { contentTrust, licenses } = policy;
  const signature = judgeSignatures(vouchers, contentTrust.signers, at);
  const sbom = judgeSboms(vouchers, contentTrust.signers, at);
  return {
    signature,
    sbom,
    unmet: unmetRequirements(reference, signature, contentTrust),
    licenses: licenseTroubles(sbom, licenses).filter(
      ({ verdict }) => verdict === 'denied' || licenses.allow.length > 0,
    ),
  };
}
