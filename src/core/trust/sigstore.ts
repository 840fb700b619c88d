// A signature with a short-lived certificate → whose it is, by the trust root of the policy, without asking anybody.
import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { type TrustMaterial, toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { isRecord, jsonOf } from '../bom/json.ts';
import type { Signer } from '../model/trust.ts';
import { matchesPattern } from '../policy/patterns.ts';
import { type Attempt, failed } from './attempt.ts';
import type { Signed } from './signed.ts';

type SigstoreSigner = Extract<Signer, { kind: 'sigstore' }>;

export function verifyWithIdentity(signed: Signed, signer: SigstoreSigner): Attempt {
  if (signed.bundle === null) return failed(0, 'no certificate comes with it');
  const trust = readTrustedRoot(signer.root);
  if ('problem' in trust)
    return failed(0, `the trust root of ${signer.name} can’t be used: ${trust.problem}`);
  // The library throws for whatever is wrong with a bundle, also where it just trips over it.
  let identity: { readonly subjectAlternativeName?: string; readonly extensions?: { issuer?: string } };
  try {
    const verifier = new Verifier(trust.material, {
      tlogThreshold: trust.material.tlogs.length > 0 ? 1 : 0,
      ctlogThreshold: trust.material.ctlogs.length > 0 ? 1 : 0,
      timestampThreshold: 1,
    });
    const entity = toSignedEntity(bundleFromJSON(signed.bundle), signed.artifact);
    if (entity.key.$case !== 'certificate') return failed(0, 'no certificate comes with it');
    identity = verifier.verify(entity).identity ?? {};
  } catch (error) {
    return failed(1, `the trust root of ${signer.name} does not bear it out (${causeOf(error)})`);
  }
  const name = identity.subjectAlternativeName ?? '';
  const issuer = identity.extensions?.issuer ?? '';
  const who = `${name || 'nobody'} (by ${issuer || 'nobody'})`;
  // Not left to the library: it takes a name for a pattern that may match anywhere.
  return name !== '' && issuer === signer.issuer && matchesPattern(signer.identity, name)
    ? { verified: true, who }
    : failed(2, `it was made by ${who}, who is not ${signer.name}`);
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const cause = 'cause' in error && error.cause instanceof Error ? error.cause.message : null;
  return cause === null ? error.message : `${error.message}: ${cause}`;
}

/** `trusted_root.json`, as `cosign trusted-root create` writes it. Roots are the policy's, so they are few. */
export function readTrustedRoot(
  text: string,
): { readonly material: TrustMaterial } | { readonly problem: string } {
  const known = READ.get(text);
  if (known !== undefined) return known;
  const read = trustedRootOf(text);
  if (READ.size >= READ_LIMIT) READ.clear();
  READ.set(text, read);
  return read;
}

const READ = new Map<string, ReturnType<typeof trustedRootOf>>();
const READ_LIMIT = 64;

function trustedRootOf(text: string): { readonly material: TrustMaterial } | { readonly problem: string } {
  const json = jsonOf(text);
  if (!isRecord(json)) return { problem: 'it is no JSON object' };
  try {
    const root = TrustedRoot.fromJSON(json);
    // The library would take a key without a beginning for one that was always good.
    if ([...root.tlogs, ...root.ctlogs].some(({ publicKey }) => publicKey?.validFor?.start === undefined))
      return { problem: 'it names a log without the day from which its key is good' };
    const material = toTrustMaterial(root);
    if (material.certificateAuthorities.length === 0) return { problem: 'it names no certificate authority' };
    if (material.tlogs.length === 0 && material.timestampAuthorities.length === 0)
      return { problem: 'it names neither a transparency log nor a timestamp authority' };
    return { material };
  } catch (error) {
    return { problem: `it can’t be read (${causeOf(error)})` };
  }
}
