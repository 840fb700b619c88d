// Images that enter a build, wherever they do: their names understood, and who is behind them.
import { formatReference, parseReference } from '../images/reference.ts';
import type { Dockerfile } from '../model/dockerfile.ts';
import type { About } from '../model/evidence.ts';
import type { Facts } from '../model/facts.ts';
import type { ImageRecord, ImageReference } from '../model/image.ts';
import type { Import, ImportKind } from '../model/import.ts';
import type { Policy } from '../model/policy.ts';
import { classifyDestination } from '../policy/destinations.ts';
import { format, known, text } from '../value.ts';

const ROLES: Partial<Record<ImportKind, string>> = {
  'base-image': 'base image',
  'copied-image': 'copied image',
  'mounted-image': 'mounted image',
  'frontend-image': 'build frontend',
};

export type EnteringImage = {
  readonly dockerfile: Dockerfile;
  readonly entry: Import;
  /** What it is here, e.g. `base image`. */
  readonly role: string;
  /** As written after expansion; holes show their expression. */
  readonly name: string;
  /** Null when the name is not fully known or is no valid name. */
  readonly reference: ImageReference | null;
  /** Why a fully known name is no image name; null otherwise. */
  readonly problem: string | null;
};

export function enteringImages(facts: Facts): readonly EnteringImage[] {
  return facts.head.dockerfiles.flatMap((dockerfile) =>
    dockerfile.imports.flatMap((entry) => {
      const role = ROLES[entry.kind];
      return role === undefined ? [] : [enteringImage(dockerfile, entry, role)];
    }),
  );
}

export function enteringImage(dockerfile: Dockerfile, entry: Import, role: string): EnteringImage {
  const name = format(entry.source);
  const content = known(entry.source);
  const parsed = content === null ? null : parseReference(content);
  const failed = parsed !== null && 'problem' in parsed;
  return {
    dockerfile,
    entry,
    role,
    name,
    reference: failed ? null : parsed,
    problem: failed ? parsed.problem : null,
  };
}

/** What a finding on this image is about: the file, the role and the name in its normal form. */
export function aboutImage(image: EnteringImage): About {
  const name = image.reference === null ? image.name : formatReference(image.reference);
  return { dockerfile: [image.dockerfile.path], [image.role]: [name] };
}

/** `registry/repository`, with the tag unless there is none: what allow lists match. */
export function listedName(reference: ImageReference): string {
  const name = `${reference.registry}/${reference.repository}`;
  return reference.tag === null ? name : `${name}:${reference.tag}`;
}

/** Whether the image is one of the organisation's: in a registry of its own, or in its namespace of a public one. */
export function isInside(reference: ImageReference, policy: Policy): boolean {
  const kind = classifyDestination(policy.registries, text(reference.registry), text(reference.repository));
  if (kind === 'internal' || kind === 'own' || kind === 'local') return true;
  const namespace = reference.repository.split('/', 1)[0] ?? '';
  const isNamespace = reference.repository.includes('/');
  return isNamespace && policy.owners.some((owner) => owner.toLowerCase() === namespace.toLowerCase());
}

/** What a registry said about exactly this name; null when it was not asked. */
export function recordOf(facts: Facts, reference: ImageReference): ImageRecord | null {
  const wanted = formatReference(reference);
  return facts.images.find((record) => formatReference(record.reference) === wanted) ?? null;
}
