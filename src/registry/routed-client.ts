// Clients for images that are not in a registry, or not to be asked about → the same questions, answered elsewhere or not at all.
import type { RegistryClient } from './client.ts';
import { failure, gapOf } from './failure.ts';

/** What is `own` is asked of one client, everything else of the other. */
export function routedClient(
  own: RegistryClient,
  other: RegistryClient,
  isOwn: (repository: { readonly registry: string }) => boolean,
): RegistryClient {
  return {
    manifest: (repository, reference) => (isOwn(repository) ? own : other).manifest(repository, reference),
    digestOf: (repository, tag) => (isOwn(repository) ? own : other).digestOf(repository, tag),
    blob: (repository, descriptor, kind) =>
      (isOwn(repository) ? own : other).blob(repository, descriptor, kind),
    referrers: (repository, digest) => (isOwn(repository) ? own : other).referrers(repository, digest),
    requests: other.requests,
    close: () => {
      own.close();
      other.close();
    },
  };
}

/** Nobody is asked anything. */
export function offlineClient(): RegistryClient {
  const nobody: RegistryClient['referrers'] = async ({ registry, repository }, name) =>
    gapOf(
      failure('remote', 'No registry is asked offline.', 'Look again without --offline.'),
      `${registry}/${repository}${name.includes(':') ? '@' : ':'}${name}`,
    );
  return {
    manifest: nobody,
    digestOf: async () => null,
    blob: (repository, { digest }) => nobody(repository, digest),
    referrers: nobody,
    requests: () => 0,
    close: () => undefined,
  };
}
