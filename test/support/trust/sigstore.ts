// A Sigstore instance for tests: a certificate authority and a transparency log, and signatures as cosign stores them.
import { createHash, sign } from 'node:crypto';
import type { SignatureMaterial, Signer } from '../../../src/core/model/trust.ts';
import { CODE_SIGNING, certificatePem, certify, ecKeys, type Holder } from './certificates.ts';

export const ISSUER = 'https://token.actions.githubusercontent.com';
export const IDENTITY = 'https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1';
/** When everything was signed; the certificates live ten minutes. */
const SIGNED_AT = '2026-06-01T12:00:05';

export type Instance = {
  readonly root: object;
  readonly authority: Holder;
  readonly log: ReturnType<typeof ecKeys>;
};

export function sigstoreInstance(): Instance {
  const authority = certify(
    { subject: [['CN', 'test authority']], authority: true, from: '2025-01-01T00:00:00' },
    null,
  );
  const log = ecKeys();
  const validFor = { start: '2025-01-01T00:00:00Z' };
  return {
    authority,
    log,
    root: {
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      tlogs: [
        {
          baseUrl: 'https://log.example.test',
          hashAlgorithm: 'SHA2_256',
          publicKey: {
            rawBytes: logDer(log).toString('base64'),
            keyDetails: 'PKIX_ECDSA_P256_SHA_256',
            validFor,
          },
          logId: { keyId: sha256(logDer(log)).toString('base64') },
        },
      ],
      certificateAuthorities: [
        {
          subject: { organization: 'test', commonName: 'test authority' },
          uri: 'https://ca.example.test',
          certChain: { certificates: [{ rawBytes: authority.certificate.toString('base64') }] },
          validFor,
        },
      ],
      ctlogs: [],
      timestampAuthorities: [],
    },
  };
}

export function identitySigner(
  instance: Instance,
  changes: Partial<Extract<Signer, { kind: 'sigstore' }>> = {},
): Signer {
  return {
    name: 'release',
    kind: 'sigstore',
    identity: IDENTITY,
    issuer: ISSUER,
    root: JSON.stringify(instance.root),
    ...changes,
  };
}

/** A short-lived certificate for whoever asks. */
export function shortLived(
  { authority }: Instance,
  identity = IDENTITY,
  issuer = ISSUER,
  [from, until] = ['2026-06-01T12:00:00', '2026-06-01T12:10:00'],
): Holder {
  return certify({ identity, issuer, uses: [CODE_SIGNING], from: from ?? '', until: until ?? '' }, authority);
}

function simpleSigning(digest: string, type = 'cosign container image signature'): Buffer {
  return Buffer.from(
    JSON.stringify({
      critical: { identity: { 'docker-reference': '' }, image: { 'docker-manifest-digest': digest }, type },
      optional: null,
    }),
  );
}

export function statement(digest: string, predicateType: string, predicate: unknown = {}): object {
  const [algorithm = '', hex] = digest.split(':');
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'app', digest: { [algorithm]: hex } }],
    predicateType,
    predicate,
  };
}

/** As `cosign sign --key` stores it. */
export function keySignature(digest: string, keys: ReturnType<typeof ecKeys>): SignatureMaterial {
  const payload = simpleSigning(digest);
  const signature = sign('sha256', payload, keys.privateKey).toString('base64');
  return { kind: 'cosign', payload: payload.toString('base64'), signature, annotations: {} };
}

/** As `cosign sign` without a key stored it until its version 3. */
export function keylessSignature(
  digest: string,
  instance: Instance,
  holder = shortLived(instance),
): Extract<SignatureMaterial, { kind: 'cosign' }> {
  const payload = simpleSigning(digest);
  const signature = sign('sha256', payload, holder.privateKey).toString('base64');
  const entry = logged(instance, {
    apiVersion: '0.0.1',
    kind: 'hashedrekord',
    spec: {
      data: { hash: { algorithm: 'sha256', value: sha256(payload).toString('hex') } },
      signature: { content: signature, publicKey: { content: encoded(certificatePem(holder)) } },
    },
  });
  return {
    kind: 'cosign',
    payload: payload.toString('base64'),
    signature,
    annotations: {
      'dev.sigstore.cosign/certificate': certificatePem(holder),
      'dev.sigstore.cosign/bundle': JSON.stringify({
        SignedEntryTimestamp: entry.promise,
        Payload: entry.payload,
      }),
    },
  };
}

export function envelope(content: object, holder: Pick<Holder, 'privateKey'>) {
  const type = 'application/vnd.in-toto+json';
  const payload = Buffer.from(JSON.stringify(content));
  const bytes = Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${payload.length} `), payload]);
  const sig = sign('sha256', bytes, holder.privateKey).toString('base64');
  return { payload: payload.toString('base64'), payloadType: type, signatures: [{ sig, keyid: '' }] };
}

/** As cosign 3 and GitHub's attestations store it: version 0.3, with a proof of inclusion. */
export function bundleOf(content: object, instance: Instance, holder = shortLived(instance)) {
  const dsseEnvelope = envelope(content, holder);
  const [{ sig } = { sig: '' }] = dsseEnvelope.signatures;
  const entry = logged(instance, {
    apiVersion: '0.0.1',
    kind: 'dsse',
    spec: {
      payloadHash: {
        algorithm: 'sha256',
        value: sha256(Buffer.from(dsseEnvelope.payload, 'base64')).toString('hex'),
      },
      signatures: [{ signature: sig, verifier: encoded(certificatePem(holder)) }],
    },
  });
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: {
      certificate: { rawBytes: holder.certificate.toString('base64') },
      tlogEntries: [
        {
          logIndex: '0',
          logId: { keyId: Buffer.from(entry.payload.logID, 'hex').toString('base64') },
          kindVersion: { kind: 'dsse', version: '0.0.1' },
          integratedTime: String(entry.payload.integratedTime),
          inclusionPromise: { signedEntryTimestamp: entry.promise },
          inclusionProof: {
            logIndex: '0',
            treeSize: '1',
            hashes: [],
            rootHash: entry.rootHash,
            checkpoint: { envelope: entry.checkpoint },
          },
          canonicalizedBody: entry.payload.body,
        },
      ],
    },
    dsseEnvelope,
  };
}

export function bundleMaterial(bundle: object): SignatureMaterial {
  return { kind: 'sigstore-bundle', bundle: JSON.stringify(bundle) };
}

/** The only entry of a log: its promise, and the proof of a tree with one leaf. */
function logged({ log }: Instance, content: object) {
  const bytes = Buffer.from(JSON.stringify(content));
  const logID = sha256(logDer(log));
  const payload = {
    body: bytes.toString('base64'),
    integratedTime: Date.parse(`${SIGNED_AT}Z`) / 1000,
    logID: logID.toString('hex'),
    logIndex: 0,
  };
  const root = sha256(Buffer.concat([Buffer.from([0]), bytes])).toString('base64');
  const note = `log.example.test\n1\n${root}\n`;
  const signature = sign('sha256', Buffer.from(note), log.privateKey);
  const line = Buffer.concat([logID.subarray(0, 4), signature]).toString('base64');
  return {
    payload,
    rootHash: root,
    promise: sign('sha256', Buffer.from(JSON.stringify(payload)), log.privateKey).toString('base64'),
    checkpoint: `${note}\n\u2014 log.example.test ${line}\n`,
  };
}

function logDer(log: Instance['log']): Buffer {
  return log.publicKey.export({ type: 'spki', format: 'der' });
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64');
}
