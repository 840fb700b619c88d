// Where something stands in a file: every fact and every finding carries one of these.

/** A point in a text. `line` and `column` count from 1; `column` counts UTF-16 code units. */
export type Position = { readonly line: number; readonly column: number };

/** From `start` up to, but not including, `end`. */
export type Range = { readonly start: Position; readonly end: Position };

/** A range in a file of the repository; `path` is relative to its root, with forward slashes. */
export type Location = { readonly path: string; readonly range: Range };
