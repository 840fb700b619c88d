// Checked documents and the knowledge that there is none, kept as long as there is room for them.
import type { Absent, Fetched } from './client.ts';

/** Bytes of documents that are kept, the oldest forgotten first. */
const KEPT_BYTES = 64 * 1024 * 1024;

/** `at`: when the registry was asked last, in milliseconds of the epoch. */
export type Kept = {
  readonly fetched: Fetched | Absent;
  readonly etag: string | null;
  readonly at: number;
};

/** What a document with no content costs in memory. */
const ENTRY_BYTES = 512;

export type Keep = { get(key: string): Kept | undefined; set(key: string, kept: Kept): void };

export function createKeep(): Keep {
  const documents = new Map<string, Kept>();
  let bytes = 0;
  const drop = (key: string): void => {
    const kept = documents.get(key);
    if (kept !== undefined) bytes -= sizeOf(kept);
    documents.delete(key);
  };
  return {
    get: (key) => documents.get(key),
    set: (key, kept) => {
      drop(key);
      documents.set(key, kept);
      bytes += sizeOf(kept);
      for (const oldest of documents.keys()) {
        if (bytes <= KEPT_BYTES) break;
        drop(oldest);
      }
    },
  };
}

function sizeOf({ fetched }: Kept): number {
  return ENTRY_BYTES + ('bytes' in fetched ? fetched.bytes.length : 0);
}
