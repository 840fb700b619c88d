// Files on disk → git's object ids, and where asked for, loose objects in a store of our own. No filters run.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { CONTENT_LIMIT } from '../core/blob.ts';
import type { Oid } from '../core/model/evidence.ts';

export type ObjectFormat = 'sha1' | 'sha256';

const compress = promisify(deflate);

function header(bytes: number): Buffer {
  return Buffer.from(`blob ${bytes}\0`, 'latin1');
}

/** The id git gives to these bytes as a blob. */
export function blobId(content: Uint8Array, format: ObjectFormat): Oid {
  return createHash(format).update(header(content.byteLength)).update(content).digest('hex');
}

/** Id of a file of `bytes` bytes without holding it in memory. */
async function streamedId(file: string | Buffer, bytes: number, format: ObjectFormat): Promise<Oid> {
  const hash = createHash(format).update(header(bytes));
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex');
}

export type HashedFile = {
  readonly oid: Oid;
  /** Null over the content limit. */
  readonly content: Buffer | null;
};

/** `bytes` is the size just measured: a file over the limit is streamed, not loaded. */
export async function hashFile(
  file: string | Buffer,
  bytes: number,
  format: ObjectFormat,
): Promise<HashedFile> {
  if (bytes > CONTENT_LIMIT) return { oid: await streamedId(file, bytes, format), content: null };
  const content = await readFile(file);
  return { oid: blobId(content, format), content };
}

/**
 * The id the file has once its line ends are stored as LF, as git stores them under `core.autocrlf` or a `text`
 * attribute; null when that changes nothing.
 */
export function normalizedId(content: Buffer, format: ObjectFormat): Oid | null {
  if (!content.includes('\r\n')) return null;
  const normalized = Buffer.from(content.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
  return blobId(normalized, format);
}

/** Writes a blob as a loose object below `objects`. */
export async function storeBlob(objects: string, oid: Oid, content: Uint8Array): Promise<void> {
  const folder = join(objects, oid.slice(0, 2));
  await mkdir(folder, { recursive: true });
  const packed = await compress(Buffer.concat([header(content.byteLength), content]), { level: 1 });
  await writeFile(join(folder, oid.slice(2)), packed);
}
