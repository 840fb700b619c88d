// What a delivery that carries all layers hands on from others: the images and downloads behind the stage it builds.
import type { Delivery } from '../model/delivery.ts';
import type { Facts } from '../model/facts.ts';
import type { Finding } from '../model/finding.ts';
import type { Import, ImportKind } from '../model/import.ts';
import { format } from '../value.ts';
import { dockerfileOf, importsBehind } from './builds.ts';
import { destinationOf } from './deliveries.ts';
import { possibilities } from './possibilities.ts';
import { findingOf, type Rule } from './rule.ts';

const IMAGES: readonly ImportKind[] = ['base-image', 'copied-image', 'mounted-image'];
const FETCHED: readonly ImportKind[] = ['remote-add', 'git-clone', 'download', 'package-url'];

type PassedOn = {
  readonly images: readonly string[];
  readonly downloads: readonly string[];
  readonly packages: readonly string[];
};

/** Null when no Dockerfile behind the delivery is in sight; `unexplained-layer` asks about that. */
export function passedOn(facts: Facts, delivery: Delivery): PassedOn | null {
  const dockerfile = dockerfileOf(facts, delivery);
  if (dockerfile === null) return null;
  const imports = importsBehind(dockerfile, delivery.build?.target ?? null);
  return {
    images: sources(imports.filter(({ kind }) => IMAGES.includes(kind))),
    downloads: sources(imports.filter(({ kind }) => FETCHED.includes(kind))),
    packages: sources(imports.filter(({ kind }) => kind === 'package-manager')),
  };
}

function sources(imports: readonly Import[]): readonly string[] {
  return [...new Set(imports.flatMap(({ source }) => possibilities(source).map(format)))].sort();
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
      message: `With ${destinationOf(delivery)} we hand on ${told(passed)}, and have to meet their terms.`,
      about: {
        destination: [destinationOf(delivery)],
        images: passed.images,
        downloads: passed.downloads,
        'package managers': passed.packages,
      },
    });
  });
}

function told({ images, downloads, packages }: PassedOn): string {
  const parts = [
    listed('the layers of', images),
    listed('downloads from', downloads),
    listed('packages from', packages),
  ].filter((part) => part !== '');
  return parts.join('; ');
}

function listed(lead: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  const shown = names.slice(0, 3).map((name) => `\`${name}\``);
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return `${lead} ${shown.join(', ')}${more}`;
}
