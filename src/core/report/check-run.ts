// A verdict → the two check runs: title, summary, text and annotations within GitHub's limits.
import type { Gap, Subject } from '../model/evidence.ts';
import type { Annotation, CheckReport, Conclusion } from '../model/report.ts';
import type { JudgedFinding, Outcome, Verdict } from '../model/verdict.ts';
import { belongsToDelivery } from '../verdict/judge.ts';
import { code, fenced, fitted, shortened, visible } from './markdown.ts';
import { counted, escaped, gapLine, obligationName, placeLink, type RuleText, setAside } from './words.ts';

export const CHECK_NAMES = {
  compliance: 'clear-to-ship / compliance',
  delivery: 'clear-to-ship / delivery',
} as const;

/** GitHub's limits for a check run's output (bytes for Markdown fields, characters for the title). */
const LIMITS = { markdown: 65_535, title: 255, annotationTitle: 255, annotationMessage: 16_000 };

/** Everything but `clear` must keep a required check from passing; only waiting for people is `action_required`. */
const CONCLUSIONS: Record<Outcome, Conclusion> = {
  clear: 'success',
  'needs-approval': 'action_required',
  undecided: 'action_required',
  blocked: 'failure',
};

export function checkRuns(verdict: Verdict, rules: ReadonlyMap<string, RuleText>): readonly CheckReport[] {
  return [complianceRun(verdict, rules), deliveryRun(verdict, rules)];
}

function complianceRun(verdict: Verdict, rules: ReadonlyMap<string, RuleText>): CheckReport {
  const own = verdict.findings.filter(({ finding, obligation }) => !belongsToDelivery(finding, obligation));
  const shown = own.filter(isShown);
  const blocking = shown.filter(
    ({ standing, finding }) =>
      standing.kind === 'open' && finding.outcome === 'violation' && finding.severity === 'error',
  );
  const unknown = shown.filter(
    ({ standing, finding }) => standing.kind === 'open' && finding.outcome === 'unknown',
  );
  const other = shown.length - blocking.length - unknown.length;
  const title =
    counted([
      [blocking.length, 'thing to change', 'things to change'],
      [unknown.length, 'open question', 'open questions'],
      [verdict.gaps.length, 'thing could not be read', 'things could not be read'],
    ]) || (other > 0 ? counted([[other, 'piece of advice', 'pieces of advice']]) : 'Nothing to change');
  return finished(
    CHECK_NAMES.compliance,
    verdict.compliance,
    title,
    [...gapSection(verdict), ...findingsTable(verdict.subject, shown), asideSection(own)],
    shown.map((judged) => details(verdict.subject, judged, rules)),
    [...gapAnnotations(verdict.gaps), ...shown.map((judged) => annotation(judged, rules))],
  );
}

function deliveryRun(verdict: Verdict, rules: ReadonlyMap<string, RuleText>): CheckReport {
  const own = verdict.findings.filter(({ finding, obligation }) => belongsToDelivery(finding, obligation));
  const shown = own.filter(isShown);
  const open = shown.filter(({ standing }) => standing.kind === 'open');
  const rejected = shown.filter(({ standing }) => standing.kind === 'rejected');
  const approved = own.filter(({ standing }) => standing.kind === 'approved');
  const title =
    rejected.length > 0
      ? 'Rejected'
      : verdict.gaps.length > 0
        ? counted([[verdict.gaps.length, 'thing could not be read', 'things could not be read']])
        : open.length > 0
          ? `Waiting for approval of ${counted([[open.length, 'delivery', 'deliveries']])}`
          : approved.length > 0
            ? `Approved by ${[...new Set(approved.flatMap(({ standing }) => (standing.kind === 'approved' ? standing.by.map(({ actor }) => actor.login) : [])))].sort().join(', ')}`
            : shown.length > 0
              ? counted([[shown.length, 'delivery to know of', 'deliveries to know of']])
              : 'Nothing new leaves the company';
  return finished(
    CHECK_NAMES.delivery,
    verdict.delivery,
    title,
    [
      ...gapSection(verdict),
      ...lapseSection(verdict),
      ...askSection(verdict, open.length),
      ...findingsTable(verdict.subject, [...shown, ...approved]),
      asideSection(own),
    ],
    shown.map((judged) => details(verdict.subject, judged, rules)),
    [
      ...(verdict.gaps.length > 0 && verdict.compliance === 'clear' ? gapAnnotations(verdict.gaps) : []),
      ...shown.map((judged) => annotation(judged, rules)),
    ],
  );
}

