// A JSON web signature of the Notary Project → its parts. Source: RFC 7515, specifications/specs/signature-envelope-jws.md.
import { isRecord, jsonOf, textOf } from '../bom/json.ts';
import { isAlgorithm, type NotationEnvelope } from './notation-envelope.ts';

export function readJws(bytes: Buffer): NotationEnvelope | { readonly problem: string } {
  const document = jsonOf(bytes.toString('utf8'));
  if (!isRecord(document)) return { problem: 'its envelope is no JSON object' };
  const [head, payload, signature] = [document.protected, document.payload, document.signature].map(textOf);
  if (!head || !payload || !signature) return { problem: 'its envelope lacks a part' };
  const names = jsonOf(Buffer.from(head, 'base64url').toString('utf8'));
  if (!isRecord(names)) return { problem: 'its header is no JSON object' };
  if (!isAlgorithm(names.alg)) return { problem: 'its algorithm is none of the specification’s' };
  const expiry = textOf(names['io.cncf.notary.expiry']);
  const expires = expiry === null ? null : Date.parse(expiry);
  if (Number.isNaN(expires)) return { problem: 'its expiry is no date' };
  const chain = isRecord(document.header) ? document.header.x5c : null;
  return {
    bytes: Buffer.from(`${head}.${payload}`),
    signature: Buffer.from(signature, 'base64url'),
    algorithm: names.alg,
    certificates: (Array.isArray(chain) ? chain : []).map((each) => Buffer.from(String(each), 'base64')),
    payload: Buffer.from(payload, 'base64url'),
    payloadType: textOf(names.cty),
    critical: Array.isArray(names.crit) ? names.crit.map(String) : [],
    scheme: textOf(names['io.cncf.notary.signingScheme']),
    expiry: expires,
  };
}
