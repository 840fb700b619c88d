// An inspected image → what is deeper in it: its configuration as it is, and the os-release file of a small layer.
import type { ImageInspection } from '../core/model/lineage.ts';
import type { Repository } from './authorization.ts';
import { DEFAULT_LIMITS, type RegistryClient } from './client.ts';
import { parseJson, readManifest } from './documents.ts';
import { isFailure } from './failure.ts';
import type { ImageLayout } from './image-layout.ts';
import { fileInLayer } from './layer-files.ts';
import { TarError } from './tar.ts';

/** The parsed configuration; null when it is gone since the inspection. */
export async function configurationOf(
  client: RegistryClient,
  repository: Repository,
  { manifest }: ImageInspection,
): Promise<unknown> {
  const document = await documentOf(client, repository, manifest);
  if (document === null) return null;
  const fetched = await client.blob(repository, document.config, 'config');
  return 'bytes' in fetched ? parseJson(fetched.bytes) : null;
}

async function documentOf(client: RegistryClient, repository: Repository, digest: string) {
  const fetched = await client.manifest(repository, digest);
  const document = 'bytes' in fetched ? readManifest(fetched) : null;
  return document === null || isFailure(document) || document.kind !== 'manifest' ? null : document;
}

const PATHS = ['etc/os-release', 'usr/lib/os-release'];
/** The file has some hundred bytes. */
const FILE_LIMIT = 64 * 1024;
/** Layers that are searched, the lowest first: distributions come first. */
const LAYERS_SEARCHED = 3;

/** `layer` counts from one. Null when no layer that was searched has the file. */
export async function osReleaseOf(
  client: RegistryClient,
  repository: Repository,
  { manifest }: Pick<ImageInspection, 'manifest'>,
  layout: ImageLayout | null,
): Promise<{ readonly text: string; readonly layer: number } | { readonly unread: string } | null> {
  const document = await documentOf(client, repository, manifest);
  for (const [index, layer] of (document?.layers ?? []).slice(0, LAYERS_SEARCHED).entries()) {
    const content = await layerContent(client, repository, layer, layout);
    if ('unread' in content) return content;
    try {
      const text = await fileInLayer(content.bytes, PATHS, FILE_LIMIT);
      if (text !== null) return { text, layer: index + 1 };
    } catch (error) {
      if (!(error instanceof TarError)) throw error;
      return { unread: `not known: layer ${index + 1} can’t be read (${error.message})` };
    }
  }
  return null;
}

async function layerContent(
  client: RegistryClient,
  repository: Repository,
  layer: { readonly digest: string; readonly size: number },
  layout: ImageLayout | null,
): Promise<{ readonly bytes: AsyncIterable<Buffer> } | { readonly unread: string }> {
  const most = DEFAULT_LIMITS.layer.bytes;
  if (layer.size > most)
    return { unread: `not looked for: the layer has ${layer.size} bytes, at most ${most} are read` };
  if (layout !== null) {
    const bytes = layout.open(`blobs/${layer.digest.replace(':', '/')}`);
    return bytes === null ? { unread: 'not looked for: the archive is compressed as a whole' } : { bytes };
  }
  const fetched = await client.blob(repository, layer, 'layer');
  if ('remedy' in fetched) return { unread: `not known: ${fetched.reason}` };
  if ('absent' in fetched) return { unread: 'not known: a layer is not there' };
  return {
    bytes: (async function* () {
      yield fetched.bytes;
    })(),
  };
}
