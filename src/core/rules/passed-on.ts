// What a delivery that carries all layers hands on from others: the images and downloads behind the stage it builds.
import type { Delivery } from '../model/delivery.ts';
import type { Facts } from '../model/facts.ts';
import type { Finding } from '../model/finding.ts';
import type { ImportKind } from '../model/import.ts';
import type { Value } from '../model/value.ts';
import { format } from '../value.ts';
import { dockerfileOf, imageBelow, importsBehind, targetStage } from './builds.ts';
import { destinationOf } from './deliveries.ts';
import { possibilities } from './possibilities.ts';
import { findingOf, type Rule } from './rule.ts';

const FETCHED: readonly ImportKind[] = ['remote-add', 'git-clone', 'download', 'package-url'];
const TAKEN: readonly ImportKind[] = ['copied-image', 'mounted-image'];

type PassedOn = {
  /** The image at the bottom, all of whose layers go along. */
  readonly base: readonly string[];
  /** Images that parts are taken from, by copy, by mount or as the base of a stage that builds something. */
  readonly parts: readonly string[];
  readonly downloads: readonly string[];
  readonly packages: readonly string[];
};

/** Null when no Dockerfile behind the delivery is in sight; `unexplained-layer` asks about that. */
export function passedOn(facts: Facts, delivery: Delivery): PassedOn | null {
  const dockerfile = dockerfileOf(facts, delivery);
  if (dockerfile === null) return null;
  const target = delivery.build?.target ?? null;
  const stage = targetStage(dockerfile, target);
  const below = stage === null ? null : imageBelow(dockerfile, stage);
  const base = below === null ? [] : names([below]);
  const behind = importsBehind(dockerfile, target);
  const of = (...kinds: readonly ImportKind[]): readonly string[] =>
    names(behind.filter(({ kind }) => kinds.includes(kind)).map(({ source }) => source));
  return {
    base,
    parts: of('base-image', ...TAKEN).filter((name) => !base.includes(name)),
    downloads: of(...FETCHED),
    packages: of('package-manager'),
  };
}

function names(values: readonly Value[]): readonly string[] {
  return [...new Set(values.flatMap((value) => possibilities(value).map(format)))].sort();
}

/** One question per delivery: may we hand all of this on, and have its duties been met? */
export function askAboutDuties(
  rule: Rule,
  facts: Facts,
  deliveries: readonly Delivery[],
): readonly Finding[] {
  return deliveries.flatMap((delivery) => {
    const passed = passedOn(facts, delivery);
    if (passed === null || Object.values(passed).every((list) => list.length === 0)) return [];
    return findingOf(rule, {
      outcome: 'needs-approval',
      location: delivery.location,
      message: `With ${destinationOf(delivery)} we hand on ${told(passed)}: that takes the right to do so, and their terms have to be met.`,
      about: {
        destination: [destinationOf(delivery)],
        'base image': passed.base,
        'other images': passed.parts,
        downloads: passed.downloads,
        'package managers': passed.packages,
      },
    });
  });
}

function told({ base, parts, downloads, packages }: PassedOn): string {
  const clauses = [
    listed('all layers of', base),
    listed('parts of', parts),
    listed('downloads from', downloads),
    listed('packages from', packages),
  ].filter((clause) => clause !== '');
  return clauses.join('; ');
}

function listed(lead: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  const shown = names.slice(0, 3).map((name) => `\`${name}\``);
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return `${lead} ${shown.join(', ')}${more}`;
}
