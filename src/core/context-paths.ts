// A Dockerfile and the builds of it → the paths of the repository that it takes from its build context, and which other
// repositories lie in them.
import type { Delivery } from './model/delivery.ts';
import type { Dockerfile, Instruction } from './model/dockerfile.ts';
import type { FurtherCheckout, RepositoryFacts } from './model/facts.ts';
import type { Value } from './model/value.ts';
import { isKnown, prefix } from './value.ts';

/**
 * Of each context that is in sight, else of the Dockerfile's folder and of the root. What is only known in part, or
 * written with wildcards, stands for the whole folder before it; the empty path for everything.
 */
function contextPaths(dockerfile: Dockerfile, builds: readonly Delivery[]): readonly string[] {
  const copied = dockerfile.stages.flatMap(({ instructions }) => instructions.flatMap(takenBy));
  const contexts = builds.flatMap(({ build }) => (build?.context ? [rootOf(build.context)] : []));
  const folder = dockerfile.path.slice(0, Math.max(0, dockerfile.path.lastIndexOf('/')));
  const roots = contexts.length > 0 ? contexts : [folder, ''];
  return [...new Set(roots.flatMap((root) => copied.map((path) => joined(root, path))))].sort();
}

export type Taken = {
  readonly checkout: FurtherCheckout;
  /** Paths of what takes its files in: Dockerfiles, or the workflow where the delivery has none. */
  readonly takers: readonly string[];
};

/** In the order of the checkouts; those that nothing takes in are left out. */
export function takenCheckouts({
  furtherCheckouts,
  dockerfiles,
  deliveries,
}: Pick<RepositoryFacts, 'furtherCheckouts' | 'dockerfiles' | 'deliveries'>): readonly Taken[] {
  if (furtherCheckouts.length === 0) return [];
  const byDockerfile = Map.groupBy(deliveries, ({ build }) => build?.dockerfile ?? '');
  const copied = dockerfiles.map((dockerfile) => ({
    path: dockerfile.path,
    taken: contextPaths(dockerfile, byDockerfile.get(dockerfile.path) ?? []),
  }));
  const byWorkflow = new Map<string, Set<string>>();
  for (const { build, evidencePath } of deliveries)
    for (const { location } of evidencePath)
      byWorkflow.set(
        location.path,
        (byWorkflow.get(location.path) ?? new Set()).add(build?.dockerfile ?? location.path),
      );
  return furtherCheckouts
    .map((checkout) => ({
      checkout,
      takers:
        checkout.kind === 'submodule'
          ? copied
              .filter(({ taken }) => taken.some((one) => isWithin(checkout.path, one)))
              .map(({ path }) => path)
          : [...(byWorkflow.get(checkout.location.path) ?? [])].sort(),
    }))
    .filter(({ takers }) => takers.length > 0);
}

/** Whether a folder lies in what is taken, or what is taken in the folder. */
function isWithin(folder: string, taken: string): boolean {
  return taken === '' || `${folder}/`.startsWith(`${taken}/`) || `${taken}/`.startsWith(`${folder}/`);
}

function takenBy(instruction: Instruction): readonly Value[] {
  const { keyword, flags, words } = instruction.trigger ?? instruction;
  // A bind mount without a source shows the whole context.
  if (keyword === 'RUN')
    return flags.some(
      ({ name, value }) => name === 'mount' && /\bbind\b(?!.*\bfrom=)/.test(prefix(value?.value ?? [])),
    )
      ? [[]]
      : [];
  if (keyword !== 'COPY' && keyword !== 'ADD') return [];
  if (flags.some(({ name }) => name === 'from')) return [];
  return words.slice(0, -1).map(({ value }) => value);
}

/** A context that is an address is the repository itself, as BuildKit checks it out. */
function rootOf(context: Value): string {
  return /^[a-z+]+:\/\/|^git@/.test(prefix(context)) ? '' : folderOf(context);
}

/** The path, or the folder before what is not known of it or holds wildcards. */
function folderOf(value: Value): string {
  const start = prefix(value);
  const wild = start.search(/[*?[]/);
  if (wild < 0 && isKnown(value)) return start;
  const before = wild < 0 ? start : start.slice(0, wild);
  return before.slice(0, Math.max(0, before.lastIndexOf('/')));
}

function joined(root: string, path: Value): string {
  const parts: string[] = [];
  for (const part of `${root}/${folderOf(path)}`.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}
