// What hangs on an image in its registry and may vouch for it → signatures and bills of materials, read in full.
import type { Gap } from '../core/model/evidence.ts';
import type { ImageSbom, ImageVouchers } from '../core/model/trust.ts';
import { isSbomType, readImageSbom } from '../core/trust/sbom.ts';
import type { Repository } from './authorization.ts';
import type { RegistryClient } from './client.ts';
import { type Descriptor, type Manifest, parseJson, readManifest } from './documents.ts';
import { failure, gapOf, isFailure } from './failure.ts';
import { type Held, isSignatureArtifact, signaturesIn } from './signature-documents.ts';

/** More documents than this on one digest are not read. */
const DOCUMENT_LIMIT = 32;

/** How SBOM tools store a document as an artifact of its own. */
const SBOM_ARTIFACTS = /^(?:application|text)\/(?:spdx(?:\+json)?|vnd\.cyclonedx(?:\+json)?)$/;
/** Source: github.com/moby/buildkit docs/attestations/attestation-storage.md. */
const ATTESTATION_ARTIFACT = 'application/vnd.docker.attestation.manifest.v1+json';

type Found = Omit<ImageVouchers, 'digests'>;

const NOTHING: Found = { signatures: [], sboms: [], gaps: [], sbomGaps: [] };

/**
 * `digest` is what the name stands for, `manifest` the platform's manifest. `named` looks only at what hangs on the
 * digest: the one that whoever verifies an ancestor would verify. Never rejects: what can't be read is a gap.
 */
export async function vouchersOf(
  client: RegistryClient,
  repository: Repository,
  { digest, manifest }: { readonly digest: string; readonly manifest: string },
  depth: 'whole' | 'named' = 'whole',
): Promise<ImageVouchers> {
  const held: Held = { client, repository, digests: [...new Set([digest, manifest])] };
  const found = await Promise.all([
    digest === manifest ? NOTHING : listedIn(held, digest, manifest),
    ...(depth === 'named' ? [digest] : held.digests).map((each) => hangingOn(held, each)),
  ]);
  return {
    digests: held.digests,
    signatures: found.flatMap(({ signatures }) => signatures).toSorted(byDigest),
    sboms: found.flatMap(({ sboms }) => sboms).toSorted(byDigest),
    gaps: found.flatMap(({ gaps }) => gaps),
    sbomGaps: found.flatMap(({ sbomGaps }) => sbomGaps),
  };
}

function byDigest(one: { readonly digest: string }, other: { readonly digest: string }): number {
  return one.digest < other.digest ? -1 : one.digest > other.digest ? 1 : 0;
}

function merged(parts: readonly Found[]): Found {
  return {
    signatures: parts.flatMap(({ signatures }) => signatures),
    sboms: parts.flatMap(({ sboms }) => sboms),
    gaps: parts.flatMap(({ gaps }) => gaps),
    sbomGaps: parts.flatMap(({ sbomGaps }) => sbomGaps),
  };
}

/** BuildKit's attestations, which the index lists beside the image. */
async function listedIn(held: Held, index: string, manifest: string): Promise<Found> {
  const document = await manifestAt(held, index);
  if ('remedy' in document) return { ...NOTHING, gaps: [document] };
  if (document.kind !== 'index') return NOTHING;
  const listed = document.entries.filter(
    ({ annotations }) =>
      annotations['vnd.docker.reference.type'] === 'attestation-manifest' &&
      annotations['vnd.docker.reference.digest'] === manifest,
  );
  return await readAll(held, listed, async (entry) => statements(held, entry.digest, true));
}

async function hangingOn(held: Held, digest: string): Promise<Found> {
  const { client, repository } = held;
  const tag = digest.replace(':', '-');
  const referrers = await client.referrers(repository, digest);
  const [signed, attested] = await Promise.all([
    tagged(held, `${tag}.sig`, digest),
    tagged(held, `${tag}.att`, digest),
  ]);
  if ('remedy' in referrers) return merged([signed, attested, { ...NOTHING, gaps: [referrers] }]);
  const entries = 'absent' in referrers ? [] : referrersIn(readManifest(referrers));
  if (entries === null)
    return merged([signed, attested, notUnderstood(held, 'The list of what refers to it is no index.')]);
  const wanted = entries.filter(({ artifactType }) => isWanted(artifactType ?? ''));
  const hanging = await readAll(held, wanted, async (entry) => artifact(held, entry, digest));
  return merged([hanging, signed, attested]);
}

function isWanted(artifactType: string): boolean {
  return (
    isSignatureArtifact(artifactType) ||
    artifactType === ATTESTATION_ARTIFACT ||
    SBOM_ARTIFACTS.test(artifactType)
  );
}

