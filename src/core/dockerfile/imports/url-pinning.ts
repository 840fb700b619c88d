// An address → how firmly it names its content: by digest, by a version, by a name that moves.
import type { Pinning } from '../../model/import.ts';
import type { Hole, Value } from '../../model/value.ts';
import { pinningOf } from './git.ts';

/** Stand for holes: what the expression is called tells a version from an architecture. */
const UNKNOWN_VERSION = '\u0001';
const UNKNOWN = '\u0002';
/** A platform chooses among files of one version; whatever it is, it names none. */
const SOME_PLATFORM = 'any';
const NAMES_PLATFORM =
  /(?:arch(?:itecture)?|platform|variant|machine|(?:^\$\{?|_|target|build|host)os)\}?\)?$|\buname -[mops]+\)?$|\bdpkg --print-architecture\)?$/i;
const NAMES_VERSION = /(?:version|release|revision|commit|_?ver|_?tag|_?rev|_?ref|_?sha\d*)\}?$/i;

const DIGEST = /(^|[^0-9a-f])([0-9a-f]{40}|[0-9a-f]{64})([^0-9a-f]|$)/i;
/** Parts of an address that say which version it is. */
const VERSION = /\d+\.\d+|[-_/@=]v?\d+(?=[-_./]|$)|\d{6,}/;
const MOVING =
  /(?<=^|[/@=:_-])(?:latest|master|main|head|develop|trunk|nightly|stable|snapshot|current)(?=[/._?#-]|$)/gi;
/** Behind a moving word in the same part of a path: `stable-1.27.txt` still moves, `latest-toolchain-4.3.2` does not. */
const WHOLE_VERSION = /\d+\.\d+[.-]\d+/;
const RELEASE_TAG = /^\/[^/]+\/[^/]+\/releases\/download\/([^/]+)\//;
/** The branch, tag or commit in an address of a file or archive on GitHub. */
const FORGE_REF =
  /^(?:raw\.githubusercontent\.com\/[^/]+\/[^/]+\/(?:refs\/(?:heads|tags)\/)?|(?:www\.)?github\.com\/[^/]+\/[^/]+\/(?:raw|blob|archive|tarball|zipball)\/(?:refs\/(?:heads|tags)\/)?|codeload\.github\.com\/[^/]+\/[^/]+\/(?:tar\.gz|zip|legacy\.tar\.gz|legacy\.zip)\/(?:refs\/(?:heads|tags)\/)?)([^/?#]+)/;
const QUERY_VERSION = /[?&](?:version|ver|v|release|tag)=([^&#]*)/i;
const ARCHIVE_END = /\.(?:tar\.gz|tgz|zip|tar\.bz2|tar\.xz)$/;

/** A name that could be moved but says a version counts as one; an address without any version moves. */
export function pinningOfUrl(url: Value): Pinning {
  const shown = url.map((part) => (typeof part === 'string' ? part : markOf(part))).join('');
  const bare = shown.replace(/^[a-z+]+:\/\/(?:[^@/]*@)?/i, '');
  const path = bare.replace(/^[^/]*/, '');
  if (DIGEST.test(path)) return 'digest';
  const ref = FORGE_REF.exec(bare)?.[1]?.replace(ARCHIVE_END, '');
  if (ref !== undefined) return pinningOfName(ref);
  const tag = RELEASE_TAG.exec(path)?.[1];
  if (tag !== undefined) return isMoving(tag) && !VERSION.test(tag) ? 'moving' : pinningOfTag(tag);
  const asked = QUERY_VERSION.exec(path)?.[1];
  if (asked !== undefined && (VERSION.test(`=${asked}`) || asked.includes(UNKNOWN_VERSION)))
    return asked.includes(UNKNOWN_VERSION) ? 'unknown' : 'version';
  return pinningOfPath(path, isHole(shown));
}

function markOf({ expression, variable }: Hole): string {
  const name = variable ?? expression;
  if (NAMES_VERSION.test(name)) return UNKNOWN_VERSION;
  return NAMES_PLATFORM.test(name) || NAMES_PLATFORM.test(expression) ? SOME_PLATFORM : UNKNOWN;
}

function isMoving(name: string): boolean {
  return name.search(MOVING) !== -1;
}

function isHole(name: string): boolean {
  return name.includes(UNKNOWN) || name.includes(UNKNOWN_VERSION);
}

function pinningOfTag(tag: string): Pinning {
  return isHole(tag) && !VERSION.test(`/${tag}`) ? 'unknown' : 'version';
}

function pinningOfName(ref: string): Pinning {
  if (isHole(ref)) return pinningOfTag(ref);
  if (ref === 'latest') return 'moving';
  return pinningOf([ref]);
}

/** In a path what stands behind the last moving word decides: `stable/2.46.1/app` is one version, `1.2/latest` none. */
function pinningOfPath(path: string, isPartial: boolean): Pinning {
  // In a Debian archive `main` is a component, not a branch.
  const searched = path.replace('/pool/main/', '/');
  const moving = [...searched.matchAll(MOVING)].at(-1);
  if (moving === undefined) {
    if (VERSION.test(searched)) return 'version';
    return isPartial ? 'unknown' : 'moving';
  }
  const rest = searched.slice(moving.index + moving[0].length);
  // `tool-2.46.1-stable.tgz`: one version of those that are called stable.
  const before = searched.slice(searched.lastIndexOf('/', moving.index) + 1, moving.index);
  if (/^stable$/i.test(moving[0]) && before.includes(UNKNOWN_VERSION)) return 'unknown';
  if (/^stable$/i.test(moving[0]) && WHOLE_VERSION.test(before)) return 'version';
  const slash = rest.indexOf('/');
  const [here, behind] = slash === -1 ? [rest, ''] : [rest.slice(0, slash), rest.slice(slash)];
  if (WHOLE_VERSION.test(here) || /\d+\.\d+/.test(behind)) return 'version';
  return rest.includes(UNKNOWN_VERSION) ? 'unknown' : 'moving';
}
