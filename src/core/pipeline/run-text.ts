// The text of a `run:` → the script the shell gets: known expressions written in, with a way back to the file.
import type { Location } from '../model/position.ts';
import { known } from '../value.ts';
import { printedValue } from './datum.ts';
import { templateParts } from './expression-text.ts';
import { evaluate, type Scope } from './expressions.ts';
import { lastAtOrBelow, locate, type SourceText } from './source-text.ts';
import { scalarOffsets, type YamlScalar } from './yaml.ts';

export type RunText = { readonly text: string; readonly locate: (start: number, end: number) => Location };

/**
 * GitHub replaces `${{ }}` before the shell reads the script, so a known value is written in: it may hold several words
 * or a whole command. Unknown ones stay, and the shell reader keeps them as holes.
 */
export function runText(scalar: YamlScalar, source: SourceText, scope: Scope): RunText {
  const starts: number[] = [0];
  const origins: number[] = [0];
  let text = '';
  for (const part of templateParts(scalar.text)) {
    const value = part.kind === 'expression' ? known(printedValue(evaluate(part.text, scope))) : null;
    starts.push(text.length);
    origins.push(part.start);
    if (value === null) {
      text += scalar.text.slice(part.start, part.end);
    } else {
      text += value;
      starts.push(text.length);
      origins.push(part.end);
    }
  }
  // Most scripts deliver nothing, so their positions are only worked out when one is asked for.
  let offsets: ((offset: number) => number) | null = null;
  const toFile = (offset: number): number => {
    offsets ??= scalarOffsets(source, scalar);
    return offsets(offset);
  };
  const original = (offset: number): number => {
    const segment = lastAtOrBelow(starts, offset);
    const next = origins[segment + 1] ?? scalar.text.length;
    return Math.min(
      (origins[segment] ?? 0) + offset - (starts[segment] ?? 0),
      Math.max(next, origins[segment] ?? 0),
    );
  };
  return {
    text,
    locate: (start, end) =>
      locate(source, toFile(original(start)), toFile(original(Math.max(start, end - 1))) + 1),
  };
}
