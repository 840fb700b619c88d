// The words that every report uses for outcomes, standings and places.
import type { Gap, Subject } from '../model/evidence.ts';
import type { Obligation } from '../model/policy.ts';
import type { Location } from '../model/position.ts';
import type { JudgedFinding, Outcome } from '../model/verdict.ts';
import { code } from './markdown.ts';

/** What reports need to know of a rule. */
export type RuleText = {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly remedy: string;
  readonly obligation: Obligation;
};

export const OUTCOME_WORDS: Record<Outcome, string> = {
  clear: 'Clear',
  'needs-approval': 'Needs approval',
  blocked: 'Blocked',
  undecided: 'Undecided',
};

/** "Flow 3" or the obligation's name, for people who know the guidance by number. */
export function obligationName(obligation: Obligation): string {
  const number = /^flow-(\d\d)-/.exec(obligation)?.[1];
  return number === undefined ? obligation.replaceAll('-', ' ') : `flow ${Number(number)}`;
}

export function placeText(location: Location): string {
  return `${location.path}:${location.range.start.line}`;
}

/** A link to the lines at the judged commit where there is a forge, else the place as code. */
export function placeLink(subject: Subject, location: Location): string {
  const text = placeText(location);
  if (subject.kind !== 'pull-request') return code(text);
  const path = location.path.split('/').map(encodeURIComponent).join('/');
  const { server, owner, repository, headSha } = subject;
  const last = location.range.end.line > location.range.start.line ? `-L${location.range.end.line}` : '';
  return `[${code(text)}](${server}/${owner}/${repository}/blob/${headSha}/${path}#L${location.range.start.line}${last})`;
}

export function gapLine(subject: Subject, gap: Gap): string {
  const place = gap.location === null ? code(gap.subject) : placeLink(subject, gap.location);
  return `- ${place}: ${escaped(gap.reason)} ${escaped(gap.remedy)}`;
}

/**
 * Sentences of our own quote names from the pull request in back-ticks or double quotes; everything that could act as
 * Markdown outside of code spans is escaped.
 */
export function escaped(sentence: string): string {
  return sentence
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') && part.length > 2 ? code(part.slice(1, -1)) : prose(part)))
    .join('');
}

function prose(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}]/gu, (character) =>
      /\s/.test(character)
        ? ' '
        : `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`,
    )
    .replace(/[\\*_[\]<>|#~]/g, '\\$&')
    .replace(/@/g, '&#64;')
    .replace(/:\/\//g, '&#58;//')
    .replace(/\bwww\./gi, 'www&#46;');
}

/** How many of each, in words: "2 violations, 1 open question". */
export function counted(pairs: readonly (readonly [count: number, one: string, many: string])[]): string {
  return pairs
    .filter(([count]) => count > 0)
    .map(([count, one, many]) => `${count} ${count === 1 ? one : many}`)
    .join(', ');
}

/** Findings by how they stand, for the line that says what is not shown in full. */
export function setAside(findings: readonly JudgedFinding[]): string {
  const count = (kind: string): number => findings.filter(({ standing }) => standing.kind === kind).length;
  return counted([
    [count('pre-existing'), 'finding was there before', 'findings were there before'],
    [count('observed'), 'finding is only observed', 'findings are only observed'],
    [count('excepted'), 'finding is excused by policy', 'findings are excused by policy'],
    [count('approved'), 'finding is approved', 'findings are approved'],
  ]);
}
