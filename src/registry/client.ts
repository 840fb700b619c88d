// The OCI distribution API, the few reading parts we need: names and digests → checked bytes, or why there are none.
import type { Gap } from '../core/model/evidence.ts';
import { type Asking, ask } from './asking.ts';
import { createAuthorization, type Repository } from './authorization.ts';
import { type Credentials, NO_CREDENTIALS } from './credentials.ts';
import { hasDigest, isDigest, sha256 } from './digest.ts';
import { type Failure, failure, gapOf, isFailure } from './failure.ts';
import { type HostPermission, WELL_KNOWN_HOSTS } from './hosts.ts';
import { createKeep, type Kept } from './keep.ts';
import { createTurns } from './pacing.ts';
import { type Answer, createTransport, type Outgoing, type Resolve, resolveBySystem } from './transport.ts';

/** What is fetched, with the most bytes and milliseconds it may take. Manifests: 4 MiB after the distribution specification. */
export type Limits = Readonly<
  Record<'manifest' | 'config' | 'statement' | 'layer', { bytes: number; time: number }>
>;

const MIB = 1024 * 1024;

export const DEFAULT_LIMITS: Limits = {
  manifest: { bytes: 4 * MIB, time: 15_000 },
  config: { bytes: 8 * MIB, time: 20_000 },
  statement: { bytes: 16 * MIB, time: 30_000 },
  // Only small layers are ever asked for.
  layer: { bytes: 48 * MIB, time: 60_000 },
};

/** How long a tag's answer is used without asking again, in milliseconds. */
const FRESH = 5 * 60_000;

const MANIFEST_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

export type Fetched = { readonly digest: string; readonly mediaType: string; readonly bytes: Buffer };

/** The registry says that there is no such thing; that is an answer, not a gap. */
export type Absent = { readonly absent: true };

export type RegistryClient = {
  /** By tag or by digest. */
  manifest(repository: Repository, reference: string): Promise<Fetched | Absent | Gap>;
  /**
   * What a tag stands for, by its headers alone: registries that count pulls (Docker Hub) don't count that. Null where the
   * registry doesn't tell; then the manifest itself has to be asked for.
   */
  digestOf(repository: Repository, tag: string): Promise<string | Absent | Gap | null>;
  blob(
    repository: Repository,
    descriptor: { readonly digest: string; readonly size: number },
    kind: 'config' | 'statement' | 'layer',
  ): Promise<Fetched | Absent | Gap>;
  /** The index of what refers to a manifest: by the API, else by the tag that stands in for it. */
  referrers(repository: Repository, digest: string): Promise<Fetched | Absent | Gap>;
  /** Requests sent so far, those of token servers and redirects included. */
  requests(): number;
  close(): void;
};

export type RegistryOptions = {
  /** Hosts allowed beside the known ones; they go first. */
  readonly hosts: readonly HostPermission[];
  /** Default: the well-known public registries. */
  readonly known?: readonly HostPermission[];
  readonly credentials?: Credentials;
  readonly limits?: Limits;
  readonly resolve?: Resolve;
  readonly now?: () => number;
  readonly sleep?: (milliseconds: number) => Promise<void>;
  /** Ends everything that is still under way. */
  readonly signal?: AbortSignal;
};

