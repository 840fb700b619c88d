// A script text made fit for the parser, and its offsets brought back to the file it stands in.
import type { Value } from '../model/value.ts';
import { hole, join, text } from '../value.ts';

/** UTF-16 code units of one script that are read; beyond it the parser's worst cases take seconds. */
export const MAX_SCRIPT_LENGTH = 65_536;

const FIRST_STAND_IN = 0xe000;
const LAST_STAND_IN = 0xf8ff;
const STAND_IN_RUN = /([\ue000-\uf8ff])\1*/g;

/** A parsed text and where its characters stand. */
export type Source = {
  /** The text as parsed: `${{ … }}` replaced by stand-ins of the same length. */
  readonly text: string;
  readonly original: string;
  /** The file, null for the traced script. */
  readonly path: string | null;
  /** Added to an offset in `text` to give the offset in the file. */
  readonly shift: number;
  /** Set when offsets can't be mapped: everything stands here instead. */
  readonly anchor: readonly [start: number, end: number] | null;
  readonly expressions: ReadonlyMap<string, StandIn>;
};

/** What a stand-in letter stands for; a null value is asked for when it is needed. */
type StandIn = { readonly written: string; readonly value: Value | null };

export function openSource(
  original: string,
  path: string | null,
  shift = 0,
  anchor: readonly [number, number] | null = null,
): Source {
  const { masked, expressions } = mask(original);
  return { text: masked, original, path, shift, anchor, expressions };
}

/**
 * Text that the script assembles (for `eval`, `sh -c`, a pipe into a shell). Where it is written out word for word
 * at offset `verbatim` its offsets survive; otherwise everything stands at `start` to `end` of the file.
 */
export function innerSource(
  outer: Source,
  content: Value,
  start: number,
  end: number,
  verbatim: number | null,
): Source {
  const expressions = new Map<string, StandIn>();
  let assembled = '';
  for (const part of content) {
    if (typeof part === 'string') {
      assembled += part;
      continue;
    }
    const letter = String.fromCharCode(FIRST_STAND_IN + expressions.size);
    expressions.set(letter, { written: part.expression, value: [part] });
    assembled += letter;
  }
  const base = { text: assembled, original: assembled, path: outer.path, expressions };
  if (verbatim !== null && expressions.size === 0 && outer.anchor === null) {
    return { ...base, shift: verbatim, anchor: null };
  }
  return { ...base, shift: 0, anchor: [start, end] };
}

/** Offsets in the file of a node of the tree. */
export function span(source: Source, start: number, end: number): readonly [number, number] {
  return source.anchor ?? [start + source.shift, end + source.shift];
}

/** What the author wrote between two offsets of the tree, on one line. */
export function written(source: Source, start: number, end: number): string {
  const lines = restore(source, source.text.slice(start, end)).split('\n');
  if (lines.length === 1) return (lines[0] ?? '').trim();
  return lines
    .map((line) => line.replace(/\\\r?$/, '').trim())
    .filter((line) => line !== '')
    .join(' ');
}

// Private-use characters stand in for expressions: no shell syntax, never in a name, and each its own letter, so
// that two expressions side by side stay two.
function mask(original: string): { masked: string; expressions: Map<string, StandIn> } {
  const expressions = new Map<string, StandIn>();
  if (!original.includes('${{')) return { masked: original, expressions };
  let next = FIRST_STAND_IN;
  let masked = '';
  let from = 0;
  for (;;) {
    const start = original.indexOf('${{', from);
    const end = start < 0 ? -1 : expressionEnd(original, start + 3);
    if (end < 0) return { masked: masked + original.slice(from), expressions };
    while (original.includes(String.fromCharCode(next)) && next < LAST_STAND_IN) next += 1;
    const letter = String.fromCharCode(next);
    expressions.set(letter, { written: original.slice(start, end), value: null });
    masked += original.slice(from, start) + letter.repeat(end - start);
    next = next < LAST_STAND_IN ? next + 1 : FIRST_STAND_IN;
    from = end;
  }
}

// `}}` inside a quoted string of the expression does not end it.
function expressionEnd(original: string, from: number): number {
  let quoted = false;
  for (let index = from; index < original.length; index += 1) {
    const letter = original[index];
    if (letter === "'") quoted = !quoted;
    else if (!quoted && letter === '}' && original[index + 1] === '}') return index + 2;
  }
  return original.indexOf('}}', from) < 0 ? -1 : original.indexOf('}}', from) + 2;
}

/** A piece of parsed text as a value: stand-ins become what their expression resolves to. */
export function reveal(source: Source, piece: string, resolve: ((text: string) => Value) | undefined): Value {
  if (source.expressions.size === 0 || piece.search(STAND_IN_RUN) < 0) return text(piece);
  const parts: (string | Value)[] = [];
  let from = 0;
  for (const match of piece.matchAll(STAND_IN_RUN)) {
    const expression = source.expressions.get(match[1] ?? '');
    if (expression === undefined) continue;
    parts.push(piece.slice(from, match.index));
    parts.push(
      expression.value ??
        resolve?.(expression.written) ??
        hole(expression.written, 'the workflow decides it when it runs'),
    );
    from = match.index + match[0].length;
  }
  parts.push(piece.slice(from));
  return join(parts);
}

/** The piece with its expressions as written. */
export function restore(source: Source, piece: string): string {
  if (source.expressions.size === 0) return piece;
  return piece.replace(STAND_IN_RUN, (run, letter: string) => source.expressions.get(letter)?.written ?? run);
}
