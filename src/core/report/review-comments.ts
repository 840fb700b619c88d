// Findings that one edit fixes → review comments with suggestion blocks, few and never the same twice.
import type { FileChange } from '../model/evidence.ts';
import type { ReviewComment } from '../model/report.ts';
import type { Verdict } from '../model/verdict.ts';
import { isShown } from './check-run.ts';
import { code } from './markdown.ts';
import { escaped, type RuleText } from './words.ts';

/** More than this on one pull request is noise; every finding has its annotation anyway. */
const MOST = 10;

/** Only lines that the diff shows can carry a comment; GitHub refuses the whole review otherwise. */
export function reviewComments(
  verdict: Verdict,
  changes: readonly FileChange[],
  rules: ReadonlyMap<string, RuleText>,
): readonly ReviewComment[] {
  return verdict.findings
    .filter((judged) => isShown(judged) && judged.finding.edit !== null)
    .flatMap(({ finding, fingerprint }): ReviewComment[] => {
      const { edit } = finding;
      if (edit === null || !isCommentable(edit.path, edit.first, edit.last, changes)) return [];
      return [
        {
          key: fingerprint,
          path: edit.path,
          startLine: edit.first,
          endLine: edit.last,
          body: `${escaped(finding.message)} ${escaped(rules.get(finding.rule)?.why ?? '')} (${code(finding.rule)})\n\n${suggestion(edit.text)}`,
        },
      ];
    })
    .slice(0, MOST);
}

function isCommentable(path: string, first: number, last: number, changes: readonly FileChange[]): boolean {
  const shown = changes.find((change) => change.path === path && change.status !== 'removed')?.shownLines;
  return (shown ?? []).some(([from, to]) => from <= first && last <= to);
}

/** Not `fenced`: what is suggested has to be inserted byte for byte. */
function suggestion(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}suggestion\n${text}\n${fence}`;
}
