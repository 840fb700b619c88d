// Evidence → the text of the files of its head, for reports that show lines.
import type { Evidence } from '../model/evidence.ts';

/** Null for files that were not read or are no text. */
export function headSource({ head, blobs }: Evidence): (path: string) => string | null {
  const oids = new Map(head.entries.map(({ path, oid }) => [path, oid]));
  return (path) => {
    const blob = blobs[oids.get(path) ?? ''];
    return blob?.kind === 'text' ? blob.text : null;
  };
}
