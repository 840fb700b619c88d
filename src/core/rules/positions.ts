// Places of a whole file.
import type { Location } from '../model/position.ts';

/** The first line of a file: where something stands that is about all of it. */
export function firstLine(path: string): Location {
  return { path, range: { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } } };
}
