// Edits of a Dockerfile: a word replaced where it stands, a line put in front of another.
import type { Dockerfile } from '../model/dockerfile.ts';
import type { Edit } from '../model/finding.ts';
import type { Location } from '../model/position.ts';

/**
 * Replaces the only occurrence of `from` within `location`; null when it is not written there literally (a variable
 * stands for it, say), stands there more than once, or in a script.
 */
export function replaceWithin(
  dockerfile: Dockerfile,
  location: Location,
  from: string,
  to: string,
): Edit | null {
  if (location.path !== dockerfile.path) return null;
  const { start, end } = location.range;
  const lines = linesOf(dockerfile);
  const before = (lines[start.line - 1] ?? '').slice(0, start.column - 1);
  const after = (lines[end.line - 1] ?? '').slice(end.column - 1);
  const whole = lines.slice(start.line - 1, end.line).join('\n');
  const inner = whole.slice(before.length, whole.length - after.length);
  const at = inner.indexOf(from);
  if (at < 0 || inner.includes(from, at + 1)) return null;
  const text = `${before}${inner.slice(0, at)}${to}${inner.slice(at + from.length)}${after}`;
  return { path: dockerfile.path, first: start.line, last: end.line, text };
}

/**
 * Takes a switch without value out of a command: the word at `location`, or its letter where several stand together
 * (`-ksSL`). Null where it is not written there literally, or would leave an empty line inside an instruction.
 */
export function withoutSwitch(dockerfile: Dockerfile, location: Location, option: string): Edit | null {
  const { start, end } = location.range;
  if (location.path !== dockerfile.path || start.line !== end.line) return null;
  const line = linesOf(dockerfile)[start.line - 1] ?? '';
  const written = line.slice(start.column - 1, end.column - 1);
  const left = withoutOption(written, option);
  if (left === null) return null;
  const before = line.slice(0, start.column - 1);
  const after = line.slice(end.column - 1);
  const text =
    left === ''
      ? `${before.replace(/[ \t]+$/, '')}${/^\s/.test(after) ? '' : ' '}${after}`
      : `${before}${left}${after}`;
  if (/^\s*\\?\s*$/.test(text)) return null;
  return { path: dockerfile.path, first: start.line, last: start.line, text };
}

function withoutOption(written: string, option: string): string | null {
  if (written === option) return '';
  const letter = /^-([a-zA-Z])$/.exec(option)?.[1];
  if (letter === undefined || !/^-[a-zA-Z]+$/.test(written) || written.split(letter).length !== 2)
    return null;
  return written.replace(letter, '');
}

/**
 * Gives an `ADD` of one source, written on one line, an option more; null for any other instruction on the line, since
 * BuildKit takes a checksum for a single source only.
 */
export function withOption(dockerfile: Dockerfile, line: number, option: string): Edit | null {
  const written = linesOf(dockerfile)[line - 1] ?? '';
  const [, before, after] = /^(\s*ADD)((?:\s+--\S+)*\s+[^-\s[]\S*\s+[^-\s]\S*\s*)$/i.exec(written) ?? [];
  if (before === undefined || after === undefined || /\\\s*$/.test(written)) return null;
  return { path: dockerfile.path, first: line, last: line, text: `${before} ${option}${after}` };
}

/** Puts `added` in front of line `line` (1-based). */
export function insertBefore(dockerfile: Dockerfile, line: number, added: string): Edit {
  const existing = linesOf(dockerfile)[line - 1];
  const text = existing === undefined ? added : `${added}\n${existing}`;
  return { path: dockerfile.path, first: line, last: line, text };
}

/** Where a header may stand: BuildKit stops looking for parser directives at the first other line, and takes `#!` only on the first. */
export function firstFreeLine(dockerfile: Dockerfile): number {
  const directives = dockerfile.directives.map(({ location }) => location.range.start.line);
  const afterShebang = dockerfile.text.startsWith('#!') ? 2 : 1;
  return Math.max(afterShebang, ...directives.map((line) => line + 1));
}

function linesOf(dockerfile: Dockerfile): readonly string[] {
  return dockerfile.text.split(/\r?\n/);
}
