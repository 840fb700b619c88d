// Signatures on images, genuine and forged, held against the signers of a policy.
import { createHash, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { Gap } from '../../../src/core/model/evidence.ts';
import type {
  ImageVouchers,
  SignatureMaterial,
  SignatureState,
  Signer,
} from '../../../src/core/model/trust.ts';
import { judgeSignatures } from '../../../src/core/trust/signatures.ts';
import { certificatePem, certify, ecKeys, pem, publicPem } from '../../support/trust/certificates.ts';
import { cose, jws, notary, notationSigner } from '../../support/trust/notation.ts';
import {
  bundleMaterial,
  bundleOf,
  envelope,
  IDENTITY,
  ISSUER,
  identitySigner,
  keylessSignature,
  keySignature,
  shortLived,
  sigstoreInstance,
  statement,
} from '../../support/trust/sigstore.ts';

const digestOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const IMAGE = digestOf('image');
const INDEX = digestOf('index');
const OTHER = digestOf('another image');
const AT = '2026-11-22T00:00:00.000Z';
const SIGN = 'https://sigstore.dev/cosign/sign/v1';

function on(...materials: readonly (SignatureMaterial | { problem: string })[]): ImageVouchers {
  return {
    digests: [INDEX, IMAGE],
    signatures: materials.map((material, index) => ({
      kind: 'kind' in material ? material.kind : 'cosign',
      subject: IMAGE,
      digest: digestOf(`holder ${index}`),
      material,
    })),
    sboms: [],
    gaps: [],
    sbomGaps: [],
  };
}

function judge(material: SignatureMaterial, ...signers: readonly Signer[]): SignatureState {
  return judgeSignatures(on(material), signers, AT);
}

/** Present, by nobody, and the one sentence says why. */
function refused(reason: string | RegExp) {
  return {
    state: 'present',
    by: [],
    evidence: [expect.stringMatching(typeof reason === 'string' ? escaped(reason) : reason)],
  };
}

function escaped(text: string): RegExp {
  return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
}

const instance = sigstoreInstance();
const keys = ecKeys();
const keySigner: Signer = { name: 'acme-key', kind: 'key', key: publicPem(keys) };

describe('a key', () => {
  test.each([IMAGE, INDEX])('that signed the image or its index', (digest) => {
    expect(judge(keySignature(digest, keys), keySigner)).toEqual({
      state: 'verified',
      by: ['acme-key'],
      evidence: [
        expect.stringMatching(/^The cosign signature sha256:\w+ is by acme-key: the key sha256:\w{16}\.$/),
      ],
    });
  });

  test('that signed another image', () => {
    expect(judge(keySignature(OTHER, keys), keySigner)).toEqual(
      refused(`it is about ${OTHER}, not this image`),
    );
  });

  test('that is not the policy’s', () => {
    expect(judge(keySignature(IMAGE, ecKeys()), keySigner)).toEqual(
      refused('not made with the key of acme-key'),
    );
  });

  test('whose payload was swapped for one about this image', () => {
    const signed = keySignature(OTHER, keys);
    const own = keySignature(IMAGE, ecKeys());
    if (signed.kind !== 'cosign' || own.kind !== 'cosign') throw new Error('no cosign signature');
    expect(judge({ ...signed, payload: own.payload }, keySigner)).toEqual(refused('or not over these bytes'));
  });

  test.each([
    [generateKeyPairSync('rsa', { modulusLength: 2048 }), true],
    [generateKeyPairSync('rsa', { modulusLength: 1024 }), false],
    [ecKeys('P-384'), true],
  ] as const)('kinds and sizes of keys', (pair, isGood) => {
    const signer: Signer = { name: 'k', kind: 'key', key: publicPem(pair) };
    expect(judge(keySignature(IMAGE, pair), signer).state).toBe(isGood ? 'verified' : 'present');
  });

  test.each(['', 'nonsense', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n'])(
    'the policy’s key %j is said not to be usable',
    (key) => {
      expect(judge(keySignature(IMAGE, keys), { name: 'k', kind: 'key', key })).toEqual(
        refused('the key of k can’t be used'),
      );
    },
  );

  test('an attestation of a key, as cosign stores it', () => {
    const attestation = (type: string): SignatureMaterial => ({
      kind: 'cosign-attestation',
      envelope: JSON.stringify(envelope(statement(IMAGE, type), keys)),
      annotations: {},
    });
    expect(judge(attestation('https://slsa.dev/provenance/v1'), keySigner)).toMatchObject({
      state: 'verified',
    });
    // Whoever lists the contents of an image does not stand for it.
    const listed = judge(attestation('https://spdx.dev/Document'), keySigner);
    expect(listed).toMatchObject({ state: 'present', by: [] });
    expect(listed.evidence).toEqual([expect.stringContaining('(https://spdx.dev/Document) is by acme-key')]);
  });
});

describe('a short-lived certificate', () => {
  const signer = identitySigner(instance);

  test.each<[string, SignatureMaterial]>([
    ['cosign’s own form', keylessSignature(IMAGE, instance)],
    ['a bundle', bundleMaterial(bundleOf(statement(IMAGE, SIGN), instance))],
    ['a bundle about the index', bundleMaterial(bundleOf(statement(INDEX, SIGN), instance))],
    ['a provenance', bundleMaterial(bundleOf(statement(IMAGE, 'https://slsa.dev/provenance/v1'), instance))],
  ])('%s', (_name, material) => {
    expect(judge(material, signer)).toEqual({
      state: 'verified',
      by: ['release'],
      evidence: [expect.stringContaining(`is by release: ${IDENTITY} (by ${ISSUER}).`)],
    });
  });

  test.each<[string, SignatureMaterial]>([
    ['a signature', keylessSignature(OTHER, instance)],
    ['a bundle', bundleMaterial(bundleOf(statement(OTHER, SIGN), instance))],
  ])('%s about another image', (_name, material) => {
    expect(judge(material, signer)).toEqual(refused(`it is about ${OTHER}, not this image`));
  });

  test('a digest of another algorithm is none of the image’s', () => {
    const about = bundleOf(statement(IMAGE.replace('sha256', 'sha512'), SIGN), instance);
    expect(judge(bundleMaterial(about), signer)).toEqual(refused('not this image'));
  });

  test('a statement that was swapped under its signature', () => {
    const bundle = bundleOf(statement(OTHER, SIGN), instance);
    const payload = Buffer.from(JSON.stringify(statement(IMAGE, SIGN))).toString('base64');
    const forged = { ...bundle, dsseEnvelope: { ...bundle.dsseEnvelope, payload } };
    expect(judge(bundleMaterial(forged), signer)).toEqual(refused('does not bear it out'));
  });

  test('a genuine signature over other bytes with a statement put beside it', () => {
    const { dsseEnvelope, ...rest } = bundleOf(statement(IMAGE, SIGN), instance);
    const messageSignature = { messageDigest: { algorithm: 'SHA2_256', digest: 'AAAA' }, signature: 'AAAA' };
    expect(judge(bundleMaterial({ ...rest, messageSignature, dsseEnvelope }), signer)).toEqual(
      refused('it signs bytes and says nothing about an image'),
    );
  });

  test('of an authority that the policy’s root does not know', () => {
    const elsewhere = sigstoreInstance();
    expect(judge(keylessSignature(IMAGE, elsewhere), signer)).toEqual(refused('does not bear it out'));
    // The certificate of ours, the log of somebody else.
    const mixed = { ...instance, log: elsewhere.log };
    expect(judge(keylessSignature(IMAGE, mixed), signer)).toEqual(refused('does not bear it out'));
  });

  test('that had expired when it was used, or was not valid yet', () => {
    for (const [from, until] of [
      ['2026-06-01T11:00:00', '2026-06-01T11:10:00'],
      ['2026-06-01T13:00:00', '2026-06-01T13:10:00'],
    ] as const) {
      const holder = shortLived(instance, IDENTITY, ISSUER, [from, until]);
      for (const material of [
        keylessSignature(IMAGE, instance, holder),
        bundleMaterial(bundleOf(statement(IMAGE, SIGN), instance, holder)),
      ])
        expect(judge(material, signer)).toEqual(refused(/certificate/));
    }
  });

  test('without an entry in the log', () => {
    const { annotations, ...rest } = keylessSignature(IMAGE, instance);
    const { 'dev.sigstore.cosign/bundle': _entry, ...without } = annotations;
    expect(judge({ ...rest, annotations: without }, signer)).toEqual(refused('expected 1 timestamps, got 0'));
    const bundle = bundleOf(statement(IMAGE, SIGN), instance);
    const { certificate } = bundle.verificationMaterial;
    const bare = { ...bundle, verificationMaterial: { certificate, tlogEntries: [] } };
    expect(judge(bundleMaterial(bare), signer)).toEqual(refused('does not bear it out'));
  });

  test('with the log’s entry for another signature', () => {
    const one = keylessSignature(IMAGE, instance);
    const other = keylessSignature(OTHER, instance);
    expect(judge({ ...one, annotations: other.annotations }, signer)).toEqual(
      refused('does not bear it out'),
    );
  });

  test('where the root names a certificate log and no certificate was logged', () => {
    const [log] = (instance.root as { tlogs: object[] }).tlogs;
    const root = JSON.stringify({ ...instance.root, ctlogs: [log] });
    expect(judge(keylessSignature(IMAGE, instance), identitySigner(instance, { root }))).toEqual(
      refused('expected 1 SCTs, got 0'),
    );
  });

  test('where the root does not say since when a log’s key is good', () => {
    const { tlogs, ...rest } = instance.root as { tlogs: { publicKey: { validFor?: object } }[] };
    const open = tlogs.map((log) => ({ ...log, publicKey: { ...log.publicKey, validFor: {} } }));
    const root = JSON.stringify({ ...rest, tlogs: open });
    expect(judge(keylessSignature(IMAGE, instance), identitySigner(instance, { root }))).toEqual(
      refused('without the day from which its key is good'),
    );
  });

  describe('identities are taken whole', () => {
    test.each([
      ['https://github.com/acme/app/.github/workflows/release.yml@refs/tags/*', IDENTITY, true],
      ['https://github.com/acme/*/.github/workflows/release.yml@refs/tags/*', IDENTITY, true],
      ['https://github.com/acme/**', IDENTITY, true],
      // Part of the name, in front, behind and in the middle.
      ['https://github.com/acme/app', IDENTITY, false],
      ['https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1', `${IDENTITY}-evil`, false],
      ['https://github.com/acme/app', 'https://github.com/acme/app-evil', false],
      ['github.com/acme/app', 'https://github.com/acme/app', false],
      ['https://github.com/acme/app', 'https://evil.example/?x=https://github.com/acme/app', false],
      // A dot stands for itself, and so do all the others.
      ['https://github.com/acme/app', 'https://githubXcom/acme/app', false],
      ['https://github.com/acme/(app|x)', 'https://github.com/acme/app', false],
      ['https://github.com/acme/.+', 'https://github.com/acme/app', false],
      ['https://github.com/acme/[a-z]app', 'https://github.com/acme/xapp', false],
      ['https://github.com/acme/c++', 'https://github.com/acme/c++', true],
      // A star stays within its segment.
      ['https://github.com/acme/*', 'https://github.com/acme/app/deeper', false],
      ['release@acme.example', 'release@acme.example', true],
      ['release@acme.example', 'release@acme.example.evil.test', false],
      ['release@acme.example', 'Release@acme.example', false],
    ])('%s for %s: %s', (pattern, identity, isIts) => {
      const holder = shortLived(instance, identity);
      const state = judge(
        keylessSignature(IMAGE, instance, holder),
        identitySigner(instance, { identity: pattern }),
      );
      expect(state.state).toBe(isIts ? 'verified' : 'present');
      if (!isIts)
        expect(state.evidence[0]).toContain(`made by ${identity} (by ${ISSUER}), who is not release`);
    });

    test('and so is who told them', () => {
      for (const issuer of ['https://evil.example', `${ISSUER}.evil.example`, ISSUER.replace('.', 'X')]) {
        const holder = shortLived(instance, IDENTITY, issuer);
        expect(judge(keylessSignature(IMAGE, instance, holder), signer)).toEqual(
          refused('who is not release'),
        );
      }
    });

    test('nobody told, no identity given', () => {
      const holder = certify(
        { from: '2026-06-01T12:00:00', until: '2026-06-01T12:10:00' },
        instance.authority,
      );
      const any = identitySigner(instance, { identity: '**', issuer: '' });
      expect(judge(keylessSignature(IMAGE, instance, holder), any)).toEqual(refused('made by nobody'));
    });
  });

  test.each([
    '',
    'no json',
    '[]',
    '{}',
    '{"certificateAuthorities":[{}]}',
    '{"certificateAuthorities":[],"tlogs":[]}',
  ])('the policy’s root %j is said not to be usable', (root) => {
    expect(judge(keylessSignature(IMAGE, instance), identitySigner(instance, { root }))).toEqual(
      refused('the trust root of release can’t be used'),
    );
  });
});

describe('a certificate below a root of ours', () => {
  const ours = notary();
  const signer = notationSigner(ours);

  test.each<[string, SignatureMaterial]>([
    ['JWS', jws(IMAGE, ours)],
    ['COSE', cose(IMAGE, ours)],
    ['without the root in the chain', jws(IMAGE, ours, { chain: [ours.leaf.certificate] })],
    ['COSE with a single certificate', cose(IMAGE, ours, { chain: [ours.leaf.certificate] })],
  ])('%s', (_name, material) => {
    expect(judge(material, signer)).toEqual({
      state: 'verified',
      by: ['acme'],
      evidence: [
        expect.stringContaining('is by acme: C=DE, O=Acme, CN=acme release; revocation was not looked up.'),
      ],
    });
  });

  test('an RSA key, in the size that goes with its algorithm', () => {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const rsa = notary({ keys: pair });
    const own = notationSigner(rsa);
    expect(judge(jws(IMAGE, rsa, { headers: { alg: 'PS256' } }), own).state).toBe('verified');
    expect(judge(jws(IMAGE, rsa, { headers: { alg: 'PS512' } }), own)).toEqual(
      refused('not over this content'),
    );
  });

  test.each<[string, SignatureMaterial, string]>([
    ['another image', jws(OTHER, ours), `it is about ${OTHER}`],
    ['another image, COSE', cose(OTHER, ours), `it is about ${OTHER}`],
    ['another root', jws(IMAGE, notary()), 'its certificates lead to none of them'],
    ['another key', jws(IMAGE, ours, { key: ecKeys().privateKey }), 'not over this content'],
    ['another key, COSE', cose(IMAGE, ours, { key: ecKeys().privateKey }), 'not over this content'],
    ['no certificate', jws(IMAGE, ours, { chain: [] }), 'without a certificate'],
    ['no certificate that can be read', jws(IMAGE, ours, { chain: [Buffer.from('x')] }), 'can’t be read'],
    ['a foreign algorithm', jws(IMAGE, ours, { headers: { alg: 'RS256' } }), 'none of the specification’s'],
    ['no algorithm', jws(IMAGE, ours, { headers: { alg: 'none' } }), 'none of the specification’s'],
    [
      'something critical that is not understood',
      jws(IMAGE, ours, {
        headers: { crit: ['io.cncf.notary.signingScheme', 'io.cncf.notary.verificationPlugin'] },
      }),
      'verificationPlugin, which is not understood',
    ],
    ['a scheme that is not critical', jws(IMAGE, ours, { headers: { crit: [] } }), 'signing scheme'],
    [
      'another scheme',
      jws(IMAGE, ours, { headers: { 'io.cncf.notary.signingScheme': 'notary.x509.signingAuthority' } }),
      'notary.x509.signingAuthority, which is not verified',
    ],
    [
      'an end that has passed',
      jws(IMAGE, ours, {
        headers: {
          crit: ['io.cncf.notary.signingScheme', 'io.cncf.notary.expiry'],
          'io.cncf.notary.expiry': '2026-11-01T00:00:00Z',
        },
      }),
      'it expired on 2026-11-01',
    ],
    [
      'an end that nobody has to heed',
      jws(IMAGE, ours, { headers: { 'io.cncf.notary.expiry': '2036-11-01T00:00:00Z' } }),
      'its expiry is not marked as critical',
    ],
    ['another type of payload', jws(IMAGE, ours, { headers: { cty: 'text/plain' } }), 'of no type'],
    ['a payload without an image', jws(IMAGE, ours, { payload: {} }), 'names no image'],
  ])('%s', (_name, material, reason) => {
    expect(judge(material, signer)).toEqual(refused(reason));
  });

  test('an end to come', () => {
    const headers = {
      crit: ['io.cncf.notary.signingScheme', 'io.cncf.notary.expiry'],
      'io.cncf.notary.expiry': '2036-11-01T00:00:00Z',
    };
    expect(judge(jws(IMAGE, ours, { headers }), signer).state).toBe('verified');
  });

  test.each<[string, Parameters<typeof notary>[0], string]>([
    ['that has expired', { until: '2026-11-01T00:00:00' }, 'is expired'],
    ['that is not valid yet', { from: '2027-01-01T00:00:00' }, 'is not valid yet'],
    ['for something else', { uses: ['1.3.6.1.5.5.7.3.1'] }, 'not for signing code'],
  ])('a certificate %s', (_name, leaf, reason) => {
    const own = notary(leaf);
    expect(judge(jws(IMAGE, own), notationSigner(own))).toEqual(refused(reason));
  });

  test('issued by somebody who may not', () => {
    const middle = certify({ subject: [['CN', 'no authority']] }, ours.root);
    const leaf = certify(
      {
        subject: [
          ['O', 'Acme'],
          ['C', 'DE'],
        ],
      },
      middle,
    );
    const chain = [leaf.certificate, middle.certificate, ours.root.certificate];
    expect(judge(jws(IMAGE, { ...ours, leaf }, { chain }), signer)).toEqual(refused('lead to none of them'));
    const authority = certify({ subject: [['CN', 'an authority']], authority: true }, ours.root);
    const below = certify(
      {
        subject: [
          ['O', 'Acme'],
          ['C', 'DE'],
        ],
      },
      authority,
    );
    const good = [below.certificate, authority.certificate];
    expect(judge(jws(IMAGE, { ...ours, leaf: below }, { chain: good }), signer).state).toBe('verified');
  });

  test.each<[string, readonly (readonly [string, string])[]]>([
    [
      'somebody else',
      [
        ['O', 'Acme Ltd'],
        ['C', 'DE'],
      ],
    ],
    ['one attribute of two', [['O', 'Acme']]],
    [
      'an attribute inside another',
      [
        ['CN', 'O=Acme'],
        ['C', 'DE'],
      ],
    ],
    [
      'a line break in a value',
      [
        ['CN', 'x\nO=Acme'],
        ['C', 'DE'],
      ],
    ],
    [
      'an attribute twice',
      [
        ['O', 'Acme'],
        ['O', 'Evil'],
        ['C', 'DE'],
      ],
    ],
  ])('a subject with %s', (_name, subject) => {
    const leaf = certify({ subject }, ours.root);
    expect(judge(jws(IMAGE, { ...ours, leaf }), signer)).toEqual(refused('who is not acme'));
  });

  test('a signer without a subject is nobody', () => {
    expect(judge(jws(IMAGE, ours), notationSigner(ours, { subject: {} }))).toEqual(
      refused('who is not acme'),
    );
  });

  test.each(['', 'nonsense', pem('CERTIFICATE', Buffer.from('x'))])('the policy’s roots %j', (roots) => {
    expect(judge(jws(IMAGE, ours), notationSigner(ours, { roots }))).toEqual(refused('do not bear it out'));
  });
});

describe('what is not verified is never taken for it', () => {
  const good = keySignature(IMAGE, keys);

  test('without signers in the policy', () => {
    expect(judgeSignatures(on(good), [], AT)).toEqual(
      refused('the policy names nobody whose signature counts'),
    );
  });

  test('with signers of other kinds', () => {
    const others = [identitySigner(instance), notationSigner(notary())];
    expect(judgeSignatures(on(good), others, AT)).toEqual(
      refused('no certificate comes with it; the policy names nobody who signs in this way'),
    );
  });

  test.each<[SignatureMaterial, string]>([
    [{ kind: 'cosign', payload: '', signature: '', annotations: {} }, 'no statement about an image'],
    [{ ...(good as Extract<SignatureMaterial, { kind: 'cosign' }>), signature: '' }, 'holds no signature'],
    [{ kind: 'cosign-attestation', envelope: '{', annotations: {} }, 'no JSON object'],
    [
      { kind: 'cosign-attestation', envelope: '{"payloadType":"text/plain","payload":""}', annotations: {} },
      'no in-toto',
    ],
    [{ kind: 'sigstore-bundle', bundle: 'null' }, 'no JSON object'],
    [{ kind: 'notation', mediaType: 'text/plain', envelope: '' }, 'which is not read'],
    [{ kind: 'notation', mediaType: 'application/jose+json', envelope: '' }, 'no JSON object'],
    [{ kind: 'notation', mediaType: 'application/cose', envelope: '' }, 'no COSE signature'],
  ])('what can’t be read', (material, reason) => {
    expect(judge(material, keySigner, identitySigner(instance))).toEqual(refused(reason));
  });

  test('what could not be fetched', () => {
    expect(judgeSignatures(on({ problem: 'it is larger than is read' }), [keySigner], AT)).toEqual(
      refused('is not verified: it is larger than is read'),
    );
  });

  test('one good signature among bad ones counts, and each is told', () => {
    const state = judgeSignatures(
      on(keySignature(OTHER, keys), good, keySignature(IMAGE, ecKeys())),
      [keySigner],
      AT,
    );
    expect(state).toMatchObject({ state: 'verified', by: ['acme-key'] });
    expect(state.evidence).toHaveLength(3);
  });

  test('none at all is absent only where everything was seen', () => {
    expect(judgeSignatures(on(), [keySigner], AT)).toEqual({ state: 'absent', by: [], evidence: [] });
    const gap: Gap = {
      kind: 'unreachable',
      cause: 'world',
      subject: 'the referrers',
      location: null,
      reason: 'No answer.',
      remedy: 'Try again.',
    };
    expect(judgeSignatures({ ...on(), gaps: [gap] }, [keySigner], AT)).toEqual({
      state: 'unknown',
      by: [],
      evidence: ['the referrers: No answer.'],
    });
  });

  test('thousands of signatures are not waited for', () => {
    const many = on(...Array.from({ length: 1000 }, () => keySignature(OTHER, keys)), good);
    const state = judgeSignatures(many, [keySigner], AT);
    expect(state.state).toBe('present');
    expect(state.evidence.at(-1)).toBe('Of 1001 signatures only the first 32 were looked at.');
  });

  test('the same input gives the same answer', () => {
    const vouchers = on(keylessSignature(IMAGE, instance), good);
    const signers = [identitySigner(instance), keySigner];
    expect(judgeSignatures(vouchers, signers, AT)).toEqual(judgeSignatures(vouchers, signers, AT));
  });
});

test('roots and keys of tests are in the form that tools write', () => {
  expect(certificatePem(notary().root)).toMatch(
    /^-----BEGIN CERTIFICATE-----\n[\w+/=\n]+\n-----END CERTIFICATE-----\n$/,
  );
});
