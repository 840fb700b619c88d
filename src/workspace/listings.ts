// git's listings of trees and of the index, NUL-separated bytes → entries.
import type { EntryKind, Oid } from '../core/model/evidence.ts';

/** A path as bytes on disk and as text; the two differ only where the bytes are no UTF-8. */
export type ListedPath = { readonly path: string; readonly bytes: Buffer };

export type ListedEntry = ListedPath & { readonly kind: EntryKind; readonly oid: Oid };

/** What the index remembers of a file, to see without reading it that it did not change. Nanoseconds. */
export type IndexStat = { readonly mtime: bigint; readonly size: number };

export type IndexEntry = ListedEntry & {
  /** Not checked out on purpose (sparse checkout): the index speaks for it. */
  readonly absent: boolean;
  readonly unmerged: boolean;
  /** Null when this git prints it in another way than we know: then the file is read. */
  readonly stat: IndexStat | null;
};

const MODES: Readonly<Record<string, EntryKind>> = {
  '100755': 'executable',
  '120000': 'symlink',
  '160000': 'submodule',
};

function kindOfMode(mode: string): EntryKind {
  return MODES[mode] ?? 'file';
}

export function modeOfKind(kind: EntryKind): string {
  const found = Object.entries(MODES).find(([, each]) => each === kind);
  return found?.[0] ?? '100644';
}

export function listedPath(bytes: Buffer): ListedPath {
  return { path: bytes.toString('utf8'), bytes };
}

/** `git ls-tree -r -z`: `<mode> <type> <oid>TAB<path>NUL`. */
export function parseTree(output: Buffer): readonly ListedEntry[] {
  return cut(output).map((record) => {
    const tab = record.indexOf(9);
    const [mode = '', , oid = ''] = record.toString('latin1', 0, tab).split(' ');
    return { ...listedPath(record.subarray(tab + 1)), kind: kindOfMode(mode), oid };
  });
}

/** `git ls-files -z`: paths only. */
export function parsePaths(output: Buffer): readonly ListedPath[] {
  return cut(output).map(listedPath);
}

/**
 * `git ls-files -s -t -z --debug`: `<tag> <mode> <oid> <stage>TAB<path>NUL`, then five lines about the file's
 * status. Their form is git's to change, so every deviation only means that files are read. Several
 * stages of an unmerged path become one entry.
 */
export function parseIndex(output: Buffer): readonly IndexEntry[] {
  const entries = new Map<string, IndexEntry>();
  let offset = 0;
  while (offset < output.byteLength) {
    const end = output.indexOf(0, offset);
    if (end < 0) break;
    const record = output.subarray(offset, end);
    const tab = record.indexOf(9);
    const [tag = '', mode = '', oid = '', stage = '0'] = record.toString('latin1', 0, tab).split(' ');
    const named = listedPath(record.subarray(tab + 1));
    const status = parseStatus(output, end + 1);
    offset = status.next;
    const key = named.bytes.toString('latin1');
    if (entries.has(key)) continue;
    const unmerged = stage !== '0';
    const stat = unmerged ? null : status.stat;
    entries.set(key, { ...named, kind: kindOfMode(mode), oid, absent: tag === 'S', unmerged, stat });
  }
  return [...entries.values()];
}

const STATUS =
  /^ {2}ctime: \d+:\d+\n {2}mtime: (\d+):(\d+)\n {2}dev: \d+\tino: \d+\n {2}uid: \d+\tgid: \d+\n {2}size: (\d+)\tflags: [0-9a-f]+\n/;

/** Longest form of the five lines, with room to spare. */
const STATUS_BYTES = 400;

function parseStatus(output: Buffer, offset: number): { stat: IndexStat | null; next: number } {
  if (output[offset] !== 0x20) return { stat: null, next: offset };
  const match = STATUS.exec(output.toString('latin1', offset, offset + STATUS_BYTES));
  if (match === null) return { stat: null, next: afterIndentedLines(output, offset) };
  const mtime = BigInt(match[1] ?? 0) * 1_000_000_000n + BigInt(match[2] ?? 0);
  return { stat: { mtime, size: Number(match[3]) }, next: offset + match[0].length };
}

function afterIndentedLines(output: Buffer, offset: number): number {
  let next = offset;
  while (output[next] === 0x20) {
    const lineEnd = output.indexOf(10, next);
    if (lineEnd < 0) return output.byteLength;
    next = lineEnd + 1;
  }
  return next;
}

function cut(output: Buffer): readonly Buffer[] {
  const records: Buffer[] = [];
  let offset = 0;
  while (offset < output.byteLength) {
    const end = output.indexOf(0, offset);
    if (end < 0) break;
    records.push(output.subarray(offset, end));
    offset = end + 1;
  }
  return records;
}

/** Entries in the order evidence keeps them: by path, code unit by code unit. */
export function byPath(left: { readonly path: string }, right: { readonly path: string }): number {
  return left.path < right.path ? -1 : left.path > right.path ? 1 : 0;
}
