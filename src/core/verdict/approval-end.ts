// When an approval is given → when it ends: by the policy, or earlier where its giver says so.
import type { Instant } from '../model/evidence.ts';
import type { Approval } from '../model/policy.ts';

const DAY_MILLISECONDS = 86_400_000;

/** A line of its own in the text of an approving review: `Expires: 2027-03-31`, the last day on which it counts (UTC). */
const LINE = /^[ \t>*_-]*expires[ \t*_]*:[ \t*_]*(\d{4}-\d{2}-\d{2})[ \t*_.]*$/gim;

/** Null for never. A day that does not exist ends the approval at once: nobody knows what was meant. */
export function approvalEnd(
  at: Instant,
  note: string | null,
  { expiresAfterDays }: Approval,
): Instant | null {
  const given = Date.parse(at);
  const days = [...(note ?? '').matchAll(LINE)].map(([, day]) => endOfDay(day ?? '', given));
  const ends = [...(expiresAfterDays === null ? [] : [given + expiresAfterDays * DAY_MILLISECONDS]), ...days];
  return ends.length === 0 ? null : new Date(Math.min(...ends)).toISOString();
}

function endOfDay(day: string, otherwise: number): number {
  const start = Date.parse(`${day}T00:00:00Z`);
  const exists = !Number.isNaN(start) && new Date(start).toISOString().startsWith(day);
  return exists ? start + DAY_MILLISECONDS : otherwise;
}
