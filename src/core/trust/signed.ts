// A signature as a registry holds it → the bytes that are signed, what they say about which image, and who may have signed.
import { isRecord, jsonOf, records, textOf } from '../bom/json.ts';
import type { SignatureMaterial } from '../model/trust.ts';
import { cosignBundle } from './cosign-bundle.ts';

/** What is claimed by whoever signed. */
export type Claim = {
  /** Digests of what it is about, `algorithm:hex`. */
  readonly about: readonly string[];
  /** `signature`, or the predicate type of an in-toto statement. */
  readonly means: string;
};

export type Signed = Claim & {
  /** Exactly the bytes that the signatures are over. */
  readonly bytes: Buffer;
  readonly signatures: readonly Buffer[];
  /** The same as a Sigstore bundle, where a certificate or a log entry comes along; else null. */
  readonly bundle: unknown;
  /** What a bundle with a bare signature is about; undefined for statements, which bundles hold themselves. */
  readonly artifact: Buffer | undefined;
  /** The statement, where there is one. */
  readonly statement: unknown;
};

const STATEMENT_TYPE = 'application/vnd.in-toto+json';

/** Notation's envelopes are read by `notation.ts`: there, what is signed depends on the certificate. */
export function readSigned(
  material: Exclude<SignatureMaterial, { kind: 'notation' }>,
): Signed | { readonly problem: string } {
  switch (material.kind) {
    case 'cosign':
      return readSimple(material);
    case 'cosign-attestation': {
      const envelope = jsonOf(material.envelope);
      const bundle = cosignBundle(material.annotations, { dsseEnvelope: envelope }, null);
      return readEnvelope(envelope, bundle);
    }
    case 'sigstore-bundle': {
      const bundle = jsonOf(material.bundle);
      if (!isRecord(bundle)) return { problem: 'it is no JSON object' };
      // With both, two readers could take it for two different things.
      if (bundle.dsseEnvelope === undefined || bundle.messageSignature !== undefined)
        return { problem: 'it signs bytes and says nothing about an image' };
      return readEnvelope(bundle.dsseEnvelope, bundle);
    }
    default:
      return material satisfies never;
  }
}

/** Both names are in use: Red Hat's older one is that of the format cosign took over. */
const SIMPLE_TYPES = ['cosign container image signature', 'atomic container signature'];

function readSimple({
  payload,
  signature,
  annotations,
}: Extract<SignatureMaterial, { kind: 'cosign' }>): Signed | { readonly problem: string } {
  const bytes = Buffer.from(payload, 'base64');
  const document = jsonOf(bytes.toString('utf8'));
  const critical = isRecord(document) ? document.critical : null;
  const image = isRecord(critical) ? critical.image : null;
  const digest = isRecord(image) ? textOf(image['docker-manifest-digest']) : null;
  if (!isRecord(critical) || digest === null || !SIMPLE_TYPES.includes(String(critical.type)))
    return { problem: 'what it signs is no statement about an image' };
  if (signature === '') return { problem: 'it holds no signature' };
  return {
    about: [digest],
    means: 'signature',
    bytes,
    signatures: [Buffer.from(signature, 'base64')],
    bundle: cosignBundle(annotations, { signature }, bytes),
    artifact: bytes,
    statement: null,
  };
}

/** DSSE. Source: github.com/secure-systems-lab/dsse envelope.md and protocol.md. */
function readEnvelope(envelope: unknown, bundle: unknown): Signed | { readonly problem: string } {
  if (!isRecord(envelope)) return { problem: 'its envelope is no JSON object' };
  const { payloadType, payload } = envelope;
  if (payloadType !== STATEMENT_TYPE || typeof payload !== 'string')
    return { problem: 'its envelope holds no in-toto statement' };
  const content = Buffer.from(payload, 'base64');
  const statement = jsonOf(content.toString('utf8'));
  if (!isRecord(statement)) return { problem: 'its statement is no JSON object' };
  const signatures = records(envelope.signatures)
    .map(({ sig }) => Buffer.from(textOf(sig) ?? '', 'base64'))
    .filter((each) => each.length > 0);
  if (signatures.length === 0) return { problem: 'its envelope holds no signature' };
  return {
    about: subjectsOf(statement),
    means: textOf(statement.predicateType) ?? 'a statement without a type',
    bytes: preAuthenticated(STATEMENT_TYPE, content),
    signatures,
    bundle,
    artifact: undefined,
    statement,
  };
}

/** Digests of what an in-toto statement is about. */
export function subjectsOf(statement: Readonly<Record<string, unknown>>): readonly string[] {
  const digests = records(statement.subject).flatMap(({ digest }) =>
    Object.entries(isRecord(digest) ? digest : {}).map(
      ([algorithm, hex]) => `${algorithm}:${textOf(hex) ?? ''}`,
    ),
  );
  return [...new Set(digests)].sort();
}

function preAuthenticated(type: string, payload: Buffer): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}
