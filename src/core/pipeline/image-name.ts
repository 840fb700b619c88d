// An image name with holes → host, repository, tag: what is written stays, what is unknown stays unknown.
import type { Truth, Value } from '../model/value.ts';
import { format, holes, isKnown, join, known, split, text } from '../value.ts';

export type ImageName = {
  /** `docker.io` where no host is written; lower case. */
  readonly registry: Value;
  readonly repository: Value;
  readonly tag: Value | null;
  readonly digest: Value | null;
  /** Whether the name holds a host. `unknown`: its first part is decided at run time. */
  readonly hasHost: Truth;
};

const HUB = 'docker.io';
const HUB_ALIASES = new Set([
  'index.docker.io',
  'registry-1.docker.io',
  'hub.docker.com',
  'registry.hub.docker.com',
  'docker.io',
]);

// One name is asked about by everything that joins acts, and the acts of a script are shared by all its callers.
const NAMES = new WeakMap<Value, ImageName>();
const IDENTITIES = new WeakMap<Value, string>();

/**
 * Docker's rule: the part before the first slash is a host when it has a dot or a colon or is `localhost`; else the
 * name belongs to Docker Hub, whatever registry the job logged in to.
 */
export function readImageName(name: Value): ImageName {
  const found = NAMES.get(name);
  if (found !== undefined) return found;
  const read = readName(name);
  NAMES.set(name, read);
  return read;
}

function readName(name: Value): ImageName {
  const pieces = split(withoutTransport(name), '/');
  const [head = []] = pieces;
  const last = pieces.at(-1) ?? [];
  const { rest, tag, digest } = cutTag(last);
  const path = (from: number): Value =>
    joinPath([...pieces.slice(from, -1), ...(pieces.length > from ? [rest] : [])]);
  if (pieces.length === 1) {
    const [first] = rest;
    if (typeof first === 'object' && !isOwnerHole(first.expression)) {
      return { registry: [first], repository: rest, tag, digest, hasHost: 'unknown' };
    }
    return { registry: text(HUB), repository: hubRepository(rest), tag, digest, hasHost: 'no' };
  }
  const hasHost = hostIn(head);
  if (hasHost === 'no')
    return { registry: text(HUB), repository: hubRepository(path(0)), tag, digest, hasHost };
  const registry = normalHost(head);
  const repository = path(1);
  return {
    registry,
    repository: known(registry) === HUB ? hubRepository(repository) : repository,
    tag,
    digest,
    hasHost,
  };
}

/** `docker://name`, `oci://name`: the transport is no part of the name. */
function withoutTransport(name: Value): Value {
  const [first, ...rest] = name;
  if (typeof first !== 'string') return name;
  return [...text(first.replace(/^(docker|oci|https?):\/\//, '').trimStart()), ...rest];
}

function hostIn(head: Value): Truth {
  const literal = head.filter((part) => typeof part === 'string').join('');
  if (/[.:]/.test(literal) || literal.toLowerCase() === 'localhost') return 'yes';
  if (isKnown(head)) return 'no';
  return holes(head).every((part) => isOwnerHole(part.expression)) ? 'no' : 'unknown';
}

/** Names of accounts and repositories on GitHub hold no dot before their slash, so they are never a host. */
function isOwnerHole(expression: string): boolean {
  return /^\$\{\{\s*github\.(repository|repository_owner|actor|triggering_actor|event\.repository\.(full_name|name|owner\.login))\s*\}\}$|^\$\{?GITHUB_(REPOSITORY|REPOSITORY_OWNER|ACTOR)\b[^/]*$/i.test(
    expression,
  );
}

function normalHost(head: Value): Value {
  const host = known(head)?.toLowerCase();
  if (host === undefined) return head.map((part) => (typeof part === 'string' ? part.toLowerCase() : part));
  return text(HUB_ALIASES.has(host) ? HUB : host);
}

function hubRepository(repository: Value): Value {
  const name = known(repository);
  return name !== null && name !== '' && !name.includes('/') ? text(`library/${name}`) : repository;
}

function cutTag(last: Value): {
  readonly rest: Value;
  readonly tag: Value | null;
  readonly digest: Value | null;
} {
  const [named = [], digest = null] = split(last, '@');
  const [rest = [], ...tags] = split(named, ':');
  return {
    rest,
    tag: tags.length === 0 ? null : join(tags.flatMap((tag, at) => (at === 0 ? [tag] : [':', tag]))),
    digest,
  };
}

function joinPath(pieces: readonly Value[]): Value {
  return join(pieces.flatMap((piece, index) => (index === 0 ? [piece] : ['/', piece])));
}

/** `name` under another host: what a tool does that is told registry and image apart. */
export function underRegistry(registry: Value, image: Value): Value {
  const host = format(registry).replace(/^https?:\/\//, '');
  if (host === '') return image;
  const [first, ...rest] = registry;
  const cleaned =
    typeof first === 'string' ? [...text(first.replace(/^https?:\/\//, '')), ...rest] : registry;
  const literal = cleaned.at(-1);
  const slash = typeof literal === 'string' && literal.endsWith('/') ? '' : '/';
  return join([cleaned, slash, image]);
}

/** Host and repository without tag, for comparing whether two names mean one image. */
export function imageIdentity(name: Value): string {
  const found = IDENTITIES.get(name);
  if (found !== undefined) return found;
  const { registry, repository } = readImageName(name);
  const identity = `${format(registry)}/${format(repository)}`.toLowerCase();
  IDENTITIES.set(name, identity);
  return identity;
}
