// Images that enter a build, wherever they do: their names understood, and who is behind them.
import { officialStatus } from '../images/official-images.ts';
import { formatReference, parseReference } from '../images/reference.ts';
import type { BuildSource } from '../model/delivery.ts';
import type { Dockerfile } from '../model/dockerfile.ts';
import type { About } from '../model/evidence.ts';
import type { Facts } from '../model/facts.ts';
import type { ImageRecord, ImageReference } from '../model/image.ts';
import type { Import, ImportKind } from '../model/import.ts';
import type { Policy } from '../model/policy.ts';
import type { Value } from '../model/value.ts';
import { classifyDestination } from '../policy/destinations.ts';
import { format, known, text } from '../value.ts';
import { buildsWithContexts } from './builds.ts';
import { possibilities } from './possibilities.ts';

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

/**
 * Each image once for each name it can have: as the file alone says, and as the builds in sight decide by the arguments
 * they pass. A name that only a build can complete is left to the builds where there are any.
 */
export function enteringImages(facts: Facts): readonly EnteringImage[] {
  const known = ENTERING.get(facts) ?? findImages(facts);
  ENTERING.set(facts, known);
  return known;
}

/** Most rules of flows 2 to 4 ask for the images of the same facts. */
const ENTERING = new WeakMap<Facts, readonly EnteringImage[]>();

function findImages(facts: Facts): readonly EnteringImage[] {
  return facts.head.dockerfiles.flatMap((dockerfile) => {
    const builds = buildsWithContexts(facts, dockerfile);
    const alone = imagesIn(dockerfile, dockerfile, {});
    const settled = builds.length === 0 ? alone : alone.filter(({ reference }) => reference !== null);
    return distinct([
      ...settled,
      ...builds.flatMap(({ reading, contexts }) => imagesIn(reading, dockerfile, contexts)),
    ]);
  });
}

function imagesIn(
  reading: Dockerfile,
  dockerfile: Dockerfile,
  contexts: BuildSource['contexts'],
): readonly EnteringImage[] {
  return reading.imports.flatMap((entry) => {
    const role = ROLES[entry.kind];
    if (role === undefined) return [];
    return possibilities(entry.source).flatMap((source) => {
      const found = enteringImage(dockerfile, { ...entry, source }, role);
      const context = entry.kind === 'frontend-image' ? null : contextFor(found, contexts);
      return context === null ? found : inContext(found, context);
    });
  });
}

/** The build context of the image's name, which BuildKit takes in its place (`--build-context NAME=…`). */
function contextFor({ name, reference }: EnteringImage, contexts: BuildSource['contexts']): Value | null {
  const written = contexts[name] ?? contexts[name.toLowerCase()];
  if (written !== undefined || reference === null) return written ?? null;
  // Without a tag the name stands for `latest`, as it does in a pull.
  const wanted = formatReference(reference);
  const found = Object.entries(contexts).find(([key]) => {
    const parsed = parseReference(key);
    return !('problem' in parsed) && formatReference(parsed) === wanted;
  });
  return found?.[1] ?? null;
}

const IMAGE_SCHEME = 'docker-image://';

/** Another image, nothing where the content is the repository's own, or what nobody here can look into. */
function inContext(image: EnteringImage, context: Value): readonly EnteringImage[] {
  const shown = format(context);
  if (shown.startsWith(IMAGE_SCHEME)) {
    const source = withoutPrefix(context, IMAGE_SCHEME.length);
    return possibilities(source).map((each) =>
      enteringImage(image.dockerfile, { ...image.entry, source: each }, image.role),
    );
  }
  if (/^(?:target:|service:|\.{0,2}\/|\.{1,2}$|(?!github\.com\/)[\w-][\w.-]*(?:\/|$))/.test(shown)) return [];
  return [{ ...image, reference: null, problem: `the build takes it from its build context \`${shown}\`` }];
}

function withoutPrefix([first, ...rest]: Value, length: number): Value {
  const left = typeof first === 'string' ? first.slice(length) : '';
  return left === '' ? rest : [left, ...rest];
}

function enteringImage(dockerfile: Dockerfile, entry: Import, role: string): EnteringImage {
  const name = format(entry.source);
  const content = known(entry.source);
  const parsed = content === null ? null : meant(entry.kind, content);
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

/**
 * `COPY --from=NAME` and mounts name build contexts too. Docker Hub serves a bare name only to Docker Official Images,
 * so of another one only whoever builds knows what it is.
 */
function meant(kind: ImportKind, name: string): ReturnType<typeof parseReference> {
  const parsed = parseReference(name);
  if (kind !== 'copied-image' && kind !== 'mounted-image') return parsed;
  if ('problem' in parsed || /[/:@.]/.test(name) || officialStatus(parsed) !== 'none') return parsed;
  return { problem: 'it is no stage and no Docker Official Image, so it has to be a build context' };
}

function distinct(images: readonly EnteringImage[]): readonly EnteringImage[] {
  const key = ({ role, name, entry: { location } }: EnteringImage): string =>
    JSON.stringify([location.range.start, role, name]);
  return [...new Map(images.map((image) => [key(image), image])).values()].sort(
    (a, b) =>
      a.entry.location.range.start.line - b.entry.location.range.start.line ||
      a.entry.location.range.start.column - b.entry.location.range.start.column ||
      (a.name < b.name ? -1 : 1),
  );
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

/**
 * Registries whose namespaces are the forge's accounts. Elsewhere, on Docker Hub say, anybody can take the name of an
 * organisation, so policy has to say which namespaces are its own.
 */
const ACCOUNT_REGISTRIES = ['ghcr.io', 'docker.pkg.github.com'];

/** Whether the image is one of the organisation's: in a registry of its own, or in its account's namespace. */
export function isInside(reference: ImageReference, policy: Policy): boolean {
  const answers = INSIDE.get(policy) ?? new Map<string, boolean>();
  INSIDE.set(policy, answers);
  const name = `${reference.registry}/${reference.repository}`;
  const answer = answers.get(name) ?? isOurs(reference, policy);
  answers.set(name, answer);
  return answer;
}

/** The same few repositories are asked about for every Dockerfile, by every rule. */
const INSIDE = new WeakMap<Policy, Map<string, boolean>>();

function isOurs(reference: ImageReference, policy: Policy): boolean {
  const { registry, repository } = reference;
  const kind = classifyDestination(policy.registries, text(registry), text(repository));
  if (kind === 'internal' || kind === 'own') return true;
  if (!ACCOUNT_REGISTRIES.includes(registry)) return false;
  const account = repository.split('/', 1)[0]?.toLowerCase();
  return policy.owners.some((owner) => owner.toLowerCase() === account);
}

/** What a registry said about exactly this name; null when it was not asked. */
export function recordOf(facts: Facts, reference: ImageReference): ImageRecord | null {
  const wanted = formatReference(reference);
  return facts.images.find((record) => formatReference(record.reference) === wanted) ?? null;
}
