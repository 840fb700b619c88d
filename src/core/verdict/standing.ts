// Findings → how each stands under policy, approvals and exceptions; findings about the same thing are one.
import type { Finding, Outcome, Severity } from '../model/finding.ts';
import type { Mode } from '../model/policy.ts';
import type { JudgedFinding, Standing } from '../model/verdict.ts';
import { modeOn } from '../policy/schedule.ts';
import { type Case, circumstancesOf, dayOf } from './case.ts';
import { coverageOf, exceptionFor } from './coverage.ts';
import { fingerprintOf } from './fingerprint.ts';

/** Every finding of an obligation that is not `off`, once per fingerprint, in reading order. */
export function judgeFindings(input: Case): readonly JudgedFinding[] {
  const known = new Set(input.preexisting.map(({ rule, about }) => fingerprintOf(rule, about)));
  const judged = input.findings
    .map((finding) => judgeFinding(finding, input, known))
    .filter(({ mode }) => mode !== 'off');
  return distinct(judged).sort(inReadingOrder);
}

function judgeFinding(finding: Finding, input: Case, known: ReadonlySet<string>): JudgedFinding {
  const { policy } = input;
  const obligation = input.obligations[finding.rule];
  if (obligation === undefined)
    throw new Error(`the finding names the rule ${finding.rule}, which is not in the rule set`);
  const fingerprint = fingerprintOf(finding.rule, finding.about);
  const mode = modeOn(policy.rules[finding.rule] ?? policy.modes[obligation], dayOf(input));
  return {
    finding,
    obligation,
    mode,
    fingerprint,
    standing: standingOf(finding, { fingerprint, obligation }, mode, known.has(fingerprint), input),
  };
}

function standingOf(
  finding: Finding,
  question: Pick<JudgedFinding, 'fingerprint' | 'obligation'>,
  mode: Mode,
  isKnown: boolean,
  { evidence, policy }: Case,
): Standing {
  const { decisions, collectedAt } = evidence;
  if (finding.outcome !== 'violation') {
    const coverage = coverageOf(
      { ...question, asked: finding },
      decisions,
      policy.approval,
      circumstancesOf(evidence),
    );
    // A rejection blocks only where the organisation enforces.
    if (coverage.kind === 'rejected' && mode === 'enforce') return { kind: 'rejected', by: coverage.by };
    if (coverage.kind === 'approved') return { kind: 'approved', by: coverage.by };
  }
  const exception = exceptionFor(finding, policy.exceptions, collectedAt);
  if (exception !== null) return { kind: 'excepted', by: exception };
  if (isKnown) return { kind: 'pre-existing' };
  if (mode === 'observe') return { kind: 'observed' };
  return mode === 'advise' ? { kind: 'advised' } : { kind: 'open' };
}

/** The gravest of the findings about one thing stands for all, so that none hides behind one that is excused. */
function distinct(findings: readonly JudgedFinding[]): JudgedFinding[] {
  const groups = new Map<string, JudgedFinding[]>();
  for (const each of findings) groups.set(each.fingerprint, [...(groups.get(each.fingerprint) ?? []), each]);
  return [...groups.values()].flatMap((group) => {
    const [first, ...others] = group.sort((a, b) => gravity(a) - gravity(b) || inReadingOrder(a, b));
    if (first === undefined) return [];
    const related = others
      .sort(inReadingOrder)
      .map(({ finding: { location, message } }) => ({ location, message }));
    const finding = { ...first.finding, related: [...first.finding.related, ...related] };
    return [{ ...first, finding: related.length === 0 ? first.finding : finding }];
  });
}

const STANDINGS: Record<Standing['kind'], number> = {
  rejected: 0,
  open: 1,
  advised: 2,
  approved: 3,
  excepted: 4,
  'pre-existing': 5,
  observed: 6,
};
const OUTCOMES: Record<Outcome, number> = { violation: 0, unknown: 1, 'needs-approval': 2 };
const SEVERITIES: Record<Severity, number> = { error: 0, warning: 1, note: 2 };

function gravity({ standing, finding }: JudgedFinding): number {
  return STANDINGS[standing.kind] * 100 + SEVERITIES[finding.severity] * 10 + OUTCOMES[finding.outcome];
}

function inReadingOrder(a: JudgedFinding, b: JudgedFinding): number {
  const [x, y] = [a.finding.location, b.finding.location];
  return (
    compare(x.path, y.path) ||
    x.range.start.line - y.range.start.line ||
    x.range.start.column - y.range.start.column ||
    compare(a.finding.rule, b.finding.rule) ||
    compare(a.fingerprint, b.fingerprint)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
