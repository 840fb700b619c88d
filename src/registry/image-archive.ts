// A file or folder with images (OCI layout, OCI archive, `docker save`) → which images it holds, and a client that answers about them.
import { isRecord, records, textOf } from '../core/bom/json.ts';
import type { ImageReference } from '../core/model/image.ts';
import type { RegistryClient } from './client.ts';
import { isDigest, sha256 } from './digest.ts';
import { parseJson } from './documents.ts';
import { type ImageLayout, readLayout } from './image-layout.ts';
import { createLayoutClient } from './layout-client.ts';
import { TarError } from './tar.ts';

type ArchivedImage = {
  /** Names the archive gives it, sorted. */
  readonly names: readonly string[];
  readonly reference: ImageReference;
};

export type ImageArchive = {
  readonly form: 'OCI layout' | 'docker save archive';
  readonly images: readonly ArchivedImage[];
  readonly client: RegistryClient;
  readonly layout: ImageLayout;
};

/** Stands for the archive where a registry's name belongs; no registry is ever called so (RFC 2606). */
const HOST = 'archive.invalid';

export function isOfArchive({ registry }: { readonly registry: string }): boolean {
  return registry === HOST;
}

/** The problem is one sentence. Rejects with the system's error for what can't be opened. */
export async function openImageArchive(path: string): Promise<ImageArchive | { readonly problem: string }> {
  let layout: ImageLayout;
  try {
    layout = await readLayout(path);
  } catch (error) {
    if (error instanceof TarError) return { problem: error.message };
    throw error;
  }
  if (layout.documents.has('index.json')) return ociArchive(layout);
  if (layout.documents.has('manifest.json')) return dockerArchive(layout);
  return { problem: 'It holds neither an index.json (OCI) nor a manifest.json (docker save).' };
}

function ociArchive(layout: ImageLayout): ImageArchive | { readonly problem: string } {
  const wrong = wrongBlob(layout);
  if (wrong !== null) return { problem: wrong };
  const index = parseJson(layout.documents.get('index.json') ?? Buffer.alloc(0));
  if (!isRecord(index)) return { problem: 'Its index.json is no JSON object.' };
  const entries = records(index.manifests).filter(({ digest }) => isDigest(digest));
  const images = new Map<string, string[]>();
  for (const { digest, annotations } of entries) {
    const texts = isRecord(annotations) ? annotations : {};
    if (texts['vnd.docker.reference.type'] !== undefined) continue;
    const name =
      textOf(texts['io.containerd.image.name']) ?? textOf(texts['org.opencontainers.image.ref.name']);
    const names = images.get(String(digest)) ?? [];
    images.set(String(digest), name === null ? names : [...names, name]);
  }
  return archive('OCI layout', layout, images);
}

/** What a blob is called is what everything else relies on. */
function wrongBlob({ files }: ImageLayout): string | null {
  for (const [path, { digest }] of files) {
    const [, hex] = /^blobs\/sha256\/(.+)$/.exec(path) ?? [];
    if (hex !== undefined && digest !== `sha256:${hex}`)
      return `The file ${JSON.stringify(path)} is not what its name says: it is ${digest}.`;
  }
  return null;
}

/** Before Docker wrote manifests into its archives: they are made of what is there, with sizes and digests as they are. */
function dockerArchive(layout: ImageLayout): ImageArchive | { readonly problem: string } {
  const list = parseJson(layout.documents.get('manifest.json') ?? Buffer.alloc(0));
  if (!Array.isArray(list)) return { problem: 'Its manifest.json is no list.' };
  const documents = new Map(layout.documents);
  const files = new Map(layout.files);
  const paths = new Map<string, string>();
  const images = new Map<string, string[]>();
  for (const item of records(list)) {
    const made = manifestOf(item, layout);
    if ('problem' in made) return made;
    for (const bytes of [made.config, made.manifest]) {
      const path = `blobs/${sha256(bytes).replace(':', '/')}`;
      documents.set(path, bytes);
      files.set(path, { size: bytes.length, digest: sha256(bytes) });
    }
    for (const { digest, size, path } of made.layers) {
      paths.set(`blobs/${digest.replace(':', '/')}`, path);
      files.set(`blobs/${digest.replace(':', '/')}`, { size, digest });
    }
    const tags = Array.isArray(item.RepoTags) ? item.RepoTags.filter((tag) => typeof tag === 'string') : [];
    images.set(sha256(made.manifest), tags);
  }
  const open: ImageLayout['open'] = (path) => layout.open(paths.get(path) ?? path);
  return archive('docker save archive', { documents, files, open }, images);
}

type Made = {
  readonly config: Buffer;
  readonly manifest: Buffer;
  readonly layers: readonly { readonly digest: string; readonly size: number; readonly path: string }[];
};

function manifestOf(
  { Config, Layers }: Readonly<Record<string, unknown>>,
  { documents, files }: ImageLayout,
): Made | { readonly problem: string } {
  const config = documents.get(textOf(Config) ?? '');
  if (config === undefined) return { problem: 'Its manifest.json names a configuration that is not there.' };
  const paths = Array.isArray(Layers) ? Layers.map(String) : [];
  const layers = paths.map((path) => ({ path, file: files.get(path) }));
  const gone = layers.find(({ file }) => file === undefined);
  if (gone !== undefined)
    return { problem: `Its manifest.json names ${JSON.stringify(gone.path)}, which is not there.` };
  const wrong = wrongLayer(
    config,
    layers.map(({ file }) => file?.digest ?? ''),
  );
  if (wrong !== null) return { problem: wrong };
  const read = layers.map(({ path, file }) => ({ path, digest: file?.digest ?? '', size: file?.size ?? 0 }));
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    config: {
      mediaType: 'application/vnd.docker.container.image.v1+json',
      digest: sha256(config),
      size: config.length,
    },
    layers: read.map(({ digest, size }) => ({
      mediaType: 'application/vnd.docker.image.rootfs.diff.tar',
      digest,
      size,
    })),
  };
  return { config, manifest: Buffer.from(JSON.stringify(manifest)), layers: read };
}

/** In these archives layers are not compressed, so that each has the very digest the configuration says. */
function wrongLayer(config: Buffer, digests: readonly string[]): string | null {
  const document = parseJson(config);
  const rootfs = isRecord(document) && isRecord(document.rootfs) ? document.rootfs.diff_ids : null;
  const expected = Array.isArray(rootfs) ? rootfs : [];
  if (expected.length !== digests.length)
    return `It holds ${digests.length} layers, its configuration lists ${expected.length}.`;
  const index = digests.findIndex((digest, at) => digest !== expected[at]);
  return index === -1
    ? null
    : `Layer ${index + 1} is not what the configuration says: it is ${digests[index]}.`;
}

function archive(
  form: ImageArchive['form'],
  layout: ImageLayout,
  images: ReadonlyMap<string, readonly string[]>,
): ImageArchive | { readonly problem: string } {
  if (images.size === 0) return { problem: 'It holds no image.' };
  return {
    form,
    layout,
    client: createLayoutClient(layout),
    images: [...images]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([digest, names]) => ({
        names: [...new Set(names)].sort(),
        reference: { registry: HOST, repository: 'image', tag: null, digest },
      })),
  };
}
