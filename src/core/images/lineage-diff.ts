// Two lineages, of an image and of the one it replaces → what changes in the ancestry.
import type { Hop, Lineage } from '../model/lineage.ts';

export type HopChange = {
  /** `same`: the very same content. */
  readonly change: 'same' | 'changed' | 'added' | 'removed';
  readonly before: Hop | null;
  readonly after: Hop | null;
};

export type LineageDiff = {
  /** The image itself first; what was removed stands where it was. */
  readonly hops: readonly HopChange[];
  /** At the root, as people call them (`debian 12`); null where it stays the same or is not known on both sides. */
  readonly distribution: { readonly before: string; readonly after: string } | null;
  /** Licences that the image names for itself; null where they stay the same or neither names any. */
  readonly licenses: { readonly before: string | null; readonly after: string | null } | null;
};

export function diffLineages(before: Lineage, after: Lineage): LineageDiff {
  const [from, to] = [distributionIn(before), distributionIn(after)];
  const [was, is] = [licenseOf(before), licenseOf(after)];
  return {
    hops: aligned(before.hops, after.hops),
    distribution: from === null || to === null || from === to ? null : { before: from, after: to },
    licenses: was === is ? null : { before: was, after: is },
  };
}

/** The image asked for stands beside the one it replaces; ancestors beside those of the same repository, in order. */
function aligned(before: readonly Hop[], after: readonly Hop[]): readonly HopChange[] {
  const rows: HopChange[] = [];
  let at = 0;
  for (const [index, hop] of after.entries()) {
    const match =
      index === 0 && before.length > 0
        ? 0
        : before.findIndex((each, place) => place >= at && repositoryOf(each) === repositoryOf(hop));
    if (match === -1) {
      rows.push({ change: 'added', before: null, after: hop });
      continue;
    }
    rows.push(...before.slice(at, match).map(removed));
    const old = before[match] ?? null;
    rows.push({ change: old?.manifest === hop.manifest ? 'same' : 'changed', before: old, after: hop });
    at = match + 1;
  }
  return [...rows, ...before.slice(at).map(removed)];
}

function removed(hop: Hop): HopChange {
  return { change: 'removed', before: hop, after: null };
}

function repositoryOf({ name }: Hop): string {
  return name.replace(/@.*$/, '').replace(/:[^:/]*$/, '');
}

function distributionIn({ hops }: Lineage): string | null {
  const found = hops.map(({ distribution }) => distribution).findLast((each) => each !== null) ?? null;
  if (found === null) return null;
  return found.release === null ? found.name : `${found.name} ${found.release}`;
}

function licenseOf({ hops }: Lineage): string | null {
  return hops[0]?.licenses?.expression ?? null;
}
