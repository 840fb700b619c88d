// A signature made with a long-lived key → whether it is that of the policy's key.
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { Signer } from '../model/trust.ts';
import { type Attempt, failed } from './attempt.ts';
import { holds } from './certificates.ts';
import type { Signed } from './signed.ts';

/** Smaller ones have been factored. */
const SMALLEST_RSA = 2048;

export function verifyWithKey(signed: Signed, signer: Extract<Signer, { kind: 'key' }>): Attempt {
  const key = readPublicKey(signer.key);
  if ('problem' in key) return failed(0, `the key of ${signer.name} can’t be used: ${key.problem}`);
  const isIts = signed.signatures.some((signature) => holds(() => isSignature(signed.bytes, signature, key)));
  return isIts
    ? { verified: true, who: `the key ${fingerprint(key)}` }
    : failed(1, `it was not made with the key of ${signer.name}, or not over these bytes`);
}

/** SPKI in PEM, nothing else: a private key in a policy is a mistake, not a signer. */
export function readPublicKey(pem: string): KeyObject | { readonly problem: string } {
  if (!/^\s*-----BEGIN PUBLIC KEY-----/.test(pem))
    return { problem: 'it is no public key in PEM (BEGIN PUBLIC KEY)' };
  try {
    const key = createPublicKey(pem);
    const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
    if (type === 'rsa' && (details?.modulusLength ?? 0) < SMALLEST_RSA)
      return { problem: `an RSA key has to have ${SMALLEST_RSA} bits at least` };
    return type === 'ec' || type === 'rsa' || type === 'ed25519'
      ? key
      : { problem: `keys of the kind ${type} are not supported` };
  } catch {
    return { problem: 'it can’t be read' };
  }
}

/** Cosign hashes with SHA-256 whatever the curve; newer tools take the curve's size. */
function isSignature(bytes: Buffer, signature: Buffer, key: KeyObject): boolean {
  if (key.asymmetricKeyType === 'ed25519') return verify(null, bytes, key, signature);
  const hashes = { secp384r1: ['sha256', 'sha384'], secp521r1: ['sha256', 'sha512'] }[
    key.asymmetricKeyDetails?.namedCurve ?? ''
  ] ?? ['sha256'];
  return hashes.some((hash) => verify(hash, bytes, key, signature));
}

function fingerprint(key: KeyObject): string {
  const der = key.export({ type: 'spki', format: 'der' });
  return `sha256:${createHash('sha256').update(der).digest('hex').slice(0, 16)}`;
}
