// An image name ↔ registry, repository, tag and digest, after the OCI distribution reference grammar.
// Source: github.com/distribution/reference (regexp.go, normalize.go).
import type { ImageReference } from '../model/image.ts';

/** Without the host, which was once counted too. */
const REPOSITORY_LIMIT = 255;

/** Longer texts are no image names: a host, 255 for the repository, 128 for the tag, the rest for a digest. */
const REFERENCE_LIMIT = 1024;

const HOST = String.raw`(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?`;
const COMPONENT = String.raw`[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*`;
const TAG = String.raw`\w[\w.-]{0,127}`;
const DIGEST = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';
const REFERENCE = new RegExp(
  `^(?:(${HOST})/)?(${COMPONENT}(?:/${COMPONENT})*)(?::(${TAG}))?(?:@(${DIGEST}))?$`,
);

const HUB = 'docker.io';
const HUB_ALIASES = new Set([HUB, 'index.docker.io', 'registry-1.docker.io']);
const DIGEST_LENGTHS: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/**
 * Reads an image name as Docker does. `debian` becomes `docker.io/library/debian`; the host is put in lower case;
 * the tag stays null when none is written. The problem is one clause, fit for "… is no image name: <problem>".
 */
export function parseReference(name: string): ImageReference | { readonly problem: string } {
  const early = obviousProblem(name);
  if (early !== null) return { problem: early };
  const { host, remainder } = splitHost(name);
  const match = REFERENCE.exec(`${host}/${remainder}`);
  if (!match) return { problem: grammarProblem(remainder) };
  const [, registry = '', path = '', tag = null, digest = null] = match;
  const lower = registry.toLowerCase();
  const hub = HUB_ALIASES.has(lower);
  const wrong = digest === null ? null : digestProblem(digest);
  if (wrong !== null) return { problem: wrong };
  const repository = hub && !path.includes('/') ? `library/${path}` : path;
  if (repository.length > REPOSITORY_LIMIT)
    return { problem: `the repository is longer than ${REPOSITORY_LIMIT} characters` };
  return {
    registry: hub ? HUB : lower,
    repository,
    tag,
    digest,
  };
}

/** The full name: `docker.io/library/debian:12@sha256:…`. */
export function formatReference(reference: ImageReference): string {
  return `${reference.registry}/${reference.repository}${suffixOf(reference)}`;
}

/** The name as people write it: without `docker.io/` and `library/`. */
export function familiarReference(reference: ImageReference): string {
  const { registry, repository } = reference;
  if (registry !== HUB) return formatReference(reference);
  const [first = '', ...rest] = repository.split('/');
  if (first === 'library' && rest.length === 1) return `${rest[0]}${suffixOf(reference)}`;
  // Without docker.io in front, `a.b/c` would be c on the host a.b.
  return rest.length > 0 && isHost(first)
    ? formatReference(reference)
    : `${repository}${suffixOf(reference)}`;
}

function suffixOf(reference: ImageReference): string {
  return `${reference.tag === null ? '' : `:${reference.tag}`}${reference.digest === null ? '' : `@${reference.digest}`}`;
}

function obviousProblem(name: string): string | null {
  if (name === '') return 'it is empty';
  if (name.length > REFERENCE_LIMIT) return `it is longer than ${REFERENCE_LIMIT} characters`;
  for (const character of name) {
    const point = character.codePointAt(0) ?? 0;
    if (point < 0x21 || point > 0x7e) {
      const code = point.toString(16).toUpperCase().padStart(4, '0');
      return `U+${code} is not allowed in an image name`;
    }
  }
  return /^[a-f0-9]{64}$/.test(name) ? 'it is an image id, which no registry knows' : null;
}

/** The first part is a host when it has a dot or a colon, is `localhost`, or holds upper case. */
function splitHost(name: string): { readonly host: string; readonly remainder: string } {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  return first !== '' && isHost(first)
    ? { host: first, remainder: name.slice(slash + 1) }
    : { host: HUB, remainder: name };
}

function isHost(first: string): boolean {
  return /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
}

function grammarProblem(remainder: string): string {
  const path = remainder.replace(/@.*$/s, '').replace(/:[^/]*$/s, '');
  if (path !== path.toLowerCase()) return 'the repository has to be in lower case';
  if (remainder.includes('@') && !new RegExp(`@${DIGEST}$`).test(remainder))
    return 'what follows @ is no digest';
  if (
    /:[^/@]*/.test(remainder.slice(path.length)) &&
    new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`).test(path)
  ) {
    return 'what follows : is no tag';
  }
  return 'it does not follow the grammar registry/repository:tag@digest';
}

function digestProblem(digest: string): string | null {
  const [algorithm = '', hex = ''] = digest.split(':');
  const length = DIGEST_LENGTHS[algorithm];
  if (length === undefined) return `${algorithm} is no digest algorithm of the OCI specification`;
  return hex.length === length && /^[a-f0-9]+$/.test(hex)
    ? null
    : `a ${algorithm} digest has ${length} lower-case hexadecimal digits`;
}
