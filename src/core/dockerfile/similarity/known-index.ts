// Sketched Dockerfiles → an index from fingerprint to the files that have it, and its compact form as data.
import type { KnownFile, SketchedFile } from '../../model/copy.ts';
import { SHINGLE, WINDOW } from './sketch.ts';

export type KnownIndex = {
  readonly files: readonly { readonly file: KnownFile; readonly size: number }[];
  /** Positions in `files`, ascending. */
  readonly holders: ReadonlyMap<number, readonly number[]>;
};

/**
 * The data file. Numbers are written in base 36; a list of them holds differences, ascending, so that it stays short:
 * `3 1 2` is 3, 4, 6.
 */
export type IndexData = {
  readonly version: number;
  readonly shingle: number;
  readonly window: number;
  /** Shingles that unrelated files have in common. */
  readonly common: string;
  /** Repositories, each at one commit. */
  readonly snapshots: readonly Omit<KnownFile, 'path'>[];
  /** Each `position of its snapshot`, `number of fingerprints`, `path`, with blanks between. */
  readonly files: readonly string[];
  /** Fingerprints that the same files have: `positions of the files|fingerprints`. */
  readonly postings: readonly string[];
};

const VERSION = 1;

/** Files with the same repository and fingerprints are one: the first in the order given. */
export function indexOf(sketched: readonly SketchedFile[]): KnownIndex {
  const files: { file: KnownFile; size: number }[] = [];
  const holders = new Map<number, number[]>();
  const seen = new Set<string>();
  for (const { fingerprints, ...file } of sketched) {
    const key = `${file.repository} ${fingerprints.join(' ')}`;
    if (seen.has(key)) continue;
    seen.add(key);
    for (const fingerprint of fingerprints) {
      const list = holders.get(fingerprint);
      if (list === undefined) holders.set(fingerprint, [files.length]);
      else list.push(files.length);
    }
    files.push({ file, size: fingerprints.length });
  }
  return { files, holders };
}

export function encodeIndex({ files, holders }: KnownIndex, common: ReadonlySet<number>): IndexData {
  const snapshots = new Map<string, { readonly at: number; readonly snapshot: Omit<KnownFile, 'path'> }>();
  for (const { file } of files) {
    const { path: _, ...snapshot } = file;
    const key = snapshotKey(file);
    if (!snapshots.has(key)) snapshots.set(key, { at: snapshots.size, snapshot });
  }
  const groups = new Map<string, number[]>();
  for (const [fingerprint, holding] of holders) {
    const key = encodeNumbers(holding);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [fingerprint]);
    else group.push(fingerprint);
  }
  return {
    version: VERSION,
    shingle: SHINGLE,
    window: WINDOW,
    common: encodeNumbers([...common].sort(ascending)),
    snapshots: [...snapshots.values()].map(({ snapshot }) => snapshot),
    files: files.map(
      ({ file, size }) => `${snapshots.get(snapshotKey(file))?.at ?? ''} ${size} ${file.path}`,
    ),
    postings: [...groups]
      .map(([holding, prints]) => `${holding}|${encodeNumbers(prints.sort(ascending))}`)
      .sort(),
  };
}

/** Throws on data that the current fingerprints can't be compared with: it has to be built anew. */
export function decodeIndex(data: IndexData): {
  readonly index: KnownIndex;
  readonly common: ReadonlySet<number>;
} {
  if (data.version !== VERSION || data.shingle !== SHINGLE || data.window !== WINDOW) {
    throw new Error('The index of known Dockerfiles was built for other fingerprints.');
  }
  const files = data.files.map((line) => {
    const [at = '', size = '', ...path] = line.split(' ');
    const snapshot = data.snapshots[Number(at)];
    if (snapshot === undefined)
      throw new Error(`The index of known Dockerfiles lacks the snapshot of ${line}.`);
    return { file: { ...snapshot, path: path.join(' ') }, size: Number(size) };
  });
  const holders = new Map<number, readonly number[]>();
  for (const posting of data.postings) {
    const [holding = '', fingerprints = ''] = posting.split('|');
    const list = decodeNumbers(holding);
    for (const fingerprint of decodeNumbers(fingerprints)) holders.set(fingerprint, list);
  }
  return { index: { files, holders }, common: new Set(decodeNumbers(data.common)) };
}

function snapshotKey({ repository, commit }: KnownFile): string {
  return `${repository}@${commit}`;
}

function encodeNumbers(numbers: readonly number[]): string {
  return numbers.map((number, at) => (number - (numbers[at - 1] ?? 0)).toString(36)).join(' ');
}

function decodeNumbers(written: string): readonly number[] {
  let sum = 0;
  return written.split(' ').flatMap((difference) => {
    if (difference === '') return [];
    sum += Number.parseInt(difference, 36);
    return [sum];
  });
}

function ascending(left: number, right: number): number {
  return left - right;
}
