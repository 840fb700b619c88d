// What comes from another project of the organisation → whether the ledger holds a cleared delivery of it.
import { parseReference } from '../images/reference.ts';
import type { Clearance, Instant } from '../model/evidence.ts';
import type { Facts } from '../model/facts.ts';
import type { Policy } from '../model/policy.ts';
import { type InsideImport, insideImports } from './inside-imports.ts';

/** Names that are asked about at most; more projects of one's own in one repository are no ordinary build. */
const MOST_PROJECTS = 50;

/** Projects (`owner/repository`, lower case) that the imports of the head may come from; sorted. */
export function projectsBehind(facts: Facts, policy: Policy): readonly string[] {
  const all = insideImports(facts, policy).flatMap((entry) => projectsOf(entry, policy));
  return [...new Set(all)].sort().slice(0, MOST_PROJECTS);
}

/**
 * The clearance that stands for the import; null when there is none, or when it is older than an approval may be. An image
 * has to be what the project delivers, whatever it is called; of sources the project itself has to be cleared.
 */
export function clearanceOf(entry: InsideImport, facts: Facts, policy: Policy): Clearance | null {
  const projects = projectsOf(entry, policy);
  const image = entry.reference === null ? null : `${entry.reference.registry}/${entry.reference.repository}`;
  const found = (facts.clearances ?? []).find(
    ({ project, at, destinations }) =>
      projects.includes(project) &&
      (image === null || destinations.includes(image)) &&
      stillCounts(at, facts.at, policy.approval.expiresAfterDays),
  );
  return found ?? null;
}

const DAY_MILLISECONDS = 86_400_000;

/** A date that can't be read has passed. */
function stillCounts(at: Instant, now: Instant, days: number | null): boolean {
  const since = Date.parse(at);
  if (Number.isNaN(since)) return false;
  return days === null || Date.parse(now) < since + days * DAY_MILLISECONDS;
}

/** A repository of its own account, or each part of an image's name as a repository of the organisation. */
function projectsOf({ name, reference }: InsideImport, { owners }: Policy): readonly string[] {
  if (reference === null) return [name.slice(name.indexOf('/') + 1).toLowerCase()];
  const parts = reference.repository.toLowerCase().split('/');
  return owners.flatMap((owner) => parts.map((part) => `${owner.toLowerCase()}/${part}`));
}

/** `host/repository` of an image a delivery pushes; null for a name with a hole in it. */
export function pushedImage(registry: string, repository: string): string | null {
  const parsed = parseReference(registry === '' ? repository : `${registry}/${repository}`);
  return 'problem' in parsed ? null : `${parsed.registry}/${parsed.repository}`;
}
