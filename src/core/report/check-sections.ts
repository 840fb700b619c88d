// The parts of a check run's summary and text: gaps, lapsed approvals, who is asked, findings.
import type { Subject } from '../model/evidence.ts';
import type { Approval } from '../model/policy.ts';
import type { JudgedFinding, Verdict } from '../model/verdict.ts';
import { awaitedText } from './awaited.ts';
import { differences } from './differences.ts';
import { cell, code, fenced } from './markdown.ts';
import { list, type Section, section } from './sections.ts';
import { counted, escaped, gapLine, obligationName, placeLink, type RuleText } from './words.ts';

export function gapSection({ gaps, subject }: Verdict): readonly Section[] {
  const heading = gaps.some(({ kind }) => kind === 'policy')
    ? '### The policy has to be corrected first'
    : '### What could not be seen';
  const lines = list(
    heading,
    gaps.map((gap) => gapLine(subject, gap)),
    'gaps',
  );
  const mayPass = gaps.some(({ cause }) => cause === 'world');
  return [...lines, ...(mayPass ? [section('Use _Re-run_ on this check to try again.')] : [])];
}

export function lapseSection({ lapses, subject }: Verdict): readonly Section[] {
  const lines = lapses.map(({ decision, approved, now, because }) => {
    const who = code(decision.actor.login);
    const isOwn =
      decision.pull === undefined || (subject.kind === 'pull-request' && decision.pull === subject.number);
    const where = isOwn || decision.pull === null ? '' : ` on #${decision.pull}`;
    const whose = `- The approval by ${who} of ${decision.at.slice(0, 10)}${where}`;
    switch (because) {
      case 'expired':
        return `${whose} has expired.`;
      case 'contributor':
        return isOwn
          ? `${whose} no longer counts: ${who} has since contributed to this pull request.`
          : `${whose} does not count here: ${who} had a part in this pull request.`;
      case 'team':
        return `${whose} no longer counts: ${code(decision.team)} may not approve any more.`;
      case 'left':
        return `${whose} no longer counts: ${who} is no longer in ${code(decision.team)}, and the policy asks for that.`;
      case 'changed':
        return [
          `${whose} no longer holds:`,
          ...differences(approved, now ?? {}).map((line) => `  - ${line}`),
        ].join('\n');
      default:
        return because satisfies never;
    }
  });
  return list('### An approval no longer holds', lines, 'approvals');
}

/** Who is asked, and how they answer. */
export function askLine(
  verdict: Verdict,
  labels: Approval['labels'],
  shown: readonly JudgedFinding[],
): readonly Section[] {
  const { approvals, delivery } = verdict;
  if (delivery === 'blocked' || !shown.some(({ standing }) => standing.kind === 'open')) return [];
  if (approvals.teams.length === 0)
    return [section('No policy names a team that may approve this; see docs/policy.md.')];
  const several =
    approvals.required > 1 ? `${approvals.required} different people of theirs have to approve.` : '';
  return [
    section(
      [
        `A member of ${approvals.teams.map(code).join(' or ')} approves by setting the label ${code(labels.approved)}, and rejects with ${code(labels.rejected)}.`,
        several,
        awaitedText(verdict, code),
      ]
        .filter((sentence) => sentence !== '')
        .join(' '),
    ),
  ];
}

/** What leaves the company already, or no longer will: counted, so that nobody takes it for unseen. */
export function unchangedLine({ deliveries }: Verdict): readonly Section[] {
  const count = (wanted: string): number =>
    deliveries.filter(({ change }) => change.change === wanted).length;
  const told = counted([
    [count('unchanged'), 'delivery was there before', 'deliveries were there before'],
    [count('stopped'), 'delivery stops', 'deliveries stop'],
  ]);
  return told === '' ? [] : [section(`Not asked about: ${told}.`)];
}

export function findingsTable(subject: Subject, findings: readonly JudgedFinding[]): readonly Section[] {
  if (findings.length === 0) return [];
  const rows = findings.map(({ finding, obligation, standing }) => {
    const cells = [
      placeLink(subject, finding.location),
      escaped(finding.message),
      `${code(finding.rule)} (${obligationName(obligation)})`,
      standingWord(standing.kind, finding),
    ];
    return `| ${cells.map(cell).join(' | ')} |`;
  });
  return [section('| where | what | rule | standing |\n|---|---|---|---|', rows, 'findings')];
}

function standingWord(
  standing: JudgedFinding['standing']['kind'],
  { outcome, severity }: JudgedFinding['finding'],
): string {
  if (standing === 'advised') return 'advice';
  if (standing !== 'open') return standing;
  if (outcome === 'violation') return severity === 'error' ? 'to change' : 'advice';
  return outcome === 'unknown' ? 'open question' : 'to approve';
}

/** Named where it is not the file that the finding is in. */
function editedFile({ edit, location }: JudgedFinding['finding']): readonly string[] {
  return edit === null || edit.path === location.path ? [] : [`In ${code(edit.path)}:`];
}

/** One finding in full: why it matters, what to do, the edit, and what belongs to it. */
export function details(
  subject: Subject,
  { finding, obligation }: JudgedFinding,
  rules: ReadonlyMap<string, RuleText>,
): string {
  const rule = rules.get(finding.rule);
  const remedy = finding.remedy ?? rule?.remedy;
  const related = finding.related.map(
    ({ location, message }) => `- ${placeLink(subject, location)}: ${escaped(message)}`,
  );
  const changes = finding.previously === undefined ? [] : differences(finding.previously, finding.about);
  return [
    `#### ${placeLink(subject, finding.location)}: ${escaped(finding.message)}`,
    [`${code(finding.rule)}, ${obligationName(obligation)}.`, ...(rule ? [escaped(rule.why)] : [])].join(' '),
    ...(changes.length === 0
      ? []
      : [['What changes:', '', ...changes.map((line) => `- ${line}`)].join('\n')]),
    ...(remedy === undefined ? [] : [`**What to do:** ${escaped(remedy)}`]),
    ...(finding.edit === null ? [] : [...editedFile(finding), fenced('', finding.edit.text)]),
    ...(related.length === 0 ? [] : [related.join('\n')]),
  ].join('\n\n');
}
