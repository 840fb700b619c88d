// The comments that speak for the file: those of its head, as dockerfile-ast finds them.
//
// The library gets the comment lines alone, everything else blanked: it compares every comment with every stage (60 kB
// of short stages and comments take it seconds) and reads the arguments of every instruction, which nobody asks here.
import { DockerfileParser } from 'dockerfile-ast';
import { lineEnd, lineStart, type SourceText } from './source-text.ts';
import { skipSpace } from './whitespace.ts';

/** UTF-16 units of the file in which comments count as the file's own, besides the opening block. */
const HEAD = 8192;
/** An opening block longer than this is cut. */
const BLOCK_LIMIT = 65_536;

/** From its `#` to the end of its line. */
export type Comment = { readonly start: number; readonly text: string };

/** `bodies` are the spans of heredocs, in order: what looks like a comment there is somebody’s text. */
export function headComments(
  source: SourceText,
  bodies: readonly { readonly start: number; readonly end: number }[],
): readonly Comment[] {
  const end = Math.min(source.text.length, Math.max(HEAD, openingBlock(source)), BLOCK_LIMIT);
  return DockerfileParser.parse(commentLines(source, bodies, end))
    .getComments()
    .map((comment) => {
      const { start, end: stop } = comment.getRange();
      const from = (source.lineStarts[start.line] ?? 0) + start.character;
      return { start: from, text: source.text.slice(from, from + stop.character - start.character) };
    });
}

/** The lines up to `end` with everything but comments blanked. */
function commentLines(
  source: SourceText,
  bodies: readonly { readonly start: number; readonly end: number }[],
  end: number,
): string {
  const lines: string[] = [];
  let body = 0;
  for (let line = 0; (source.lineStarts[line] ?? end) < end; line += 1) {
    const start = source.lineStarts[line] ?? end;
    while ((bodies[body]?.end ?? end) <= start && body < bodies.length) body += 1;
    const inside = start >= (bodies[body]?.start ?? end);
    const stop = lineEnd(source, line);
    const isComment = source.text[skipSpace(source.text, lineStart(source, line), stop)] === '#';
    // A lone carriage return ends a line for the library, but not for BuildKit.
    lines.push(isComment && !inside ? source.text.slice(start, stop).replaceAll('\r', ' ') : '');
  }
  return lines.join('\n');
}

/** Offset after the comments and blank lines that the file opens with. */
function openingBlock(source: SourceText): number {
  let line = 0;
  for (; line < source.lineStarts.length; line += 1) {
    const end = lineEnd(source, line);
    const content = skipSpace(source.text, lineStart(source, line), end);
    if (content < end && source.text[content] !== '#') break;
  }
  return source.lineStarts[line] ?? source.text.length;
}