export function createRegistryClient(options: RegistryOptions): RegistryClient {
  const { limits = DEFAULT_LIMITS, now = Date.now, signal = new AbortController().signal } = options;
  const hosts = [...options.hosts, ...(options.known ?? WELL_KNOWN_HOSTS)];
  const transport = createTransport(options.resolve ?? resolveBySystem);
  const turns = createTurns();
  let requests = 0;
  const send = (outgoing: Outgoing): Promise<Answer | Failure> =>
    turns(outgoing.url.host, () => {
      requests += 1;
      return transport.send(outgoing, signal);
    });
  const authorization = createAuthorization({
    // Only what was allowed by name: one well-known registry is no token server of another.
    hosts: options.hosts,
    credentials: options.credentials ?? NO_CREDENTIALS,
    send,
    now,
  });
  const sleep = options.sleep ?? ((time) => new Promise((resolve) => setTimeout(resolve, time)));
  const tools: Asking = { hosts, authorization, send, now, sleep, signal };
  const keep = createKeep();

  const nothing = (key: string): Absent => {
    keep.set(key, { fetched: { absent: true }, etag: null, at: now() });
    return { absent: true };
  };

  const manifest: RegistryClient['manifest'] = async (repository, reference) => {
    const named: boolean = isDigest(reference);
    const key = `${repository.registry}/${repository.repository} ${reference}`;
    const kept = keep.get(key);
    if (kept !== undefined && isFresh(kept, named, now())) return kept.fetched;
    const subject = `${repository.registry}/${repository.repository}${named ? '@' : ':'}${reference}`;
    // Taken for a tag, it would come back unchecked.
    if (!named && reference.includes(':'))
      return gapOf(failure('remote', 'Its digest is of a kind that is not checked here.'), subject);
    const etag = kept?.etag ?? null;
    const answer = await ask(repository, `manifests/${reference}`, limits.manifest, tools, {
      accept: MANIFEST_TYPES,
      ...(etag === null ? {} : { 'if-none-match': etag }),
    });
    if (isFailure(answer)) return gapOf(answer, subject);
    if (answer.status === 404) return nothing(key);
    if (answer.status === 304 && kept !== undefined) {
      keep.set(key, { ...kept, at: now() });
      return kept.fetched;
    }
    const fetched = checkManifest(answer, named ? reference : null);
    if (isFailure(fetched)) return gapOf(fetched, subject);
    keep.set(key, { fetched, etag: answer.headers.etag ?? null, at: now() });
    return fetched;
  };

  return {
    manifest,
    digestOf: async (repository, tag) => {
      const { registry, repository: name } = repository;
      const path = `manifests/${tag}`;
      const answer = await ask(repository, path, limits.manifest, tools, { accept: MANIFEST_TYPES }, 'HEAD');
      if (isFailure(answer))
        return answer.kind === 'unreachable' ? gapOf(answer, `${registry}/${name}:${tag}`) : null;
      if (answer.status === 404) return nothing(`${registry}/${name} ${tag}`);
      const claimed = answer.headers['docker-content-digest'];
      return isDigest(claimed) ? claimed : null;
    },
    blob: async (repository, { digest, size }, kind) => {
      const subject = `${repository.registry}/${repository.repository}@${digest}`;
      const kept = keep.get(digest);
      if (kept !== undefined) return kept.fetched;
      const { bytes, time } = limits[kind];
      if (size > bytes) {
        const reason = `The ${kind} has ${size} bytes by its manifest, where at most ${bytes} are read.`;
        return gapOf(failure('limit', reason), subject);
      }
      // A refusal or an error may be longer than a small blob.
      const limit = { bytes: Math.max(size, 64 * 1024), time };
      const answer = await ask(repository, `blobs/${digest}`, limit, tools, {});
      if (isFailure(answer)) return gapOf(answer, subject);
      if (answer.status === 404) return { absent: true };
      const fetched = checkBlob(answer, digest, size);
      if (isFailure(fetched)) return gapOf(fetched, subject);
      keep.set(digest, { fetched, etag: null, at: now() });
      return fetched;
    },
    referrers: async (repository, digest) => {
      const subject = `the referrers of ${repository.registry}/${repository.repository}@${digest}`;
      const kept = keep.get(subject);
      if (kept !== undefined && isFresh(kept, false, now())) return kept.fetched;
      const answer = await ask(repository, `referrers/${digest}`, limits.manifest, tools, {
        accept: 'application/vnd.oci.image.index.v1+json',
      });
      if (isFailure(answer)) return gapOf(answer, subject);
      // What is on the next page may be the one signature that matters.
      if (/rel="?next/i.test(String(answer.headers.link ?? '')))
        return gapOf(failure('limit', 'More hangs on it than its registry lists at once.'), subject);
      const type = mediaTypeOf(answer);
      const isThere = answer.status === 200 && type === 'application/vnd.oci.image.index.v1+json';
      // Registries without that API answer 404, or whatever they have under that path.
      const fetched = isThere
        ? { digest: sha256(answer.body), mediaType: type, bytes: answer.body }
        : await manifest(repository, digest.replace(':', '-'));
      if (!('remedy' in fetched)) keep.set(subject, { fetched, etag: null, at: now() });
      return fetched;
    },
    requests: () => requests,
    close: transport.close,
  };
}

/** What a digest names never changes; that there is nothing may, and so may a tag. */
function isFresh({ fetched, at }: Kept, named: boolean, now: number): boolean {
  return (named && 'bytes' in fetched) || now - at < FRESH;
}

function mediaTypeOf({ headers }: Answer): string {
  return (headers['content-type'] ?? '').replace(/;.*$/s, '').trim().toLowerCase();
}

function checkManifest(answer: Answer, wanted: string | null): Fetched | Failure {
  const { body, headers } = answer;
  const claimed = headers['docker-content-digest'];
  const promised = wanted ?? (isDigest(claimed) ? claimed : null);
  if (promised !== null && !hasDigest(body, promised))
    return failure('syntax', `The manifest is not what its digest ${promised} says.`);
  return { digest: promised ?? sha256(body), mediaType: mediaTypeOf(answer), bytes: body };
}

function checkBlob(answer: Answer, digest: string, size: number): Fetched | Failure {
  if (answer.body.length !== size)
    return failure('syntax', `It has ${answer.body.length} bytes where its manifest says ${size}.`);
  if (!hasDigest(answer.body, digest)) return failure('syntax', 'It is not what its digest says.');
  return { digest, mediaType: mediaTypeOf(answer), bytes: answer.body };
}
