// Ledger entries of delivered changes → which of the organisation's projects have their newest delivery cleared.
import { sql } from 'kysely';
import type { Clearance } from '../core/model/evidence.ts';
import type { JudgedDelivery, Verdict } from '../core/model/verdict.ts';
import { pushedImage } from '../core/rules/clearances.ts';
import { known } from '../core/value.ts';
import type { Clearances } from '../ports.ts';
import type { Database } from './database.ts';

type Row = { readonly project: string; readonly at: Date; readonly body: string };

export const clearancesOn = ({ handle }: Database): Clearances => ({
  async of({ installation, repositoryId }, projects) {
    if (projects.length === 0) return [];
    // A rejection or withdrawal since then, on anything of the repository, leaves it to people again.
    const { rows } = await sql<Row>`
      select newest.project, newest.at, newest.body from (
        select distinct on (lower(repository)) lower(repository) as project, repository_id, sequence, at, body
          from ledger_entries
         where installation = ${installation} and kind = 'delivered' and repository_id <> ${repositoryId}
           and lower(repository) in (${sql.join([...projects])})
         order by lower(repository), sequence desc) as newest
       where not exists (
         select 1 from ledger_marks mark
          where mark.installation = ${installation} and mark.repository_id = newest.repository_id
            and mark.sequence > newest.sequence and mark.kind <> 'approved')
       order by newest.project`.execute(handle);
    return rows.flatMap(({ project, at, body }): Clearance[] => {
      const { verdict, cleared } = JSON.parse(body) as { verdict: Verdict; cleared: boolean };
      const standing = verdict.deliveries.filter(leaves);
      if (!cleared || standing.length === 0) return [];
      return [{ project, at: at.toISOString(), destinations: imagesOf(standing) }];
    });
  },
});

/** What ends, and what stays inside, was never asked about. */
const leaves = ({ change: { change, delivery } }: JudgedDelivery): boolean =>
  change !== 'stopped' && delivery.destination.class !== 'internal' && delivery.destination.class !== 'local';

const imagesOf = (deliveries: readonly JudgedDelivery[]): readonly string[] => {
  const images = deliveries.flatMap(({ change: { delivery } }) => {
    const registry = known(delivery.destination.registry);
    const repository = known(delivery.destination.repository);
    if (delivery.kind !== 'registry-push' || registry === null || repository === null) return [];
    return pushedImage(registry, repository) ?? [];
  });
  return [...new Set(images)].sort();
};
