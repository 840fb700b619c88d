// Signatures of the Notary Project for tests, in both of its formats.
import { constants, type KeyObject, sign } from 'node:crypto';
import type { SignatureMaterial, Signer } from '../../../src/core/model/trust.ts';
import { CODE_SIGNING, certificatePem, certify, type Holder } from './certificates.ts';

export type Notary = { readonly root: Holder; readonly leaf: Holder };

const SUBJECT = [
  ['C', 'DE'],
  ['O', 'Acme'],
  ['CN', 'acme release'],
] as const;

export function notary(leaf: Parameters<typeof certify>[0] = {}): Notary {
  const root = certify({ subject: [['CN', 'notary root']], authority: true }, null);
  return { root, leaf: certify({ subject: SUBJECT, uses: [CODE_SIGNING], ...leaf }, root) };
}

export function notationSigner(
  { root }: Notary,
  changes: Partial<Extract<Signer, { kind: 'notation' }>> = {},
): Signer {
  return {
    name: 'acme',
    kind: 'notation',
    roots: certificatePem(root),
    subject: { O: 'Acme', C: 'DE' },
    ...changes,
  };
}

const SCHEME = 'io.cncf.notary.signingScheme';

export type NotationRecipe = {
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly payload?: unknown;
  /** Certificates as sent; the leaf and the root where nobody says otherwise. */
  readonly chain?: readonly Buffer[];
  readonly key?: KeyObject;
};

function payloadOf(digest: string, { payload }: NotationRecipe): Buffer {
  const targetArtifact = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest, size: 1 };
  return Buffer.from(JSON.stringify(payload ?? { targetArtifact }));
}

export function jws(digest: string, { root, leaf }: Notary, recipe: NotationRecipe = {}): SignatureMaterial {
  const headers = {
    alg: 'ES256',
    cty: 'application/vnd.cncf.notary.payload.v1+json',
    crit: [SCHEME],
    [SCHEME]: 'notary.x509',
    'io.cncf.notary.signingTime': '2026-06-01T12:00:00Z',
    ...recipe.headers,
  };
  const [head, payload] = [Buffer.from(JSON.stringify(headers)), payloadOf(digest, recipe)].map((part) =>
    part.toString('base64url'),
  );
  const key = recipe.key ?? leaf.privateKey;
  const signature = signed(Buffer.from(`${head}.${payload}`), key, String(headers.alg));
  const envelope = {
    payload,
    protected: head,
    header: {
      x5c: (recipe.chain ?? [leaf.certificate, root.certificate]).map((each) => each.toString('base64')),
      'io.cncf.notary.signingAgent': 'test',
    },
    signature: signature.toString('base64url'),
  };
  return {
    kind: 'notation',
    mediaType: 'application/jose+json',
    envelope: Buffer.from(JSON.stringify(envelope)).toString('base64'),
  };
}

function signed(bytes: Buffer, key: KeyObject, algorithm: string): Buffer {
  const hash = /^[EP]S\d+$/.test(algorithm) ? `sha${algorithm.slice(2)}` : 'sha256';
  return algorithm.startsWith('ES')
    ? sign(hash, bytes, { key, dsaEncoding: 'ieee-p1363' })
    : sign(hash, bytes, {
        key,
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
      });
}

/** With ES256. */
export function cose(digest: string, { root, leaf }: Notary, recipe: NotationRecipe = {}): SignatureMaterial {
  const headers: readonly (readonly [CborInput, CborInput])[] = [
    [1, -7],
    [2, [SCHEME]],
    [3, 'application/vnd.cncf.notary.payload.v1+json'],
    [SCHEME, 'notary.x509'],
    ...Object.entries(recipe.headers ?? {}).map(([name, value]) => [name, value as CborInput] as const),
  ];
  const head = cbor({ pairs: headers });
  const payload = payloadOf(digest, recipe);
  const bytes = cbor(['Signature1', head, Buffer.alloc(0), payload]);
  const signature = signed(bytes, recipe.key ?? leaf.privateKey, 'ES256');
  const chain = [...(recipe.chain ?? [leaf.certificate, root.certificate])];
  const document = cbor({ tag: 18, value: [head, { pairs: [[33, chain]] }, payload, signature] });
  return { kind: 'notation', mediaType: 'application/cose', envelope: document.toString('base64') };
}

export type CborInput =
  | number
  | string
  | Buffer
  | readonly CborInput[]
  | { readonly pairs: readonly (readonly [CborInput, CborInput])[] }
  | { readonly tag: number; readonly value: CborInput };

export function cbor(value: CborInput): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string')
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  if ('pairs' in value)
    return Buffer.concat([
      head(5, value.pairs.length),
      ...value.pairs.flatMap(([key, each]) => [cbor(key), cbor(each)]),
    ]);
  if ('tag' in value) return Buffer.concat([head(6, value.tag), cbor(value.value)]);
  return Buffer.concat([head(4, value.length), ...value.map(cbor)]);
}

function head(major: number, length: number): Buffer {
  const lead = major << 5;
  if (length < 24) return Buffer.from([lead | length]);
  if (length < 0x100) return Buffer.from([lead | 24, length]);
  if (length < 0x10000) return Buffer.from([lead | 25, length >> 8, length & 0xff]);
  const wide = Buffer.alloc(5);
  wide[0] = lead | 26;
  wide.writeUInt32BE(length, 1);
  return wide;
}
