// Genuine signatures with something changed in them: never verified, never an exception.
import { createHash, generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ImageVouchers, SignatureMaterial, Signer } from '../../../src/core/model/trust.ts';
import { judgeSboms } from '../../../src/core/trust/sboms.ts';
import { judgeSignatures } from '../../../src/core/trust/signatures.ts';
import { CODE_SIGNING, certify, ecKeys, publicPem } from '../../support/trust/certificates.ts';
import { cose, jws, notary, notationSigner } from '../../support/trust/notation.ts';
import {
  bundleMaterial,
  bundleOf,
  envelope,
  identitySigner,
  keylessSignature,
  keySignature,
  sigstoreInstance,
  statement,
} from '../../support/trust/sigstore.ts';

const IMAGE = `sha256:${createHash('sha256').update('image').digest('hex')}`;
const AT = '2026-11-22T00:00:00.000Z';
const SIGN = 'https://sigstore.dev/cosign/sign/v1';

const instance = sigstoreInstance();
const keys = ecKeys();
const ours = notary();
const signers: readonly Signer[] = [
  identitySigner(instance),
  { name: 'key', kind: 'key', key: publicPem(keys) },
  { name: 'ed25519', kind: 'key', key: publicPem(generateKeyPairSync('ed25519')) },
  notationSigner(ours),
];

function stateOf(material: SignatureMaterial): string {
  const vouchers: ImageVouchers = {
    digests: [IMAGE],
    signatures: [{ kind: material.kind, subject: IMAGE, digest: IMAGE, material }],
    sboms: [],
    gaps: [],
    sbomGaps: [],
  };
  judgeSboms(vouchers, signers, AT);
  return judgeSignatures(vouchers, signers, AT).state;
}

const keyless = keylessSignature(IMAGE, instance);
const attested = JSON.stringify(envelope(statement(IMAGE, 'https://slsa.dev/provenance/v1'), keys));

const GENUINE: readonly SignatureMaterial[] = [
  keySignature(IMAGE, keys),
  keyless,
  { kind: 'cosign-attestation', envelope: attested, annotations: {} },
  bundleMaterial(bundleOf(statement(IMAGE, SIGN), instance)),
  jws(IMAGE, ours),
  cose(IMAGE, ours),
];

test.each(GENUINE.map((material) => [material.kind, material] as const))(
  '%s is genuine',
  (_kind, material) => {
    expect(stateOf(material)).toBe('verified');
  },
);

/** Every text of the material that could be changed, by the way to it. */
function changed(material: SignatureMaterial, at: number, bit: number): SignatureMaterial | null {
  const fields = Object.entries(material as Readonly<Record<string, unknown>>).filter(
    (entry): entry is [string, string] => entry[0] !== 'kind' && typeof entry[1] === 'string',
  );
  const [name = '', text = ''] = fields[at % Math.max(fields.length, 1)] ?? [];
  if (text === '') return null;
  const place = at % text.length;
  const other = String.fromCharCode(text.charCodeAt(place) ^ (1 << (bit % 6)));
  return {
    ...material,
    [name]: `${text.slice(0, place)}${other}${text.slice(place + 1)}`,
  } as SignatureMaterial;
}

/** What a reader makes of it, beyond the spelling: base64 has bits that nobody reads, JSON fields that nobody asks for. */
const READ_AS_BEFORE = new Set(GENUINE.map(meaning));

function meaning(material: SignatureMaterial): string {
  const decoded = (text: string): string => Buffer.from(text, 'base64').toString('hex');
  switch (material.kind) {
    case 'cosign':
      return `cosign ${decoded(material.payload)} ${decoded(material.signature)}`;
    case 'cosign-attestation':
      return `attestation ${signedParts(material.envelope)}`;
    case 'sigstore-bundle':
      return `bundle ${signedParts(JSON.stringify(parsed(material.bundle)?.dsseEnvelope ?? null))}`;
    case 'notation':
      return `notation ${material.mediaType} ${decoded(material.envelope)}`;
    default:
      return material satisfies never;
  }
}

function parsed(text: string) {
  try {
    return JSON.parse(text) as {
      dsseEnvelope?: unknown;
      payload?: string;
      signatures?: { sig?: string }[];
    } | null;
  } catch {
    return null;
  }
}

function signedParts(text: string): string {
  const { payload, signatures } = parsed(text) ?? {};
  return [payload, signatures?.[0]?.sig]
    .map((part) => Buffer.from(String(part), 'base64').toString('hex'))
    .join(' ');
}

