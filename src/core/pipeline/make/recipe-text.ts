// A text with holes → shell text in which each hole is a `${{ }}` that the shell keeps, and what these stand for.
import type { Value } from '../../model/value.ts';

export type MarkedScript = { readonly source: string; readonly expression: (text: string) => Value };

export function markedScript(value: Value, outer: (text: string) => Value): MarkedScript {
  const holes = new Map<string, Value>();
  const source = value
    .map((part) => {
      if (typeof part === 'string') return part;
      const marker = `\${{ make${holes.size} }}`;
      holes.set(marker, [part]);
      return marker;
    })
    .join('');
  return { source, expression: (text) => holes.get(text) ?? outer(text) };
}
