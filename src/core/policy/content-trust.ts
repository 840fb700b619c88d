// The part of the policy file on signatures: whom to believe, and which images have to be signed by whom.
import { z } from 'zod';
import type { ContentTrust, SignatureRequirement, Signer } from '../model/trust.ts';
import { readRoots } from '../trust/certificates.ts';
import { readPublicKey } from '../trust/key-signature.ts';
import { readTrustedRoot } from '../trust/sigstore.ts';

/** Wildcards may not reach into the host or the domain: whoever is believed there would be anybody. */
const IDENTITY = /^(?:[a-z][a-z0-9+.-]*:\/\/[^\s*?/@]+\/\S+|[^\s*?/@]+@[^\s*?/@]+)$/;

const sigstore = z
  .strictObject({
    identity: z
      .string()
      .max(500)
      .regex(
        IDENTITY,
        'must be an address with its host written out, as in https://github.com/acme/app/.github/workflows/release.yml@refs/tags/*, or an e-mail address',
      )
      .describe(
        'The identity in the certificate, all of it; * within a segment, ** across. Nothing in it is a regular expression.',
      ),
    issuer: z
      .httpUrl()
      .describe('Who told the identity, exactly: https://token.actions.githubusercontent.com.'),
    'trusted-root': z
      .union([z.string(), z.record(z.string(), z.unknown())], { error: 'must be trusted_root.json' })
      .meta({ title: 'trusted_root.json' })
      .describe('The trust root of the Sigstore instance: the content of its trusted_root.json.'),
  })
  .describe('Short-lived certificates of a Sigstore instance (keyless signing, artifact attestations).');

/** As certificates abbreviate them. */
const ATTRIBUTES = ['C', 'ST', 'L', 'O', 'OU', 'CN'];

const notation = z
  .strictObject({
    roots: z.string().describe('Root certificates in PEM, one after the other.'),
    subject: z
      .record(z.string(), z.string().min(1))
      .refine(
        (subject) => Object.keys(subject).every((name) => ATTRIBUTES.includes(name)),
        `must name nothing but ${ATTRIBUTES.join(', ')}`,
      )
      .refine((subject) => Object.keys(subject).length > 0, 'must name an attribute')
      .describe('Attributes that the subject of the signing certificate has to have: {O: Acme, C: DE}.'),
  })
  .describe('Certificates below a root (Notary Project).');

const FORMS = ['sigstore', 'key', 'notation'] as const;

const signer = z
  .strictObject({
    name: z
      .string()
      .regex(/^[\w.-]{1,60}$/, 'must be letters, digits, dots, dashes')
      .describe('How requirements and reports call the signer.'),
    sigstore: sigstore.optional(),
    key: z.string().optional().describe('A public key in PEM (cosign).'),
    notation: notation.optional(),
  })
  .superRefine((entry, context) => {
    const forms = FORMS.filter((form) => entry[form] !== undefined);
    if (forms.length !== 1)
      context.addIssue({ code: 'custom', path: [], message: `must have one of ${FORMS.join(', ')}` });
    for (const [path, problem] of problemsOf(entry))
      context.addIssue({ code: 'custom', path: [...path], message: `can’t be used: ${problem}` });
  });

type SignerEntry = {
  readonly name: string;
  readonly sigstore?: z.infer<typeof sigstore> | undefined;
  readonly key?: string | undefined;
  readonly notation?: z.infer<typeof notation> | undefined;
};

function problemsOf(entry: SignerEntry): readonly (readonly [path: readonly string[], problem: string])[] {
  const { sigstore: short, key, notation: long } = entry;
  const read = [
    [['sigstore', 'trusted-root'], short ? readTrustedRoot(rootText(short)) : null],
    [['key'], key === undefined ? null : readPublicKey(key)],
    [['notation', 'roots'], long ? readRoots(long.roots) : null],
  ] as const;
  return read.flatMap(([path, result]) =>
    result !== null && 'problem' in result ? [[path, result.problem]] : [],
  );
}

function rootText({ 'trusted-root': root }: z.infer<typeof sigstore>): string {
  return typeof root === 'string' ? root : JSON.stringify(root);
}

/** `image` is the schema of a name with wildcards, as in the list of allowed images. */
export function contentTrustSchema(image: z.ZodType<string>) {
  return z
    .strictObject({
      signers: z
        .array(signer)
        .optional()
        .describe('Whose signatures count. Only in the organisation’s file.'),
      require: z
        .array(
          z.strictObject({
            image: image.describe('registry/repository[:tag]; * within a segment, ** across segments.'),
            by: z
              .array(z.string())
              .min(1)
              .describe('Names of signers; the signature of one of them is enough.'),
          }),
        )
        .optional()
        .describe('Images that have to be signed. Every entry that fits an image has to be met.'),
      notary: z
        .array(z.string().regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?$/, 'must be a host'))
        .optional()
        .describe(
          'Notary servers that still answer: Docker Content Trust then has to stay on. Only in the organisation’s file.',
        ),
    })
    .superRefine(({ signers, require = [] }, context) => {
      const names = signers?.map(({ name }) => name);
      for (const [index, name] of (names ?? []).entries())
        if (names?.indexOf(name) !== index)
          context.addIssue({
            code: 'custom',
            path: ['signers', index, 'name'],
            message: 'is given twice',
          });
      if (names === undefined) return;
      for (const [entry, { by }] of require.entries())
        for (const [index, name] of by.entries())
          if (!names.includes(name))
            context.addIssue({
              code: 'custom',
              path: ['require', entry, 'by', index],
              message: `${JSON.stringify(name)} is none of the signers`,
            });
    });
}

type ContentTrustFile = {
  readonly signers?: readonly SignerEntry[] | undefined;
  readonly require?: readonly SignatureRequirement[] | undefined;
  readonly notary?: readonly string[] | undefined;
};

export function contentTrustOf(file: ContentTrustFile | undefined, before: ContentTrust): ContentTrust {
  return {
    signers: file?.signers?.flatMap(signerOf) ?? before.signers,
    require: file?.require ?? before.require,
    ...(file?.notary === undefined ? {} : { notaries: file.notary }),
  };
}

function signerOf({ name, sigstore: short, key, notation: long }: SignerEntry): readonly Signer[] {
  if (short !== undefined) {
    const { identity, issuer } = short;
    return [{ name, kind: 'sigstore', identity, issuer, root: rootText(short) }];
  }
  if (key !== undefined) return [{ name, kind: 'key', key }];
  return long === undefined ? [] : [{ name, kind: 'notation', roots: long.roots, subject: long.subject }];
}

/** A repository may ask for more signatures, of signers that the organisation knows. */
export function tightenedTrust(
  trust: ContentTrust,
  file: ContentTrustFile | undefined,
  refuse: (path: readonly PropertyKey[], what: string) => void,
): ContentTrust {
  if (file?.signers !== undefined) refuse(['content-trust', 'signers'], 'names signers');
  if (file?.notary !== undefined) refuse(['content-trust', 'notary'], 'names Notary servers');
  const names = trust.signers.map(({ name }) => name);
  for (const [entry, { by }] of (file?.require ?? []).entries())
    for (const [index, name] of by.entries())
      if (!names.includes(name))
        refuse(
          ['content-trust', 'require', entry, 'by', index],
          `names ${JSON.stringify(name)}, which is none of the organisation’s signers`,
        );
  // An entry with an unknown name still asks for a signature; it is only harder to meet.
  return { ...trust, require: [...trust.require, ...(file?.require ?? [])] };
}
