// What people write as the source of an image → repository, commit, path and a web address of the Dockerfile there.
import type { BuildSource, EvidenceSource } from '../model/lineage.ts';

/** Longer addresses are not looked at. */
const ADDRESS_LIMIT = 2048;

/** How forges write a path at a commit. */
const FORGES: Readonly<Record<string, readonly [file: string, folder: string]>> = {
  'github.com': ['/blob/', '/tree/'],
  'gitlab.com': ['/-/blob/', '/-/tree/'],
  'codeberg.org': ['/src/commit/', '/src/commit/'],
};

/**
 * `address` is what `org.opencontainers.image.source` or a provenance names: a web page, a git address, also with
 * `#ref:folder` as BuildKit writes it. `revision` and `path` are used where the address does not say them itself.
 * Null for what is no such address.
 */
export function buildSource(
  from: EvidenceSource,
  address: string,
  revision: string | null,
  path: string | null,
): BuildSource | null {
  const [place = '', ref = '', folder = ''] = split(address.trim());
  const url = webAddress(place);
  if (url === null) return null;
  const repository = `https://${url.host}${url.pathname.replace(/\/+$/, '').replace(/\.git$/, '')}`;
  const commit = [revision, ref].find((each) => each !== null && isCommit(each)) ?? null;
  const file = cleanPath(joined(folder, path ?? (folder === '' ? null : 'Dockerfile')));
  return { repository, commit, path: file, link: linkTo(repository, url.hostname, commit, file), from };
}

function isCommit(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}

function split(address: string): readonly string[] {
  if (address.length > ADDRESS_LIMIT) return [];
  const hash = address.indexOf('#');
  if (hash === -1) return [address];
  const fragment = address.slice(hash + 1);
  const colon = fragment.indexOf(':');
  return colon === -1
    ? [address.slice(0, hash), fragment]
    : [address.slice(0, hash), fragment.slice(0, colon), fragment.slice(colon + 1)];
}

/** Only the web's own schemes come through, without user, port-less hosts as they are. */
function webAddress(place: string): URL | null {
  const scp = /^(?:ssh:\/\/)?git@([a-z0-9.-]+)[:/](?!\/)([\w./~-]+)$/i.exec(place);
  const text = scp ? `https://${scp[1]}/${scp[2]}` : place.replace(/^git\+/, '').replace(/^git:/, 'https:');
  const full = /^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`;
  const url = URL.canParse(full) ? new URL(full) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return null;
  return /^\/[\w.~-]+\/[\w.~/-]+$/.test(url.pathname) && url.hostname.includes('.') ? url : null;
}

function joined(folder: string, file: string | null): string | null {
  if (file === null) return null;
  const trimmed = folder.replace(/^\/+|\/+$/g, '');
  return trimmed === '' ? file : `${trimmed}/${file}`;
}

/** A path that leaves its repository, or that isn't plain, names nothing. */
function cleanPath(path: string | null): string | null {
  if (path === null) return null;
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  const plain = segments.every((segment) => segment !== '..' && /^[\w .@+-]+$/.test(segment));
  return plain && segments.length > 0 ? segments.join('/') : null;
}

function linkTo(repository: string, host: string, commit: string | null, path: string | null): string | null {
  const forge = Object.hasOwn(FORGES, host) ? FORGES[host] : undefined;
  if (forge === undefined || commit === null) return null;
  const [file, folder] = forge;
  return path === null
    ? `${repository}${folder}${commit}`
    : `${repository}${file}${commit}/${path.split('/').map(encodeURIComponent).join('/')}`;
}
