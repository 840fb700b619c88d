// Findings that one edit fixes → review comments with suggestion blocks, few and never the same twice.
import type { FileChange } from '../model/evidence.ts';
import type { Edit } from '../model/finding.ts';
import type { ReviewComment } from '../model/report.ts';
import type { JudgedFinding, Verdict } from '../model/verdict.ts';
import { isShown } from './check-run.ts';
import { byteLength, code, longestRun } from './markdown.ts';
import { escaped, type RuleText } from './words.ts';

/** More than this on one pull request is noise; every finding has its annotation anyway. */
export const MOST_COMMENTS = 10;

/** GitHub's limit for a comment is 65,536 characters; one that is longer makes it refuse the whole review. */
const MOST_BYTES = 60_000;

/** Only lines that the diff shows can carry a comment; GitHub refuses the whole review otherwise. */
export function reviewComments(
  verdict: Verdict,
  changes: readonly FileChange[],
  rules: ReadonlyMap<string, RuleText>,
): readonly ReviewComment[] {
  const shown = shownLines(changes);
  const taken: Edit[] = [];
  return verdict.findings
    .filter(isShown)
    .flatMap((judged): ReviewComment[] => {
      const { edit } = judged.finding;
      if (edit === null || !isCommentable(edit, shown)) return [];
      // Of two edits of the same lines only one can be applied; the other is suggested once that is done.
      if (taken.some((other) => overlap(edit, other))) return [];
      const comment = commentOf(judged, edit, rules);
      if (byteLength(comment.body) > MOST_BYTES) return [];
      taken.push(edit);
      return [comment];
    })
    .slice(0, MOST_COMMENTS);
}

function commentOf(
  { finding, fingerprint }: JudgedFinding,
  edit: Edit,
  rules: ReadonlyMap<string, RuleText>,
): ReviewComment {
  const why = rules.get(finding.rule)?.why;
  const sentences = [finding.message, ...(why === undefined ? [] : [why])].map(escaped).join(' ');
  return {
    key: fingerprint,
    path: edit.path,
    startLine: edit.first,
    endLine: edit.last,
    body: `${sentences} (${code(finding.rule)})\n\n${suggestion(edit.text)}`,
  };
}

type Spans = ReadonlyMap<string, NonNullable<FileChange['shownLines']>>;

function shownLines(changes: readonly FileChange[]): Spans {
  return new Map(
    changes
      .filter(({ status }) => status !== 'removed')
      .map((change) => [change.path, change.shownLines ?? []]),
  );
}

function isCommentable({ path, first, last }: Edit, shown: Spans): boolean {
  return first <= last && (shown.get(path) ?? []).some(([from, to]) => from <= first && last <= to);
}

function overlap(a: Edit, b: Edit): boolean {
  return a.path === b.path && a.first <= b.last && b.first <= a.last;
}

/** Not `fenced`: what is suggested has to be inserted byte for byte. */
function suggestion(text: string): string {
  const fence = '`'.repeat(Math.max(2, longestRun(text)) + 1);
  return `${fence}suggestion\n${text}\n${fence}`;
}
