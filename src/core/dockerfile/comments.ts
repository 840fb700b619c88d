// The comments that speak for the file: those of its head, as dockerfile-ast finds them.
//
// Only the head goes through the library: it compares every comment with every stage, so 60 kB of short stages and
// comments take it seconds. The block a file opens with holds no stages and is read to its end.
import { DockerfileParser } from 'dockerfile-ast';
import { lineEnd, lineStart, type SourceText } from './source-text.ts';
import { skipSpace } from './whitespace.ts';

/** UTF-16 units of the file in which comments count as the file's own, besides the opening block. */
const HEAD = 8192;
/** An opening block longer than this is cut. */
const BLOCK_LIMIT = 65_536;

/** From its `#` to the end of its line. */
export type Comment = { readonly start: number; readonly text: string };

/** `bodies` are the spans of heredocs, which the library does not always know for what they are. */
export function headComments(
  source: SourceText,
  bodies: readonly { readonly start: number; readonly end: number }[],
): readonly Comment[] {
  const end = Math.min(source.text.length, Math.max(HEAD, openingBlock(source)), BLOCK_LIMIT);
  // A lone carriage return ends a line for the library, but not for BuildKit.
  const head = source.text.slice(0, end).replace(/\r(?!\n)/g, ' ');
  const comments: Comment[] = [];
  let body = 0;
  for (const comment of DockerfileParser.parse(head).getComments()) {
    const { start, end: stop } = comment.getRange();
    const from = (source.lineStarts[start.line] ?? 0) + start.character;
    const to = (source.lineStarts[stop.line] ?? 0) + stop.character;
    while ((bodies[body]?.end ?? Number.POSITIVE_INFINITY) <= from) body += 1;
    if (from >= (bodies[body]?.start ?? Number.POSITIVE_INFINITY)) continue;
    comments.push({ start: from, text: source.text.slice(from, to) });
  }
  return comments;
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
