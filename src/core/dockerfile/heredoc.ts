// Heredocs: which words of a line open one, and the lines that belong to it.
// Source of the rules: BuildKit's frontend/dockerfile/parser/parser.go.
import { known } from '../value.ts';
import { lex } from './lexer.ts';
import type { Budget } from './pattern.ts';
import { lineEnd, lineStart, type SourceText } from './source-text.ts';

export type Opener = {
  readonly name: string;
  readonly fd: number;
  /** `<<-`: leading tabs are cut from the body and the closing line. */
  readonly chomp: boolean;
  readonly expand: boolean;
};

export type RawHeredoc = Opener & {
  /** Offsets of the body in the file, without the closing line. */
  readonly start: number;
  readonly end: number;
  /** 0-based line of the closing word; null when the file ends before it. */
  readonly closingLine: number | null;
};

const OPENER = /^(\d*)<<(-?)\s*([^<]*)$/;

/** The heredocs that a line opens, in order. A line that can't be lexed opens none, as in BuildKit. */
export function openersIn(line: string, budget: Budget): readonly Opener[] {
  if (!line.includes('<<')) return [];
  const lexed = lex(
    line,
    { escapeToken: '\\', lookUp: () => null, rawQuotes: true, rawEscapes: true, keepUnset: true },
    budget,
  );
  if (lexed.kind !== 'done') return [];
  return lexed.words.map((word) => openerOf(word, budget)).filter((opener) => opener !== null);
}

/** The heredoc that a word opens; null when it opens none. */
export function openerOf(word: string, budget: Budget): Opener | null {
  if (!word.includes('<<')) return null;
  const match = OPENER.exec(word);
  const rest = match?.[3] ?? '';
  if (!match || rest === '') return null;
  const options = { escapeToken: '\\', lookUp: () => null, keepUnset: true };
  const plain = lex(rest, options, budget);
  const raw = lex(rest, { ...options, rawQuotes: true }, budget);
  if (plain.kind !== 'done' || raw.kind !== 'done' || plain.words.length !== 1) return null;
  const [name = ''] = plain.words;
  return {
    name,
    fd: match[1] === '' ? 0 : Number(match[1]),
    chomp: match[2] === '-',
    expand: quotes(name) === quotes(raw.words[0] ?? known(raw.value) ?? ''),
  };
}

function quotes(word: string): number {
  return word.split(/['"]/).length - 1;
}

/** Reads the bodies of the openers from line `first` (0-based) on; `next` is the line after the last one. */
export function readBodies(
  source: SourceText,
  openers: readonly Opener[],
  first: number,
): { readonly heredocs: readonly RawHeredoc[]; readonly next: number } {
  const heredocs: RawHeredoc[] = [];
  let line = first;
  for (const opener of openers) {
    const start = lineStart(source, line);
    let closingLine: number | null = null;
    let end = source.text.length;
    for (; line < source.lineStarts.length && closingLine === null; line += 1) {
      if (!closes(source, line, opener)) continue;
      closingLine = line;
      end = lineStart(source, line);
    }
    heredocs.push({ ...opener, start, end, closingLine });
    if (closingLine === null) break;
  }
  return { heredocs, next: line };
}

function closes(source: SourceText, line: number, opener: Opener): boolean {
  let start = lineStart(source, line);
  const end = lineEnd(source, line);
  if (opener.chomp) while (source.text[start] === '\t' && start < end) start += 1;
  return end - start === opener.name.length && source.text.startsWith(opener.name, start);
}
