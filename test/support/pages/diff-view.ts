// Changed files with their hunks → tables of lines, with annotations and review comments where they stand.
import type { ChangedFile } from '../git/diff.ts';
import { changesOf, latestRuns } from '../world/branches.ts';
import type { Annotation, CheckRun, PullRequest, ReviewComment } from '../world/state.ts';
import { avatar, escapeHtml, person } from './html.ts';
import { renderMarkdown } from './markdown.ts';

type Noted = { readonly run: CheckRun; readonly annotation: Annotation };

const LEVELS = { failure: 'Error', warning: 'Warning', notice: 'Notice' } as const;

export const annotationBox = ({
  run,
  annotation,
}: Noted): string => `<div class="note-box ${annotation.level}">
<header>${LEVELS[annotation.level]}: ${escapeHtml(annotation.title ?? annotation.path)}<small>${escapeHtml(run.name)}</small></header>
<div style="white-space:pre-wrap">${escapeHtml(annotation.message)}</div></div>`;

const commentBox = (comment: ReviewComment): string => `<div class="note-box">
<header>${avatar(comment.author)} ${person(comment.author)}</header><div class="md">${renderMarkdown(comment.body)}</div></div>`;

const talkRow = (boxes: readonly string[]): string =>
  boxes.length === 0 ? '' : `<tr class="talk"><td colspan="3">${boxes.join('')}</td></tr>`;

const fileTable = (
  file: ChangedFile,
  notes: readonly Noted[],
  comments: readonly ReviewComment[],
): string => {
  const placed = new Set<Noted>();
  const rows = file.hunks.map((hunk) => {
    let [old, now] = [hunk.oldStart - 1, hunk.newStart - 1];
    const head = `<tr class="hunk"><td class="n"></td><td class="n"></td><td>@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@</td></tr>`;
    const lines = hunk.lines.map((line) => {
      if (line.kind !== '+') old += 1;
      if (line.kind !== '-') now += 1;
      const kind = { '+': 'add', '-': 'del', ' ': '' }[line.kind];
      const here = line.kind === '-' ? [] : notes.filter(({ annotation }) => annotation.endLine === now);
      for (const note of here) placed.add(note);
      const said = comments.filter(({ line: at, side }) =>
        side === 'LEFT' ? line.kind !== '+' && at === old : line.kind !== '-' && at === now,
      );
      const text = `${line.kind} ${line.text.replace(/\r?\n$/, '')}`;
      return `<tr class="${kind}"><td class="n">${line.kind === '+' ? '' : old}</td><td class="n">${line.kind === '-' ? '' : now}</td><td>${escapeHtml(text)}</td></tr>${talkRow([...here.map(annotationBox), ...said.map(commentBox)])}`;
    });
    return head + lines.join('');
  });
  const elsewhere = notes.filter((note) => !placed.has(note));
  const whole = comments.filter(({ line }) => line === null);
  const empty = file.hunks.length === 0 ? '<tr><td colspan="3">No text difference to show.</td></tr>' : '';
  return `<table class="diff">${talkRow([...elsewhere.map(annotationBox), ...whole.map(commentBox)])}${empty}${rows.join('')}</table>`;
};

const STATUS = {
  added: 'added',
  removed: 'deleted',
  modified: '',
  renamed: 'renamed',
  changed: 'type changed',
} as const;

/** All changed files. Annotations on files outside the difference are only in their check. */
export const filesSection = (pull: PullRequest): string => {
  const notes = latestRuns(pull.repository, pull.head.sha).flatMap((run) =>
    run.annotations.map((annotation) => ({ run, annotation })),
  );
  return changesOf(pull)
    .map((file) => {
      const name = file.previousPath === null ? file.path : `${file.previousPath} → ${file.path}`;
      const mine = notes.filter(({ annotation }) => annotation.path === file.path);
      const said = pull.reviewComments.filter(
        ({ path, commit }) => path === file.path && commit === pull.head.sha,
      );
      return `<div class="box file"><header><span class="mono"><strong>${escapeHtml(name)}</strong></span> ${STATUS[file.status]}<span class="stat"><span class="plus">+${file.additions}</span> <span class="minus">−${file.deletions}</span></span></header>${fileTable(file, mine, said)}</div>`;
    })
    .join('');
};
