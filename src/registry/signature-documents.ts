// A manifest that holds signatures → each of them with all that is needed to verify it, or why it could not be read.
import type { FoundSignature, SignatureMaterial } from '../core/model/trust.ts';
import type { Repository } from './authorization.ts';
import type { RegistryClient } from './client.ts';
import type { Descriptor, Manifest } from './documents.ts';

export type Held = {
  readonly client: RegistryClient;
  readonly repository: Repository;
  /** All digests that stand for the image, its index's first. */
  readonly digests: readonly string[];
};

/** Largest signature that is read, in bytes; a signed statement may hold a bill of materials. */
const SIGNATURE_LIMIT = 1024 * 1024;
/** Signatures of one manifest that are read. */
const COUNT_LIMIT = 32;

const SIGNATURE = 'dev.cosignproject.cosign/signature';
const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json';
const ENVELOPE = 'application/vnd.dsse.envelope.v1+json';
const BUNDLE = 'application/vnd.dev.sigstore.bundle';
const NOTATION = 'application/vnd.cncf.notary.signature';
const NOTATION_ENVELOPES = ['application/jose+json', 'application/cose'];

/** Source: sigstore/cosign specs, notaryproject/specifications. */
export function isSignatureArtifact(artifactType: string): boolean {
  return (
    artifactType.startsWith(BUNDLE) ||
    artifactType === NOTATION ||
    /^application\/vnd\.dev\.cosign\.(?:artifact\.sig|simplesigning)/.test(artifactType)
  );
}

/** What of a manifest's layers is no signature is left out; `holder` says where it hangs. */
export async function signaturesIn(
  { client, repository }: Held,
  { layers }: Manifest,
  holder: { readonly subject: string; readonly digest: string },
): Promise<readonly FoundSignature[]> {
  const signatures = layers.filter((layer) => kindOf(layer) !== null).slice(0, COUNT_LIMIT);
  return await Promise.all(
    signatures.map(async (layer): Promise<FoundSignature> => {
      const kind = kindOf(layer) ?? 'cosign';
      const found = { kind, ...holder };
      const large = kind === 'cosign-attestation' ? Number.POSITIVE_INFINITY : SIGNATURE_LIMIT;
      if (layer.size > large)
        return { ...found, material: { problem: `it has ${layer.size} bytes, at most ${large} are read` } };
      const fetched = await client.blob(repository, layer, 'statement');
      if ('remedy' in fetched)
        return {
          ...found,
          material: { problem: `it could not be read (${fetched.reason.replace(/\.$/, '')})` },
        };
      return 'absent' in fetched
        ? { ...found, material: { problem: 'its content is not there' } }
        : { ...found, material: materialOf(kind, layer, fetched.bytes) };
    }),
  );
}

function kindOf({ mediaType, annotations }: Descriptor): SignatureMaterial['kind'] | null {
  if (mediaType === SIMPLE_SIGNING) return 'cosign';
  if (mediaType === ENVELOPE) return 'cosign-attestation';
  if (mediaType.startsWith(BUNDLE)) return 'sigstore-bundle';
  if (NOTATION_ENVELOPES.includes(mediaType)) return 'notation';
  return annotations[SIGNATURE] ? 'cosign' : null;
}

function materialOf(
  kind: SignatureMaterial['kind'],
  { annotations, mediaType }: Descriptor,
  bytes: Buffer,
): SignatureMaterial {
  switch (kind) {
    case 'cosign': {
      const { [SIGNATURE]: signature = '', ...rest } = annotations;
      return { kind, payload: bytes.toString('base64'), signature, annotations: rest };
    }
    case 'cosign-attestation':
      return { kind, envelope: bytes.toString('utf8'), annotations };
    case 'sigstore-bundle':
      return { kind, bundle: bytes.toString('utf8') };
    case 'notation':
      return { kind, mediaType, envelope: bytes.toString('base64') };
    default:
      return kind satisfies never;
  }
}
