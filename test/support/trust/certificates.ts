// Certificate authorities for tests, made on the spot: nothing of them is kept, and nobody else believes them.
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { bits, boolean, type Der, integer, octets, oid, sequence, set, tagged, time, utf8 } from './der.ts';

export type Holder = {
  readonly certificate: Buffer;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly subject: readonly (readonly [name: string, value: string])[];
};

export type CertificateRecipe = {
  readonly subject?: Holder['subject'];
  readonly authority?: boolean;
  readonly from?: string;
  readonly until?: string;
  /** An address or an e-mail for the alternative name. */
  readonly identity?: string;
  /** Fulcio's extension for who told the identity. */
  readonly issuer?: string;
  /** Object ids of extended key usages. */
  readonly uses?: readonly string[];
  readonly keys?: { readonly privateKey: KeyObject; readonly publicKey: KeyObject };
};

export const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';

const NAMES: Readonly<Record<string, string>> = { CN: '2.5.4.3', C: '2.5.4.6', ST: '2.5.4.8', O: '2.5.4.10' };
const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));

export function ecKeys(namedCurve = 'P-256') {
  return generateKeyPairSync('ec', { namedCurve });
}

let serial = 0;

/** Signed by `by`, or by itself. */
export function certify(recipe: CertificateRecipe, by: Holder | null): Holder {
  const keys = recipe.keys ?? ecKeys();
  const subject = recipe.subject ?? [['CN', 'test']];
  serial += 1;
  const content = sequence(
    tagged(0xa0, integer(2)),
    integer(serial),
    ECDSA_SHA256,
    name(by?.subject ?? subject),
    sequence(time(recipe.from ?? '2026-01-01T00:00:00'), time(recipe.until ?? '2036-01-01T00:00:00')),
    name(subject),
    keys.publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions(recipe))),
  );
  const signature = sign('sha256', content, by?.privateKey ?? keys.privateKey);
  const certificate = sequence(content, ECDSA_SHA256, bits(signature));
  return { certificate, ...keys, subject };
}

export function pem(label: string, der: Buffer): string {
  const lines = der
    .toString('base64')
    .replace(/(.{64})/g, '$1\n')
    .trimEnd();
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

export function certificatePem({ certificate }: Holder): string {
  return pem('CERTIFICATE', certificate);
}

export function publicPem({ publicKey }: { readonly publicKey: KeyObject }): string {
  return publicKey.export({ type: 'spki', format: 'pem' }).toString();
}

function name(attributes: Holder['subject']): Der {
  return sequence(...attributes.map(([key, value]) => set(sequence(oid(NAMES[key] ?? key), utf8(value)))));
}

function extensions({ authority = false, identity, issuer, uses }: CertificateRecipe): readonly Der[] {
  const extension = (id: string, critical: boolean, value: Der): Der =>
    sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(value));
  return [
    extension('2.5.29.19', true, authority ? sequence(boolean(true)) : sequence()),
    // keyCertSign, or digitalSignature.
    extension('2.5.29.15', true, authority ? bits(Buffer.from([4]), 2) : bits(Buffer.from([0x80]), 7)),
    ...(uses === undefined ? [] : [extension('2.5.29.37', false, sequence(...uses.map(oid)))]),
    ...(identity === undefined
      ? []
      : [
          extension(
            '2.5.29.17',
            true,
            sequence(tagged(identity.includes('://') ? 0x86 : 0x81, Buffer.from(identity))),
          ),
        ]),
    ...(issuer === undefined ? [] : [extension('1.3.6.1.4.1.57264.1.8', false, utf8(issuer))]),
  ];
}
