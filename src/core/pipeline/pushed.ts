// A push to a branch nobody protects → whether it starts or changes what that very push delivers.
import type { Delivery, DeliveryChange } from '../model/delivery.ts';
import { matchesPattern } from '../policy/patterns.ts';

/** Files that say when a pipeline runs. Scripts they call change what is shipped, but not that nobody was asked. */
const DEFINITIONS =
  /^(\.github\/workflows\/.+\.ya?ml|\.gitlab-ci\.ya?ml|\.?azure-pipelines\.ya?ml|\.circleci\/config\.ya?ml|bitbucket-pipelines\.ya?ml|\.travis\.ya?ml|\.drone\.ya?ml|\.woodpecker\.ya?ml|\.cirrus\.ya?ml|appveyor\.ya?ml|cloudbuild\.ya?ml|Jenkinsfile)$/;

/** Whether a change of the file may let a pipeline deliver from a branch from which it did not before. */
export function definesDeliveries(path: string): boolean {
  return DEFINITIONS.test(path);
}

/** Whether any of the deliveries is new or other than before, and happens for a push to the branch. */
export function startedByPush(changes: readonly DeliveryChange[], branch: string): boolean {
  return changes.some(
    ({ change, delivery }) => (change === 'started' || change === 'changed') && runsOn(delivery, branch),
  );
}

function runsOn({ triggers }: Delivery, branch: string): boolean {
  return triggers.some(({ event, filter }) => event === 'push-branch' && letsThrough(filter, branch));
}

/** Patterns joined by commas as `Trigger.filter` writes them; `!` leaves out. What is no plain glob may let it through. */
function letsThrough(filter: string | null, branch: string): boolean {
  if (filter === null) return true;
  const patterns = filter.split(', ');
  const ignored = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  const named = patterns.filter((pattern) => !pattern.startsWith('!'));
  if (ignored.some((pattern) => isPlain(pattern) && matchesPattern(pattern, branch))) return false;
  return named.length === 0 || named.some((pattern) => !isPlain(pattern) || matchesPattern(pattern, branch));
}

function isPlain(pattern: string): boolean {
  return /^[\w./*@-]+$/.test(pattern);
}
