// Bytes of manifests, indexes and configurations → typed documents, after github.com/opencontainers/image-spec.
import { isRecord, records, textOf } from '../core/bom/json.ts';
import type { Instant } from '../core/model/evidence.ts';
import type { HistoryLine, PlatformName } from '../core/model/lineage.ts';
import type { Fetched } from './client.ts';
import { isDigest } from './digest.ts';
import { type Failure, failure } from './failure.ts';

export type Descriptor = {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform: PlatformName | null;
  readonly artifactType: string | null;
  readonly annotations: Readonly<Record<string, string>>;
};

export type Index = { readonly kind: 'index'; readonly entries: readonly Descriptor[] };

export type Manifest = {
  readonly kind: 'manifest';
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly annotations: Readonly<Record<string, string>>;
};

export type Configuration = {
  readonly platform: PlatformName;
  readonly created: Instant | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly diffIds: readonly string[];
  readonly history: readonly HistoryLine[];
};

/** More than any builder makes: overlay file systems end at 500 layers. */
const LAYER_LIMIT = 1000;

const INDEX_TYPES = new Set([
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]);
const MANIFEST_TYPES = new Set([
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
]);

export function readManifest({ bytes, mediaType }: Fetched): Index | Manifest | Failure {
  const document = parseJson(bytes);
  if (!isRecord(document)) return failure('syntax', 'The manifest is no JSON object.');
  const own = textOf(document.mediaType);
  const known = [own, mediaType].filter(
    (type) => type !== null && (INDEX_TYPES.has(type) || MANIFEST_TYPES.has(type)),
  );
  // A document that clients read as two different things (CVE-2021-41190).
  if (new Set(known).size > 1 || ('manifests' in document && ('layers' in document || 'config' in document)))
    return failure('syntax', 'The manifest claims to be two kinds of document at once.');
  if ('manifests' in document) {
    const entries = descriptors(document.manifests);
    return entries === null
      ? failure('syntax', 'The index has an entry without a valid digest or size.')
      : { kind: 'index', entries };
  }
  if (document.schemaVersion === 1 || 'fsLayers' in document)
    return failure('syntax', 'The image is in the retired format of schema version 1.');
  const [config] = descriptors([document.config]) ?? [];
  const layers = descriptors(document.layers);
  if (config === undefined || layers === null)
    return failure('syntax', 'The manifest has no valid configuration or layers.');
  if (layers.length > LAYER_LIMIT)
    return failure('limit', `The image has ${layers.length} layers, where at most ${LAYER_LIMIT} are read.`);
  return { kind: 'manifest', config, layers, annotations: texts(document.annotations) };
}

export function readConfiguration({ bytes }: Fetched): Configuration | Failure {
  const document = parseJson(bytes);
  const { rootfs, config, os, architecture, variant } = isRecord(document) ? document : {};
  const diffIds = isRecord(rootfs) && Array.isArray(rootfs.diff_ids) ? rootfs.diff_ids : null;
  if (!isRecord(document) || diffIds === null || !diffIds.every(isDigest))
    return failure('syntax', 'The configuration of the image does not list its layers.');
  const platform = platformName(os, architecture, variant);
  if (platform === null) return failure('syntax', 'The configuration of the image names no platform.');
  const history = records(document.history).map((line) => ({
    createdBy: textOf(line.created_by) ?? '',
    empty: line.empty_layer === true,
  }));
  return {
    platform,
    created: instant(document.created),
    labels: texts(isRecord(config) ? config.Labels : null),
    diffIds,
    // Lines that don't fit the layers say nothing about them.
    history: history.filter(({ empty }) => !empty).length === diffIds.length ? history : [],
  };
}

export function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}

function descriptors(value: unknown): readonly Descriptor[] | null {
  if (!Array.isArray(value)) return null;
  const all = value.map(descriptor).filter((each) => each !== null);
  return all.length === value.length ? all : null;
}

function descriptor(value: unknown): Descriptor | null {
  if (!isRecord(value)) return null;
  const { digest, size, platform } = value;
  if (!isDigest(digest) || typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) return null;
  return {
    mediaType: textOf(value.mediaType) ?? '',
    digest,
    size,
    platform: isRecord(platform) ? platformName(platform.os, platform.architecture, platform.variant) : null,
    artifactType: textOf(value.artifactType),
    annotations: texts(value.annotations),
  };
}

/** `arm64/v8` is what everybody calls `arm64` (containerd's normalisation). */
function platformName(os: unknown, architecture: unknown, variant: unknown): PlatformName | null {
  const parts = [textOf(os), textOf(architecture), textOf(variant)];
  if (parts[0] === null || parts[1] === null) return null;
  if (!parts.every((part) => part === null || /^[\w.-]{1,64}$/.test(part))) return null;
  const name = parts.filter((part) => part !== null).join('/');
  return name.replace(/\/arm64\/v8$/, '/arm64');
}

function texts(value: unknown): Readonly<Record<string, string>> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function instant(value: unknown): Instant | null {
  const time = typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}
