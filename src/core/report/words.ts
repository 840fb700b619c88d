// The words that every report uses for outcomes, standings and places.
import type { Gap, Instant, Subject } from '../model/evidence.ts';
import type { Obligation } from '../model/policy.ts';
import type { Location } from '../model/position.ts';
import type { JudgedFinding, Outcome } from '../model/verdict.ts';
import { BREAK, code, plain, shortened } from './markdown.ts';
import { toldBefore } from './told-before.ts';

/** What reports need to know of a rule. */
export type RuleText = {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly remedy: string;
  /** What whoever approves has to weigh, as a question. */
  readonly decision?: string;
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

function placeText(location: Location): string {
  return `${location.path}:${location.range.start.line}`;
}

/** A link to the lines at the judged commit where there is a forge, else the place as code. */
export function placeLink(subject: Subject, location: Location): string {
  return linkAt(subject, subject.headSha, location);
}

function linkAt(subject: Subject, commit: string, location: Location): string {
  const text = code(placeText(location));
  if (subject.kind !== 'pull-request') return text;
  const { server, owner, repository } = subject;
  const path = addressed(location.path);
  const last = location.range.end.line > location.range.start.line ? `-L${location.range.end.line}` : '';
  return `[${text}](${server}/${owner}/${repository}/blob/${commit}/${path}#L${location.range.start.line}${last})`;
}

const addressed = toldBefore((path) => path.split('/').map(encoded).join('/'));

/** Brackets, quotes and asterisks too, which `encodeURIComponent` leaves alone and Markdown does not. */
function encoded(segment: string): string {
  return encodeURIComponent(segment.toWellFormed()).replace(
    /[!'()*_~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

export function gapLine(subject: Subject, gap: Gap): string {
  return `- ${gapPlace(subject, gap)}: ${escaped(gap.reason)} ${escaped(gap.remedy)}`;
}

/** Policy is read from the base side, so that is where its lines are. */
function gapPlace(subject: Subject, { kind, location, subject: what }: Gap): string {
  if (location === null) return code(what);
  const isOnBase = kind === 'policy' && subject.kind === 'pull-request';
  return isOnBase ? linkAt(subject, subject.baseSha, location) : placeLink(subject, location);
}

/** Longer than any sentence of ours: only a name from the pull request can be so long. In UTF-16 code units. */
const LONGEST_SENTENCE = 2000;

/**
 * Sentences of our own quote names from the pull request in back-ticks or double quotes; everything that could act as
 * Markdown outside of code spans is escaped.
 */
export const escaped = toldBefore((sentence) => {
  const parts = shortened(sentence, LONGEST_SENTENCE).split(/(`[^`]+`)/);
  return parts
    .map((part, index) => {
      // `split` puts what it splits at, the code spans, at the odd places.
      if (index % 2 === 1) return code(part.slice(1, -1));
      // Neighbouring code spans would become one.
      if (part === '') return index > 0 && index < parts.length - 1 ? BREAK : '';
      // The space between a name and the words around it is theirs.
      const [before, after] = [/^\s/.test(part) ? ' ' : '', /\S\s$/.test(part) ? ' ' : ''];
      return `${before}${plain(part)}${after}`;
    })
    .join('');
});

/** "2026-11-20 10:00 UTC" */
export function timeText(instant: Instant): string {
  return `${instant.slice(0, 16).replace('T', ' ')} UTC`;
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
