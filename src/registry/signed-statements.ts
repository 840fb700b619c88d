// Signed in-toto statements under cosign's tags or in Sigstore bundles → the statements, whoever signed them.
import { isProvenanceType } from '../core/images/lineage-provenance.ts';
import { readSigned } from '../core/trust/signed.ts';
import type { Repository } from './authorization.ts';
import type { RegistryClient } from './client.ts';
import { type Descriptor, readManifest } from './documents.ts';
import { failure, gapOf, isFailure } from './failure.ts';
import { ATTACHMENT_LIMIT, overLimit, type Statements, subjectOf } from './statements.ts';

export const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle';
const ENVELOPE_TYPE = 'application/vnd.dsse.envelope.v1+json';

/** Statements in envelopes or bundles: cosign's `.att` tags and what refers to an image. Who signed them is judged elsewhere. */
export async function signedStatements(
  client: RegistryClient,
  repository: Repository,
  reference: string,
): Promise<Statements> {
  const fetched = await client.manifest(repository, reference);
  if ('remedy' in fetched) return { statements: [], gaps: [fetched] };
  if ('absent' in fetched) return { statements: [], gaps: [] };
  const document = readManifest(fetched);
  const subject = subjectOf(repository, fetched.digest);
  if (isFailure(document)) return { statements: [], gaps: [gapOf(document, subject)] };
  const layers = document.kind === 'manifest' ? document.layers.filter(isSignedStatement) : [];
  const read = await Promise.all(
    layers.slice(0, ATTACHMENT_LIMIT).map((layer) => signedStatement(client, repository, layer)),
  );
  return {
    statements: read.flatMap(({ statements }) => statements),
    gaps: [...read.flatMap(({ gaps }) => gaps), ...overLimit(repository, layers.length, 'signed statements')],
  };
}

function isSignedStatement({ mediaType }: Descriptor): boolean {
  return mediaType === ENVELOPE_TYPE || mediaType.startsWith(BUNDLE_TYPE);
}

async function signedStatement(
  client: RegistryClient,
  repository: Repository,
  layer: Descriptor,
): Promise<Statements> {
  const { digest, mediaType, annotations } = layer;
  const named = annotations.predicateType;
  if (named !== undefined && !isProvenanceType(named))
    return { statements: [{ predicateType: named, digest, content: null }], gaps: [] };
  const fetched = await client.blob(repository, layer, 'statement');
  if ('remedy' in fetched) return { statements: [], gaps: [fetched] };
  const text = 'absent' in fetched ? '' : fetched.bytes.toString('utf8');
  const signed = readSigned(
    mediaType === ENVELOPE_TYPE
      ? { kind: 'cosign-attestation', envelope: text, annotations: {} }
      : { kind: 'sigstore-bundle', bundle: text },
  );
  if ('problem' in signed) {
    const problem = failure('syntax', `A signed statement can’t be read: ${signed.problem}.`);
    return { statements: [], gaps: [gapOf(problem, subjectOf(repository, digest))] };
  }
  const predicateType = signed.means;
  const content = isProvenanceType(predicateType) ? signed.statement : null;
  return { statements: [{ predicateType, digest, content }], gaps: [] };
}
