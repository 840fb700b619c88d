// A signature of the Notary Project (JWS or COSE) → which image it is about, and whether a signer of the policy made it.
// Source: github.com/notaryproject/specifications specs/signature-specification.md, signing-scheme.md, trust-store-trust-policy.md.
import { constants, type KeyObject, verify } from 'node:crypto';
import { isRecord, jsonOf, textOf } from '../bom/json.ts';
import type { Instant } from '../model/evidence.ts';
import type { SignatureMaterial, Signer } from '../model/trust.ts';
import { type Attempt, failed } from './attempt.ts';
import { type CertificateChain, chainProblem, holds, readChain, subjectOf } from './certificates.ts';
import { readCose } from './cose.ts';
import { readJws } from './jws.ts';
import type { Algorithm, NotationEnvelope } from './notation-envelope.ts';
import type { Claim } from './signed.ts';

const PAYLOAD_TYPE = 'application/vnd.cncf.notary.payload.v1+json';
const SCHEME = 'io.cncf.notary.signingScheme';
const EXPIRY = 'io.cncf.notary.expiry';

type NotationSigner = Extract<Signer, { kind: 'notation' }>;

export type ReadNotation = Claim & { readonly against: (signer: NotationSigner) => Attempt };

/** Without a timestamp of a third party, certificates have to be valid at `at`; revocation lists are not looked up. */
export function verifyNotation(
  material: Extract<SignatureMaterial, { kind: 'notation' }>,
  at: Instant,
): ReadNotation | { readonly problem: string } {
  const bytes = Buffer.from(material.envelope, 'base64');
  const envelope = readEnvelope(material.mediaType, bytes);
  if ('problem' in envelope) return envelope;
  if (envelope.payloadType !== PAYLOAD_TYPE)
    return { problem: 'what it signs is of no type that the specification knows' };
  const payload = jsonOf(envelope.payload.toString('utf8'));
  const target = isRecord(payload) && isRecord(payload.targetArtifact) ? payload.targetArtifact : null;
  const digest = textOf(target?.digest);
  if (digest === null) return { problem: 'what it signs names no image' };
  const wrong = headerProblem(envelope, at);
  const chain = readChain(envelope.certificates);
  const said =
    wrong ??
    ('problem' in chain
      ? chain.problem
      : holds(() => isSignature(envelope, chain.leaf.publicKey))
        ? null
        : 'its signature is not over this content');
  return {
    about: [digest],
    means: 'signature',
    against: (signer) =>
      said !== null || 'problem' in chain
        ? failed(1, said ?? 'it has no certificates')
        : hold(chain, signer, at),
  };
}

function readEnvelope(type: string, bytes: Buffer): NotationEnvelope | { readonly problem: string } {
  if (type === 'application/jose+json') return readJws(bytes);
  if (type === 'application/cose') return readCose(bytes);
  return { problem: `its envelope is of the type ${type}, which is not read` };
}

/** What is marked as critical and not understood makes a signature void. */
function headerProblem({ critical, scheme, expiry }: NotationEnvelope, at: Instant): string | null {
  const foreign = critical.find((name) => name !== SCHEME && name !== EXPIRY);
  if (foreign !== undefined) return `it asks for ${foreign}, which is not understood`;
  if (scheme !== 'notary.x509' || !critical.includes(SCHEME))
    return `its signing scheme is ${scheme ?? 'not given'}, which is not verified`;
  if (expiry !== null && !critical.includes(EXPIRY)) return 'its expiry is not marked as critical';
  return expiry !== null && expiry <= Date.parse(at)
    ? `it expired on ${new Date(expiry).toISOString().slice(0, 10)}`
    : null;
}

const CURVES: Readonly<Record<string, Algorithm>> = {
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  secp521r1: 'ES512',
};

/** Each kind of key goes with one algorithm, so that nobody chooses a weaker one. */
function algorithmFor(key: KeyObject): Algorithm | null {
  const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'ec') return CURVES[namedCurve ?? ''] ?? null;
  if (key.asymmetricKeyType !== 'rsa') return null;
  return modulusLength >= 4096
    ? 'PS512'
    : modulusLength >= 3072
      ? 'PS384'
      : modulusLength >= 2048
        ? 'PS256'
        : null;
}

function isSignature({ bytes, signature, algorithm }: NotationEnvelope, key: KeyObject): boolean {
  if (algorithmFor(key) !== algorithm) return false;
  const hash = `sha${algorithm.slice(2)}`;
  return algorithm.startsWith('ES')
    ? verify(hash, bytes, { key, dsaEncoding: 'ieee-p1363' }, signature)
    : verify(
        hash,
        bytes,
        { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
        signature,
      );
}

function hold(chain: CertificateChain, signer: NotationSigner, at: Instant): Attempt {
  const wrong = chainProblem(chain, signer.roots, Date.parse(at));
  if (wrong !== null) return failed(1, `the roots of ${signer.name} do not bear it out (${wrong})`);
  const subject = subjectOf(chain.leaf);
  const who = Object.entries(subject)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
  const wanted = Object.entries(signer.subject);
  const isIts = wanted.length > 0 && wanted.every(([name, value]) => subject[name] === value);
  return isIts
    ? { verified: true, who: `${who}; revocation was not looked up` }
    : failed(2, `it was made by ${who || 'a certificate without a subject'}, who is not ${signer.name}`);
}
