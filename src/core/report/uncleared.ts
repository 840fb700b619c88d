// A delivery that reached a branch without being cleared → the issue that tells people.
import type { Verdict } from '../model/verdict.ts';
import { belongsToDelivery, isOpen } from '../verdict/judge.ts';
import { code, shortened } from './markdown.ts';
import { fitted, list, section } from './sections.ts';
import { counted, escaped, gapLine, obligationName, placeLink } from './words.ts';

export type PushedTo = {
  readonly branch: string;
  readonly pusher: string;
  /** Web address of the commit. */
  readonly commit: string;
  readonly headSha: string;
};

type Issue = { readonly title: string; readonly body: string };

/** GitHub's limit for an issue is 65,536 characters, with some of it for our mark; titles have 256. */
const LIMITS = { body: 65_000, title: 250 };

export function unclearedIssue(verdict: Verdict, { branch, pusher, commit, headSha }: PushedTo): Issue {
  const open = verdict.findings.filter(
    ({ finding, obligation, standing }) => belongsToDelivery(finding, obligation) && isOpen(standing),
  );
  const lines = open.map(
    ({ finding, obligation }) =>
      `- ${placeLink(verdict.subject, finding.location)}: ${escaped(finding.message)} (${obligationName(obligation)})`,
  );
  const gaps = verdict.gaps.map((gap) => gapLine(verdict.subject, gap));
  const told = counted([
    [open.length, 'delivery that nobody cleared', 'deliveries that nobody cleared'],
    [gaps.length, 'thing could not be read', 'things could not be read'],
  ]);
  return {
    title: shortened(`Uncleared delivery on ${branch}: ${told || 'not decided'}`, LIMITS.title),
    body: fitted(
      [
        section(
          `The push of [${code(headSha.slice(0, 12))}](${commit}) to ${code(branch)} by ${code(pusher)} starts or changes deliveries that were not cleared before. It is recorded in the ledger.`,
        ),
        ...list('### What was delivered', lines, 'deliveries'),
        ...list('### What could not be seen', gaps, 'gaps'),
        section(
          'Stop the delivery, or open a pull request for it and have it approved. Closing this issue approves nothing.',
        ),
      ],
      LIMITS.body,
      (count) => `_${count} more sections did not fit._`,
    ),
  };
}

/** The push could not be judged at all, however often it was tried. */
export function unjudgedIssue(branch: string, headSha: string, reason: string): Issue {
  return {
    title: shortened(`A push to ${branch} could not be checked for deliveries`, LIMITS.title),
    body: `Clear to Ship could not judge the push of ${code(headSha)} to ${code(branch)}: ${escaped(reason)}\n\nLook at it yourself, or open a pull request with the same content.`,
  };
}