test('one character changed in what is signed, or in its signature', () => {
  fc.assert(
    fc.property(fc.constantFrom(...GENUINE), fc.nat(), fc.nat(5), (material, at, bit) => {
      const mutant = changed(material, at, bit);
      if (mutant === null) return;
      const state = stateOf(mutant);
      // Only what reads the very same may still be good; an envelope has parts that nothing depends on.
      if (material.kind === 'notation') expect(['present', 'verified']).toContain(state);
      else if (!READ_AS_BEFORE.has(meaning(mutant))) expect(state).toBe('present');
    }),
    { numRuns: 150 },
  );
});

test('the parts of a JWS that are signed, one character changed', () => {
  const material = jws(IMAGE, ours);
  if (material.kind !== 'notation') throw new Error('no notation signature');
  const document = JSON.parse(Buffer.from(material.envelope, 'base64').toString()) as Record<string, string>;
  fc.assert(
    fc.property(
      fc.constantFrom('payload', 'protected', 'signature'),
      fc.nat(),
      fc.nat(5),
      (part, at, bit) => {
        const bytes = Buffer.from(document[part] ?? '', 'base64url');
        bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ (1 << bit);
        const mutant = { ...document, [part]: bytes.toString('base64url') };
        const envelopeText = Buffer.from(JSON.stringify(mutant)).toString('base64');
        expect(stateOf({ ...material, envelope: envelopeText })).toBe('present');
      },
    ),
  );
});

test('the bytes of a COSE signature, one bit changed', () => {
  const material = cose(IMAGE, ours, { chain: [ours.leaf.certificate] });
  if (material.kind !== 'notation') throw new Error('no notation signature');
  const bytes = Buffer.from(material.envelope, 'base64');
  // The header and the payload are signed, and so is the certificate, by the root.
  for (let at = 0; at < bytes.length; at += 3) {
    const mutant = Buffer.from(bytes);
    mutant[at] = (mutant[at] ?? 0) ^ 4;
    expect([at, stateOf({ ...material, envelope: mutant.toString('base64') })]).toEqual([at, 'present']);
  }
});

test('anything at all in the place of a signature', () => {
  const text = fc.oneof(fc.json(), fc.string(), fc.base64String());
  const annotations = fc.dictionary(
    fc.constantFrom(
      'dev.sigstore.cosign/certificate',
      'dev.sigstore.cosign/bundle',
      'dev.sigstore.cosign/rfc3161timestamp',
    ),
    fc.oneof(text, fc.constantFrom(...Object.values(keyless.annotations))),
  );
  const materials = fc.oneof(
    fc.record({
      kind: fc.constant('cosign' as const),
      payload: fc.constant(keyless.payload),
      signature: text,
      annotations,
    }),
    fc.record({
      kind: fc.constant('cosign-attestation' as const),
      envelope: fc.oneof(text, fc.constant(attested.replace(/"sig":"[^"]+"/, '"sig":"AAAA"'))),
      annotations,
    }),
    fc.record({ kind: fc.constant('sigstore-bundle' as const), bundle: text }),
    fc.record({
      kind: fc.constant('notation' as const),
      mediaType: fc.constantFrom('application/jose+json', 'application/cose'),
      envelope: text,
    }),
  );
  fc.assert(
    fc.property(materials, (material) => {
      expect(stateOf(material)).toBe('present');
    }),
    { numRuns: 100 },
  );
});

test('bundles and envelopes with parts of any kind in the place of theirs', () => {
  const bundle = bundleOf(statement(IMAGE, SIGN), instance);
  const parts = ['mediaType', 'verificationMaterial', 'dsseEnvelope'] as const;
  const inner = ['certificate', 'tlogEntries', 'timestampVerificationData', 'publicKey'] as const;
  fc.assert(
    fc.property(
      fc.constantFrom(...parts),
      fc.constantFrom(...inner),
      fc.jsonValue(),
      fc.boolean(),
      (part, name, value, deep) => {
        const mutant = deep
          ? { ...bundle, verificationMaterial: { ...bundle.verificationMaterial, [name]: value } }
          : { ...bundle, [part]: value };
        expect(['present', 'verified']).toContain(stateOf(bundleMaterial(mutant)));
      },
    ),
    { numRuns: 100 },
  );
});

const PAIRS = {
  ed25519: () => generateKeyPairSync('ed25519'),
  ed448: () => generateKeyPairSync('ed448'),
  x25519: () => generateKeyPairSync('x25519'),
  dsa: () => generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 }),
} as const;

test.each(['ed25519', 'ed448', 'x25519', 'dsa'] as const)(
  'a certificate with a key of the kind %s',
  (kind) => {
    const pair = PAIRS[kind]();
    const leaf = certify(
      {
        subject: [
          ['O', 'Acme'],
          ['C', 'DE'],
        ],
        uses: [CODE_SIGNING],
        keys: pair,
      },
      ours.root,
    );
    const material = jws(IMAGE, { ...ours, leaf }, { key: ours.leaf.privateKey });
    expect(stateOf(material)).toBe('present');
  },
);
