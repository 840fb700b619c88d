// The comments at the very top that steer the build: `# syntax=`, `# escape=`, `# check=`.
// Source of the rules: BuildKit's frontend/dockerfile/parser/directives.go.
import type { Directive } from '../model/dockerfile.ts';
import { lineEnd, lineStart, locate, type SourceText } from './source-text.ts';
import { skipSpace, trimSpace } from './whitespace.ts';

export type Directives = {
  readonly list: readonly Directive[];
  readonly escapeToken: '\\' | '`';
  /** Number of lines they take from the top of the file. */
  readonly lines: number;
  /** What BuildKit refuses, with the line it stands in (0-based). */
  readonly problems: readonly { readonly line: number; readonly reason: string }[];
};

type Found = { readonly directive: Directive; readonly line: number };

const NAME = /^([a-zA-Z][a-zA-Z0-9]*)\s*=/;

export function readDirectives(source: SourceText): Directives {
  const problems: { line: number; reason: string }[] = [];
  const found = block(source, 0, '#', problems);
  const list = found.map((one) => one.directive);
  const chosen = list.find((directive) => directive.name === 'escape');
  if (chosen && chosen.value !== '\\' && chosen.value !== '`') {
    problems.push({
      line: chosen.location.range.start.line - 1,
      reason: `the escape directive must be \\ or a backtick, not ${chosen.value}`,
    });
  }
  if (!list.some((directive) => directive.name === 'syntax')) list.unshift(...otherSyntax(source));
  return { list, escapeToken: chosen?.value === '`' ? '`' : '\\', lines: found.length, problems };
}

/** The frontend is also looked for behind a `#!` line and after `//`: a custom frontend need not use `#`. */
function otherSyntax(source: SourceText): readonly Directive[] {
  const first = source.text.startsWith('#!', lineStart(source, 0)) ? 1 : 0;
  const candidates =
    first === 1 ? [...block(source, 1, '#', []), ...block(source, 1, '//', [])] : block(source, 0, '//', []);
  return candidates
    .map((one) => one.directive)
    .filter((directive) => directive.name === 'syntax')
    .slice(0, 1);
}

function block(
  source: SourceText,
  first: number,
  mark: string,
  problems: { line: number; reason: string }[],
): readonly Found[] {
  const found: Found[] = [];
  const seen = new Set<string>();
  for (let line = first; line < source.lineStarts.length; line += 1) {
    const end = lineEnd(source, line);
    const start = skipSpace(source.text, lineStart(source, line), end);
    if (!source.text.startsWith(mark, start)) break;
    const content = skipSpace(source.text, start + mark.length, end);
    const match = NAME.exec(source.text.slice(content, end));
    const name = match?.[1]?.toLowerCase();
    const at = skipSpace(source.text, content + (match?.[0].length ?? 0), end);
    const value = source.text.slice(at, trimSpace(source.text, at, end));
    if (value === '' || (name !== 'syntax' && name !== 'escape' && name !== 'check')) break;
    if (seen.has(name)) {
      problems.push({ line, reason: `only one ${name} directive can be used` });
      break;
    }
    seen.add(name);
    found.push({ directive: { name, value, location: locate(source, at, at + value.length) }, line });
  }
  return found;
}