function finished(
  name: string,
  outcome: Outcome,
  title: string,
  summary: readonly string[],
  text: readonly string[],
  annotations: readonly Annotation[],
): CheckReport {
  return {
    name,
    outcome,
    conclusion: CONCLUSIONS[outcome],
    title: shortened(outcome === 'undecided' ? `Undecided: ${title}` : title, LIMITS.title),
    summary:
      fitted(
        summary.filter((section) => section !== ''),
        LIMITS.markdown,
        (count) => `_${count} more sections did not fit; the command line shows all of them._`,
      ) || 'Nothing in this change concerns container material.',
    text: fitted(
      text,
      LIMITS.markdown,
      (count) =>
        `_${count} more findings did not fit here; each has its annotation, and the command line shows all of them._`,
    ),
    annotations,
  };
}

/** Open, rejected or advised: what somebody should read. The rest is counted. */
export function isShown({ standing }: JudgedFinding): boolean {
  return standing.kind === 'open' || standing.kind === 'advised' || standing.kind === 'rejected';
}

function gapSection({ gaps, subject }: Verdict): string[] {
  if (gaps.length === 0) return [];
  const heading = gaps.some(({ kind }) => kind === 'policy')
    ? '### The policy has to be corrected first'
    : '### What could not be seen';
  const retry = gaps.some(({ cause }) => cause === 'world')
    ? ['', 'Use _Re-run_ on this check to try again.']
    : [];
  return [[heading, '', ...gaps.map((gap) => gapLine(subject, gap)), ...retry].join('\n')];
}

function lapseSection({ lapses }: Verdict): string[] {
  if (lapses.length === 0) return [];
  const lines = lapses.flatMap(({ decision, approved, now, because }) => {
    const whose = `the approval by ${code(decision.actor.login)} of ${decision.at.slice(0, 10)}`;
    switch (because) {
      case 'expired':
        return [`- ${capitalized(whose)} has expired.`];
      case 'contributor':
        return [
          `- ${capitalized(whose)} no longer counts: ${code(decision.actor.login)} has since contributed to this pull request.`,
        ];
      case 'team':
        return [`- ${capitalized(whose)} no longer counts: ${code(decision.team)} may not approve any more.`];
      case 'changed':
        return [
          `- ${capitalized(whose)} no longer holds:`,
          ...differences(approved, now ?? {}).map((line) => `  - ${line}`),
        ];
      default:
        return because satisfies never;
    }
  });

  return [['### An approval no longer holds', '', ...lines].join('\n')];
}

/** Old → new for every aspect that differs; one Markdown line each. */
export function differences(
  before: Readonly<Record<string, readonly string[]>>,
  after: Readonly<Record<string, readonly string[]>>,
): string[] {
  const aspects = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return aspects.flatMap((aspect) => {
    const [old, current] = [before[aspect] ?? [], after[aspect] ?? []];
    const gone = old.filter((value) => !current.includes(value));
    const fresh = current.filter((value) => !old.includes(value));
    if (gone.length === 0 && fresh.length === 0) return [];
    const list = (values: readonly string[]): string =>
      values.length === 0 ? 'nothing' : values.map(code).join(', ');
    return [`${escaped(aspect)}: ${list(gone)} → ${list(fresh)}`];
  });
}

