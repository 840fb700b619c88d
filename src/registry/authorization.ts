// A registry's challenge and the credentials for it → the `Authorization` that it asks for, kept per repository.
import type { Challenge } from './challenge.ts';
import { readChallenges } from './challenge.ts';
import type { Credential, Credentials } from './credentials.ts';
import { type Failure, failure, isFailure } from './failure.ts';
import { believesTokenHost, type HostPermission, permissionFor } from './hosts.ts';
import type { Answer, Outgoing } from './transport.ts';

/** A repository of a registry, as references name them. */
export type Repository = { readonly registry: string; readonly repository: string };

export type Authorization = {
  /** The header for the next request; null while the registry has not asked for one. */
  current(repository: Repository): string | null;
  /** As a registry asked for another of its repositories, it will ask for this one: saves the refusal. Null where it did not. */
  foreseen(repository: Repository): Promise<string | null>;
  /** Answers a 401. */
  answer(repository: Repository, header: string): Promise<string | Failure>;
};

export type AuthorizationOptions = {
  readonly hosts: readonly HostPermission[];
  readonly credentials: Credentials;
  readonly send: (outgoing: Outgoing) => Promise<Answer | Failure>;
  readonly now: () => number;
};

/** Bytes and milliseconds for an answer of a token server. */
const TOKEN_LIMITS = { bytes: 256 * 1024, time: 15_000 } as const;

/** Seconds a token is good for where its server doesn't say (distribution's token specification), and what is left off for safety. */
const TOKEN_LIFE = { assumed: 60, margin: 10 } as const;

export function createAuthorization(options: AuthorizationOptions): Authorization {
  const kept = new Map<string, { readonly header: string; readonly until: number }>();
  /** Registry → its last challenge that ended in a token. */
  const challenges = new Map<string, string>();
  /** Several documents of a repository are asked for at once: one token is enough for them. */
  const underWay = new Map<string, Promise<Granted | Failure>>();
  const keyOf = ({ registry, repository }: Repository): string => `${registry} ${repository}`;
  const current = (repository: Repository): string | null => {
    const found = kept.get(keyOf(repository));
    return found !== undefined && found.until > options.now() ? found.header : null;
  };
  const ask = async (repository: Repository, header: string): Promise<string | Failure> => {
    const key = keyOf(repository);
    const asked = underWay.get(key) ?? grant(repository, header, options);
    underWay.set(key, asked);
    const granted = await asked.finally(() => underWay.delete(key));
    if (isFailure(granted)) return granted;
    kept.set(key, granted);
    if (granted.header.startsWith('Bearer ')) challenges.set(repository.registry, header);
    return granted.header;
  };
  return {
    current,
    foreseen: async (repository) => {
      const header = challenges.get(repository.registry);
      if (header === undefined) return null;
      const granted = await ask(repository, header);
      return isFailure(granted) ? null : granted;
    },
    answer: async (repository, header) => {
      kept.delete(keyOf(repository));
      return await ask(repository, header);
    },
  };
}

type Granted = { readonly header: string; readonly until: number };

async function grant(
  repository: Repository,
  header: string,
  options: AuthorizationOptions,
): Promise<Granted | Failure> {
  const credential = options.credentials.byRegistry.get(repository.registry) ?? null;
  const challenges = readChallenges(header);
  if (credential?.kind === 'registry-token')
    return { header: `Bearer ${credential.token}`, until: Number.POSITIVE_INFINITY };
  const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
  if (bearer !== undefined) return await token(repository, bearer, credential, options);
  if (!challenges.some(({ scheme }) => scheme === 'basic'))
    return failure('remote', `${repository.registry} asks for credentials in a way that is not understood.`);
  return credential?.kind === 'password'
    ? { header: basic(credential), until: Number.POSITIVE_INFINITY }
    : failure('remote', `${repository.registry} asks for a user and a password, and none are known for it.`);
}

function basic({ user, password }: Extract<Credential, { kind: 'password' }>): string {
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}

async function token(
  repository: Repository,
  { parameters }: Challenge,
  credential: Credential | null,
  options: AuthorizationOptions,
): Promise<Granted | Failure> {
  const realm = realmOf(repository, parameters.realm ?? '', options.hosts);
  if (isFailure(realm)) return realm;
  // Our own scope: a registry that asks for more than reading gets no token for it.
  const query: Record<string, string> = {
    ...(parameters.service === undefined ? {} : { service: parameters.service }),
    scope: `repository:${repository.repository}:pull`,
  };
  const answer = await options.send(tokenRequest(realm, query, credential));
  if (isFailure(answer)) return answer;
  const host = realm.url.host;
  if (answer.status >= 500 || answer.status === 429)
    return failure('unreachable', `The token server ${host} answered HTTP ${answer.status}.`);
  if (answer.status !== 200)
    return failure(
      'remote',
      `The token server ${host} refused to let ${repository.repository} be read (HTTP ${answer.status}).`,
    );
  return readToken(answer.body, host, options.now());
}

type Realm = { readonly url: URL; readonly permission: HostPermission };

/** Where a registry sends its clients is the registry's word alone: only its own domain and the known ones are believed. */
function realmOf({ registry }: Repository, text: string, hosts: readonly HostPermission[]): Realm | Failure {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.username !== '' || url.password !== '')
    return failure('remote', `${registry} names no usable address for a token.`);
  const listed = permissionFor(url.host, hosts);
  if (!believesTokenHost(registry, url) && listed === null)
    return failure(
      'remote',
      `${registry} sends for a token to ${url.host}, which is not of its domain: it was not asked.`,
      'Allow the host explicitly, if it is the registry’s token server.',
    );
  const own = permissionFor(registry, hosts);
  const permission = listed ?? { host: url.host, scheme: 'https', private: false };
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && permission.scheme === 'http'))
    return failure('remote', `${registry} sends for a token to ${url.host} without encryption.`);
  // A registry of the outside never leads to the inside.
  return { url, permission: { ...permission, private: permission.private && own?.private === true } };
}

function tokenRequest(
  { url, permission }: Realm,
  query: Readonly<Record<string, string>>,
  credential: Credential | null,
): Outgoing {
  const limits = { ...TOKEN_LIMITS, private: permission.private };
  const headers = { accept: 'application/json', 'user-agent': 'clear-to-ship' };
  if (credential?.kind === 'identity-token') {
    const form = new URLSearchParams({
      ...query,
      grant_type: 'refresh_token',
      client_id: 'clear-to-ship',
      refresh_token: credential.token,
    });
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    return { url, method: 'POST', headers: { ...headers, ...type }, body: form.toString(), ...limits };
  }
  const address = new URL(url);
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
  const authorization = credential?.kind === 'password' ? { authorization: basic(credential) } : {};
  return { url: address, method: 'GET', headers: { ...headers, ...authorization }, body: null, ...limits };
}

function readToken(body: Buffer, host: string, now: number): Granted | Failure {
  const unreadable = failure('syntax', `The token server ${host} answered without a token.`);
  let content: unknown;
  try {
    content = JSON.parse(body.toString('utf8'));
  } catch {
    return unreadable;
  }
  if (typeof content !== 'object' || content === null) return unreadable;
  const { token, access_token, expires_in } = content as Readonly<Record<string, unknown>>;
  const value = [token, access_token].find((each) => typeof each === 'string' && each !== '');
  // Anything else would be a way to write headers.
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) return unreadable;
  const life = typeof expires_in === 'number' && expires_in > 0 ? expires_in : TOKEN_LIFE.assumed;
  return { header: `Bearer ${value}`, until: now + Math.max(life - TOKEN_LIFE.margin, 1) * 1000 };
}
