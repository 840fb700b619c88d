// A Docker configuration file (`config.json`) → credentials by registry. Helpers are programs and are never executed.

export type Credential =
  | { readonly kind: 'password'; readonly user: string; readonly password: string }
  /** An OAuth2 refresh token, which a token server turns into an access token. */
  | { readonly kind: 'identity-token'; readonly token: string }
  | { readonly kind: 'registry-token'; readonly token: string };

export type Credentials = {
  /** By registry as references name it, e.g. `docker.io`, `ghcr.io`, `localhost:5000`. */
  readonly byRegistry: ReadonlyMap<string, Credential>;
  /** What the file holds and we don't use, one sentence each. */
  readonly notes: readonly string[];
};

export const NO_CREDENTIALS: Credentials = { byRegistry: new Map(), notes: [] };

/**
 * Reads `auths` as github.com/docker/cli's cli/config/types does. Text that is no such file gives no credentials and a
 * note; secrets never appear in notes.
 */
export function readDockerConfig(text: string): Credentials {
  const config = parse(text);
  if (config === null)
    return { byRegistry: new Map(), notes: ['The Docker configuration is no JSON object: it is not used.'] };
  const byRegistry = new Map<string, Credential>();
  const notes: string[] = [];
  for (const [key, entry] of Object.entries(recordOf(config.auths))) {
    const credential = credentialOf(recordOf(entry));
    if (credential !== null) byRegistry.set(registryOf(key), credential);
  }
  const helpers = Object.keys(recordOf(config.credHelpers)).map(registryOf);
  for (const registry of [...new Set(helpers)].sort())
    if (!byRegistry.has(registry))
      notes.push(`Credentials for ${registry} are in a credential helper, which is not executed.`);
  if (typeof config.credsStore === 'string' && config.credsStore !== '')
    notes.push(
      'Further credentials are in a credential store, which is a program and is not executed: put them into `auths` if they are needed.',
    );
  return { byRegistry, notes };
}

function parse(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? recordOf(value) : null;
  } catch {
    return null;
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** Keys are hosts, or addresses from the days of the first registry API. */
function registryOf(key: string): string {
  const host = key
    .replace(/^https?:\/\//i, '')
    .replace(/\/.*$/, '')
    .toLowerCase();
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? 'docker.io' : host;
}

function credentialOf(entry: Readonly<Record<string, unknown>>): Credential | null {
  const { identitytoken, registrytoken, auth, username, password } = entry;
  if (typeof identitytoken === 'string' && identitytoken !== '')
    return { kind: 'identity-token', token: identitytoken };
  if (typeof registrytoken === 'string' && registrytoken !== '')
    return { kind: 'registry-token', token: registrytoken };
  if (typeof auth === 'string' && auth !== '') {
    const decoded = Buffer.from(auth, 'base64').toString('utf8').replace(/\0+$/, '');
    const colon = decoded.indexOf(':');
    if (colon > 0)
      return { kind: 'password', user: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
  }
  return typeof username === 'string' && username !== '' && typeof password === 'string'
    ? { kind: 'password', user: username, password }
    : null;
}
