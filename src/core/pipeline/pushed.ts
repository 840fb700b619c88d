// A push to a branch nobody protects, or of a tag → whether it starts or changes what that very push delivers.
import type { Delivery, DeliveryChange } from '../model/delivery.ts';
import { matchesPattern } from '../policy/patterns.ts';

/** Files that say when a pipeline runs. Scripts they call change what is shipped, but not that nobody was asked. */
const DEFINITIONS =
  /^(\.github\/workflows\/.+\.ya?ml|\.gitlab-ci\.ya?ml|\.?azure-pipelines\.ya?ml|\.circleci\/config\.ya?ml|bitbucket-pipelines\.ya?ml|\.travis\.ya?ml|\.drone\.ya?ml|\.woodpecker\.ya?ml|\.cirrus\.ya?ml|appveyor\.ya?ml|cloudbuild\.ya?ml|Jenkinsfile)$/;

/** Whether a change of the file may let a pipeline deliver from a branch from which it did not before. */
export function definesDeliveries(path: string): boolean {
  return DEFINITIONS.test(path);
}

/** What a push moved: the short name of a branch or a tag. */
export type PushedRef = { readonly kind: 'branch' | 'tag'; readonly name: string };

/** Null for what is neither a branch nor a tag: notes, and refs that GitHub keeps for itself. */
export function pushedRef(ref: string): PushedRef | null {
  const [, kind, name] = /^refs\/(heads|tags)\/(.+)$/s.exec(ref) ?? [];
  return name === undefined ? null : { kind: kind === 'tags' ? 'tag' : 'branch', name };
}

/** Whether any of the deliveries is new or other than before, and happens for that push. */
export function startedByPush(changes: readonly DeliveryChange[], pushed: PushedRef): boolean {
  return changes.some(
    ({ change, delivery }) => (change === 'started' || change === 'changed') && runsOn(delivery, pushed),
  );
}

/** A release may be what made the tag. */
function runsOn({ triggers }: Delivery, { kind, name }: PushedRef): boolean {
  return triggers.some(({ event, filter }) =>
    kind === 'branch'
      ? event === 'push-branch' && letsThrough(filter, name)
      : event === 'release' || (event === 'push-tag' && letsThrough(filter, name)),
  );
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
