// Where reading of an HCL text stands, and what every reader of it takes: spaces, marks and names.

export type HclReader = {
  readonly source: string;
  at: number;
  broken: boolean;
  /** Brackets around: inside them a line end means nothing. */
  nested: number;
  depth: number;
};

export function hclReader(source: string): HclReader {
  return { source, at: 0, broken: false, nested: 0, depth: 0 };
}

export const DEPTH_LIMIT = 60;
const NAME = /[A-Za-z_][\w-]*(?:::[A-Za-z_][\w-]*)*/y;
const SPACE = /(?:[ \t\r]+|#[^\n]*|\/\/[^\n]*|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\/)+/y;
const BLANK = /(?:[ \t\r\n]+|#[^\n]*|\/\/[^\n]*|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\/)+/y;

export function matchAt(reader: HclReader, pattern: RegExp): RegExpExecArray | null {
  pattern.lastIndex = reader.at;
  const match = pattern.exec(reader.source);
  if (match !== null) reader.at = pattern.lastIndex;
  return match;
}

export function skipSpace(reader: HclReader): void {
  matchAt(reader, reader.nested > 0 ? BLANK : SPACE);
}

export function skipBlank(reader: HclReader): void {
  matchAt(reader, BLANK);
}

/** Takes a mark if it stands next. */
export function takes(reader: HclReader, mark: string): boolean {
  skipSpace(reader);
  if (!reader.source.startsWith(mark, reader.at)) return false;
  reader.at += mark.length;
  return true;
}

export function takeName(reader: HclReader): string | null {
  skipSpace(reader);
  return matchAt(reader, NAME)?.[0] ?? null;
}
