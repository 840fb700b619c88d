// Who approved so far, and who still has to: one sentence for checks, packet and terminal.
import type { Verdict } from '../model/verdict.ts';
import { teamsOf } from '../verdict/quorum.ts';
import { obligationName } from './words.ts';

/**
 * "`olga` of `acme/ospo` has approved; a member of `acme/security` is missing (flow 2)." Empty while nobody approved and
 * only the approving teams are asked: then there is nothing to add to their names. `name` marks up a name.
 */
export function awaitedText({ approvals }: Verdict, name: (text: string) => string): string {
  const { given, teams, required } = approvals;
  const awaited = approvals.awaited ?? [];
  const further = awaited.filter((each) => each.teams.join(' ') !== teams.join(' '));
  if (given.length === 0 && further.length === 0) return '';
  const approved = [
    ...new Map(
      given.map((each) => [each.actor.id, `${name(each.actor.login)} of ${name(teamsOf(each)[0] ?? '')}`]),
    ),
  ].map(([, who]) => who);
  const missing = awaited.map((each) => {
    const people = each.missing === 1 ? 'a member' : `${each.missing} members`;
    // The approving teams have to approve everything: only what others are asked about needs its name.
    const about = further.includes(each) ? ` (${each.obligations.map(obligationName).join(', ')})` : '';
    return `${people} of ${each.teams.map(name).join(' or ')}${about}`;
  });
  const several = required > 1 || further.length > 0 ? ' by different people' : '';
  return [
    ...(approved.length === 0 ? [] : [`Approved so far by ${listed(approved)}.`]),
    ...(missing.length === 0 ? [] : [`Still needed${several}: an approval of ${listed(missing)}.`]),
  ].join(' ');
}

/** "acme/security", for a title; empty while nobody has approved anything. */
export function awaitedTeams({ approvals }: Verdict): string {
  if (approvals.given.length === 0) return '';
  return [...new Set((approvals.awaited ?? []).map(({ teams }) => teams.join(' or ')))].join(' and ');
}

function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
