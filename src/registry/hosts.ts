// Which hosts a look-up may speak to, how, and whose token servers are believed.
import { WELL_KNOWN_REGISTRIES } from '../core/policy/defaults.ts';

/** A host somebody allowed: `host` with or without a port; without one it stands for all ports. */
export type HostPermission = {
  readonly host: string;
  readonly scheme: 'https' | 'http';
  /** Whether its addresses may be private ones. Forbidden ones never are. */
  readonly private: boolean;
};

/** Registries everybody can pull from; their addresses have to be public. */
export const WELL_KNOWN_HOSTS: readonly HostPermission[] = WELL_KNOWN_REGISTRIES.map((host) => ({
  host,
  scheme: 'https',
  private: false,
}));

/** Token servers under another domain than their registry, as those registries name them in their challenges. */
const TOKEN_HOSTS: Readonly<Record<string, readonly string[]>> = {
  'docker.io': ['auth.docker.io'],
  'lscr.io': ['ghcr.io'],
  'registry.gitlab.com': ['gitlab.com'],
  'registry.access.redhat.com': ['sso.redhat.com'],
  'registry.redhat.io': ['sso.redhat.com'],
};

/** Domains under which strangers have hosts side by side: sharing one means nothing. */
const SHARED_DOMAINS = new Set([
  'amazonaws.com',
  'azurecr.io',
  'azurewebsites.net',
  'cloudfront.net',
  'github.io',
  'googleapis.com',
  'herokuapp.com',
  'jfrog.io',
  'ngrok.io',
  'nip.io',
  'ocir.io',
  'pkg.dev',
  'run.app',
  'sslip.io',
  'workers.dev',
]);

/** The permission for `host[:port]`; one that names the port goes first. Null for a host nobody allowed. */
export function permissionFor(host: string, permissions: readonly HostPermission[]): HostPermission | null {
  const wanted = host.toLowerCase();
  const bare = wanted.replace(/:\d+$/, '');
  return (
    permissions.find((each) => each.host.toLowerCase() === wanted) ??
    permissions.find((each) => each.host.toLowerCase() === bare) ??
    null
  );
}

/** Docker Hub answers under another name than the one in references. */
export function apiHost(registry: string): string {
  return registry === 'docker.io' ? 'registry-1.docker.io' : registry;
}

/** Whether a registry's challenge may send clients (and their credentials) to that host for a token. */
export function believesTokenHost(registry: string, realm: URL): boolean {
  const own = registry.replace(/:\d+$/, '').toLowerCase();
  const other = realm.hostname.toLowerCase();
  if (other === own || TOKEN_HOSTS[own]?.includes(other)) return true;
  const domain = registrableDomain(own);
  return domain !== null && domain === registrableDomain(other);
}

/**
 * The part of a name that one owner has, without the public suffix list: the last two labels, three where the second
 * level of a country is one for everybody (`co.uk`). Too long a part only refuses too much. Null for addresses.
 */
function registrableDomain(host: string): string | null {
  if (/^[\d.]+$/.test(host) || host.includes(':') || host.startsWith('[')) return null;
  const labels = host.split('.');
  const [second = '', top = ''] = labels.slice(-2);
  if (labels.length < 2) return null;
  const length = top.length === 2 && second.length <= 3 ? 3 : 2;
  if (labels.length < length) return null;
  const domain = labels.slice(-length).join('.');
  return SHARED_DOMAINS.has(domain) ? null : domain;
}
