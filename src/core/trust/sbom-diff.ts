// What bills of materials say of two images, one in the place of the other → packages that come, go, and change their licence.
import type { SbomState } from '../model/trust.ts';

export type PackageDiff = {
  readonly added: number;
  readonly removed: number;
  /** There before and after, under other licences. */
  readonly relicensed: number;
};

/** Null unless everything that lists packages could be read on both sides. */
export function diffPackages(before: SbomState, after: SbomState): PackageDiff | null {
  if (before.state !== 'read' || after.state !== 'read') return null;
  const [was, is] = [licensesByName(before), licensesByName(after)];
  const kept = [...is.keys()].filter((name) => was.has(name));
  return {
    added: is.size - kept.length,
    removed: was.size - kept.length,
    relicensed: kept.filter((name) => was.get(name) !== is.get(name)).length,
  };
}

/** Versions don't matter here: a package that is there twice has all its licences. */
function licensesByName({ licenses }: SbomState): ReadonlyMap<string, string> {
  const found = new Map<string, Set<string>>();
  for (const { license, packages } of licenses)
    for (const { name } of packages) found.set(name, (found.get(name) ?? new Set()).add(license ?? ''));
  return new Map([...found].map(([name, all]) => [name, [...all].sort().join('\n')]));
}
