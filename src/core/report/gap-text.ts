// Gaps → blocks of lines for a terminal: what could not be read, where, and what closes the gap.
import type { Gap } from '../model/evidence.ts';
import { excerpt, linesOf } from './excerpt.ts';
import { visible } from './markdown.ts';
import { excerptOptions, indented, type Layout, note, place, prose, type SourceText } from './text-layout.ts';

/** The first block carries the heading; none when nothing is missing. */
export function gapBlocks(
  gaps: readonly Gap[],
  options: Layout & { readonly source: SourceText },
): string[][] {
  if (gaps.length === 0) return [];
  const byFile = Map.groupBy(gaps, ({ kind, location, subject }) =>
    kind === 'syntax' ? (location?.path ?? subject) : `${kind} ${subject} ${location?.path ?? ''}`,
  );
  const blocks = [...byFile.values()].map((ofFile) => {
    const [gap, ...others] = ofFile;
    return gap === undefined ? [] : fileBlock(gap, others, options);
  });
  const [head = [], ...rest] = blocks;
  return [[options.paint('heading', 'Could not be read'), '', ...head], ...rest];
}

/** The first gap of a file in full, the places of the others in one line each: they often come of the same cause. */
function fileBlock(
  gap: Gap,
  others: readonly Gap[],
  options: Layout & { readonly source: SourceText },
): string[] {
  const lines = gap.location === null ? [] : linesOf(options.source(gap.location.path) ?? '');
  const where = gap.location === null ? visible(gap.subject) : place(gap.location);
  return [
    `  ${options.paint('path', where)} ${options.paint('question', gap.kind.replaceAll('-', ' '))}`,
    ...prose(gap.reason, 4, options),
    ...(gap.location === null || lines.length <= 1
      ? []
      : indented(excerpt(lines, gap.location.range, excerptOptions('question', 6, options)), 6)),
    ...note('fix', gap.remedy, 4, options),
    ...others.flatMap((other) =>
      note(
        'see',
        `${other.location === null ? visible(other.subject) : place(other.location)} ${other.reason}`,
        4,
        options,
      ),
    ),
  ];
}
