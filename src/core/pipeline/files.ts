// What the prover may read of one snapshot; what it asked for and was not read yet is remembered as wanted.
import type { Blob, Gap, Oid, Snapshot, TreeEntry } from '../model/evidence.ts';

/** `unread`: the file exists and evidence does not hold it yet. `null`: there is no such file. */
export type FileRead = { readonly text: string; readonly oid: Oid } | 'unread' | Gap | null;

export type Files = {
  readonly has: (path: string) => boolean;
  /** The blob id of a file; null when there is none. Known without reading it. */
  readonly oid: (path: string) => Oid | null;
  readonly read: (path: string) => FileRead;
  /** What a symbolic link points to, as it stands in git; null when the path is none. */
  readonly link: (path: string) => { readonly text: string } | 'unread' | null;
  /** All paths, sorted by code unit. */
  readonly list: () => readonly string[];
  /** Paths that were asked for and are `unread`, sorted. */
  readonly wanted: () => readonly string[];
};

/** Limit of followed files in UTF-16 code units; larger ones are a gap (libraries: parsers stay fast below it). */
export const FILE_LIMIT = 512 * 1024;

/** The files of a snapshot, and which of them somebody wanted to know more of than that they are there. */
export type SnapshotFiles = Files & { readonly asked: () => ReadonlySet<TreeEntry> };

export function snapshotFiles(snapshot: Snapshot, blobs: Readonly<Record<Oid, Blob>>): SnapshotFiles {
  const entries = new Map<string, TreeEntry>(snapshot.entries.map((entry) => [entry.path, entry]));
  const wanted = new Set<string>();
  const asked = new Set<TreeEntry>();
  const ask = (path: string): TreeEntry | undefined => {
    const entry = entries.get(path);
    if (entry !== undefined) asked.add(entry);
    return entry;
  };
  // One list: what is made of it is remembered by it.
  const paths = [...entries.keys()];
  return {
    has: (path) => entries.has(path),
    oid: (path) => ask(path)?.oid ?? null,
    read: (path) => {
      const entry = ask(path);
      if (entry === undefined) return null;
      if (entry.kind === 'symlink' || entry.kind === 'submodule') return linkGap(entry);
      const blob = blobs[entry.oid];
      if (blob === undefined) {
        wanted.add(path);
        return 'unread';
      }
      return blob.kind === 'text' ? textOf(entry, blob.text) : blobGap(path, blob);
    },
    link: (path) => {
      const entry = ask(path);
      if (entry?.kind !== 'symlink') return null;
      const blob = blobs[entry.oid];
      if (blob !== undefined) return { text: blob.kind === 'text' ? blob.text : '' };
      wanted.add(path);
      return 'unread';
    },
    list: () => paths,
    wanted: () => [...wanted].sort(byCodeUnit),
    asked: () => asked,
  };
}

/** Files given as texts by path: for tests and for single files judged alone. */
export function givenFiles(texts: Readonly<Record<string, string>>): Files {
  const paths = Object.keys(texts).sort(byCodeUnit);
  return {
    has: (path) => Object.hasOwn(texts, path),
    oid: (path) => (Object.hasOwn(texts, path) ? `given:${path}:${texts[path]?.length}` : null),
    read: (path) => {
      const text = Object.hasOwn(texts, path) ? texts[path] : undefined;
      return text === undefined ? null : { text, oid: `given:${path}:${text.length}` };
    },
    link: () => null,
    list: () => paths,
    wanted: () => [],
  };
}

/**
 * Prose, pictures, what GitHub and dependency bots alone read, and the repository's own pipelines, which are read by
 * themselves: no program is made of these. Other files below `.github` may be what a program goes by.
 */
const NO_PROGRAM = new RegExp(
  [
    String.raw`^\.github/(?:workflows/[^/]+|dependabot|FUNDING|release|labeler|stale)\.ya?ml$`,
    String.raw`^\.github/(?:ISSUE_TEMPLATE/.*|CODEOWNERS)$`,
    String.raw`(?:^|/)renovate\.json5?$`,
    String.raw`\.(?:md|rst|adoc|png|svg|gif|jpe?g|ico)$`,
    String.raw`(?:^|/)(?:LICENSE|\.gitignore|\.gitattributes|\.editorconfig)$`,
  ].join('|'),
);

/** Files below a folder that a program there may be made of, as `path blob-id`, sorted. */
export function contentOf(files: Files, folder: string): readonly string[] {
  const inside = folder === '' ? '' : `${folder}/`;
  return files
    .list()
    .filter((path) => path.startsWith(inside) && !NO_PROGRAM.test(path))
    .map((path) => `${path} ${files.oid(path)}`);
}

export function isGap(read: FileRead): read is Gap {
  return read !== null && read !== 'unread' && 'kind' in read;
}

/**
 * A repository path in normal form: no `.`, `..`, doubled or trailing slashes; null when it leaves the
 * repository or is absolute.
 */
export function repositoryPath(path: string): string | null {
  if (path.startsWith('/') || path.includes('\\') || path.startsWith('~')) return null;
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join('/');
}

export function byCodeUnit(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function textOf(entry: TreeEntry, text: string): FileRead {
  if (text.length <= FILE_LIMIT) return { text, oid: entry.oid };
  return {
    kind: 'large-file',
    cause: 'content',
    subject: entry.path,
    location: null,
    reason: `${entry.path} is larger than ${FILE_LIMIT / 1024} kB, the limit for pipeline files.`,
    remedy: 'Split the file, or deliver from a smaller one.',
  };
}

function linkGap(entry: TreeEntry): Gap {
  const link = entry.kind === 'symlink';
  return {
    kind: link ? 'symbolic-link' : 'submodule',
    cause: 'content',
    subject: entry.path,
    location: null,
    reason: `${entry.path} is a ${link ? 'symbolic link' : 'submodule'}; what it holds can't be read here.`,
    remedy: link ? 'Replace the link by the file it points to.' : 'Call a file of this repository instead.',
  };
}

const BLOB_GAPS = {
  binary: ['binary-file', 'is not text'],
  encoded: ['encoded-file', 'is not UTF-8 text'],
  'too-large': ['large-file', 'is too large to be read'],
  'lfs-pointer': ['lfs-pointer', 'is kept in Git LFS; only its pointer is here'],
} as const;

function blobGap(path: string, blob: Exclude<Blob, { kind: 'text' }>): Gap {
  const [kind, why] = BLOB_GAPS[blob.kind];
  return {
    kind,
    cause: 'content',
    subject: path,
    location: null,
    reason: `${path} ${why}.`,
    remedy: 'Keep pipeline files as plain UTF-8 text in the repository.',
  };
}
