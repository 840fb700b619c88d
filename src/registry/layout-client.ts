// An OCI layout on this machine → the same questions as to a registry, answered from its files.
// Source: github.com/opencontainers/image-spec image-layout.md.
import { isRecord, records } from '../core/bom/json.ts';
import type { Gap } from '../core/model/evidence.ts';
import { type Absent, DEFAULT_LIMITS, type Fetched, type RegistryClient } from './client.ts';
import { hasDigest, isDigest, sha256 } from './digest.ts';
import { parseJson } from './documents.ts';
import { failure, gapOf } from './failure.ts';
import type { ImageLayout } from './image-layout.ts';

const REF_NAME = 'org.opencontainers.image.ref.name';
const INDEX = 'application/vnd.oci.image.index.v1+json';

/** What its content is not named after is a gap, as a wrong answer of a registry is. */
export function createLayoutClient(layout: ImageLayout): RegistryClient {
  const manifest: RegistryClient['manifest'] = async (_repository, reference) => {
    const digest = isDigest(reference) ? reference : digestNamed(layout, reference);
    return digest === null ? { absent: true } : documentAt(layout, digest);
  };
  return {
    manifest,
    digestOf: async () => null,
    blob: async (_repository, { digest, size }, kind) => {
      const path = pathOf(digest);
      const file = layout.files.get(path);
      if (file === undefined) return { absent: true };
      const most = DEFAULT_LIMITS[kind].bytes;
      if (file.size > most || size > most)
        return gapOf(failure('limit', `It has ${file.size} bytes, where at most ${most} are read.`), digest);
      const bytes = layout.documents.get(path) ?? (await bytesOf(layout, path));
      if (bytes === null)
        return gapOf(
          failure('remote', 'The archive is compressed as a whole, so that it can’t be read.'),
          digest,
        );
      return checked(bytes, digest, 'application/octet-stream');
    },
    referrers: async (_repository, digest) => {
      const manifests = [...layout.documents].flatMap(([path, bytes]) => referrer(path, bytes, digest));
      const document = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests }));
      return { digest: sha256(document), mediaType: INDEX, bytes: document };
    },
    requests: () => 0,
    close: () => undefined,
  };
}

function pathOf(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}

function documentAt({ documents }: ImageLayout, digest: string): Fetched | Absent | Gap {
  const bytes = documents.get(pathOf(digest));
  if (bytes === undefined) return { absent: true };
  const content = parseJson(bytes);
  const type = isRecord(content) && typeof content.mediaType === 'string' ? content.mediaType : '';
  return checked(bytes, digest, type);
}

function checked(bytes: Buffer, digest: string, mediaType: string): Fetched | Gap {
  return hasDigest(bytes, digest)
    ? { digest, mediaType, bytes }
    : gapOf(failure('syntax', 'A file is not what its name says: its digest is another one.'), digest);
}

async function bytesOf(layout: ImageLayout, path: string): Promise<Buffer | null> {
  const stream = layout.open(path);
  if (stream === null) return null;
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

function digestNamed({ documents }: ImageLayout, name: string): string | null {
  const index = parseJson(documents.get('index.json') ?? Buffer.alloc(0));
  const entry = records(isRecord(index) ? index.manifests : null).find(
    ({ annotations }) => isRecord(annotations) && annotations[REF_NAME] === name,
  );
  return isDigest(entry?.digest) ? entry.digest : null;
}

function referrer(path: string, bytes: Buffer, digest: string): readonly object[] {
  const content = parseJson(bytes);
  if (!path.startsWith('blobs/') || !isRecord(content) || !isRecord(content.subject)) return [];
  if (content.subject.digest !== digest) return [];
  const { mediaType = '', artifactType, annotations } = content;
  return [{ mediaType, artifactType, annotations, digest: sha256(bytes), size: bytes.length }];
}
