// Findings and gaps → annotations of a check run: plain text on their lines, within GitHub's limits.
import type { Gap } from '../model/evidence.ts';
import type { Annotation } from '../model/report.ts';
import type { JudgedFinding, Outcome } from '../model/verdict.ts';
import { shortened, visible } from './markdown.ts';
import type { RuleText } from './words.ts';

/** GitHub's limits (title 255 characters, message 64 KB); the message's is ours, for people. */
const LIMITS = { title: 255, message: 16_000 };

/** GitHub takes 50 in a request: four requests for the one change that has so much wrong with it. */
const MOST_ANNOTATIONS = 200;

/** The gravest `MOST_ANNOTATIONS` in the order given, and how many are left out. */
export function fewest(annotations: readonly Annotation[]): {
  readonly shown: readonly Annotation[];
  readonly omitted: number;
} {
  const kept = new Set(
    (['failure', 'warning', 'notice'] as const)
      .flatMap((level) => annotations.filter((each) => each.level === level))
      .slice(0, MOST_ANNOTATIONS),
  );
  return { shown: annotations.filter((each) => kept.has(each)), omitted: annotations.length - kept.size };
}

export function findingAnnotation(
  { finding, standing }: JudgedFinding,
  rules: ReadonlyMap<string, RuleText>,
): Annotation {
  const { start, end } = finding.location.range;
  const endLine = Math.max(start.line, end.column === 1 && end.line > start.line ? end.line - 1 : end.line);
  const isOneLine = start.line === endLine && end.line === endLine;
  const rule = rules.get(finding.rule);
  const remedy = finding.remedy ?? rule?.remedy;
  return {
    path: finding.location.path,
    startLine: start.line,
    endLine,
    startColumn: isOneLine ? start.column : null,
    endColumn: isOneLine ? Math.max(start.column, end.column - 1) : null,
    level: levelOf(finding, standing),
    title: titled(rule === undefined ? finding.rule : `${finding.rule}: ${rule.title}`),
    message: paragraphs([
      finding.message,
      rule?.why,
      remedy === undefined ? undefined : `What to do: ${remedy}`,
    ]),
  };
}

function levelOf(
  { outcome, severity }: JudgedFinding['finding'],
  { kind }: JudgedFinding['standing'],
): Annotation['level'] {
  if (kind === 'rejected') return 'failure';
  if (kind === 'advised' || severity === 'note') return 'notice';
  return outcome === 'violation' && severity === 'error' ? 'failure' : 'warning';
}

/** Gaps with a place; `outcome` is that of the check, since a gap that stops nothing is no failure. */
export function gapAnnotations(gaps: readonly Gap[], outcome: Outcome): readonly Annotation[] {
  return gaps.flatMap(({ location, reason, remedy, subject }): Annotation[] =>
    location === null
      ? []
      : [
          {
            path: location.path,
            startLine: location.range.start.line,
            endLine: location.range.start.line,
            startColumn: null,
            endColumn: null,
            level: outcome === 'clear' ? 'warning' : 'failure',
            title: titled(`Could not be read: ${subject}`),
            message: paragraphs([reason, `What to do: ${remedy}`]),
          },
        ],
  );
}

function titled(text: string): string {
  return shortened(visible(text), LIMITS.title);
}

function paragraphs(parts: readonly (string | undefined)[]): string {
  const shown = parts.filter((part) => part !== undefined && part !== '').map((part) => visible(part ?? ''));
  return shortened(shown.join('\n\n'), LIMITS.message);
}
