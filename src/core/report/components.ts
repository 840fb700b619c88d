// The Dockerfiles behind a delivery → the components of others in it: origin, licence, how it is checked, whether it is listed.
import { addressPurl, imagePurl, packagePurl } from '../bom/purl.ts';
import { type Distribution, distributionOf } from '../images/distributions.ts';
import { parseReference } from '../images/reference.ts';
import type { Dockerfile } from '../model/dockerfile.ts';
import type { Bom, Facts } from '../model/facts.ts';
import type { ImageReference } from '../model/image.ts';
import type { Import } from '../model/import.ts';
import type { Policy } from '../model/policy.ts';
import type { Value } from '../model/value.ts';
import { addressEntry, imageEntry, packageEntry } from '../rules/bill-of-materials.ts';
import { imageBelow } from '../rules/builds.ts';
import { recordOf } from '../rules/images.ts';
import { possibilities } from '../rules/possibilities.ts';
import { statedLicense } from '../rules/stated-licenses.ts';
import { format, known } from '../value.ts';

/** The label in which an image names its licences (OCI image specification, annotations). */
const LICENSE_LABEL = 'org.opencontainers.image.licenses';

export type Component = {
  readonly import: Import;
  readonly type: 'container' | 'application' | 'library';
  readonly name: string;
  readonly version: string | null;
  readonly purl: string | null;
  readonly address: string | null;
  /** As policy, a bill of materials or the image itself states it, with who says so; null when nobody does. */
  readonly license: { readonly text: string; readonly according: string } | null;
  /** Path of the bill of materials that lists it; null for none. */
  readonly listedIn: string | null;
  /** Whether the base's version of the Dockerfile has it too. */
  readonly isNew: boolean;
};

type Bare = Omit<Component, 'license' | 'listedIn' | 'isNew' | 'import'> & {
  readonly reference: ImageReference | null;
};

/** In the order of the file, then by name. The frontend builds the file and leaves nothing in it. */
export function componentsOf(facts: Facts, policy: Policy, dockerfile: Dockerfile): readonly Component[] {
  const before = new Set(
    facts.base?.dockerfiles
      .filter(({ path }) => path === dockerfile.path)
      .flatMap((file) => file.imports.flatMap((entry) => bareComponents(file, entry)))
      .map(keyOf),
  );
  const seen = new Set<string>();
  return dockerfile.imports.flatMap((entry) =>
    bareComponents(dockerfile, entry).flatMap((bare) => {
      const key = keyOf(bare);
      if (seen.has(key)) return [];
      seen.add(key);
      return [completed(facts, policy, entry, bare, !before.has(key))];
    }),
  );
}

/** Names of components that the base's version of the Dockerfile had and the head's has no more; sorted. */
export function componentsGone(facts: Facts, dockerfile: Dockerfile): readonly string[] {
  const now = new Set(dockerfile.imports.flatMap((entry) => bareComponents(dockerfile, entry)).map(keyOf));
  const old = facts.base?.dockerfiles.find(({ path }) => path === dockerfile.path);
  if (old === undefined) return [];
  const gone = old.imports
    .flatMap((entry) => bareComponents(old, entry))
    .filter((bare) => !now.has(keyOf(bare)));
  return [...new Set(gone.map(titleOf))].sort();
}

/** The name as people know it, with its version. */
function titleOf({ name, version, type }: Pick<Component, 'name' | 'version' | 'type'>): string {
  if (version === null) return name;
  return `${name}${type === 'container' && !version.includes(':') ? ':' : '@'}${version}`;
}

function keyOf({ type, name, version, address }: Bare): string {
  return JSON.stringify([type, name, version, address]);
}

function completed(
  facts: Facts,
  policy: Policy,
  entry: Import,
  { reference, ...bare }: Bare,
  isNew: boolean,
): Component {
  const listed = entryFor(facts.head.boms, reference, bare);
  const label = reference === null ? undefined : recordOf(facts, reference)?.labels[LICENSE_LABEL];
  const ours = statedLicense({ reference, address: bare.address, purl: bare.purl }, policy);
  const stated = listed?.component.licenses ?? [];
  const license =
    ours !== null
      ? { text: ours.license, according: 'the policy' }
      : stated.length > 0
        ? { text: stated.join(', '), according: listed?.bom.path ?? '' }
        : label
          ? { text: label, according: 'the image’s label' }
          : null;
  return { import: entry, ...bare, license, listedIn: listed?.bom.path ?? null, isNew };
}

function entryFor(
  boms: readonly Bom[],
  reference: ImageReference | null,
  { address, name, version, purl }: Omit<Bare, 'reference'>,
): ReturnType<typeof imageEntry> {
  if (reference !== null) return imageEntry(boms, reference);
  return address === null ? packageEntry(boms, name, version, purl) : addressEntry(boms, address);
}

function bareComponents(dockerfile: Dockerfile, entry: Import): readonly Bare[] {
  switch (entry.kind) {
    case 'base-image':
    case 'copied-image':
    case 'mounted-image':
      return possibilities(entry.source).map(imageComponent);
    case 'remote-add':
    case 'git-clone':
    case 'download':
    case 'package-url':
      return possibilities(entry.source).map(fetchedComponent);
    case 'package-manager': {
      const below = distributionBelow(dockerfile, entry.stage);
      const manager = format(entry.source);
      const named = entry.packages.map((written) => packagePurl(manager, written, below));
      return named.map((each) => ({ ...each, type: 'library', address: null, reference: null }));
    }
    case 'frontend-image':
    case 'package-repository':
      return [];
    default:
      return entry.kind satisfies never;
  }
}

function imageComponent(source: Value): Bare {
  const name = format(source);
  const parsed = known(source) === null ? null : parseReference(name);
  const container = { type: 'container', address: null } as const;
  if (parsed === null || 'problem' in parsed)
    return { ...container, name, version: null, purl: null, reference: null };
  const { registry, repository, tag, digest } = parsed;
  const short = registry === 'docker.io' ? repository.replace(/^library\//, '') : `${registry}/${repository}`;
  return { ...container, name: short, version: tag ?? digest, purl: imagePurl(parsed), reference: parsed };
}

function fetchedComponent(source: Value): Bare {
  const address = format(source);
  const application = { type: 'application', address, reference: null } as const;
  // With a hole in it an address is no address yet.
  if (known(source) === null) return { ...application, name: address, version: null, purl: null };
  return { ...application, ...addressPurl(address) };
}

function distributionBelow(dockerfile: Dockerfile, stage: number): Distribution | null {
  const found = dockerfile.stages[stage];
  const below = found === undefined ? null : imageBelow(dockerfile, found);
  const parsed = below === null || known(below) === null ? null : parseReference(format(below));
  return parsed === null || 'problem' in parsed ? null : distributionOf(parsed);
}