function askSection({ approvals, outcome }: Verdict, open: number): string[] {
  if (open === 0 || outcome === 'blocked') return [];
  if (approvals.teams.length === 0)
    return ['No policy names a team that may approve this; see the policy documentation.'];
  const teams = approvals.teams.map(code).join(' or ');
  const given = approvals.given.map(({ actor }) => code(actor.login));
  return [
    `A member of ${teams} approves by setting the approval label, and rejects with the rejection label.${approvals.required > 1 ? ` ${approvals.required} different people have to approve${given.length > 0 ? `; so far: ${given.join(', ')}` : ''}.` : ''}`,
  ];
}

function findingsTable(subject: Subject, findings: readonly JudgedFinding[]): string[] {
  if (findings.length === 0) return [];
  const rows = findings.map(
    ({ finding, obligation, standing }) =>
      `| ${placeLink(subject, finding.location)} | ${escaped(finding.message)} | ${code(finding.rule)} (${obligationName(obligation)}) | ${standingWord(standing.kind, finding.outcome)} |`,
  );
  return [['| where | what | rule | standing |', '|---|---|---|---|', ...rows].join('\n')];
}

function standingWord(
  standing: JudgedFinding['standing']['kind'],
  outcome: JudgedFinding['finding']['outcome'],
): string {
  if (standing !== 'open') return standing;
  return outcome === 'violation' ? 'to change' : outcome === 'unknown' ? 'open question' : 'to approve';
}

function asideSection(findings: readonly JudgedFinding[]): string {
  const aside = setAside(findings.filter((judged) => !isShown(judged)));
  return aside === '' ? '' : `Not shown: ${aside}.`;
}

function details(
  subject: Subject,
  { finding, obligation }: JudgedFinding,
  rules: ReadonlyMap<string, RuleText>,
): string {
  const rule = rules.get(finding.rule);
  const lines = [
    `#### ${placeLink(subject, finding.location)}: ${escaped(finding.message)}`,
    '',
    `${code(finding.rule)}, ${obligationName(obligation)}. ${escaped(rule?.why ?? '')}`,
    '',
    `**What to do:** ${escaped(finding.remedy ?? rule?.remedy ?? '')}`,
  ];
  if (finding.edit !== null) lines.push('', fenced('', finding.edit.text));
  for (const related of finding.related)
    lines.push('', `- ${placeLink(subject, related.location)}: ${escaped(related.message)}`);
  return lines.join('\n');
}

function annotation({ finding, standing }: JudgedFinding, rules: ReadonlyMap<string, RuleText>): Annotation {
  const { start, end } = finding.location.range;
  const endLine = Math.max(start.line, end.column === 1 && end.line > start.line ? end.line - 1 : end.line);
  const oneLine = start.line === endLine;
  const rule = rules.get(finding.rule);
  const message = [finding.message, rule?.why, `What to do: ${finding.remedy ?? rule?.remedy ?? ''}`]
    .filter((part) => part !== undefined && part !== '')
    .join('\n\n');
  return {
    path: finding.location.path,
    startLine: start.line,
    endLine,
    startColumn: oneLine ? start.column : null,
    endColumn: oneLine ? Math.max(start.column, end.column - 1) : null,
    level:
      standing.kind === 'advised' || finding.severity === 'note'
        ? 'notice'
        : finding.outcome === 'violation' && finding.severity === 'error'
          ? 'failure'
          : 'warning',
    title: shortened(`${finding.rule}: ${rule?.title ?? ''}`, LIMITS.annotationTitle),
    message: shortened(message.split('\n').map(visible).join('\n'), LIMITS.annotationMessage),
  };
}

function gapAnnotations(gaps: readonly Gap[]): Annotation[] {
  return gaps.flatMap(({ location, reason, remedy, subject }) =>
    location === null
      ? []
      : [
          {
            path: location.path,
            startLine: location.range.start.line,
            endLine: location.range.start.line,
            startColumn: null,
            endColumn: null,
            level: 'failure' as const,
            title: shortened(`Could not be read: ${visible(subject)}`, LIMITS.annotationTitle),
            message: shortened(
              `${visible(reason)}\n\nWhat to do: ${visible(remedy)}`,
              LIMITS.annotationMessage,
            ),
          },
        ],
  );
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
