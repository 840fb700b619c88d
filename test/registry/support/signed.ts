// Signatures and bills of materials put beside an image, as cosign, notation and SBOM tools store them.
import type { SignatureMaterial } from '../../../src/core/model/trust.ts';
import { type Descriptor, MANIFEST, putBlob, putManifest, type Shelf } from './images.ts';

const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json';
const ENVELOPE = 'application/vnd.dsse.envelope.v1+json';
const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const NOTATION = 'application/vnd.cncf.notary.signature';
const EMPTY = 'application/vnd.oci.empty.v1+json';

function contentOf(
  material: SignatureMaterial,
): readonly [type: string, bytes: Buffer, annotations: Record<string, string>] {
  switch (material.kind) {
    case 'cosign': {
      const { annotations, payload, signature } = material;
      const own = { ...annotations, 'dev.cosignproject.cosign/signature': signature };
      return [SIMPLE_SIGNING, Buffer.from(payload, 'base64'), own];
    }
    case 'cosign-attestation': {
      const { predicateType } = JSON.parse(
        Buffer.from((JSON.parse(material.envelope) as { payload: string }).payload, 'base64').toString(),
      ) as { predicateType: string };
      return [ENVELOPE, Buffer.from(material.envelope), { ...material.annotations, predicateType }];
    }
    case 'sigstore-bundle':
      return [BUNDLE, Buffer.from(material.bundle), {}];
    case 'notation':
      return [material.mediaType, Buffer.from(material.envelope, 'base64'), {}];
    default:
      return material satisfies never;
  }
}

function manifestOf(
  to: Shelf,
  contents: readonly ReturnType<typeof contentOf>[],
  rest: object,
  tag: string | null,
) {
  const layers = contents.map(([type, bytes, annotations]) => ({ ...putBlob(to, type, bytes), annotations }));
  return putManifest(to, MANIFEST, { config: putBlob(to, EMPTY, Buffer.from('{}')), layers, ...rest }, tag);
}

/** Cosign's signatures and attestations under their tags, everything else as an artifact that refers to the image. */
export function putSignatures(
  to: Shelf,
  image: Descriptor,
  ...materials: readonly SignatureMaterial[]
): void {
  const tag = image.digest.replace(':', '-');
  for (const [kind, ending] of [
    ['cosign', 'sig'],
    ['cosign-attestation', 'att'],
  ] as const) {
    const own = materials.filter((material) => material.kind === kind).map(contentOf);
    if (own.length > 0) manifestOf(to, own, {}, `${tag}.${ending}`);
  }
  for (const material of materials) {
    if (material.kind !== 'sigstore-bundle' && material.kind !== 'notation') continue;
    const artifactType = material.kind === 'notation' ? NOTATION : BUNDLE;
    manifestOf(to, [contentOf(material)], { artifactType, subject: subjectOf(image) }, null);
  }
}

/** A document of its own that refers to the image; `size` is what its manifest claims, the truth where nothing is given. */
export function putDocument(
  to: Shelf,
  image: Descriptor,
  type: string,
  document: unknown,
  size?: number,
): void {
  const bytes = Buffer.from(typeof document === 'string' ? document : JSON.stringify(document));
  const layer = putBlob(to, type, bytes);
  const config = putBlob(to, EMPTY, Buffer.from('{}'));
  const layers = [{ ...layer, size: size ?? layer.size }];
  putManifest(to, MANIFEST, { config, layers, artifactType: type, subject: subjectOf(image) }, null);
}

function subjectOf({ mediaType, digest, size }: Descriptor): object {
  return { mediaType, digest, size };
}
