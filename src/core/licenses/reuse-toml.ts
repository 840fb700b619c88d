// REUSE.toml → its tables of annotations, as far as REUSE's own keys are written plainly.

export type Annotation = {
  /** Patterns relative to the file's folder. */
  readonly paths: readonly string[];
  readonly precedence: string;
  /** SPDX expressions; all of them hold. */
  readonly licenses: readonly string[];
  /** Offset of the table's heading. */
  readonly at: number;
};

type Draft = { paths: readonly string[]; precedence: string; licenses: readonly string[]; at: number };

/** `"…"` without escapes, or `'…'`, on one line. */
const STRING = /"([^"\\\n]*)"|'([^'\n]*)'/g;
const ASSIGNMENT = /^(?:"([^"\n]+)"|'([^'\n]+)'|([\w.-]+))[ \t]*=[ \t]*(.*)$/;

/** Null when a line is written in a way that is not followed here: escapes, multi-line strings, inline tables. */
export function readReuseToml(text: string): readonly Annotation[] | null {
  const tables: Draft[] = [];
  let table: Draft | null = null;
  const lines = text.replace(/^\uFEFF/, ' ').split('\n');
  let offset = 0;
  for (let index = 0; index < lines.length; index += 1) {
    const at = offset;
    const line = withoutComment(lines[index] ?? '');
    offset += (lines[index]?.length ?? 0) + 1;
    if (line === '') continue;
    if (line.startsWith('[') && !line.includes('=')) {
      table =
        line.replace(/\s/g, '') === '[[annotations]]'
          ? { paths: [], precedence: 'closest', licenses: [], at }
          : null;
      if (table !== null) tables.push(table);
      continue;
    }
    // An array may go on over several lines.
    const parts = [line];
    for (let open = openings(line); open > 0 && index + 1 < lines.length; ) {
      index += 1;
      const next = withoutComment(lines[index] ?? '');
      parts.push(next);
      open += openings(next);
      offset += (lines[index]?.length ?? 0) + 1;
    }
    const [, quoted, literal, bare, value = ''] = ASSIGNMENT.exec(parts.join(' ')) ?? [];
    const key = quoted ?? literal ?? bare;
    if (key === undefined) return null;
    if (table === null || !/^(?:path|precedence|SPDX-License-Identifier)$/.test(key)) continue;
    const strings = stringsIn(value);
    if (strings === null) return null;
    if (key === 'path') table.paths = strings;
    else if (key === 'precedence') table.precedence = strings[0] ?? 'closest';
    else table.licenses = strings;
  }
  return tables;
}

function withoutComment(line: string): string {
  const code = /^(?:[^#"']|"(?:[^"\\]|\\.)*"|'[^']*')*/.exec(line)?.[0] ?? '';
  return (line[code.length] === '#' ? code : line).trim();
}

/** Brackets that are opened and not closed again. */
function openings(line: string): number {
  const bare = line.replace(STRING, '');
  return bare.split('[').length - bare.split(']').length;
}

function stringsIn(value: string): readonly string[] | null {
  const rest = value.replace(STRING, '').trim();
  if (!/^(?:\[[\s,]*\])?$/.test(rest) || value.includes('"""') || value.includes("'''")) return null;
  return [...value.matchAll(STRING)].map((match) => match[1] ?? match[2] ?? '');
}
