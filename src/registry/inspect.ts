// An image name → everything its registry holds about the image for one platform, each document checked by its digest.
import { formatReference } from '../core/images/reference.ts';
import type { Gap } from '../core/model/evidence.ts';
import type { ImageReference } from '../core/model/image.ts';
import type { ImageInspection, PlatformName, WantedImage } from '../core/model/lineage.ts';
import { attachmentsOf } from './attachments.ts';
import type { RegistryClient } from './client.ts';
import { type Descriptor, type Index, type Manifest, readConfiguration, readManifest } from './documents.ts';
import { failure, gapOf, isFailure } from './failure.ts';

/** Where nobody says otherwise. */
const USUAL_PLATFORM: PlatformName = 'linux/amd64';

/** Indexes may hold indexes; nobody goes deeper. */
const NESTING_LIMIT = 3;

/** `platform` null takes the usual one of an index, or what there is. An outline says nothing of what hangs on the image. */
export async function inspectImage(
  client: RegistryClient,
  reference: ImageReference,
  platform: PlatformName | null,
  depth: WantedImage['depth'] = 'whole',
): Promise<ImageInspection | Gap> {
  const found = await findManifest(client, reference, platform);
  if ('remedy' in found) return found;
  const { manifest, index, entry, digest } = found;
  const subject = formatReference(reference);
  const fetched = await client.blob(reference, manifest.config, 'config');
  if ('remedy' in fetched) return fetched;
  if ('absent' in fetched)
    return gapOf(failure('remote', 'The configuration of the image is not there.'), subject);
  const configuration = readConfiguration(fetched);
  if (isFailure(configuration)) return gapOf(configuration, subject);
  if (configuration.diffIds.length !== manifest.layers.length) {
    const reason = `Its manifest has ${manifest.layers.length} layers, its configuration ${configuration.diffIds.length}.`;
    return gapOf(failure('syntax', reason), subject);
  }
  if (platform !== null && !isFor(configuration.platform, platform))
    return gapOf(failure('remote', `It is for ${configuration.platform}, not for ${platform}.`), subject);
  const listed = entry?.platform ?? null;
  // Variants are often left out on one side.
  if (listed !== null && family(listed) !== family(configuration.platform))
    return gapOf(
      failure(
        'syntax',
        `Its index says it is for ${listed}, its configuration for ${configuration.platform}.`,
      ),
      subject,
    );
  const attachments =
    depth === 'outline'
      ? OUTLINE
      : await attachmentsOf(client, reference, found.manifestDigest, digest, index);
  return {
    reference,
    digest,
    manifest: found.manifestDigest,
    platform: configuration.platform,
    created: configuration.created,
    entryAnnotations: entry?.annotations ?? {},
    manifestAnnotations: manifest.annotations,
    labels: configuration.labels,
    layerSizes: manifest.layers.map(({ size }) => size),
    diffIds: configuration.diffIds,
    history: configuration.history,
    ...attachments,
  };
}

const OUTLINE = { statements: [], signatures: [], signaturesSeen: false, isOutline: true, gaps: [] } as const;

type Found = {
  readonly manifest: Manifest;
  readonly manifestDigest: string;
  /** What the name stands for. */
  readonly digest: string;
  /** The innermost index, and the manifest's entry in it. */
  readonly index: Index | null;
  readonly entry: Descriptor | null;
};

async function findManifest(
  client: RegistryClient,
  reference: ImageReference,
  platform: PlatformName | null,
): Promise<Found | Gap> {
  const subject = formatReference(reference);
  // Where both are given, the digest decides, as it does for whoever pulls.
  let wanted = reference.digest ?? reference.tag ?? 'latest';
  let digest: string | null = null;
  let index: Index | null = null;
  let entry: Descriptor | null = null;
  for (let depth = 0; depth <= NESTING_LIMIT; depth += 1) {
    const fetched = await client.manifest(reference, wanted);
    if ('remedy' in fetched) return fetched;
    if ('absent' in fetched)
      return gapOf(
        failure('remote', `There is no ${depth === 0 ? 'such image' : `manifest ${wanted}`}.`),
        subject,
      );
    digest ??= fetched.digest;
    const document = readManifest(fetched);
    if (isFailure(document)) return gapOf(document, subject);
    if (document.kind === 'manifest')
      return { manifest: document, manifestDigest: fetched.digest, digest, index, entry };
    index = document;
    entry = entryFor(document, platform);
    if (entry === null) {
      const there = document.entries
        .map((each) => each.platform)
        .filter((each) => each !== null && !each.startsWith('unknown/'));
      const reason = `It is not there for ${platform ?? USUAL_PLATFORM}, only for ${there.join(', ') || 'nothing'}.`;
      return gapOf(failure('remote', reason, 'Name another platform.'), subject);
    }
    wanted = entry.digest;
  }
  return gapOf(failure('limit', `Its indexes are nested more than ${NESTING_LIMIT} deep.`), subject);
}

/** Without a wish, the usual platform; else the first image that is there. */
function entryFor({ entries }: Index, platform: PlatformName | null): Descriptor | null {
  const images = entries.filter(
    (entry) =>
      entry.annotations['vnd.docker.reference.type'] === undefined && !entry.platform?.startsWith('unknown/'),
  );
  const matching = images.find(
    (entry) => entry.platform !== null && isFor(entry.platform, platform ?? USUAL_PLATFORM),
  );
  const nested = images.find((entry) => entry.platform === null);
  return matching ?? nested ?? (platform === null ? (images[0] ?? null) : null);
}

function family(platform: PlatformName): string {
  return platform.split('/').slice(0, 2).join('/');
}

/** A wish without a variant takes any. */
function isFor(actual: PlatformName, wanted: PlatformName): boolean {
  const normal = wanted.replace(/\/arm64\/v8$/, '/arm64');
  return actual === normal || (normal.split('/').length === 2 && actual.startsWith(`${normal}/`));
}
