// The shell text of an instruction, character for character where it stands in the file.
import type { Script } from '../model/dockerfile.ts';
import type { Span } from './command.ts';
import { openerOf, type RawHeredoc } from './heredoc.ts';
import { type LogicalLine, offsetOf } from './logical-line.ts';
import type { Budget } from './pattern.ts';
import type { RawInstruction } from './raw-instruction.ts';
import { lineEnd, type SourceText } from './source-text.ts';

/** What runs `command`, the shell form of an instruction; `shell` is the one in effect. */
export function scriptOf(
  source: SourceText,
  instruction: RawInstruction,
  command: Span,
  shell: string,
  budget: Budget,
): Script | null {
  if (command.content === '' && instruction.heredocs.length === 0) return null;
  const [first] = instruction.heredocs;
  if (first && openerOf(command.content, budget) !== null) return inlineScript(source, first, shell);
  const line = joinedText(source.text, instruction.line, command);
  const start = offsetOf(instruction.line, command.start);
  return { text: line + bodies(source, instruction.heredocs, start + line.length), start, shell };
}

/** `RUN <<EOF`: the body is the script, run by its own `#!` when it has one. */
function inlineScript(source: SourceText, heredoc: RawHeredoc, shell: string): Script {
  const raw = source.text.slice(heredoc.start, heredoc.end);
  const text = heredoc.chomp ? raw.replace(/^\t+/gm, (tabs) => ' '.repeat(tabs.length)) : raw;
  const interpreter = /^#![ \t]*(\S[^\r\n]*)/.exec(heredoc.chomp ? raw.replace(/^\t+/, '') : raw)?.[1];
  return {
    text: text.replaceAll('\r\n', ' \n'),
    start: heredoc.start,
    shell: interpreter?.trimEnd() ?? shell,
  };
}

/**
 * The command with everything that joins its lines blanked. Where two halves of one word meet, pairs of backslash
 * and line feed take the place of blanks: a shell reads them as nothing. Gaps of odd length (CRLF) have no such filling
 * and stay blank: positions are worth more than words that nobody breaks.
 */
function joinedText(text: string, line: LogicalLine, command: Span): string {
  let result = '';
  let end = -1;
  for (const piece of line.pieces) {
    const from = Math.max(piece.at, command.start);
    const to = Math.min(piece.at + piece.length, command.end);
    if (to <= from) continue;
    const start = piece.offset + from - piece.at;
    if (end !== -1) result += gap(start - end, text[end - 1] ?? '', text[start] ?? '', text[end] ?? '');
    end = piece.offset + to - piece.at;
    result += text.slice(start, end);
  }
  return result;
}

function gap(length: number, before: string, after: string, escapeToken: string): string {
  // Where the backtick escapes, the shell is PowerShell or cmd, which read a backslash as itself.
  const insideWord = escapeToken === '\\' && /\S/.test(before) && /\S/.test(after);
  return insideWord && length % 2 === 0 ? '\\\n'.repeat(length / 2) : ' '.repeat(length);
}

/**
 * The heredoc bodies behind a command as a shell expects them: closing words end their line, so the carriage
 * return of a CRLF file becomes a blank on the side where it does no harm.
 */
function bodies(source: SourceText, heredocs: readonly RawHeredoc[], from: number): string {
  let result = '';
  let at = from;
  for (const heredoc of heredocs) {
    const blank = ' '.repeat(Math.max(0, heredoc.start - at - 1));
    result += at === from ? `${blank}\n` : `\n${blank}`;
    result += source.text.slice(heredoc.start, heredoc.end).replaceAll('\r\n', ' \n');
    at = heredoc.end;
    if (heredoc.closingLine === null) break;
    const end = lineEnd(source, heredoc.closingLine);
    result += source.text.slice(at, end);
    at = end;
  }
  return result;
}
