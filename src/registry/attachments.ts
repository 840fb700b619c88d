// What hangs on an image in its registry: BuildKit's attestations, referrers, cosign's tags → statements and signatures.

import { isProvenanceType } from '../core/images/lineage-provenance.ts';
import type { Gap } from '../core/model/evidence.ts';
import type { AttestedStatement, SignatureSign } from '../core/model/lineage.ts';
import type { Repository } from './authorization.ts';
import type { RegistryClient } from './client.ts';
import { type Descriptor, type Index, readManifest } from './documents.ts';
import { failure, gapOf, isFailure } from './failure.ts';
import { BUNDLE_TYPE, signedStatements } from './signed-statements.ts';
import { ATTACHMENT_LIMIT, overLimit, readAttestations, subjectOf } from './statements.ts';

/** Source: github.com/moby/buildkit docs/attestations/attestation-storage.md. */
const ATTESTATION_ARTIFACT = 'application/vnd.docker.attestation.manifest.v1+json';

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

/** BuildKit's attestations refer to the manifest of a platform alone; signed ones often stand for the whole index. */
async function attachedTo(
  client: RegistryClient,
  repository: Repository,
  digest: string,
  isManifest: boolean,
): Promise<Attachments> {
  const [referred, signature, attested] = await Promise.all([
    referredTo(client, repository, digest, isManifest),
    client.manifest(repository, `${digest.replace(':', '-')}.sig`),
    signedStatements(client, repository, `${digest.replace(':', '-')}.att`),
  ]);
  const isUnseen = 'remedy' in signature;
  return {
    ...referred,
    statements: [...referred.statements, ...attested.statements],
    signatures: [
      ...('bytes' in signature
        ? [{ kind: 'cosign' as const, subject: digest, digest: signature.digest }]
        : []),
      ...referred.signatures,
    ],
    signaturesSeen: referred.signaturesSeen && !isUnseen,
    gaps: [...(isUnseen ? [signature] : []), ...referred.gaps, ...attested.gaps],
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
  const bundles = entries.filter(({ artifactType }) => artifactType?.startsWith(BUNDLE_TYPE));
  const parts = await Promise.all([
    readAttestations(client, repository, attested),
    ...bundles
      .slice(0, ATTACHMENT_LIMIT)
      .filter(({ annotations }) => isProvenanceType(annotations['dev.sigstore.bundle.predicateType'] ?? ''))
      .map((bundle) => signedStatements(client, repository, bundle.digest)),
  ]);
  return {
    ...NOTHING,
    statements: parts.flatMap(({ statements }) => statements),
    signatures,
    gaps: [
      ...parts.flatMap(({ gaps }) => gaps),
      ...overLimit(repository, bundles.length, 'signed statements'),
    ],
  };
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
