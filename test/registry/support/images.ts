// Images for tests, made as builders make them: real layers, real digests, indexes, attestations, signatures.
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

const OCI = 'application/vnd.oci.image';
export const INDEX = `${OCI}.index.v1+json`;
export const MANIFEST = `${OCI}.manifest.v1+json`;

export type Stored = { readonly mediaType: string; readonly bytes: Buffer };

export type Descriptor = {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: Readonly<Record<string, string>>;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
};

/** One repository's content: manifests by tag and by digest, blobs by digest. */
export type Shelf = { readonly manifests: Map<string, Stored>; readonly blobs: Map<string, Buffer> };

export function shelf(): Shelf {
  return { manifests: new Map(), blobs: new Map() };
}

export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

export function putBlob(to: Shelf, mediaType: string, bytes: Buffer): Descriptor {
  const digest = digestOf(bytes);
  to.blobs.set(digest, bytes);
  return { mediaType, digest, size: bytes.length };
}

export function putManifest(to: Shelf, mediaType: string, content: object, tag: string | null): Descriptor {
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...content }));
  const digest = digestOf(bytes);
  to.manifests.set(digest, { mediaType, bytes });
  if (tag !== null) to.manifests.set(tag, { mediaType, bytes });
  return { mediaType, digest, size: bytes.length };
}

export type ImageRecipe = {
  /** Contents of the layers, the lowest first, each with the line of history that made it. */
  readonly layers: readonly (readonly [content: string, createdBy: string])[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly architecture?: string;
};

export function putImage(to: Shelf, recipe: ImageRecipe, tag: string | null = null): Descriptor {
  const contents = recipe.layers.map(([content]) => Buffer.from(content));
  const architecture = recipe.architecture ?? 'amd64';
  const configuration = {
    created: '2026-01-02T03:04:05.123456789Z',
    architecture,
    os: 'linux',
    config: { Labels: recipe.labels ?? {} },
    rootfs: { type: 'layers', diff_ids: contents.map(digestOf) },
    history: [
      ...recipe.layers.map(([, created_by]) => ({ created_by })),
      { created_by: 'CMD ["sh"]', empty_layer: true },
    ],
  };
  const manifest = putManifest(
    to,
    MANIFEST,
    {
      config: putBlob(to, `${OCI}.config.v1+json`, Buffer.from(JSON.stringify(configuration))),
      layers: contents.map((content) => putBlob(to, `${OCI}.layer.v1.tar+gzip`, gzipSync(content))),
      ...(recipe.annotations === undefined ? {} : { annotations: recipe.annotations }),
    },
    tag,
  );
  return { ...manifest, platform: { os: 'linux', architecture } };
}

export function putIndex(to: Shelf, entries: readonly Descriptor[], tag: string | null): Descriptor {
  return putManifest(to, INDEX, { manifests: entries }, tag);
}

/** An entry of an index as BuildKit writes it: a manifest of statements about `subject`. */
export function putAttestation(to: Shelf, subject: string, statements: readonly object[]): Descriptor {
  const layers = statements.map((statement) => ({
    ...putBlob(to, 'application/vnd.in-toto+json', Buffer.from(JSON.stringify(statement))),
    annotations: { 'in-toto.io/predicate-type': (statement as { predicateType: string }).predicateType },
  }));
  const config = putBlob(
    to,
    `${OCI}.config.v1+json`,
    Buffer.from('{"architecture":"unknown","os":"unknown"}'),
  );
  const manifest = putManifest(to, MANIFEST, { config, layers }, null);
  return {
    ...manifest,
    platform: { os: 'unknown', architecture: 'unknown' },
    annotations: {
      'vnd.docker.reference.type': 'attestation-manifest',
      'vnd.docker.reference.digest': subject,
    },
  };
}

/** A manifest whose subject is another one, as signatures and newer attestations are stored. */
export function putArtifact(
  to: Shelf,
  artifactType: string,
  subject: Descriptor,
  statements: readonly object[] = [],
  tag: string | null = null,
): Descriptor {
  const layers = statements.map((statement) => ({
    ...putBlob(to, 'application/vnd.in-toto+json', Buffer.from(JSON.stringify(statement))),
    annotations: { 'in-toto.io/predicate-type': (statement as { predicateType: string }).predicateType },
  }));
  const config = putBlob(to, 'application/vnd.oci.empty.v1+json', Buffer.from('{}'));
  const { mediaType, digest, size } = subject;
  const content = { artifactType, config, layers, subject: { mediaType, digest, size } };
  return { ...putManifest(to, MANIFEST, content, tag), artifactType };
}

function subjects(manifest: string): readonly object[] {
  return [{ name: 'pkg:docker/app@1', digest: { sha256: manifest.replace('sha256:', '') } }];
}

type Material = { readonly uri: string; readonly digest: Readonly<Record<string, string>> };

export function material(name: string, digest: string): Material {
  const uri = `pkg:docker/${name}?platform=linux%2Famd64`;
  return { uri, digest: { sha256: digest.replace('sha256:', '') } };
}

export function provenanceV1(
  manifest: string,
  materials: readonly Material[],
  config: object | null = null,
): object {
  return {
    _type: 'https://in-toto.io/Statement/v0.1',
    predicateType: 'https://slsa.dev/provenance/v1',
    subject: subjects(manifest),
    predicate: {
      buildDefinition: {
        buildType: 'https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md',
        externalParameters: config === null ? {} : { configSource: config },
        resolvedDependencies: materials,
      },
      runDetails: { metadata: { buildkit_completeness: { request: false, resolvedDependencies: false } } },
    },
  };
}

export function provenanceV02(
  manifest: string,
  materials: readonly Material[],
  vcs: object | null = null,
): object {
  return {
    _type: 'https://in-toto.io/Statement/v0.1',
    predicateType: 'https://slsa.dev/provenance/v0.2',
    subject: subjects(manifest),
    predicate: {
      buildType: 'https://mobyproject.org/buildkit@v1',
      materials,
      invocation: { configSource: { entryPoint: 'Dockerfile' } },
      metadata: vcs === null ? {} : { 'https://mobyproject.org/buildkit@v1#metadata': { vcs } },
    },
  };
}

/** As BuildKit's scanner writes it. */
export function bom(manifest: string, predicate: object): object {
  return {
    _type: 'https://in-toto.io/Statement/v0.1',
    predicateType: 'https://spdx.dev/Document',
    subject: subjects(manifest),
    predicate,
  };
}
