// Evidence → the text of the files that places in a report can lie in: the head's, and the policies'.
import type { Evidence } from '../model/evidence.ts';

/**
 * Null for files that were not read or are no text. A policy's text is the one it was judged by, which is not the
 * head's: nothing but policies has places in policy files.
 */
export function sourceTexts({ head, blobs, policies }: Evidence): (path: string) => string | null {
  const oids = new Map(head.entries.map(({ path, oid }) => [path, oid]));
  const policyTexts = new Map(policies.map(({ path, text }) => [path, text]));
  return (path) => {
    const policy = policyTexts.get(path);
    if (policy !== undefined) return policy;
    const blob = blobs[oids.get(path) ?? ''];
    return blob?.kind === 'text' ? blob.text : null;
  };
}
