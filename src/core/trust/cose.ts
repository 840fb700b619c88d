// A COSE signature of the Notary Project → its parts. Source: RFC 9052, specifications/specs/signature-envelope-cose.md.
import { type CborValue, readCbor, writeCbor } from './cbor.ts';
import type { Algorithm, NotationEnvelope } from './notation-envelope.ts';

/** COSE_Sign1 of RFC 9052. */
const SIGN1 = 18;
/** Labels of headers: RFC 9052 section 3.1, RFC 9360. */
const ALGORITHM = 1;
const CRITICAL = 2;
const CONTENT_TYPE = 3;
const CERTIFICATES = 33;

const ALGORITHMS: ReadonlyMap<CborValue | undefined, Algorithm> = new Map([
  [-7, 'ES256'],
  [-35, 'ES384'],
  [-36, 'ES512'],
  [-37, 'PS256'],
  [-38, 'PS384'],
  [-39, 'PS512'],
]);

export function readCose(bytes: Buffer): NotationEnvelope | { readonly problem: string } {
  const document = readCbor(bytes);
  const parts = isTagged(document) && document.tag === SIGN1 ? document.value : null;
  const [head, loose, payload, signature] = Array.isArray(parts) && parts.length === 4 ? parts : [];
  if (!Buffer.isBuffer(head) || !Buffer.isBuffer(payload) || !Buffer.isBuffer(signature))
    return { problem: 'its envelope is no COSE signature' };
  const names = readCbor(head);
  if (!isMap(names)) return { problem: 'its header can’t be read' };
  const algorithm = ALGORITHMS.get(names.get(ALGORITHM));
  if (algorithm === undefined) return { problem: 'its algorithm is none of the specification’s' };
  const expiry = secondsOf(names.get('io.cncf.notary.expiry'));
  if (Number.isNaN(expiry)) return { problem: 'its expiry is no date' };
  const chain = isMap(loose) ? loose.get(CERTIFICATES) : undefined;
  const certificates = Array.isArray(chain) ? chain : [chain];
  const critical = names.get(CRITICAL);
  return {
    bytes: writeCbor(['Signature1', head, Buffer.alloc(0), payload]),
    signature,
    algorithm,
    certificates: certificates.filter((each) => Buffer.isBuffer(each)),
    payload,
    payloadType: textIn(names.get(CONTENT_TYPE)),
    critical: (Array.isArray(critical) ? critical : []).map((each) => String(each)),
    scheme: textIn(names.get('io.cncf.notary.signingScheme')),
    expiry,
  };
}

/** Null when there is none, NaN when it is no time. Epoch-based dates have the tag 1 (RFC 8949 section 3.4.2). */
function secondsOf(value: CborValue | undefined): number | null {
  if (value === undefined) return null;
  const seconds = isTagged(value) && value.tag === 1 ? value.value : value;
  return typeof seconds === 'number' ? seconds * 1000 : Number.NaN;
}

function textIn(value: CborValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function isTagged(
  value: CborValue | undefined,
): value is { readonly tag: number; readonly value: CborValue } {
  return typeof value === 'object' && value !== null && 'tag' in value;
}

function isMap(value: CborValue | undefined): value is ReadonlyMap<CborValue, CborValue> {
  return value instanceof Map;
}
