// An address on a forge → the project it belongs to, and whether that is one of the organisation's.
import type { Facts } from '../model/facts.ts';
import type { Policy } from '../model/policy.ts';
import type { Value } from '../model/value.ts';
import { classifyDestination } from '../policy/destinations.ts';
import { prefix, text } from '../value.ts';

/** Hosts where the first part of a path is the account; the forge under review is one more. */
const FORGES = [
  'github.com',
  'raw.githubusercontent.com',
  'codeload.github.com',
  'gitlab.com',
  'bitbucket.org',
  // Package feeds of GitHub, whose addresses name the account, and for Maven the repository.
  'npm.pkg.github.com',
  'maven.pkg.github.com',
  'nuget.pkg.github.com',
  'rubygems.pkg.github.com',
];

/** `slug` is `owner/repository` in lower case; `name` has the host in front. */
export type Project = { readonly owner: string; readonly slug: string; readonly name: string };

/**
 * The project of the organisation that the address belongs to, or what one of its own hosts serves; null for everybody
 * else's. Its hosts are those that policy names under `registries.internal` and `registries.own`.
 */
export function insideProject(source: Value, facts: Facts, policy: Policy): Project | null {
  const project = projectOf(source, facts);
  if (project !== null)
    return policy.owners.some((owner) => owner.toLowerCase() === project.owner) ? project : null;
  const [, host = '', path = ''] =
    /^[a-z+]+:\/\/(?:[^@/]*@)?([^/:?#]+)(?::\d+)?\/?([^?#]*)/i.exec(prefix(source)) ?? [];
  const kind =
    host === '' ? 'unknown' : classifyDestination(policy.registries, text(host), text(path || '-'));
  if (kind !== 'internal' && kind !== 'own') return null;
  const name = [host.toLowerCase(), path.replace(/\/+$/, '')].filter((part) => part !== '').join('/');
  return { owner: '', slug: '', name };
}

/** `owner/repository` of the project under review, in lower case; null when it has none. */
export function slugOf({ subject }: Facts): string | null {
  const slug = subject.kind === 'pull-request' ? `${subject.owner}/${subject.repository}` : subject.slug;
  return slug?.toLowerCase() ?? null;
}

/** The project that an address on a forge belongs to; null for other addresses. What a hole cuts off is left out. */
export function projectOf(source: Value, { subject }: Facts): Project | null {
  const address = /^(?:[a-z+]+:\/\/(?:[^@/]*@)?|git@)([^/:]+)(?::\d+)?[/:]@?([^/]+)(?:\/([^/?#]+))?/.exec(
    prefix(source).toLowerCase(),
  );
  const [, host = '', owner = '', repository = ''] = address ?? [];
  const own = subject.kind === 'pull-request' ? subject.server.replace(/^[a-z]+:\/\/|:\d+$/g, '') : '';
  if (!FORGES.includes(host) && host !== own.toLowerCase()) return null;
  if (repository === '' && !host.endsWith('.pkg.github.com')) return null;
  const slug = [owner, repository.replace(/\.git$/, '')].filter((part) => part !== '').join('/');
  return { owner, slug, name: `${host}/${slug}` };
}
