// What hangs on an image in its registry: BuildKit's attestations, referrers, cosign's tags → statements and signatures.

import { isProvenanceType } from '../core/images/lineage-provenance.ts';
import type { Gap } from '../core/model/evidence.ts';
import type { AttestedStatement, SignatureSign } from '../core/model/lineage.ts';
import type { Repository } from './authorization.ts';
import type { RegistryClient } from './client.ts';
import { type Descriptor, type Index, type Manifest, parseJson, readManifest } from './documents.ts';
import { failure, gapOf, isFailure } from './failure.ts';

/** More attestation manifests, or statements in one, than this are not read. */
const ATTACHMENT_LIMIT = 32;

/** Source: github.com/moby/buildkit docs/attestations/attestation-storage.md. */
const ATTESTATION_ARTIFACT = 'application/vnd.docker.attestation.manifest.v1+json';
const STATEMENT_TYPE = 'application/vnd.in-toto+json';

export type Attachments = {
  readonly statements: readonly AttestedStatement[];
  readonly signatures: readonly SignatureSign[];
  readonly signaturesSeen: boolean;
  readonly gaps: readonly Gap[];
};

/**
 * `named` is the digest that the name stands for: who verifies a signature verifies it there. `index` is where the image's
 * manifest is listed, if anywhere: attestations are either listed beside it, or refer to the manifest.
 */
export async function attachmentsOf(
  client: RegistryClient,
  repository: Repository,
  manifest: string,
  named: string,
  index: Index | null,
): Promise<Attachments> {
  const listed = attestationsIn(index, manifest);
  const [read, onName, onManifest] = await Promise.all([
    readAttestations(client, repository, listed),
    attachedTo(client, repository, named, named === manifest),
    named === manifest || listed.length > 0 ? NOTHING : referredTo(client, repository, manifest),
  ]);
  const all = [{ ...NOTHING, ...read }, onName, onManifest];
  return {
    statements: distinct(all.flatMap(({ statements }) => statements)),
    signatures: distinct(all.flatMap(({ signatures }) => signatures)),
    signaturesSeen: all.every(({ signaturesSeen }) => signaturesSeen),
    gaps: all.flatMap(({ gaps }) => gaps),
  };
}

const NOTHING: Attachments = { statements: [], signatures: [], signaturesSeen: true, gaps: [] };

function distinct<T extends { readonly digest: string }>(items: readonly T[]): readonly T[] {
  const sorted = items.toSorted((a, b) => (a.digest < b.digest ? -1 : a.digest > b.digest ? 1 : 0));
  return [...new Map(sorted.map((item) => [JSON.stringify(item), item])).values()];
}

function attestationsIn(index: Index | null, manifest: string): readonly Descriptor[] {
  return (index?.entries ?? []).filter(
    ({ annotations }) =>
      annotations['vnd.docker.reference.type'] === 'attestation-manifest' &&
      annotations['vnd.docker.reference.digest'] === manifest,
  );
}

type Statements = Pick<Attachments, 'statements' | 'gaps'>;

async function readAttestations(
  client: RegistryClient,
  repository: Repository,
  descriptors: readonly Descriptor[],
): Promise<Statements> {
  const read = await Promise.all(
    descriptors.slice(0, ATTACHMENT_LIMIT).map(async ({ digest }): Promise<Statements> => {
      const manifest = await manifestAt(client, repository, digest);
      if ('remedy' in manifest) return { statements: [], gaps: [manifest] };
      return await statementsIn(client, repository, manifest);
    }),
  );
  return {
    statements: read.flatMap(({ statements }) => statements),
    gaps: [...read.flatMap(({ gaps }) => gaps), ...overLimit(repository, descriptors.length, 'attestations')],
  };
}

async function manifestAt(
  client: RegistryClient,
  repository: Repository,
  digest: string,
): Promise<Manifest | Gap> {
  const subject = subjectOf(repository, digest);
  const fetched = await client.manifest(repository, digest);
  if ('remedy' in fetched) return fetched;
  if ('absent' in fetched)
    return gapOf(failure('remote', 'An attestation that its index lists is not there.'), subject);
  const document = readManifest(fetched);
  if (isFailure(document)) return gapOf(document, subject);
  return document.kind === 'manifest'
    ? document
    : gapOf(failure('syntax', 'An attestation is an index where a manifest belongs.'), subject);
}

