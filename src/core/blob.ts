// The bytes of a file → what evidence holds of it. Shared by every adapter, so that all judge the same content alike.
import type { Blob } from './model/evidence.ts';

/** Largest file whose content is read, in bytes (5 MB). */
export const CONTENT_LIMIT = 5_000_000;

/** How far git looks for a NUL byte before it calls a file text, in bytes (git's `buffer_is_binary`). */
const SNIFF_BYTES = 8_000;

/** First line of every Git LFS pointer (Git LFS specification, version 1; the older host name is still met). */
const LFS_POINTER = /^version https:\/\/(?:git-lfs\.github\.com|hawser\.github\.com)\/spec\/v1\r?\n/;

/** The specification keeps pointers below this many bytes. */
const LFS_POINTER_BYTES = 1024;

export function tooLarge(bytes: number): Blob {
  return { kind: 'too-large', bytes, limit: CONTENT_LIMIT };
}

/**
 * Invalid UTF-8 is read as BuildKit reads it, byte by byte, with U+FFFD for what is no character: one stray
 * Latin-1 letter in a comment does not make a file unreadable. A byte order mark is kept as U+FEFF.
 */
export function blobOf(content: Uint8Array): Blob {
  const bytes = content.byteLength;
  if (bytes > CONTENT_LIMIT) return tooLarge(bytes);
  const encoding = wideEncoding(content);
  if (encoding !== null) return { kind: 'encoded', encoding, bytes };
  if (content.subarray(0, SNIFF_BYTES).includes(0)) return { kind: 'binary', bytes };
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(content);
  return bytes < LFS_POINTER_BYTES && LFS_POINTER.test(text)
    ? { kind: 'lfs-pointer', bytes }
    : { kind: 'text', text };
}

/** UTF-16 and UTF-32 by their byte order mark, or UTF-16 without one when every other byte is NUL. */
function wideEncoding(content: Uint8Array): string | null {
  const [a, b, c, d] = content;
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? 'UTF-32LE' : 'UTF-16LE';
  if (a === 0xfe && b === 0xff) return 'UTF-16BE';
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return 'UTF-32BE';
  if (content.byteLength < 4 || content.byteLength % 2 !== 0) return null;
  const sample = content.subarray(0, 64);
  if (everyOther(sample, 1)) return 'UTF-16LE';
  return everyOther(sample, 0) ? 'UTF-16BE' : null;
}

function everyOther(sample: Uint8Array, first: 0 | 1): boolean {
  return sample.every((byte, index) => (index % 2 === first) === (byte === 0));
}
