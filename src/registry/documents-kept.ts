// A registry client → one that finds in the store whatever a digest names, so that nothing immutable is asked for twice.
import type { AnswerCache } from '../ports.ts';
import type { Repository } from './authorization.ts';
import type { Fetched, RegistryClient } from './client.ts';
import { hasDigest, isDigest } from './digest.ts';

/** As it is kept: one character for each byte, so that any document survives JSON. */
type Kept = { readonly mediaType: string; readonly content: string };

/** Larger documents (bills of materials) are asked for again rather than kept. */
const KEPT_BYTES = 1024 * 1024;

/**
 * Keys name the repository too: what one repository shows says nothing about what another one does. A kept document is
 * checked by its digest again, because the store is not the registry.
 */
export function keepingDocuments(client: RegistryClient, answers: AnswerCache): RegistryClient {
  const through = async <T extends object>(
    key: string,
    digest: string,
    ask: () => Promise<Fetched | T>,
  ): Promise<Fetched | T> => {
    const found = await answers.through<Kept | null>(
      key,
      async () => null,
      () => 0,
    );
    const bytes = found === null ? null : Buffer.from(found.content, 'latin1');
    if (found !== null && bytes !== null && hasDigest(bytes, digest))
      return { digest, mediaType: found.mediaType, bytes };
    const answer = await ask();
    if ('bytes' in answer) {
      const kept: Kept = { mediaType: answer.mediaType, content: answer.bytes.toString('latin1') };
      await answers.through(
        key,
        async () => kept,
        () => Number.POSITIVE_INFINITY,
      );
    }
    return answer;
  };
  const named = (repository: Repository, digest: string) =>
    through(`manifest ${repository.registry}/${repository.repository} ${digest}`, digest, () =>
      client.manifest(repository, digest),
    );
  return {
    ...client,
    manifest: async (repository, reference) => {
      if (isDigest(reference)) return await named(repository, reference);
      const digest = await client.digestOf(repository, reference);
      if (digest === null) return await client.manifest(repository, reference);
      if (typeof digest !== 'string') return digest;
      const found = await named(repository, digest);
      // A registry that has the tag and not its digest is asked as everybody asks.
      return 'absent' in found ? await client.manifest(repository, reference) : found;
    },
    blob: (repository, descriptor, kind) =>
      descriptor.size > KEPT_BYTES
        ? client.blob(repository, descriptor, kind)
        : through(
            `blob ${repository.registry}/${repository.repository} ${descriptor.digest}`,
            descriptor.digest,
            () => client.blob(repository, descriptor, kind),
          ),
  };
}
