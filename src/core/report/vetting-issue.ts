// A vetting that ends soon → the issue that tells its owner, in the repository that holds the register.
import type { CalendarDate, VettedImage, Vetting } from '../model/policy.ts';
import { code, shortened } from './markdown.ts';

/** GitHub's limit for titles is 256 characters. */
const TITLE_LIMIT = 250;

const DAY = 86_400_000;

/** Vettings that end within the days policy warns before, today included; those that have ended are findings by then. */
export function endingVettings(
  { registers, warnDays }: Vetting,
  today: CalendarDate,
): readonly VettedImage[] {
  return registers
    .flat()
    .filter(({ expires }) => today <= expires && daysUntil(expires, today) <= warnDays)
    .sort((a, b) => (a.expires < b.expires ? -1 : a.expires > b.expires ? 1 : a.image < b.image ? -1 : 1));
}

function daysUntil(day: CalendarDate, today: CalendarDate): number {
  return Math.round((Date.parse(day) - Date.parse(today)) / DAY);
}

/** `account` owns the repository the issue is in: only its own teams are called. */
export function vettingIssue(
  { image, vettedBy, on, expires, copy, scan }: VettedImage,
  account: string,
): { readonly title: string; readonly body: string } {
  const isTeam =
    /^[\w.-]+\/[\w.-]+$/.test(vettedBy) && vettedBy.split('/')[0]?.toLowerCase() === account.toLowerCase();
  return {
    title: shortened(`The vetting of ${image} ends on ${expires}`, TITLE_LIMIT),
    body: [
      `${isTeam ? `@${vettedBy}` : code(vettedBy)}: you vetted ${code(image)} on ${on}, and that counts until ${expires}. From the day after, changes that bring it in are asked about again.`,
      [
        ...(copy === null ? [] : [`- Its copy inside: ${code(copy)}`]),
        ...(scan === null ? [] : [`- The last scan: ${code(scan)}`]),
        '- Look at it again with `clear-to-ship vet`, which prints the new entry for `vetting.images` in the policy; or remove the entry.',
      ].join('\n'),
    ].join('\n\n'),
  };
}
