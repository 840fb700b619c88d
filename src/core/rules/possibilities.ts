// A text with choices in it → every text it can be.
import type { Value } from '../model/value.ts';
import { join } from '../value.ts';

/** More texts than this are no help to anybody; the value then stays as it is, with its holes. */
const LIMIT = 64;

/** Replaces each hole that is one of several known texts; an expression that stands twice has one text at a time. */
export function possibilities(value: Value): readonly Value[] {
  let texts: readonly Value[] = [value];
  const seen = new Set<string>();
  for (const part of value) {
    if (typeof part === 'string' || part.choices === undefined || seen.has(part.expression)) continue;
    seen.add(part.expression);
    const { choices, expression } = part;
    if (choices.length === 0 || texts.length * choices.length > LIMIT) return [value];
    texts = texts.flatMap((text) => choices.map((choice) => replaceHole(text, expression, choice)));
  }
  return texts;
}

function replaceHole(value: Value, expression: string, choice: Value): Value {
  return join(
    value.map((part) => {
      if (typeof part === 'string') return part;
      return part.expression === expression ? choice : [part];
    }),
  );
}
