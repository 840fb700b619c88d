// The annotations that cosign writes beside a signature → the same as a Sigstore bundle, which one verifier reads.
// Source: github.com/sigstore/cosign specs/SIGNATURE_SPEC.md; github.com/sigstore/protobuf-specs sigstore_bundle.proto.
import { createHash } from 'node:crypto';
import { isRecord, jsonOf, textOf } from '../bom/json.ts';

const CERTIFICATE = 'dev.sigstore.cosign/certificate';
const LOG_ENTRY = 'dev.sigstore.cosign/bundle';
const TIMESTAMP = 'dev.sigstore.cosign/rfc3161timestamp';

/** Null without a certificate: then a key made the signature. `payload` is what a bare signature is over. */
export function cosignBundle(
  annotations: Readonly<Record<string, string>>,
  content: { readonly dsseEnvelope: unknown } | { readonly signature: string },
  payload: Buffer | null,
): unknown {
  const certificate = derOf(annotations[CERTIFICATE] ?? '');
  if (certificate === null) return null;
  const entry = logEntry(annotations[LOG_ENTRY] ?? '');
  const stamp = jsonOf(annotations[TIMESTAMP] ?? '');
  const signedTimestamp = isRecord(stamp) ? textOf(stamp.SignedRFC3161Timestamp) : null;
  return {
    // The oldest version: it alone lets an entry come with the log's promise and without a proof.
    mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1',
    verificationMaterial: {
      x509CertificateChain: { certificates: [{ rawBytes: certificate }] },
      tlogEntries: entry === null ? [] : [entry],
      ...(signedTimestamp === null
        ? {}
        : { timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp }] } }),
    },
    ...('signature' in content
      ? {
          messageSignature: {
            messageDigest: {
              algorithm: 'SHA2_256',
              digest: createHash('sha256')
                .update(payload ?? '')
                .digest('base64'),
            },
            signature: content.signature,
          },
        }
      : content),
  };
}

function derOf(pem: string): string | null {
  const match = /^\s*-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/.exec(pem);
  return match ? (match[1] ?? '').replace(/\s+/g, '') : null;
}

function logEntry(text: string): object | null {
  const bundle = jsonOf(text);
  const signedEntryTimestamp = isRecord(bundle) ? textOf(bundle.SignedEntryTimestamp) : null;
  const payload = isRecord(bundle) && isRecord(bundle.Payload) ? bundle.Payload : null;
  const body = textOf(payload?.body);
  const kind = jsonOf(Buffer.from(body ?? '', 'base64').toString('utf8'));
  if (signedEntryTimestamp === null || payload === null || body === null || !isRecord(kind)) return null;
  return {
    logIndex: String(payload.logIndex),
    logId: { keyId: Buffer.from(String(payload.logID), 'hex').toString('base64') },
    kindVersion: { kind: String(kind.kind), version: String(kind.apiVersion) },
    integratedTime: String(payload.integratedTime),
    inclusionPromise: { signedEntryTimestamp },
    canonicalizedBody: body,
  };
}
