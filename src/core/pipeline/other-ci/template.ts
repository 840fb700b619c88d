// A text with a CI system's own placeholders → the script the shell gets, with a way back to the file.

import type { Location } from '../../model/position.ts';
import type { Value } from '../../model/value.ts';
import { hole } from '../../value.ts';
import { lastAtOrBelow, locate, type SourceText } from '../source-text.ts';
import { scalarOffsets, type YamlScalar } from '../yaml.ts';

/** What a placeholder stands for; null leaves it in the text as it is. */
export type Fill = { readonly pattern: RegExp; readonly resolve: (match: RegExpExecArray) => Value | null };

export type Piece = {
  readonly text: string;
  /** Where a range of the piece stands. */
  readonly locate: (start: number, end: number) => Location;
};

export type ScriptText = Piece & {
  /** Gives back the parts that nobody knows: they stand in the text as `${{ #n }}`, which the shell reader keeps whole. */
  readonly expression: (text: string) => Value;
};

export function pieceOf(scalar: YamlScalar, source: SourceText): Piece {
  let offsets: ((offset: number) => number) | null = null;
  const toFile = (offset: number): number => {
    offsets ??= scalarOffsets(source, scalar);
    return offsets(offset);
  };
  return {
    text: scalar.text,
    locate: (start, end) => locate(source, toFile(start), toFile(Math.max(start, end - 1)) + 1),
  };
}

/** One word of a command as the shell has to see it: quoted, so that it stays one word. */
export function wordPiece(scalar: YamlScalar, source: SourceText): Piece {
  const whole = locate(source, scalar.start, scalar.end);
  const plain = /^[\w./:=@%+,-]+$/.test(scalar.text);
  return { text: plain ? scalar.text : `'${scalar.text.replaceAll("'", `'\\''`)}'`, locate: () => whole };
}

export function givenPiece(text: string, location: Location): Piece {
  return { text, locate: () => location };
}

/** Joins pieces and writes known values in, as the systems do before a shell reads the script. */
export function scriptText(
  pieces: readonly Piece[],
  fill: Fill | null = null,
  separator: '\n' | ' ' | '' = '\n',
): ScriptText {
  const unknown: Value[] = [];
  const starts: number[] = [];
  const origins: { readonly piece: Piece; readonly at: number; readonly fixed: boolean }[] = [];
  let text = '';
  const put = (written: string, piece: Piece, at: number, fixed: boolean): void => {
    starts.push(text.length);
    origins.push({ piece, at, fixed });
    text += written;
  };
  for (const [index, piece] of pieces.entries()) {
    if (index > 0) text += separator;
    let from = 0;
    for (const match of fill === null ? [] : piece.text.matchAll(fill.pattern)) {
      const value = fill?.resolve(match) ?? null;
      if (value === null) continue;
      put(piece.text.slice(from, match.index), piece, from, false);
      put(
        value.map((part) => (typeof part === 'string' ? part : placeholder(unknown, [part]))).join(''),
        piece,
        match.index,
        true,
      );
      from = match.index + match[0].length;
    }
    put(piece.text.slice(from), piece, from, false);
  }
  return {
    text,
    locate: (start, end) => {
      const first = originAt(starts, origins, start);
      const last = originAt(starts, origins, Math.max(start, end - 1));
      const until = first.piece === last.piece ? last.at + 1 : first.piece.text.length;
      return first.piece.locate(first.at, Math.max(first.at, until));
    },
    expression: (written) => {
      const number = /^\$\{\{ #(\d+) \}\}$/.exec(written)?.[1];
      return (
        (number === undefined ? undefined : unknown[Number(number)]) ??
        hole(written, 'it is filled in when the run starts')
      );
    },
  };
}

function placeholder(unknown: Value[], value: Value): string {
  unknown.push(value);
  return `\${{ #${unknown.length - 1} }}`;
}

type Origin = { readonly piece: Piece; readonly at: number; readonly fixed: boolean };
const NOWHERE: Origin = {
  piece: {
    text: '',
    locate: () => ({ path: '', range: { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } } }),
  },
  at: 0,
  fixed: true,
};

function originAt(starts: readonly number[], origins: readonly Origin[], offset: number): Origin {
  const index = lastAtOrBelow(starts, offset);
  const origin = origins[index] ?? NOWHERE;
  if (origin.fixed) return origin;
  const at = Math.min(origin.at + offset - (starts[index] ?? 0), origin.piece.text.length);
  return { ...origin, at };
}

/** A text with placeholders as a value: known parts joined, unknown ones as holes. */
export function filledValue(written: string, fill: Fill): Value {
  const parts: Value[number][] = [];
  let from = 0;
  let pending = '';
  for (const match of written.matchAll(fill.pattern)) {
    const value = fill.resolve(match);
    if (value === null) continue;
    pending += written.slice(from, match.index);
    from = match.index + match[0].length;
    for (const part of value) {
      if (typeof part === 'string') pending += part;
      else {
        if (pending !== '') parts.push(pending);
        pending = '';
        parts.push(part);
      }
    }
  }
  pending += written.slice(from);
  if (pending !== '') parts.push(pending);
  return parts;
}
