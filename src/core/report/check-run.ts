// A verdict → the two check runs: title, summary, text and annotations within GitHub's limits.
import type { Approval } from '../model/policy.ts';
import type { Annotation, CheckReport, Conclusion } from '../model/report.ts';
import type { JudgedDelivery, JudgedFinding, Outcome, Verdict } from '../model/verdict.ts';
import { belongsToDelivery, DELIVERY_OBLIGATIONS } from '../verdict/judge.ts';
import { fewest, findingAnnotation, gapAnnotations } from './annotations.ts';
import { awaitedTeams } from './awaited.ts';
import {
  askLine,
  details,
  findingsTable,
  gapSection,
  lapseSection,
  unchangedLine,
} from './check-sections.ts';
import { shortened, visible } from './markdown.ts';
import { fitted, type Section, section } from './sections.ts';
import { asideSections } from './set-aside.ts';
import { counted, type RuleText } from './words.ts';

export const CHECK_NAMES = {
  compliance: 'clear-to-ship / compliance',
  delivery: 'clear-to-ship / delivery',
} as const;

/**
 * GitHub's limits for a check run's output are 65,535 bytes for each Markdown field and 255 characters for the title.
 * The rest of the bytes is for the publisher, which may say in front that another pull request shares the commit.
 */
const LIMITS = { markdown: 65_000, title: 255 };

/** Everything but `clear` must keep a required check from passing; only waiting for people is `action_required`. */
const CONCLUSIONS: Record<Outcome, Conclusion> = {
  clear: 'success',
  'needs-approval': 'action_required',
  undecided: 'action_required',
  blocked: 'failure',
};

export function checkRuns(
  verdict: Verdict,
  labels: Approval['labels'],
  rules: ReadonlyMap<string, RuleText>,
  ancestry: readonly Section[] = [],
): readonly CheckReport[] {
  return [complianceRun(verdict, rules, ancestry), deliveryRun(verdict, labels, rules)];
}

function complianceRun(
  verdict: Verdict,
  rules: ReadonlyMap<string, RuleText>,
  ancestry: readonly Section[],
): CheckReport {
  const own = verdict.findings.filter(({ finding, obligation }) => !belongsToDelivery(finding, obligation));
  const shown = own.filter(isShown);
  return finished(
    CHECK_NAMES.compliance,
    verdict.compliance,
    complianceTitle(verdict, shown),
    [
      ...gapSection(verdict),
      ...findingsTable(verdict.subject, shown),
      ...ancestry,
      ...asideSection(verdict, own),
    ],
    shown.map((judged) => section(details(verdict.subject, judged, rules))),
    [
      ...gapAnnotations(verdict.gaps, verdict.compliance),
      ...shown.map((judged) => findingAnnotation(judged, rules)),
    ],
  );
}

function complianceTitle(verdict: Verdict, shown: readonly JudgedFinding[]): string {
  if (isPolicyBroken(verdict)) return 'The policy has to be corrected';
  const count = (test: (judged: JudgedFinding) => boolean): number => shown.filter(test).length;
  const blocking = count(
    ({ standing, finding }) =>
      standing.kind === 'open' && finding.outcome === 'violation' && finding.severity === 'error',
  );
  const rejected = count(({ standing }) => standing.kind === 'rejected');
  const unknown = count(({ standing, finding }) => standing.kind === 'open' && finding.outcome === 'unknown');
  const title = counted([
    [blocking, 'thing to change', 'things to change'],
    [rejected, 'thing rejected', 'things rejected'],
    [unknown, 'open question', 'open questions'],
    [verdict.gaps.length, 'thing could not be read', 'things could not be read'],
  ]);
  const advice = shown.length - blocking - rejected - unknown;
  return title || counted([[advice, 'piece of advice', 'pieces of advice']]) || 'Nothing to change';
}

function deliveryRun(
  verdict: Verdict,
  labels: Approval['labels'],
  rules: ReadonlyMap<string, RuleText>,
): CheckReport {
  const own = verdict.findings.filter(({ finding, obligation }) => belongsToDelivery(finding, obligation));
  const shown = own.filter(isShown);
  const approved = own.filter(({ standing }) => standing.kind === 'approved');
  return finished(
    CHECK_NAMES.delivery,
    verdict.delivery,
    deliveryTitle(
      verdict,
      shown,
      approved,
      own.some(({ standing }) => standing.kind === 'observed'),
    ),
    [
      ...gapSection(verdict),
      ...lapseSection(verdict),
      ...askLine(verdict, labels, shown),
      ...findingsTable(verdict.subject, [...shown, ...approved]),
      ...unchangedLine(verdict),
      ...asideSection(verdict, own),
    ],
    shown.map((judged) => section(details(verdict.subject, judged, rules))),
    shown.map((judged) => findingAnnotation(judged, rules)),
  );
}