async function statementsIn(
  client: RegistryClient,
  repository: Repository,
  { layers }: Manifest,
): Promise<Statements> {
  const statements = layers.filter(({ mediaType }) => mediaType === STATEMENT_TYPE);
  const read = await Promise.all(
    statements.slice(0, ATTACHMENT_LIMIT).map(async (layer): Promise<Statements> => {
      const predicateType = layer.annotations['in-toto.io/predicate-type'] ?? '';
      const { digest } = layer;
      if (!isProvenanceType(predicateType))
        return { statements: [{ predicateType, digest, content: null }], gaps: [] };
      const fetched = await client.blob(repository, layer, 'statement');
      if ('remedy' in fetched) return { statements: [], gaps: [fetched] };
      const content = 'absent' in fetched ? null : parseJson(fetched.bytes);
      if (content !== null) return { statements: [{ predicateType, digest, content }], gaps: [] };
      const problem = failure('syntax', 'A provenance statement is missing or no JSON.');
      return { statements: [], gaps: [gapOf(problem, subjectOf(repository, digest))] };
    }),
  );
  return {
    statements: read.flatMap((each) => each.statements),
    gaps: [...read.flatMap(({ gaps }) => gaps), ...overLimit(repository, statements.length, 'statements')],
  };
}

function overLimit(repository: Repository, count: number, noun: string): readonly Gap[] {
  if (count <= ATTACHMENT_LIMIT) return [];
  const reason = `${count} ${noun} hang on it, where at most ${ATTACHMENT_LIMIT} are read.`;
  return [gapOf(failure('limit', reason), `${repository.registry}/${repository.repository}`)];
}

function subjectOf({ registry, repository }: Repository, digest: string): string {
  return `${registry}/${repository}@${digest}`;
}

/** Attestations of an index are about several images, so only those of the manifest itself are read. */
async function attachedTo(
  client: RegistryClient,
  repository: Repository,
  digest: string,
  isManifest: boolean,
): Promise<Attachments> {
  const [referred, signature] = await Promise.all([
    referredTo(client, repository, digest, isManifest),
    client.manifest(repository, `${digest.replace(':', '-')}.sig`),
  ]);
  const isUnseen = 'remedy' in signature;
  return {
    ...referred,
    signatures: [
      ...('bytes' in signature
        ? [{ kind: 'cosign' as const, subject: digest, digest: signature.digest }]
        : []),
      ...referred.signatures,
    ],
    signaturesSeen: referred.signaturesSeen && !isUnseen,
    gaps: [...(isUnseen ? [signature] : []), ...referred.gaps],
  };
}

/** What refers to the digest by its own word. */
async function referredTo(
  client: RegistryClient,
  repository: Repository,
  digest: string,
  isManifest = true,
): Promise<Attachments> {
  const entries = referrersIn(await client.referrers(repository, digest), subjectOf(repository, digest));
  if ('remedy' in entries) return { ...NOTHING, signaturesSeen: false, gaps: [entries] };
  const attested = isManifest
    ? entries.filter(({ artifactType }) => artifactType === ATTESTATION_ARTIFACT)
    : [];
  const signatures = entries.flatMap((entry) => {
    const kind = signatureKind(entry.artifactType ?? '');
    return kind === null ? [] : [{ kind, subject: digest, digest: entry.digest }];
  });
  return { ...NOTHING, ...(await readAttestations(client, repository, attested)), signatures };
}

function referrersIn(
  referrers: Awaited<ReturnType<RegistryClient['referrers']>>,
  subject: string,
): readonly Descriptor[] | Gap {
  if ('remedy' in referrers) return referrers;
  if ('absent' in referrers) return [];
  const document = readManifest(referrers);
  if (isFailure(document)) return gapOf(document, `the referrers of ${subject}`);
  return document.kind === 'index'
    ? document.entries
    : gapOf(failure('syntax', 'The list of referrers is no index.'), `the referrers of ${subject}`);
}

/** Source: sigstore/cosign specs, notaryproject/specifications. */
function signatureKind(artifactType: string): SignatureSign['kind'] | null {
  if (artifactType.startsWith('application/vnd.dev.sigstore.bundle')) return 'sigstore-bundle';
  if (/^application\/vnd\.dev\.cosign\.(?:artifact\.sig|simplesigning)/.test(artifactType)) return 'cosign';
  return artifactType === 'application/vnd.cncf.notary.signature' ? 'notation' : null;
}
