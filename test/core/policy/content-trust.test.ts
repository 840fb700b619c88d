// Signers and requirements for signatures, as policy files say them.
import { describe, expect, test } from '@jest/globals';
import { certificatePem, ecKeys, publicPem } from '../../support/trust/certificates.ts';
import { notary } from '../../support/trust/notation.ts';
import { IDENTITY, ISSUER, sigstoreInstance } from '../../support/trust/sigstore.ts';
import { policyOf } from './sources.ts';

const KEY = publicPem(ecKeys());
const ROOTS = certificatePem(notary().root);
const TRUSTED_ROOT = sigstoreInstance().root;

function written(contentTrust: unknown): string {
  return `version: 1\ncontent-trust: ${JSON.stringify(contentTrust)}\n`;
}

function complaints(contentTrust: unknown): string {
  return policyOf(written(contentTrust))
    .gaps.map(({ reason }) => reason)
    .join('\n');
}

const SIGSTORE = { identity: IDENTITY, issuer: ISSUER, 'trusted-root': TRUSTED_ROOT };

test('nobody is believed, and nothing has to be signed, where the policy says nothing', () => {
  expect(policyOf('version: 1\n').policy.contentTrust).toEqual({ signers: [], require: [] });
});

test('signers of all kinds are read; a root may be a text or pasted as it is', () => {
  const { policy, gaps } = policyOf(
    written({
      signers: [
        { name: 'release', sigstore: SIGSTORE },
        { name: 'text', sigstore: { ...SIGSTORE, 'trusted-root': JSON.stringify(TRUSTED_ROOT) } },
        { name: 'key', key: KEY },
        { name: 'partner', notation: { roots: ROOTS, subject: { O: 'Partner' } } },
      ],
      require: [{ image: 'ghcr.io/acme/**', by: ['release', 'key'] }],
    }),
  );
  expect(gaps).toEqual([]);
  const root = JSON.stringify(TRUSTED_ROOT);
  expect(policy.contentTrust).toEqual({
    signers: [
      { name: 'release', kind: 'sigstore', identity: IDENTITY, issuer: ISSUER, root },
      { name: 'text', kind: 'sigstore', identity: IDENTITY, issuer: ISSUER, root },
      { name: 'key', kind: 'key', key: KEY },
      { name: 'partner', kind: 'notation', roots: ROOTS, subject: { O: 'Partner' } },
    ],
    require: [{ image: 'ghcr.io/acme/**', by: ['release', 'key'] }],
  });
});

describe('mistakes', () => {
  const signer = (entry: object) => ({ signers: [{ name: 'x', ...entry }] });

  test.each<[string, object, string]>([
    ['no form', signer({}), 'must have one of sigstore, key, notation'],
    ['two forms', signer({ key: KEY, sigstore: SIGSTORE }), 'must have one of'],
    ['a key that is none', signer({ key: 'x' }), 'can’t be used: it is no public key'],
    [
      'roots that are none',
      signer({ notation: { roots: 'x', subject: { O: 'a' } } }),
      'no certificate in it',
    ],
    [
      'a subject that fits everybody',
      signer({ notation: { roots: ROOTS, subject: {} } }),
      'must name an attribute',
    ],
    [
      'an attribute that is none',
      signer({ notation: { roots: ROOTS, subject: { emailAddress: 'a@b' } } }),
      'must name nothing but C, ST, L, O, OU, CN',
    ],
    [
      'a root without authorities',
      signer({ sigstore: { ...SIGSTORE, 'trusted-root': { tlogs: [] } } }),
      'content-trust.signers[1].sigstore.trusted-root: can’t be used',
    ],
    [
      'two of one name',
      {
        signers: [
          { name: 'x', key: KEY },
          { name: 'x', key: KEY },
        ],
      },
      'is given twice',
    ],
    [
      'a requirement of somebody unknown',
      { ...signer({ key: KEY }), require: [{ image: 'ghcr.io/a/b', by: ['y'] }] },
      '"y" is none of the signers',
    ],
    [
      'a requirement of nobody',
      { ...signer({ key: KEY }), require: [{ image: 'ghcr.io/a/b', by: [] }] },
      'by',
    ],
  ])('%s', (_name, contentTrust, complaint) => {
    expect(complaints(contentTrust)).toContain(complaint);
  });

  test.each([
    '*',
    '**',
    'https://*.example.com/acme',
    'https://*/acme',
    'https://git?ub.com/acme',
    'https://github.com',
    'https://user@github.com/acme',
    'github.com/acme',
    '*@acme.example',
    'release@*',
    'release@acme.*',
    '.*',
  ])('an identity that would be anybody’s: %s', (identity) => {
    expect(complaints(signer({ sigstore: { ...SIGSTORE, identity } }))).toContain(
      'with its host written out',
    );
  });

  test.each([
    'https://github.com/acme/*/x@refs/heads/main',
    'release@acme.example',
    'spiffe://acme.example/ns/*',
  ])('an identity that may be: %s', (identity) => {
    expect(complaints(signer({ sigstore: { ...SIGSTORE, identity } }))).toBe('');
  });
});

describe('a repository', () => {
  const organization = written({
    signers: [{ name: 'release', key: KEY }],
    require: [{ image: 'ghcr.io/acme/**', by: ['release'] }],
  });

  test('may ask for more signatures', () => {
    const require = [{ image: 'quay.io/acme/**', by: ['release'] }];
    const { policy, gaps } = policyOf(organization, written({ require }));
    expect(gaps).toEqual([]);
    expect(policy.contentTrust.require).toEqual([{ image: 'ghcr.io/acme/**', by: ['release'] }, ...require]);
  });

  test('may not bring signers of its own, nor name them', () => {
    const own = { signers: [{ name: 'mine', key: KEY }], require: [{ image: 'quay.io/a/b', by: ['mine'] }] };
    const { policy, gaps } = policyOf(organization, written(own));
    expect(gaps.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('names signers'),
      expect.stringContaining('names "mine", which is none of the organisation’s signers'),
    ]);
    expect(policy.contentTrust.signers.map(({ name }) => name)).toEqual(['release']);
    expect(policy.contentTrust.require).toHaveLength(2);
  });
});
