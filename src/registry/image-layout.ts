// A folder or an archive on this machine that holds images → its documents and where its other files are; nothing is unpacked.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { TarError, tarEntries } from './tar.ts';

type LayoutFile = {
  readonly size: number;
  /** Of what was read, `sha256:hex`. */
  readonly digest: string;
};

export type ImageLayout = {
  /** Documents (JSON) by path. */
  readonly documents: ReadonlyMap<string, Buffer>;
  readonly files: ReadonlyMap<string, LayoutFile>;
  /** The content of a file, once more from the start; null when the archive is compressed and would have to be read anew. */
  readonly open: (path: string) => AsyncIterable<Buffer> | null;
};

const MIB = 1024 * 1024;
/** One document, and all of them, in bytes: a bill of materials is the largest. */
const DOCUMENT_LIMIT = 16 * MIB;
const DOCUMENTS_LIMIT = 64 * MIB;
/** A compressed archive may grow to that many times its size, and this much more. */
const GROWTH = 100;
const GROWTH_ALLOWANCE = 1024 * MIB;
const FILE_LIMIT = 200_000;

/** Throws `TarError` for what can't be read as an archive; rejects with the system's error for what can't be opened. */
export async function readLayout(path: string): Promise<ImageLayout> {
  return (await lstat(path)).isDirectory() ? await readFolder(path) : await readArchive(path);
}

type Collected = {
  readonly documents: Map<string, Buffer>;
  readonly files: Map<string, LayoutFile>;
  kept: number;
};

async function readFolder(root: string): Promise<ImageLayout> {
  const collected: Collected = { documents: new Map(), files: new Map(), kept: 0 };
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  if (entries.length > FILE_LIMIT) throw new TarError(`The folder holds more than ${FILE_LIMIT} files.`);
  for (const entry of entries.toSorted((a, b) =>
    join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1,
  )) {
    // Links may lead anywhere, and no layout has any.
    if (!entry.isFile()) continue;
    const full = join(entry.parentPath, entry.name);
    const path = full.slice(root.replace(/\/+$/, '').length + 1);
    await collect(collected, path, (await lstat(full)).size, createReadStream(full));
  }
  return {
    ...collected,
    open: (path) => (collected.files.has(path) ? createReadStream(join(root, path)) : null),
  };
}

async function readArchive(path: string): Promise<ImageLayout> {
  const collected: Collected = { documents: new Map(), files: new Map(), kept: 0 };
  const places = new Map<string, number>();
  const links = new Map<string, string>();
  const form = await compressionOf(path);
  for await (const { name, kind, size, target, offset, content } of tarEntries(await bytesOf(path, form))) {
    if (kind === 'link' && target === null)
      throw new TarError(`The archive holds the link ${JSON.stringify(name)}, which leads out of it.`);
    if (target !== null) links.set(name, target);
    if (kind !== 'file') continue;
    // Of two files of one name, readers differ on which counts.
    if (collected.files.has(name)) throw new TarError(`The archive holds ${JSON.stringify(name)} twice.`);
    places.set(name, offset);
    await collect(collected, name, size, content);
  }
  // Older archives of Docker name a layer that several images share by links.
  for (const [name, target] of links) {
    const file = collected.files.get(target);
    const place = places.get(target);
    if (file === undefined || place === undefined || collected.files.has(name)) continue;
    collected.files.set(name, file);
    places.set(name, place);
  }
  return {
    ...collected,
    open: (name) => {
      const start = places.get(name);
      const size = collected.files.get(name)?.size ?? 0;
      if (form !== 'none' || start === undefined || size === 0) return null;
      return createReadStream(path, { start, end: start + size - 1 });
    },
  };
}

type Compression = 'none' | 'gzip' | 'zstd';

async function compressionOf(path: string): Promise<Compression> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return compressionIn(buffer);
  } finally {
    await file.close();
  }
}

export function compressionIn(start: Buffer): Compression {
  if (start[0] === 0x1f && start[1] === 0x8b) return 'gzip';
  return start.length >= 4 && start.readUInt32LE(0) === 0xfd2fb528 ? 'zstd' : 'none';
}

async function bytesOf(path: string, form: Compression): Promise<AsyncIterable<Buffer>> {
  const raw = createReadStream(path, { highWaterMark: MIB });
  if (form === 'none') return raw;
  const { size } = await lstat(path);
  return grown(raw, form, size * GROWTH + GROWTH_ALLOWANCE);
}

/** Decompressed, up to so many bytes. */
export async function* grown(
  raw: AsyncIterable<Buffer>,
  form: Exclude<Compression, 'none'>,
  most: number,
): AsyncGenerator<Buffer> {
  const decoder = form === 'gzip' ? createGunzip() : createZstdDecompress();
  // What goes wrong with the source destroys the decoder, whose reader then hears of it.
  const feeding = pipeline(Readable.from(raw), decoder).catch(() => undefined);
  let total = 0;
  try {
    for await (const part of decoder as AsyncIterable<Buffer>) {
      total += part.length;
      if (total > most) throw new TarError(`It grows to more than ${most} bytes when it is decompressed.`);
      yield part;
    }
  } catch (error) {
    throw error instanceof TarError
      ? error
      : new TarError('It can’t be decompressed: it is broken or cut off.');
  } finally {
    decoder.destroy();
    await feeding;
  }
}

/** Everything is hashed as it passes; only what looks like a document is kept. */
async function collect(
  into: Collected,
  path: string,
  size: number,
  content: AsyncIterable<Buffer>,
): Promise<void> {
  const hash = createHash('sha256');
  const parts: Buffer[] = [];
  let isDocument = size <= DOCUMENT_LIMIT;
  let read = 0;
  for await (const part of content) {
    if (read === 0 && part.length > 0) isDocument &&= part[0] === 0x7b || part[0] === 0x5b;
    read += part.length;
    hash.update(part);
    if (isDocument) parts.push(part);
  }
  if (isDocument && read > 0) {
    into.kept += read;
    if (into.kept > DOCUMENTS_LIMIT)
      throw new TarError(`It holds more than ${DOCUMENTS_LIMIT} bytes of documents.`);
    into.documents.set(path, Buffer.concat(parts));
  }
  into.files.set(path, { size: read, digest: `sha256:${hash.digest('hex')}` });
}
