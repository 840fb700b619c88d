// The builds of a repository → the platforms its images are made for, as far as pipelines say it.
import type { RepositoryFacts } from '../model/facts.ts';
import type { PlatformName } from '../model/lineage.ts';
import { known, split } from '../value.ts';

/** Platforms whose images are looked up for one change; what is built for more is said. */
export const PLATFORM_LIMIT = 6;

/** Where nobody says otherwise. */
const USUAL: PlatformName = 'linux/amd64';

export type BuiltPlatforms = {
  /** The usual one first, then in order; empty where no build names any, which means the usual one. */
  readonly asked: readonly PlatformName[];
  /** Those past `PLATFORM_LIMIT`. */
  readonly beyond: readonly PlatformName[];
};

/** A platform that only a variable names is not known, and is left to the image's index. */
export function builtPlatforms({ deliveries }: RepositoryFacts): BuiltPlatforms {
  const named = deliveries
    .flatMap(({ build }) => build?.platforms ?? [])
    .flatMap((value) => split(value, ','))
    .flatMap((value) => platformIn(known(value)));
  const all = [...new Set(named)].sort(
    (one, other) => Number(other === USUAL) - Number(one === USUAL) || (one < other ? -1 : 1),
  );
  return { asked: all.slice(0, PLATFORM_LIMIT), beyond: all.slice(PLATFORM_LIMIT) };
}

/** As containerd normalises it: `arm64` alone is Linux's, and `arm64/v8` what everybody calls `arm64`. */
function platformIn(written: string | null): readonly PlatformName[] {
  const name = (written ?? '').trim().toLowerCase();
  const [first = '', ...rest] = name.split('/');
  const full = rest.length === 0 && first !== '' && first !== 'local' ? `linux/${first}` : name;
  if (!/^[a-z0-9]+\/[a-z0-9_]+(?:\/[a-z0-9.]+)?$/.test(full)) return [];
  const renamed = full.replace(/\/(?:x86_64|x86-64)$/, '/amd64').replace(/\/aarch64$/, '/arm64');
  return [renamed.replace(/\/arm64\/v8$/, '/arm64').replace(/\/arm\/7$/, '/arm/v7')];
}
