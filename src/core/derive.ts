// Evidence → facts: every file is read once, for the base and for the head, and the deliveries of both are compared.
import { withArguments } from './dockerfile/read.ts';
import { copyFinder } from './dockerfile/similarity/well-known.ts';
import type { Delivery } from './model/delivery.ts';
import type { Dockerfile } from './model/dockerfile.ts';
import type { Evidence, FileChange, Snapshot, Subject } from './model/evidence.ts';
import type { Facts, RepositoryFacts } from './model/facts.ts';
import type { Policy, Registries } from './model/policy.ts';
import { compareDeliveries } from './pipeline/about.ts';
import { byCodeUnit } from './pipeline/files.ts';
import { repositoryFacts, type Shelf } from './repository-facts.ts';
import { withStrictContext } from './strict-deliveries.ts';

export function deriveFacts(evidence: Evidence, policy: Policy): Facts {
  const shelf: Shelf = { copiesOf: copyFinder(evidence.seenDockerfiles ?? []), files: new Map() };
  const registries = knowing(evidence.subject, policy.registries);
  const changed = changedPaths(evidence.changes);
  const factsOf = (snapshot: Snapshot) => repositoryFacts(snapshot, evidence, registries, shelf, changed);
  const head = factsOf(evidence.head);
  const base = evidence.base === null ? null : factsOf(evidence.base);
  const compared = compareDeliveries(base?.deliveries ?? [], head.deliveries, {
    base: (delivery) => builtDockerfile(delivery, base),
    head: (delivery) => builtDockerfile(delivery, head),
  });
  return {
    subject: evidence.subject,
    at: evidence.collectedAt,
    head,
    base,
    changes: evidence.changes,
    deliveries: withStrictContext(compared, policy.approval.strict, evidence.base, evidence.head),
    images: evidence.images,
    ...(evidence.clearances === undefined ? {} : { clearances: evidence.clearances }),
  };
}

/** By their old and their new names: a moved script is looked at on both sides. */
function changedPaths(changes: readonly FileChange[]): readonly string[] {
  const paths = changes.flatMap(({ path, previousPath }) => [path, previousPath ?? path]);
  return [...new Set(paths)].sort(byCodeUnit);
}

/** What the CI calls the repository is known here, so that a policy's namespaces can be told apart. */
function knowing(subject: Subject, registries: Registries): Registries {
  const slug = subject.kind === 'pull-request' ? `${subject.owner}/${subject.repository}` : subject.slug;
  if (slug === null) return registries;
  const [owner = '', name = ''] = slug.split('/');
  const known = {
    'github.repository': slug,
    'github.repository_owner': owner,
    'github.event.repository.name': name,
    GITHUB_REPOSITORY: slug,
    GITHUB_REPOSITORY_OWNER: owner,
  };
  return { ...registries, variables: { ...known, ...registries.variables } };
}

/** The Dockerfile that the delivery builds, as the build's arguments make it; null when there is none or it is unknown. */
function builtDockerfile({ build }: Delivery, facts: RepositoryFacts | null): Dockerfile | null {
  const dockerfile = facts?.dockerfiles.find(({ path }) => path === build?.dockerfile);
  if (dockerfile === undefined || build === null) return null;
  return Object.keys(build.arguments).length === 0 ? dockerfile : withArguments(dockerfile, build.arguments);
}
