// When an approval is given → when it ends: by the policy, or earlier where its giver says so.
import type { Instant } from '../model/evidence.ts';
import type { Approval } from '../model/policy.ts';

const DAY_MILLISECONDS = 86_400_000;

/**
 * A line of its own in the text of an approving review: `Expires: 2027-03-31`, the last day on which it counts (UTC), or
 * an instant with its zone, `Expires: 2027-03-31T18:00:00+02:00`; `Expires: never` adds no end.
 */
const LINE = /^[ \t>*_-]*expires[ \t*_]*:[ \t*_]*(.*)$/gim;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}[t ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?[ ]?(?:z|[+-]\d{2}:\d{2})$/i;

/** Null for never. What can't be read, or does not exist, ends the approval at once: nobody knows what was meant. */
export function approvalEnd(
  at: Instant,
  note: string | null,
  { expiresAfterDays }: Approval,
): Instant | null {
  const given = Date.parse(at);
  const named = [...(note ?? '').matchAll(LINE)].map(([, value = '']) => endOf(trimmed(value), given));
  const ends = [
    ...(expiresAfterDays === null ? [] : [given + expiresAfterDays * DAY_MILLISECONDS]),
    ...named.filter((end) => end !== null),
  ];
  return ends.length === 0 ? null : new Date(Math.min(...ends)).toISOString();
}

/** Without what ends a sentence or a mark; a pattern for the end of a long line would take its square. */
function trimmed(value: string): string {
  let end = value.length;
  while (end > 0 && ' \t*_.'.includes(value[end - 1] ?? '')) end -= 1;
  return value.slice(0, end);
}

function endOf(value: string, otherwise: number): number | null {
  if (/^(?:never|none)$/i.test(value)) return null;
  const day = value.slice(0, 10);
  const start = Date.parse(`${day}T00:00:00Z`);
  // Some days that no month has are read as days of the next one.
  if (Number.isNaN(start) || !new Date(start).toISOString().startsWith(day)) return otherwise;
  if (DAY.test(value)) return start + DAY_MILLISECONDS;
  const instant = INSTANT.test(value)
    ? Date.parse(value.replace(' ', 'T').replace(' ', '').toUpperCase())
    : NaN;
  return Number.isNaN(instant) ? otherwise : instant;
}