function deliveryTitle(
  verdict: Verdict,
  shown: readonly JudgedFinding[],
  approved: readonly JudgedFinding[],
  observed: boolean,
): string {
  if (isPolicyBroken(verdict)) return 'The policy has to be corrected';
  const rejecting = shown.flatMap(({ standing }) => (standing.kind === 'rejected' ? [standing.by] : []));
  if (rejecting.length > 0) return `Rejected by ${logins(rejecting)}`;
  if (verdict.gaps.length > 0 && verdict.delivery !== 'clear')
    return counted([[verdict.gaps.length, 'thing could not be read', 'things could not be read']]);
  const open = shown.filter(({ standing }) => standing.kind === 'open');
  if (open.length > 0) {
    const teams = awaitedTeams(verdict);
    return `Waiting for approval of ${questionCount(open)}${teams === '' ? '' : ` by ${teams}`}`;
  }
  if (approved.length > 0)
    return `Approved by ${logins(approved.flatMap(({ standing }) => (standing.kind === 'approved' ? standing.by : [])))}`;
  if (shown.length > 0) return `${questionCount(shown)} to know of`;
  // What leaves is in the ledger; nobody asked to be told, or the policy has that obligation off.
  if (observed || verdict.deliveries.some(mayLeave)) return 'Nothing that the policy asks about';
  return 'Nothing new leaves the company';
}

function mayLeave({ change: { change, delivery } }: JudgedDelivery): boolean {
  const stays = delivery.destination.class === 'internal' || delivery.destination.class === 'local';
  return !stays && (change === 'started' || change === 'changed');
}

/**
 * A delivery with its duties is one delivery and another thing about it, not two deliveries. The rules that ask about
 * deliveries themselves are all called `…-delivery`.
 */
function questionCount(questions: readonly JudgedFinding[]): string {
  const deliveries = questions.filter(
    ({ finding, obligation }) => DELIVERY_OBLIGATIONS.has(obligation) && finding.rule.endsWith('-delivery'),
  ).length;
  return counted([
    [deliveries, 'delivery', 'deliveries'],
    [questions.length - deliveries, 'other thing', 'other things'],
  ]);
}

function logins(decisions: readonly { readonly actor: { readonly login: string } }[]): string {
  return [...new Set(decisions.map(({ actor }) => actor.login))].sort().join(', ');
}

function isPolicyBroken({ gaps }: Verdict): boolean {
  return gaps.some(({ kind }) => kind === 'policy');
}

/** Open, rejected or advised: what somebody should read. The rest is counted. */
export function isShown({ standing }: JudgedFinding): boolean {
  return standing.kind === 'open' || standing.kind === 'advised' || standing.kind === 'rejected';
}

function asideSection(
  { subject, gapsBefore = [] }: Verdict,
  findings: readonly JudgedFinding[],
): readonly Section[] {
  return asideSections(
    subject,
    findings.filter((judged) => !isShown(judged)),
    gapsBefore,
  );
}

function finished(
  name: string,
  outcome: Outcome,
  title: string,
  summary: readonly Section[],
  text: readonly Section[],
  annotations: readonly Annotation[],
): CheckReport {
  const { shown, omitted } = fewest(annotations);
  const unmarked =
    omitted === 0
      ? []
      : [
          section(
            `${omitted} more annotations would be too many; the lines are all in the table and in the details.`,
          ),
        ];
  return {
    name,
    outcome,
    conclusion: CONCLUSIONS[outcome],
    title: shortened(visible(outcome === 'undecided' ? `Undecided: ${title}` : title), LIMITS.title),
    summary:
      fitted(
        [...unmarked, ...summary],
        LIMITS.markdown,
        (count) =>
          `_${counted([[count, 'more section', 'more sections']])} did not fit; the command line shows everything._`,
      ) || 'Nothing in this change is anything that the policy asks about.',
    text: fitted(
      text,
      LIMITS.markdown,
      (count) =>
        `_The details of ${counted([[count, 'more finding', 'more findings']])} did not fit; the command line shows everything._`,
    ),
    annotations: shown,
  };
}
