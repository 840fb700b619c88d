// The header of a Dockerfile → whose work it names.
import type { Dockerfile, FileNotice } from '../model/dockerfile.ts';
import type { Location } from '../model/position.ts';

/** Only what stands above the first stage is about the file; further down a comment explains a step. */
export function isInHeader({ stages }: Dockerfile, { range }: Location): boolean {
  const body = stages[0]?.location.range.start.line ?? Number.POSITIVE_INFINITY;
  return range.start.line < body;
}

/**
 * Copyright lines that name somebody beside the file's own authors. Of a single holder nobody can tell from the name
 * whether it is the organisation itself; of several, those that are none of its accounts count, all but the first.
 */
export function othersIn(dockerfile: Dockerfile, owners: readonly string[]): FileNotice['copyrights'] {
  const named = dockerfile.notice.copyrights.filter(({ location }) => isInHeader(dockerfile, location));
  const holders = new Map(named.map((line) => [holderOf(line.text), line]));
  if (holders.size < 2) return [];
  const foreign = [...holders].filter(
    ([holder]) => !owners.some((owner) => holder.includes(owner.toLowerCase())),
  );
  const isOursAmongThem = foreign.length < holders.size;
  return foreign.slice(isOursAmongThem ? 0 : 1).map(([, line]) => line);
}

/** The line without years, signs and the word itself, in lower case. */
function holderOf(text: string): string {
  return text
    .toLowerCase()
    .replace(
      /spdx-filecopyrighttext:|copyright|\(c\)|©|all rights reserved|\d{4}|present|contributors?/g,
      ' ',
    )
    .replace(/[\s,.;:–-]+/g, ' ')
    .trim();
}
