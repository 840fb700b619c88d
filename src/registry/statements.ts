// Manifests of attestations as BuildKit writes them → the statements in them that say something of a lineage.
import { isProvenanceType } from '../core/images/lineage-provenance.ts';
import type { Gap } from '../core/model/evidence.ts';
import type { AttestedStatement } from '../core/model/lineage.ts';
import type { Repository } from './authorization.ts';
import type { RegistryClient } from './client.ts';
import { type Descriptor, type Manifest, parseJson, readManifest } from './documents.ts';
import { failure, gapOf, isFailure } from './failure.ts';

/** More attestation manifests, or statements in one, than this are not read. */
export const ATTACHMENT_LIMIT = 32;

const STATEMENT_TYPE = 'application/vnd.in-toto+json';

export type Statements = { readonly statements: readonly AttestedStatement[]; readonly gaps: readonly Gap[] };

export async function readAttestations(
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

export function overLimit(repository: Repository, count: number, noun: string): readonly Gap[] {
  if (count <= ATTACHMENT_LIMIT) return [];
  const reason = `${count} ${noun} hang on it, where at most ${ATTACHMENT_LIMIT} are read.`;
  return [gapOf(failure('limit', reason), `${repository.registry}/${repository.repository}`)];
}

export function subjectOf({ registry, repository }: Repository, digest: string): string {
  return `${registry}/${repository}@${digest}`;
}
