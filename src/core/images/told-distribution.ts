// What is inside an image (os-release, its bill of materials) → the distribution of its hop, where the names did not say it.
import type { Gap } from '../model/evidence.ts';
import type { EvidenceSource, Hop, Lineage } from '../model/lineage.ts';
import type { ImageVouchers } from '../model/trust.ts';
import { type DistributionId, supportOf } from './distribution-support.ts';
import type { OsRelease } from './os-release.ts';

export type ToldDistribution = {
  /** `ID` of os-release(5). */
  readonly id: string;
  readonly release: string | null;
  readonly from: Extract<EvidenceSource, 'os-release' | 'packages'>;
};

export function toldByOsRelease({ id, release }: OsRelease): ToldDistribution {
  return { id, release, from: 'os-release' };
}

/** Null where no bill of materials says it, or two say different things. */
export function toldByPackages({ sboms }: ImageVouchers): ToldDistribution | null {
  const told = sboms.flatMap(({ distribution }) => (distribution === undefined ? [] : [distribution]));
  const [first] = told;
  const isClear = told.every(({ id, release }) => id === first?.id && release === first.release);
  return first === undefined || !isClear ? null : { ...first, from: 'packages' };
}

/** IDs of os-release that are not the table's own. */
const IDS: Readonly<Record<string, DistributionId>> = {
  almalinux: 'alma',
  amzn: 'amazon',
  ol: 'oracle',
};

/** What is in the image counts; a name that says otherwise is a conflict. Images above it without a distribution have it too. */
export function withToldDistribution(lineage: Lineage, index: number, told: ToldDistribution): Lineage {
  const hop = lineage.hops[index];
  if (hop === undefined) return lineage;
  const distribution = distributionOf(told);
  const before = hop.distribution;
  const conflict =
    before === null || agrees(before, distribution)
      ? null
      : `By its ${told.from} it is ${called(distribution)}, by its ${before.from} ${called(before)}.`;
  // The table's own way of writing a release is kept where both say the same.
  const settled = before !== null && before.release !== null && conflict === null ? before : distribution;
  return {
    ...lineage,
    hops: lineage.hops.map((each, place) => {
      if (place === index)
        return {
          ...each,
          distribution: settled,
          conflicts: conflict === null ? each.conflicts : [...each.conflicts, conflict],
        };
      return place < index && each.distribution === null
        ? { ...each, distribution: { ...settled, from: 'layers' } }
        : each;
    }),
    gaps: conflict === null ? lineage.gaps : [...lineage.gaps, gapOf(hop, conflict)],
  };
}

/** That somebody asked and it could not be read is said beside the rest. */
export function withUntold(lineage: Lineage, index: number, reason: string): Lineage {
  const says = `Its distribution is ${reason}.`;
  return {
    ...lineage,
    hops: lineage.hops.map((hop, place) =>
      place === index
        ? {
            ...hop,
            evidence: [...hop.evidence, { source: 'os-release', names: null, agrees: 'unknown', says }],
          }
        : hop,
    ),
  };
}

type Distribution = NonNullable<Hop['distribution']>;

function distributionOf({ id, release, from }: ToldDistribution): Distribution {
  const known = Object.hasOwn(IDS, id) ? IDS[id] : id;
  const named = release === null ? null : releaseIn(known ?? id, release);
  const supported = named === null ? null : (supportOf(known as DistributionId, named)?.ends ?? null);
  return { name: known ?? id, release: named, supported, from };
}

/** As the table of support names it: `3.20` of Alpine 3.20.1, `9` of Rocky 9.4, `12` of Debian 12.7. */
function releaseIn(id: string, release: string): string {
  const parts = release.split('.');
  if (id === 'alpine' || id === 'ubuntu' || id === 'opensuse-leap') return parts.slice(0, 2).join('.');
  const isByMajor = ['debian', 'rhel', 'rocky', 'alma', 'oracle', 'centos', 'fedora'].includes(id);
  return isByMajor ? (parts[0] ?? release) : release;
}

function agrees(one: Distribution, other: Distribution): boolean {
  // CentOS Stream calls itself `centos`.
  const family = ({ name }: Distribution): string => name.replace(/-stream$/, '');
  if (family(one) !== family(other)) return false;
  return one.release === null || other.release === null || one.release === other.release;
}

function called({ name, release }: Distribution): string {
  return release === null ? name : `${name} ${release}`;
}

function gapOf({ name }: Hop, reason: string): Gap {
  const remedy = 'Ask the publisher which of them holds.';
  return { kind: 'remote', cause: 'content', subject: name, location: null, reason, remedy };
}
