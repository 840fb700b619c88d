// Content trust: images that policy wants signed are signed, by somebody it believes, as they enter the build.
import type { Facts } from '../../model/facts.ts';
import type { ImageRecord, ImageReference } from '../../model/image.ts';
import type { Policy } from '../../model/policy.ts';
import type { SignatureRequirement, SignatureState } from '../../model/trust.ts';
import { asksForSignature, unmetRequirements } from '../../trust/requirements.ts';
import { judgeSignatures } from '../../trust/signatures.ts';
import { mayAsk } from '../asked-images.ts';
import { sampleDigest, sampleLineage } from '../image-samples.ts';
import { aboutImage, enteringImages, recordOf } from '../images.ts';
import { findingOf, type Observation, type Rule, sentences } from '../rule.ts';

/** A key made for these samples alone, and what it signed: the digest `a1…a1`. */
const POLICY = `version: 1
content-trust:
  signers:
    - name: vetting
      key: |
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEJjj17B525LdaMdN/x2q1U44hQIm+
        G8C5xW3aRC4jtc1YcIm5WCqWeHEzyOUP6qKC16EJOLAWrhXU0RYXUBoMVw==
        -----END PUBLIC KEY-----
  require:
    - {image: docker.io/library/**, by: [vetting]}
`;
const PAYLOAD =
  'eyJjcml0aWNhbCI6eyJpZGVudGl0eSI6eyJkb2NrZXItcmVmZXJlbmNlIjoiZG9ja2VyLmlvL2xpYnJhcnkvZGViaWFuIn0sImltYWdlIjp7ImRvY2tlci1tYW5pZmVzdC1kaWdlc3QiOiJzaGEyNTY6YTFhMWExYTFhMWExYTFhMWExYTFhMWExYTFhMWExYTFhMWExYTFhMWExYTFhMWExYTFhMWExYTFhMWExYTFhMSJ9LCJ0eXBlIjoiY29zaWduIGNvbnRhaW5lciBpbWFnZSBzaWduYXR1cmUifSwib3B0aW9uYWwiOm51bGx9';
const SIGNATURE =
  'MEYCIQCWvolMQ4Y3kqSwWQjENMyCELq3WxsckY0WRT1yPdo5LwIhAJ9TN59VUbM4GAjaUOBZzv0jA9JJZtm8/EsMtIo9WYL6';

/** `debian:13.1` with that signature hanging on it, whether it is about this content or not. */
function signed(byte: string): ImageRecord {
  const digest = sampleDigest(byte);
  return {
    ...sampleLineage(byte, 'debian:13.1'),
    vouchers: {
      digests: [digest],
      signatures: [
        {
          kind: 'cosign',
          subject: digest,
          digest: sampleDigest('5e'),
          material: { kind: 'cosign', payload: PAYLOAD, signature: SIGNATURE, annotations: {} },
        },
      ],
      sboms: [],
      gaps: [],
      sbomGaps: [],
    },
  };
}

function unsigned(): ImageRecord {
  const record = sampleLineage('a1', 'debian:13.1');
  return {
    ...record,
    vouchers: { digests: [sampleDigest('a1')], signatures: [], sboms: [], gaps: [], sbomGaps: [] },
  };
}

export const unsignedBaseImage: Rule = {
  id: 'unsigned-base-image',
  obligation: 'content-trust',
  title: 'Images that have to be signed are signed by somebody who is believed',
  severity: 'error',
  why: 'A name can be made to stand for other content by whoever gets into the registry; a signature can’t. Asked for where policy says so (`content-trust.require`).',
  remedy: 'Use an image that one of the named signers signed, such as the vetted copy inside.',
  guidance: [...sentences('docker-image-security', 1, 15), ...sentences('docker-image-security', 2, 1)],
  examples: {
    accepts: [
      {
        title: 'Signed by a key of the policy',
        policy: POLICY,
        files: { Dockerfile: 'FROM debian:13.1\n' },
        images: [signed('a1')],
      },
      {
        title: 'An image that nobody wants signed',
        policy: POLICY,
        files: { Dockerfile: 'FROM quay.io/somebody/tool:1\n' },
      },
    ],
    rejects: [
      {
        title: 'Nobody signed it',
        policy: POLICY,
        files: { Dockerfile: 'FROM debian:13.1\n' },
        images: [unsigned()],
        expect: { outcome: 'violation', line: 1 },
      },
      {
        title: 'The signature of another image hangs on it',
        policy: POLICY,
        files: { Dockerfile: 'FROM debian:13.1\n' },
        images: [signed('b2')],
        expect: { outcome: 'violation', line: 1 },
      },
      {
        title: 'Nobody looked',
        policy: POLICY,
        files: { Dockerfile: 'FROM debian:13.1\n' },
        expect: { outcome: 'unknown', line: 1 },
      },
    ],
  },
  check: (facts, policy) => {
    const { contentTrust } = policy;
    if (contentTrust.require.length === 0) return [];
    return enteringImages(facts).flatMap((image) => {
      const { reference } = image;
      if (reference === null || !asksForSignature(reference, contentTrust)) return [];
      const state = stateOf(reference, facts, policy);
      const unmet = unmetRequirements(reference, state, contentTrust);
      if (unmet.length === 0) return [];
      const seen = observation(reference, state, unmet, policy);
      return findingOf(unsignedBaseImage, {
        ...seen,
        location: image.entry.location,
        message: `The ${image.role} \`${image.name}\` ${seen.message}.`,
        about: {
          ...aboutImage(image),
          'signed by none of': [...new Set(unmet.flatMap(({ by }) => by))].sort(),
          // Who accepts that nobody could look has not accepted that there is no signature.
          ...(seen.outcome === 'unknown' ? { 'not known': ['signatures'] } : {}),
        },
      });
    });
  },
};

function stateOf(reference: ImageReference, facts: Facts, { contentTrust }: Policy): SignatureState | null {
  const vouchers = recordOf(facts, reference)?.vouchers;
  return vouchers === undefined ? null : judgeSignatures(vouchers, contentTrust.signers, facts.at);
}

function observation(
  reference: ImageReference,
  state: SignatureState | null,
  unmet: readonly SignatureRequirement[],
  policy: Policy,
): Pick<Observation, 'outcome' | 'message'> {
  const wanted = [...new Set(unmet.flatMap(({ by }) => by))].sort().map((name) => `\`${name}\``);
  const by = `by ${wanted.join(' or ')}, as policy asks`;
  switch (state?.state) {
    case 'absent':
      return { outcome: 'violation', message: `is not signed at all, let alone ${by}` };
    case 'present':
      return {
        outcome: 'violation',
        message: `has a signature that could not be verified, and none ${by}${first(state)}`,
      };
    case 'verified':
      return {
        outcome: 'violation',
        message: `is signed by ${state.by.map((name) => `\`${name}\``).join(', ')}, and not ${by}`,
      };
    default:
      return {
        outcome: 'unknown',
        message: `has to be signed ${by}, and whether it is could not be seen${mayAsk(reference, policy) ? '' : `: \`${reference.registry}\` is none of the registries that policy lets ask`}`,
      };
  }
}

function first({ evidence }: SignatureState): string {
  const [said] = evidence;
  return said === undefined ? '' : `: ${said.replace(/\.$/, '')}`;
}
