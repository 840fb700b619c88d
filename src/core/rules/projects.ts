// An address on a forge → the project it belongs to, and whether that is one of the organisation's.
import type { Facts } from '../model/facts.ts';
import type { Policy } from '../model/policy.ts';
import type { Value } from '../model/value.ts';
import { prefix } from '../value.ts';

/** Hosts where the first part of a path is the account. */
const FORGES = [
  'github.com',
  'raw.githubusercontent.com',
  'codeload.github.com',
  'gitlab.com',
  'bitbucket.org',
];

/** `slug` is `owner/repository` in lower case; `name` has the host in front. */
export type Project = { readonly owner: string; readonly slug: string; readonly name: string };

/** The project of the organisation that the address belongs to; null for everybody else's. */
export function insideProject(source: Value, policy: Policy): Project | null {
  const project = projectOf(source);
  if (project === null) return null;
  return policy.owners.some((owner) => owner.toLowerCase() === project.owner) ? project : null;
}

/** `owner/repository` of the project under review, in lower case; null when it has none. */
export function slugOf({ subject }: Facts): string | null {
  const slug = subject.kind === 'pull-request' ? `${subject.owner}/${subject.repository}` : subject.slug;
  return slug?.toLowerCase() ?? null;
}

/** The project that an address on a forge belongs to; null for other addresses. What a hole cuts off is left out. */
function projectOf(source: Value): Project | null {
  const address = /^(?:[a-z+]+:\/\/(?:[^@/]*@)?|git@)([^/:]+)[/:]([^/]+)\/([^/?#]+)/.exec(
    prefix(source).toLowerCase(),
  );
  const [, host = '', owner = '', repository = ''] = address ?? [];
  if (!FORGES.includes(host)) return null;
  const slug = `${owner}/${repository.replace(/\.git$/, '')}`;
  return { owner, slug, name: `${host}/${slug}` };
}
