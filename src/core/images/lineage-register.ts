// A lineage → the entries for `base-images.allow` and the register of vetted images, ready to paste once a person has looked.

import type { ImageReference } from '../model/image.ts';
import type { Hop, Lineage } from '../model/lineage.ts';
import type { CalendarDate } from '../model/policy.ts';

/** Days until the vetting has to be repeated. */
const VALID_DAYS = 180;

/** YAML; the list of allowed images knows names and tags, the register the digests that were looked at too. */
export function registerEntry(reference: ImageReference, lineage: Lineage, today: CalendarDate): string {
  const { registry, repository, tag } = reference;
  const name = `${registry}/${repository}${tag === null ? '' : `:${tag}`}`;
  const [first] = lineage.hops;
  const known = lineage.gaps.length === 0 && lineage.end === 'scratch';
  const chain = known
    ? `lineage known to scratch, ${lineage.hops.length} deep`
    : 'lineage not known to its end';
  const reason = `Vetted on ${today} as ${first?.digest ?? 'nothing: it could not be read'}; ${chain}.`;
  return [
    ...(known
      ? []
      : ['# Not accepted yet: see what could not be known, then set ospo and security to true.']),
    ...(tag === null ? ['# Without a tag the entry covers every tag and digest of the repository.'] : []),
    'base-images:',
    '  allow:',
    `    - image: ${JSON.stringify(name)}`,
    '      owner: name the team that answers for it',
    `      reason: ${JSON.stringify(reason)}`,
    `      expires: ${later(today, VALID_DAYS)}`,
    `      ospo: ${known}`,
    `      security: ${known}`,
    ...(first === undefined || !known ? [] : vettingEntry(name, first, today)),
    '',
  ].join('\n');
}

/** Nothing is put on the register whose lineage ends in the dark. */
function vettingEntry(name: string, { digest, manifest }: Hop, today: CalendarDate): readonly string[] {
  return [
    'vetting:',
    '  images:',
    `    - image: ${JSON.stringify(name)}`,
    `      digests: ${JSON.stringify([...new Set([digest, manifest])])}`,
    '      vetted-by: name who looked and is told before it ends',
    `      on: ${today}`,
    `      expires: ${later(today, VALID_DAYS)}`,
  ];
}

function later(day: CalendarDate, days: number): CalendarDate {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