function referrersIn(document: ReturnType<typeof readManifest>): readonly Descriptor[] | null {
  return isFailure(document) || document.kind !== 'index' ? null : document.entries;
}

function notUnderstood({ repository, digests }: Held, reason: string): Found {
  return { ...NOTHING, gaps: [gapOf(failure('syntax', reason), subjectOf(repository, digests[0] ?? ''))] };
}

async function readAll(
  held: Held,
  entries: readonly Descriptor[],
  read: (entry: Descriptor) => Promise<Found>,
): Promise<Found> {
  const found = await Promise.all(entries.slice(0, DOCUMENT_LIMIT).map(read));
  return merged([...found, { ...NOTHING, gaps: overLimit(held, entries.length) }]);
}

function overLimit({ repository, digests }: Held, count: number): readonly Gap[] {
  if (count <= DOCUMENT_LIMIT) return [];
  const reason = `${count} documents hang on it, where at most ${DOCUMENT_LIMIT} are read.`;
  return [gapOf(failure('limit', reason), subjectOf(repository, digests[0] ?? ''))];
}

async function artifact(held: Held, { artifactType, digest }: Descriptor, subject: string): Promise<Found> {
  if (artifactType === ATTESTATION_ARTIFACT) return await statements(held, digest, false);
  const document = await manifestAt(held, digest);
  if ('remedy' in document) return { ...NOTHING, gaps: [document] };
  if (document.kind !== 'manifest') return notUnderstood(held, 'What refers to it is an index.');
  if (isSignatureArtifact(artifactType ?? ''))
    return { ...NOTHING, signatures: await signaturesIn(held, document, { subject, digest }) };
  return await readAll(held, document.layers, async (layer) => sbom(held, layer, false));
}

/** Cosign's tags. A tag that is not there is an answer. */
async function tagged(held: Held, tag: string, subject: string): Promise<Found> {
  const fetched = await held.client.manifest(held.repository, tag);
  if ('remedy' in fetched) return { ...NOTHING, gaps: [fetched] };
  if ('absent' in fetched) return NOTHING;
  const document = readManifest(fetched);
  if (isFailure(document)) return { ...NOTHING, gaps: [gapOf(document, subjectOf(held.repository, tag))] };
  if (document.kind !== 'manifest') return notUnderstood(held, `What is tagged ${tag} is an index.`);
  const signatures = await signaturesIn(held, document, { subject, digest: fetched.digest });
  return { ...NOTHING, signatures, gaps: overLimit(held, document.layers.length) };
}

async function statements(held: Held, digest: string, listed: boolean): Promise<Found> {
  const document = await manifestAt(held, digest);
  if ('remedy' in document) return { ...NOTHING, sbomGaps: [document] };
  const layers = document.kind === 'manifest' ? document.layers : [];
  const wanted = layers.filter(({ annotations }) =>
    isSbomType(annotations['in-toto.io/predicate-type'] ?? ''),
  );
  return await readAll(held, wanted, async (layer) => sbom(held, layer, listed));
}

async function sbom(held: Held, layer: Descriptor, listed: boolean): Promise<Found> {
  const { client, repository, digests } = held;
  const subject = `the bill of materials ${subjectOf(repository, layer.digest)}`;
  const fetched = await client.blob(repository, layer, 'statement');
  if ('remedy' in fetched) return { ...NOTHING, sbomGaps: [fetched] };
  const content = 'absent' in fetched ? null : (parseJson(fetched.bytes) ?? fetched.bytes.toString('utf8'));
  const read: ImageSbom | { readonly problem: string } =
    content === null
      ? { problem: 'it is not there' }
      : readImageSbom(content, digests, { digest: layer.digest, listed });
  return 'problem' in read
    ? { ...NOTHING, sbomGaps: [gapOf(failure('syntax', `It can’t be used: ${read.problem}.`), subject)] }
    : { ...NOTHING, sboms: [read] };
}

async function manifestAt(
  { client, repository }: Held,
  digest: string,
): Promise<Manifest | Exclude<ReturnType<typeof readManifest>, Manifest | { failed: true }> | Gap> {
  const subject = subjectOf(repository, digest);
  const fetched = await client.manifest(repository, digest);
  if ('remedy' in fetched) return fetched;
  if ('absent' in fetched)
    return gapOf(failure('remote', 'What its registry lists beside the image is not there.'), subject);
  const document = readManifest(fetched);
  return isFailure(document) ? gapOf(document, subject) : document;
}

function subjectOf({ registry, repository }: Repository, digest: string): string {
  return `${registry}/${repository}${digest.includes(':') ? '@' : ':'}${digest}`;
}
