// A lineage → the entry for `base-images.allow` of the policy, ready to paste once a person has looked at it.

import type { ImageReference } from '../model/image.ts';
import type { Lineage } from '../model/lineage.ts';
import type { CalendarDate } from '../model/policy.ts';

/** Days until the vetting has to be repeated. */
const VALID_DAYS = 180;

/** YAML; lists know names and tags, so the digest that was looked at stands in the reason. */
export function registerEntry(reference: ImageReference, lineage: Lineage, today: CalendarDate): string {
  const { registry, repository, tag } = reference;
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
    `    - image: ${JSON.stringify(`${registry}/${repository}${tag === null ? '' : `:${tag}`}`)}`,
    '      owner: name the team that answers for it',
    `      reason: ${JSON.stringify(reason)}`,
    `      expires: ${later(today, VALID_DAYS)}`,
    `      ospo: ${known}`,
    `      security: ${known}`,
    '',
  ].join('\n');
}

function later(day: CalendarDate, days: number): CalendarDate {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
