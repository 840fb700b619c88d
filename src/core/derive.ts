// Evidence → facts: every file is read once, for the base and for the head, and the deliveries of both are compared.
import { createDerivedBefore } from './derived-before.ts';
import { withArguments } from './dockerfile/read.ts';
import { copyFinder } from './dockerfile/similarity/well-known.ts';
import { metBefore } from './facts-met-before.ts';
import type { Place } from './further-checkouts.ts';
import type { Delivery } from './model/delivery.ts';
import type { Dockerfile } from './model/dockerfile.ts';
import type { Evidence, FileChange, Snapshot, Subject } from './model/evidence.ts';
import type { Facts, RepositoryFacts } from './model/facts.ts';
import type { Policy } from './model/policy.ts';
import { compareDeliveries } from './pipeline/about.ts';
import { byCodeUnit } from './pipeline/files.ts';
import { repositoryFacts, type Shelf, type View } from './repository-facts.ts';
import { withStrictContext } from './strict-deliveries.ts';

/** What was derived in this process, in bytes about: the base of many changes, and heads that change nothing of it. */
const REMEMBERED_BYTES = 48 * 1_048_576;
const REMEMBERED = createDerivedBefore(REMEMBERED_BYTES);

/** `before`: what was derived already, which changes nothing of what is answered. */
export function deriveFacts(evidence: Evidence, policy: Policy, before = REMEMBERED): Facts {
  const seen = evidence.seenDockerfiles ?? [];
  const shelf: Shelf = { copiesOf: copyFinder(seen), files: new Map() };
  const view: View = {
    place: placeOf(evidence.subject),
    registries: policy.registries,
    changed: changedPaths(evidence.changes),
    seen,
  };
  const factsOf = (snapshot: Snapshot) => repositoryFacts(snapshot, evidence.blobs, view, shelf, before);
  const head = factsOf(evidence.head);
  const base = evidence.base === null ? null : factsOf(evidence.base);
  const { strict } = policy.approval;
  const deliveries = withStrictContext(compared(base, head), strict, evidence.base, evidence.head);
  return factsWith({ head, base, deliveries }, evidence);
}

type Derived = Pick<Facts, 'head' | 'base' | 'deliveries'>;

/** What is derived, with everything else that rules go by. */
export function factsWith({ head, base, deliveries }: Derived, evidence: Evidence): Facts {
  const { subject, collectedAt, images, clearances } = evidence;
  const isAsked = images.length > 0 || clearances !== undefined;
  const facts: Facts = {
    subject: standsFor(subject),
    at: isAsked ? collectedAt : `${collectedAt.slice(0, 10)}T00:00:00.000Z`,
    head,
    base,
    changes: evidence.changes.map(({ path, status, previousPath }) => ({ path, status, previousPath })),
    deliveries,
    images,
    ...(clearances === undefined ? {} : { clearances }),
  };
  return metBefore(facts);
}

function standsFor(subject: Subject): Facts['subject'] {
  const { visibility } = subject;
  if (subject.kind === 'checkout') return { kind: subject.kind, slug: subject.slug, visibility };
  const { kind, server, owner, repository } = subject;
  return { kind, server, owner, repository, visibility };
}

function placeOf(subject: Subject): Place {
  return subject.kind === 'pull-request'
    ? { server: subject.server, slug: `${subject.owner}/${subject.repository}` }
    : { server: 'https://github.com', slug: subject.slug };
}

/** Of one head at once: the same files may stand against several bases. */
const MOST_OF_A_HEAD = 4;

type Compared = { readonly base: RepositoryFacts | null; readonly deliveries: Facts['deliveries'] };
const COMPARED = new WeakMap<RepositoryFacts, readonly Compared[]>();

function compared(base: RepositoryFacts | null, head: RepositoryFacts): Facts['deliveries'] {
  const known = COMPARED.get(head) ?? [];
  const found = known.find((one) => one.base === base);
  if (found !== undefined) return found.deliveries;
  const deliveries = compareDeliveries(base?.deliveries ?? [], head.deliveries, {
    base: (delivery) => builtDockerfile(delivery, base),
    head: (delivery) => builtDockerfile(delivery, head),
  });
  COMPARED.set(head, [{ base, deliveries }, ...known].slice(0, MOST_OF_A_HEAD));
  return deliveries;
}

/** By their old and their new names: a moved script is looked at on both sides. */
function changedPaths(changes: readonly FileChange[]): readonly string[] {
  const paths = changes.flatMap(({ path, previousPath }) => [path, previousPath ?? path]);
  return [...new Set(paths)].sort(byCodeUnit);
}

/** The Dockerfile that the delivery builds, as the build's arguments make it; null when there is none or it is unknown. */
function builtDockerfile({ build }: Delivery, facts: RepositoryFacts | null): Dockerfile | null {
  const dockerfile = facts?.dockerfiles.find(({ path }) => path === build?.dockerfile);
  if (dockerfile === undefined || build === null) return null;
  return Object.keys(build.arguments).length === 0 ? dockerfile : withArguments(dockerfile, build.arguments);
}
